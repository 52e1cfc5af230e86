// The only way out of the house, against servers that point inward, answer for ever, or never.
import type { lookup } from 'node:dns'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createSocketServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { guardedFetch } from '../../src/adapters/fetch-guard.ts'

const open: { close: () => unknown }[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close()
})
const listening = async (server: Server): Promise<number> => {
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  open.push({ close })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return (server.address() as AddressInfo).port
}
const serve = (answer: RequestListener): Promise<number> => listening(createServer(answer))

/** Names and what they resolve to, one list per question; the last one stays. */
const names = (table: { readonly [name: string]: readonly (readonly string[])[] }): typeof lookup => {
  const asked = new Map<string, number>()
  const fake = (host: string, _how: object, done: (e: Error | null, list: object) => void) => {
    const at = asked.get(host) ?? 0
    asked.set(host, at + 1)
    const lists = table[host] ?? []
    const list = lists[Math.min(at, lists.length - 1)] ?? []
    const error = lists.length === 0 ? Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }) : null
    done(
      error,
      list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }
  return fake as unknown as typeof lookup
}
const limits = { timeoutSeconds: 5, maxBytes: 1000 }
const closed = guardedFetch({ ...limits, allowPrivate: [] })
const local = guardedFetch({ ...limits, allowPrivate: ['127.0.0.0/8'] })
const reasonOf = (answer: Promise<Response>): Promise<string> =>
  answer.then(
    (r) => `answered ${r.status}`,
    (e: { reason?: string }) => e.reason ?? 'threw something else',
  )

describe('outgoing requests never reach private addresses that were not allowed', () => {
  test.for([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.0.0.1/',
    'http://0177.0.0.1/',
    'http://0.0.0.0/',
    'http://10.1.2.3/',
    'http://172.16.0.1/',
    'http://192.168.1.1/',
    'http://100.64.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://192.0.2.1/',
    'http://198.18.0.1/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
    'http://[::]/',
    'http://[::1]/',
    'http://[::7f00:1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[::ffff:0:127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'http://[fec0::1]/',
    'http://[ff02::1]/',
    'http://[2001:db8::1]/',
    'https://localhost/',
  ])('%s', async (url) => {
    expect(await reasonOf(closed(url))).toBe('address-not-allowed')
  })
  test.for(['file:///etc/passwd', 'ftp://example.com/', 'data:text/plain,x', 'gopher://example.com/'])(
    '%s',
    async (url) => {
      expect(await reasonOf(closed(url))).toBe('address-not-allowed')
    },
  )
  test('what is no URL is an answer too', async () => {
    expect(await reasonOf(closed('http://'))).toBe('unreachable')
  })

  test.for([
    ['the address', ['127.0.0.1']],
    ['its range', ['127.0.0.0/8']],
    ['among others', ['10.0.0.0/8', '127.0.0.1/32']],
    ['an IPv4-mapped spelling', ['::ffff:127.0.0.1']],
  ] as const)('allowed by %s', async ([, allowPrivate]) => {
    const port = await serve((_, res) => res.end('hello'))
    const answer = await guardedFetch({ ...limits, allowPrivate })(`http://127.0.0.1:${port}/`)
    expect([answer.status, await answer.text()]).toEqual([200, 'hello'])
  })
  test.for([
    ['another range', ['127.0.1.0/24']],
    ['another name', ['localhost']],
    ['nonsense', ['127', '*', '0/0', '', '127.0.0.0/40', '/', '::/0']],
  ] as const)('not allowed by %s', async ([, allowPrivate]) => {
    const port = await serve((_, res) => res.end('hello'))
    expect(await reasonOf(guardedFetch({ ...limits, allowPrivate })(`http://127.0.0.1:${port}/`))).toBe(
      'address-not-allowed',
    )
  })
  test('a name may be allowed instead of its address, and only that name', async () => {
    const port = await serve((_, res) => res.end('hello'))
    const lookup = names({ 'idp.intra': [['127.0.0.1']], 'other.intra': [['127.0.0.1']] })
    const fetch = guardedFetch({ ...limits, allowPrivate: ['IdP.intra'], lookup })
    expect(await reasonOf(fetch(`http://idp.intra:${port}/`))).toBe('answered 200')
    expect(await reasonOf(fetch(`http://other.intra:${port}/`))).toBe('address-not-allowed')
    expect(await reasonOf(fetch(`http://127.0.0.1:${port}/`))).toBe('address-not-allowed')
  })
  test('a name that resolves differently the second time is judged the second time (DNS rebinding)', async () => {
    const port = await serve((_, res) => res.setHeader('connection', 'close').end('hello'))
    const lookup = names({ 'rebind.test': [['127.0.0.1'], ['127.0.0.2']] })
    const fetch = guardedFetch({ ...limits, allowPrivate: ['127.0.0.1'], lookup })
    expect(await reasonOf(fetch(`http://rebind.test:${port}/`))).toBe('answered 200')
    expect(await reasonOf(fetch(`http://rebind.test:${port}/`))).toBe('address-not-allowed')
  })
  test.for([
    ['public and private mixed', ['93.184.216.34', '10.0.0.1']],
    ['a mapped address', ['::ffff:10.0.0.1']],
    ['a link-local address with a zone', ['fe80::1%eth0']],
    ['no address', []],
    ['what is no address', ['not-an-address']],
  ] as const)('a name with %s is refused', async ([, addresses]) => {
    const fetch = guardedFetch({ ...limits, allowPrivate: [], lookup: names({ 'evil.test': [addresses] }) })
    expect(await reasonOf(fetch('http://evil.test/'))).toBe('address-not-allowed')
  })
})

