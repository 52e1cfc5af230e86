// The order of things around every edge: ids, host, proxies, headers, floods.
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RequestHandler } from 'express'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { type HttpDeps, httpApp } from '../../src/edges/http.ts'
import { sourceKey } from '../../src/edges/rate-limit.ts'
import { pagesBy } from '../../src/edges/sign-in/pages.ts'
import { renderer } from '../../src/edges/sign-in/render.ts'
import { sourceOf } from '../../src/edges/source.ts'

const echo: RequestHandler = (req, res) => {
  res.json({ source: sourceOf(req), headers: req.headers, body: req.body ?? null })
}

const serve = async (deps: Partial<HttpDeps>, baseUrl?: string) => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const base = baseUrl ?? `http://localhost:${port}`
  let ids = 0
  const render = renderer({ random: { token: () => 'n'.repeat(43) }, secure: base.startsWith('https:') })
  const app = httpApp({
    baseUrl: base,
    trustedProxies: [],
    log: pino({ level: 'silent' }),
    clock: Date.now,
    random: { id: () => `ID${++ids}` },
    pages: pagesBy(render),
    edges: [['/echo', echo]],
    ...deps,
  })
  server.on('request', app)
  type Answer = { readonly status: number; readonly headers: NodeJS.Dict<string | string[]>; readonly text: string }
  const ask = (path: string, headers: NodeJS.Dict<string> = {}, method = 'GET'): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const host = new URL(base).host
      const outgoing = request({ port, host: '127.0.0.1', path, method, headers: { host, ...headers } }, (res) => {
        let text = ''
        res.on('data', (chunk) => {
          text += chunk
        })
        res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, text }))
      })
      outgoing.on('error', reject)
      outgoing.end()
    })
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { ask, close, port }
}
const using = async (
  deps: Partial<HttpDeps>,
  baseUrl: string | undefined,
  work: (s: Awaited<ReturnType<typeof serve>>) => Promise<void>,
) => {
  const server = await serve(deps, baseUrl)
  try {
    await work(server)
  } finally {
    await server.close()
  }
}

describe('one address', () => {
  test.for([
    ['evil.example', 421],
    ['localhost.evil.example:8443', 421],
    ['login.example.com', 200],
    ['LOGIN.example.com', 200],
    ['login.example.com:443', 200],
    ['login.example.com:8443', 421],
    ['user@login.example.com', 421],
    ['login.example.com/../x', 421],
    ['login.example.com, evil.example', 421],
    ['', 421],
  ] as const)('Host `%s` → %i', ([host, status]) =>
    using({}, 'https://login.example.com', async ({ ask }) => {
      const answer = await ask('/echo', { host })
      expect(answer.status).toBe(status)
      if (status === 421) {
        expect(answer.text).toContain('<code id="reason">misdirected</code>')
        expect(answer.text).toContain('href="https://login.example.com"')
        if (host.includes('evil')) expect(answer.text).not.toContain('evil')
      }
    }),
  )

  test('what a client says about host and scheme reaches no edge', () =>
    using({ trustedProxies: ['127.0.0.1'] }, undefined, async ({ ask }) => {
      const { headers } = JSON.parse(
        (
          await ask('/echo', {
            'x-forwarded-host': 'evil.example',
            'x-forwarded-proto': 'gopher',
            forwarded: 'host=evil',
          })
        ).text,
      )
      expect(Object.keys(headers)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^x-forwarded-(host|proto)|^forwarded/)]),
      )
    }))
})

describe('who is asking', () => {
  const addressOf = async (trustedProxies: readonly string[], forwarded: string) => {
    let address = ''
    await using({ trustedProxies }, undefined, async ({ ask }) => {
      address = JSON.parse((await ask('/echo', { 'x-forwarded-for': forwarded })).text).source.address
    })
    return address
  }
  test.for([
    ['nobody is trusted: the header is a claim', [], '203.0.113.9', '127.0.0.1'],
    ['a trusted proxy is believed', ['127.0.0.0/8'], '203.0.113.9', '203.0.113.9'],
    ['only up to the first stranger', ['127.0.0.0/8'], '10.0.0.1, 203.0.113.9', '203.0.113.9'],
    ['through two trusted ones', ['127.0.0.0/8', '10.0.0.0/8'], '203.0.113.9, 10.0.0.1', '203.0.113.9'],
    ['another proxy than the one that came', ['10.0.0.0/8'], '203.0.113.9', '127.0.0.1'],
  ] as const)('%s', async ([, trusted, forwarded, address]) => {
    expect(await addressOf(trusted, forwarded)).toBe(address)
  })

  test.for([
    [[], '203.0.113.9'],
    [['127.0.0.1'], undefined],
    [['127.0.0.1'], '203.0.113.9'],
    [['127.0.0.1'], '198.51.100.1, 203.0.113.9'],
    [['127.0.0.1', '203.0.113.0/24'], '198.51.100.1,203.0.113.9 ,203.0.113.8'],
    [['127.0.0.1'], 'nonsense, '],
  ] as const)(
    'behind %j, passed on as `%s`: the line of the answer has the address that edges see',
    ([trustedProxies, passedOn]) => {
      const lines: string[] = []
      const log = pino({}, { write: (line: string) => void lines.push(line) })
      return using({ trustedProxies, log }, undefined, async ({ ask }) => {
        const answer = await ask('/echo', passedOn === undefined ? {} : { 'x-forwarded-for': passedOn })
        expect(JSON.parse(lines[0] ?? '').ip).toBe(JSON.parse(answer.text).source.address)
      })
    },
  )

  test('the request id is ours, on the answer and in the source; one from outside is not taken', () =>
    using({}, undefined, async ({ ask }) => {
      const answer = await ask('/echo', { 'x-request-id': 'forged' })
      expect(answer.headers['x-request-id']).toBe('ID1')
      expect(JSON.parse(answer.text).source.requestId).toBe('ID1')
    }))
})

