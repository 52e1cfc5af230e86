// A store that stops taking changes while it serves: people are told to come back, nothing that was acknowledged is lost, and when the
// trouble is over nobody has to do anything. The real program in its own process.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, connect as dial, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Seen, type Settings, up, type Visitor, visitor, type Workplace, workplace } from '../program.ts'
import { noPostgres, postgresSchema, postgresUrl } from '../stores/open-test-store.ts'
import { mayMount, smallDisk } from './small-disk.ts'

let at: Workplace
beforeEach(() => {
  at = workplace()
  writeFileSync(join(at.folder, 'tenancies/acme.yaml'), 'tenancy: { name: acme }\n')
})
afterEach(() => at.close())

const account = '/d/acme/default/account'
const comeBack = (page: Seen): void => {
  expect([page.status, page.reason]).toEqual([503, 'storage-unavailable'])
  expect(page.text).toMatch(/does not accept changes at the moment\. Try again in a few minutes/)
  for (const inside of [at.folder, 'SQLITE', 'disk is full', '127.0.0.1', 'node_modules'])
    expect(page.text).not.toContain(inside)
}
const readiness = async (port: number): Promise<{ readonly status: number; readonly reason?: string }> => {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`)
  return { ...((await answer.json()) as object), status: answer.status }
}
const serve = async (more: Settings, env: { readonly [name: string]: string } = {}) => {
  const [port, managed] = [await at.port(), await at.port()]
  const base = `http://localhost:${port}`
  const settings = {
    baseUrl: base,
    'listen.port': port,
    'listen.host': 'localhost',
    'management.port': managed,
    ...more,
  }
  const begin = async () => {
    const gateway = at.gwanmun(['serve'], settings, { env })
    await gateway.says(up)
    return gateway
  }
  return { base, managed, begin, gateway: await begin() }
}
/** Sign-ins are begun until one is refused: the addresses of those that were acknowledged, and the refusal. */
const beginUntilRefused = async (
  browser: Visitor,
): Promise<{ readonly begun: readonly string[]; readonly refusal: Seen }> => {
  const begun: string[] = []
  for (;;) {
    const page = await browser.go(account)
    if (page.status !== 200) return { begun, refusal: page }
    begun.push(page.url)
    if (begun.length > 5_000) throw new Error('the disk was never full')
  }
}

const disks = mayMount ? 'a full disk' : 'a full disk (skipped: mounting one needs root)'
describe.skipIf(!mayMount)(disks, () => {
  test('503 and what to do; killed in the middle of it, nothing acknowledged is lost; room is all it takes', async () => {
    const disk = join(at.folder, 'disk')
    mkdirSync(disk)
    at.afterwards(smallDisk(disk, '3m'))
    const filler = join(disk, 'filler')
    writeFileSync(filler, Buffer.alloc(1_000_000))
    const { base, managed, begin, gateway } = await serve({ 'store.path': join(disk, 'gwanmun.db') })
    const browser = visitor(base)
    const { begun, refusal } = await beginUntilRefused(browser)
    comeBack(refusal)
    expect(begun.length).toBeGreaterThan(10)
    expect((await browser.go(begun[0] ?? '')).status).toBe(200) // what is there can be read
    expect(gateway.said()).toContain('the disk is full: free some space')
    expect(gateway.said()).not.toContain('uncaught')
    expect((await readiness(managed)).status).toBe(200) // no other node would have more room

    gateway.child.kill('SIGKILL')
    await gateway.ended
    rmSync(filler)
    await begin()
    for (const url of begun) expect([url, (await browser.go(url)).status]).toEqual([url, 200])
    expect((await browser.go(account)).status).toBe(200)
  })
  test('and without a restart it goes on by itself', async () => {
    const disk = join(at.folder, 'disk')
    mkdirSync(disk)
    at.afterwards(smallDisk(disk, '3m'))
    const filler = join(disk, 'filler')
    writeFileSync(filler, Buffer.alloc(1_000_000))
    const { base } = await serve({ 'store.path': join(disk, 'gwanmun.db') })
    const browser = visitor(base)
    comeBack((await beginUntilRefused(browser)).refusal)
    rmSync(filler)
    expect((await browser.go(account)).status).toBe(200)
  })
})

/** A line to the database that can be cut and mended. */
const lineTo = async (url: URL) => {
  const ends = new Set<Socket>()
  let cut = false
  const server: Server = createServer((here) => {
    if (cut) return void here.destroy()
    const there = dial(Number(url.port || 5432), url.hostname)
    for (const [from, to] of [
      [here, there],
      [there, here],
    ] as const) {
      ends.add(from)
      from.on('error', () => to.destroy()).on('close', () => to.destroy())
      from.pipe(to)
    }
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const through = new URL(url)
  through.hostname = '127.0.0.1'
  through.port = String(typeof address === 'object' && address ? address.port : 0)
  const hangUp = () => {
    cut = true
    for (const end of ends) end.destroy()
  }
  return {
    url: through.href,
    hangUp,
    mend: () => {
      cut = false
    },
    close: () => {
      hangUp()
      server.close()
    },
  }
}

if (postgresUrl === undefined) console.warn(`the PostgreSQL leg of store troubles is skipped: ${noPostgres}`)
describe.skipIf(postgresUrl === undefined)('PostgreSQL that goes away', () => {
  test('503 and not ready, with where and what; back again, it goes on by itself', async () => {
    const schema = await postgresSchema()
    const line = await lineTo(new URL(schema.url))
    try {
      const { base, managed } = await serve({ 'store.path': undefined }, { GWANMUN_DATABASE_URL: line.url })
      const browser = visitor(base)
      const { url, status } = await browser.go(account)
      expect(status).toBe(200)
      line.hangUp()
      comeBack(await browser.go(account))
      comeBack(await browser.go(url))
      const discovery = await fetch(`${base}/d/acme/default/.well-known/openid-configuration`)
      expect([discovery.status, await discovery.text()]).toEqual([503, expect.not.stringContaining('127.0.0.1')])
      const { status: ready, reason } = await readiness(managed)
      expect([ready, reason]).toEqual([503, expect.stringContaining(new URL(line.url).host)])
      line.mend()
      expect((await browser.go(url)).status).toBe(200)
      expect((await readiness(managed)).status).toBe(200)
    } finally {
      line.close()
      await at.close()
      await schema.remove()
    }
  })
})