describe('redirects', () => {
  test('are followed and judged like the first request', async () => {
    const port = await serve((req, res) => {
      if (req.url === '/') res.writeHead(302, { location: '/there' })
      if (req.url === '/inward') res.writeHead(302, { location: 'http://169.254.169.254/latest/' })
      if (req.url === '/file') res.writeHead(302, { location: 'file:///etc/passwd' })
      res.end(`at ${req.url}`)
    })
    const answer = await local(`http://127.0.0.1:${port}/`)
    expect([await answer.text(), answer.url]).toEqual(['at /there', `http://127.0.0.1:${port}/there`])
    expect(await reasonOf(local(`http://127.0.0.1:${port}/inward`))).toBe('address-not-allowed')
    expect(await reasonOf(local(`http://127.0.0.1:${port}/file`))).toBe('address-not-allowed')
  })
  test('three at most, none that carries a body, none when the caller says so, none that leads nowhere', async () => {
    let asked = 0
    const port = await serve((req, res) => {
      asked += 1
      res.writeHead(307, { location: req.url === '/nowhere' ? 'http://' : '/again' }).end()
    })
    const base = `http://127.0.0.1:${port}`
    expect(await reasonOf(local(`${base}/again`))).toBe('redirect')
    expect(asked).toBe(4)
    expect(await reasonOf(local(base, { method: 'POST', body: 'secret' }))).toBe('redirect')
    expect(await reasonOf(local(base, { redirect: 'error' }))).toBe('redirect')
    expect(await reasonOf(local(`${base}/nowhere`))).toBe('redirect')
    expect(await reasonOf(local(base, { redirect: 'manual' }))).toBe('answered 307')
  })
  test('credentials do not travel to another origin', async () => {
    const seen: (string | undefined)[] = []
    const other = await serve((req, res) => {
      seen.push(req.headers.authorization, req.headers.cookie, req.headers.accept)
      res.end()
    })
    const port = await serve((_, res) => res.writeHead(302, { location: `http://127.0.0.1:${other}/` }).end())
    await local(`http://127.0.0.1:${port}/`, {
      headers: { authorization: 'Bearer x', cookie: 'a=b', accept: 'text/x' },
    })
    expect(seen).toEqual([undefined, undefined, 'text/x'])
  })
})

