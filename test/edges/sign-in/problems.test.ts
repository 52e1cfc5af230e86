// The pages that nobody wants to see: what went wrong, in words, with a code and a reference, and without a word about our insides.
import { Writable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { logger } from '../../../src/edges/log.ts'
import { Problem, type Slug } from '../../../src/problem.ts'
import { type Running, start, viewOf } from './fakes.ts'

const lines: string[] = []
const to = new Writable({
  write: (chunk, _encoding, done) => {
    lines.push(String(chunk))
    done()
  },
})
let app: Running
beforeAll(async () => {
  app = await start({ http: { log: logger({ level: 'info', clock: Date.now, to }) } })
})
afterAll(() => app.close())
beforeEach(() => {
  app.world.view = viewOf({ do: 'identify' })
})
const get = async (path: string, headers: Record<string, string> = {}) => {
  const res = await fetch(`${app.url}${path}`, { headers, redirect: 'manual' })
  return { res, text: await res.text() }
}
const step = '/d/acme/default/sign-in/J1'

describe('U1 clear pages', () => {
  test.for([
    ['a journey that expired', new Problem('journey-expired'), 410, 'took too long', '시간이 지났습니다'],
    ['a journey of another browser', new Problem('journey-unknown'), 400, 'another browser', '다른 브라우저'],
    [
      'a store that cannot be written',
      new Problem('storage-unavailable'),
      503,
      'Nothing can be saved',
      '저장할 수 없습니다',
    ],
  ] as const)('%s', async ([, problem, status, english, korean]) => {
    app.world.view = problem
    const en = await get(step, { 'accept-language': 'en' })
    expect(en.res.status).toBe(status)
    expect(en.text).toContain(english)
    expect(en.text).toContain(`<code id="reason">${problem.slug}</code>`)
    expect((await get(step, { 'accept-language': 'ko' })).text).toContain(korean)
  })

  test('which file or host the store is on is in the log, not on the page', async () => {
    const where = 'the store /var/lib/gwanmun/gwanmun.db cannot grow, the disk is full'
    app.world.view = new Problem('storage-unavailable', where)
    expect((await get(step)).text).not.toContain('/var/lib')
    expect((await get(step, { accept: 'application/json' })).text).not.toContain('/var/lib')
    expect(lines.join('')).toContain(where)
  })
  test('an unknown domain is 404, an inactive one 403 with its name', async () => {
    const unknown = await get('/d/acme/nowhere/sign-in/J1')
    expect(unknown.res.status).toBe(404)
    expect(unknown.text).toContain('No such identity domain')
    const asleep = await get('/d/acme/asleep/sign-in')
    expect(asleep.res.status).toBe(403)
    expect(asleep.text).toContain('<code id="reason">domain-inactive</code>')
    expect(asleep.text).toContain('Acme 주식회사')
  })

  test('who is done already finds the account from a page that is over', async () => {
    app.world.view = new Problem('journey-unknown')
    expect((await get(step)).text).toContain(`href="${app.issuer}/account"`)
  })

  test('an address that nobody answers is a page with 404, guarded like every other', async () => {
    const { res, text } = await get('/wp-admin/<script>')
    expect(res.status).toBe(404)
    expect(text).not.toContain('<script>')
    expect(res.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  test('a malformed escape in the address is 400, not 500', async () => {
    expect((await get('/d/acme/default/sign-in/%E0%A4%A')).res.status).toBe(400)
  })
})

describe('I6 what nobody expected', () => {
  test('500 with a reference and no stack; the log has the cause under the same reference', async () => {
    app.world.view = new Proxy({} as never, {
      get: (_target, name) => {
        if (name === 'step') throw new TypeError('secret detail of our insides')
        return undefined
      },
    })
    const { res, text } = await get(step)
    expect(res.status).toBe(500)
    expect(text).not.toMatch(/secret detail|at .*\.ts|TypeError/)
    const id = res.headers.get('x-request-id') ?? ''
    expect(text).toContain(`<code id="reference">${id}</code>`)
    const logged = lines.map((line) => JSON.parse(line)).find((line) => line.requestId === id && line.level === 'error')
    expect(logged.err.message).toBe('secret detail of our insides')
  })

  test.for([
    ['sqlite: disk full', { code: 'ERR_SQLITE_ERROR', errcode: 13 }],
    ['sqlite: read-only database', { code: 'ERR_SQLITE_ERROR', errcode: 1544 }],
    ['postgres: disk full', { code: '53100' }],
    ['postgres: gone', { code: 'ECONNREFUSED' }],
  ] as const)('%s is one clear message', async ([, facts]) => {
    app.world.view = new Proxy({} as never, {
      get: () => {
        throw Object.assign(new Error('x'), facts)
      },
    })
    const { res, text } = await get(step)
    expect(res.status).toBe(503)
    expect(text).toContain('data store')
  })
})

describe('I2 programs get problem+json', () => {
  test.for(['/t/acme/access/v1/nothing', '/api/v1/nothing', '/.well-known/nothing'])('%s', async (path) => {
    const { res, text } = await get(path)
    expect(res.status).toBe(404)
    expect(res.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(JSON.parse(text)).toMatchObject({
      type: 'urn:gwanmun:problem:not-found' satisfies `urn:gwanmun:problem:${Slug}`,
      status: 404,
      reference: res.headers.get('x-request-id'),
    })
  })
  test('and so does whoever accepts only JSON', async () => {
    const { res } = await get('/d/acme/nowhere/sign-in', { accept: 'application/json' })
    expect(res.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  })
})
