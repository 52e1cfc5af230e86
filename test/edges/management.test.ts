// The management port over real HTTP (I6).
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { management } from '../../src/edges/management.ts'
import { metrics } from '../../src/edges/metrics.ts'
import { Problem } from '../../src/problem.ts'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})
type Deps = Parameters<typeof management>[0]
const serving = async (deps: Partial<Deps> = {}): Promise<(path: string) => Promise<Response>> => {
  const app = management({ ready: async () => {}, metrics: metrics(), stopping: () => false, ...deps })
  const listening = await new Promise<Server>((up) => {
    const s = app.listen(0, '127.0.0.1', () => up(s))
  })
  server = listening
  const { port } = listening.address() as AddressInfo
  return (path) => fetch(`http://127.0.0.1:${port}${path}`)
}

describe('ready', () => {
  test.each(['/readyz', '/health/ready'])('%s: yes', async (path) => {
    const ask = await serving()
    const answer = await ask(path)
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ready' }])
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })
  test('no, and why, when the store says so', async () => {
    const ask = await serving({
      ready: () => Promise.reject(new Problem('storage-unavailable', 'the schema is older than this build')),
    })
    const answer = await ask('/readyz')
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { status: 'not ready', reason: 'the schema is older than this build' },
    ])
  })
  test('no, and nothing of the inside, when something unexpected was thrown', async () => {
    const ask = await serving({ ready: () => Promise.reject(new Error('connect postgres://u:secret@db')) })
    const answer = await ask('/readyz')
    expect([answer.status, await answer.text()]).toEqual([
      503,
      '{"status":"not ready","reason":"the store cannot be used"}',
    ])
  })
  test('no, while stopping', async () => {
    const ask = await serving({ stopping: () => true })
    expect((await ask('/readyz')).status).toBe(503)
  })
})

test.each(['/livez', '/health/live'])('%s: alive even when the store is not', async (path) => {
  const ask = await serving({ ready: () => Promise.reject(new Error('down')), stopping: () => true })
  expect((await ask(path)).status).toBe(200)
})
test('metrics: the process, sign-ins and decisions, also before the first', async () => {
  const counted = metrics()
  const ask = await serving({ metrics: counted })
  const text = async () => (await ask('/metrics')).text()
  expect(await text()).toContain('gwanmun_sign_ins_total{outcome="failure"} 0')
  counted.signIn('success')
  counted.decision(false)
  counted.delivery('mail', 'retry')
  const after = await text()
  expect(after).toContain('gwanmun_sign_ins_total{outcome="success"} 1')
  expect(after).toContain('gwanmun_decisions_total{effect="deny"} 1')
  expect(after).toContain('gwanmun_deliveries_total{kind="mail",outcome="retry"} 1')
  expect(after).toContain('gwanmun_process_resident_memory_bytes')
})
test('nothing else is there', async () => {
  const ask = await serving()
  const answer = await ask('/d/acme/default/authorize')
  expect([answer.status, answer.headers.get('x-powered-by')]).toEqual([404, null])
})