describe('limits', () => {
  test('a body may be as long as allowed and not a byte longer, whatever its headers say', async () => {
    const port = await serve((req, res) => {
      const size = Number(req.url?.slice(1))
      res.write('x'.repeat(size - 1)) // chunked: no content-length
      res.end('x')
    })
    expect(await (await local(`http://127.0.0.1:${port}/1000`)).text()).toHaveLength(1000)
    expect(await reasonOf(local(`http://127.0.0.1:${port}/1001`))).toBe('too-large')
  })
  test('what counts is the size after decompression', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000))
    const port = await serve((req, res) => {
      res.setHeader('content-encoding', 'gzip').end(req.url === '/small' ? gzipSync('small') : bomb)
    })
    expect(await reasonOf(local(`http://127.0.0.1:${port}/`))).toBe('too-large')
    const small = await local(`http://127.0.0.1:${port}/small`)
    expect([await small.text(), small.headers.get('content-encoding')]).toEqual(['small', null])
  })
  test('an endless answer ends at the limit', async () => {
    const port = await serve((_, res) => {
      const more = () => {
        while (res.write('x'.repeat(100)));
      }
      res.on('drain', more)
      more()
    })
    expect(await reasonOf(local(`http://127.0.0.1:${port}/`))).toBe('too-large')
  })
  test.for([
    ['never begins', ''],
    ['begins and never ends', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nx'],
  ] as const)('an answer that %s times out', async ([, begun]) => {
    const sockets = createSocketServer((socket) => socket.on('error', () => undefined).write(begun || ''))
    open.push(sockets)
    await new Promise<void>((done) => sockets.listen(0, '127.0.0.1', done))
    const fetch = guardedFetch({ timeoutSeconds: 0.3, maxBytes: 1000, allowPrivate: ['127.0.0.1'] })
    expect(await reasonOf(fetch(`http://127.0.0.1:${(sockets.address() as AddressInfo).port}/`))).toBe('timeout')
  })
  test('redirects share one time limit', async () => {
    const port = await serve((_, res) => {
      setTimeout(() => res.writeHead(302, { location: '/again' }).end(), 150)
    })
    const fetch = guardedFetch({ timeoutSeconds: 0.3, maxBytes: 1000, allowPrivate: ['127.0.0.1'] })
    expect(await reasonOf(fetch(`http://127.0.0.1:${port}/`))).toBe('timeout')
  })
  test('a caller can give up earlier', async () => {
    const port = await serve(() => undefined)
    expect(await reasonOf(local(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(50) }))).toBe('timeout')
  })
  test('nobody there, no such name, and what is no HTTP', async () => {
    const sockets = createSocketServer((socket) => socket.on('error', () => undefined).end('SSH-2.0-x\r\n'))
    open.push(sockets)
    await new Promise<void>((done) => sockets.listen(0, '127.0.0.1', done))
    expect(await reasonOf(local(`http://127.0.0.1:${(sockets.address() as AddressInfo).port}/`))).toBe('unreachable')
    expect(await reasonOf(local('http://127.0.0.1:1/'))).toBe('unreachable')
    const fetch = guardedFetch({ ...limits, allowPrivate: [], lookup: names({}) })
    expect(await reasonOf(fetch('http://nowhere.test/'))).toBe('unreachable')
  })
})

test('the answer is the platform’s: status, headers, body, and a form goes out as one', async () => {
  const port = await serve(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    res.writeHead(201, { 'content-type': 'application/json', 'x-a': '1' })
    res.end(JSON.stringify({ type: req.headers['content-type'], body: Buffer.concat(chunks).toString() }))
  })
  const answer = await local(new URL(`http://127.0.0.1:${port}/x`), {
    method: 'POST',
    body: new URLSearchParams({ a: '가 b' }),
  })
  expect(answer).toBeInstanceOf(Response)
  expect([answer.status, answer.ok, answer.headers.get('x-a')]).toEqual([201, true, '1'])
  expect(await answer.json()).toEqual({
    type: 'application/x-www-form-urlencoded;charset=UTF-8',
    body: 'a=%EA%B0%80+b',
  })
  const empty = await serve((_, res) => res.writeHead(204).end())
  expect((await local(`http://127.0.0.1:${empty}/`)).status).toBe(204)
})