describe('headers of every answer', () => {
  test('a strict policy for what is no page, no sniffing, no framing, no product name', () =>
    using({}, 'https://login.example.com', async ({ ask }) => {
      const { headers } = await ask('/echo')
      expect(headers['content-security-policy']).toBe(
        "default-src 'none';script-src 'none';base-uri 'none';frame-ancestors 'none'",
      )
      expect(headers['strict-transport-security']).toContain('max-age=31536000')
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['permissions-policy']).toContain('publickey-credentials-get=(self)')
      expect(headers['x-powered-by']).toBeUndefined()
      expect(headers['cross-origin-opener-policy']).toBeUndefined()
    }))
  test('no promise of https where there is none', () =>
    using({}, undefined, async ({ ask }) => {
      expect((await ask('/echo')).headers['strict-transport-security']).toBeUndefined()
    }))
  test('bodies are left to the edges', () =>
    using({}, undefined, async ({ ask }) => {
      const posted = await ask(
        '/echo',
        { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '0' },
        'POST',
      )
      expect(JSON.parse(posted.text).body).toBeNull()
    }))
  test.for(['pages.css', 'forms.js', 'passkey.js', 'gate.svg'])('%s may be kept for ever', (name) =>
    using({}, undefined, async ({ ask }) => {
      const { status, headers } = await ask(`/static/${name}?v=1`)
      expect(status).toBe(200)
      expect(headers['cache-control']).toContain('immutable')
      expect(headers['x-content-type-options']).toBe('nosniff')
    }),
  )
  test.for(['/static/../http.ts', '/static/%2e%2e%2fhttp.ts', '/static/'])('`%s` is no file', (path) =>
    using({}, undefined, async ({ ask }) => {
      expect((await ask(path)).status).toBe(404)
    }),
  )
})

describe('M12 floods', () => {
  const limits = [{ method: 'GET', path: /^\/echo/, perMinute: 2 }] as const
  test('one source beyond the limit waits, and is told how long; another does not', () =>
    using({ limits, trustedProxies: ['127.0.0.1'] }, undefined, async ({ ask }) => {
      const from = (address: string) => ask('/echo', { 'x-forwarded-for': address })
      expect((await from('203.0.113.9')).status).toBe(200)
      expect((await from('203.0.113.9')).status).toBe(200)
      const third = await from('203.0.113.9')
      expect(third.status).toBe(429)
      expect(Number(third.headers['retry-after'])).toBeGreaterThan(0)
      expect(third.text).toContain('<code id="reason">too-many-requests</code>')
      expect((await from('203.0.113.10')).status).toBe(200)
      expect((await ask('/static/gate.svg', { 'x-forwarded-for': '203.0.113.9' })).status).toBe(200)
    }))
  test.for([
    ['203.0.113.9', '203.0.113.9', true],
    ['::ffff:203.0.113.9', '203.0.113.9', true],
    ['2001:db8::1', '2001:db8::ffff:1', true], // one network, one source
    ['2001:db8::1', '2001:db8:0:1::1', false],
    ['203.0.113.9', '203.0.113.10', false],
    ['junk', '', true],
  ] as const)('%s and %s are the same source: %s', ([a, b, same]) => {
    expect(sourceKey(a) === sourceKey(b)).toBe(same)
  })
})

describe('answers that take the short way', () => {
  const quick: HttpDeps['quick'] = (req) => {
    if (req.url === '/echo?broken') return Promise.reject(new Error('a bug'))
    if (req.url !== '/echo?quick') return undefined
    return Promise.resolve({
      status: 200,
      headers: ['X-Request-ID', String(req.headers['x-request-id'])],
      body: '관문',
    })
  }
  test('have every header that means something to a program, and one that fails has all of them', () =>
    using({ quick }, 'https://login.example.com', async ({ ask }) => {
      const [short, ordinary, broken] = [await ask('/echo?quick'), await ask('/echo'), await ask('/echo?broken')]
      expect([short.status, short.text]).toEqual([200, '관문'])
      for (const name of [
        'content-security-policy',
        'cross-origin-resource-policy',
        'strict-transport-security',
        'x-content-type-options',
        'x-frame-options',
      ]) {
        expect(short.headers[name]).toBeDefined()
        expect(short.headers[name]).toBe(ordinary.headers[name])
      }
      expect(short.headers['permissions-policy']).toBeUndefined()
      expect([broken.status, broken.headers['x-frame-options']]).toEqual([500, 'DENY'])
      expect(broken.text).not.toContain('a bug')
    }))
  test('another host does not get there', () =>
    using({ quick }, 'https://login.example.com', async ({ ask }) => {
      expect((await ask('/echo?quick', { host: 'evil.example' })).status).toBe(421)
    }))
})
