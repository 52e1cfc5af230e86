// The transmitter on an ephemeral port, on a store of the caller's choice, and a receiver that answers as it is told. Access tokens come out of
// a table; clock and ids stand still.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { keyMaker, privateKeyPem } from '../../../src/adapters/keys.ts'
import { keyEncryptionKey, secrets as sealing } from '../../../src/adapters/secrets.ts'
import { systemRandom } from '../../../src/adapters/system.ts'
import type { AuditEvent } from '../../../src/core/model/audit.ts'
import { problemRenderer } from '../../../src/edges/render-problem.ts'
import { sharedSignals } from '../../../src/edges/ssf/ssf-edge.ts'
import { domainFinder } from '../../../src/flows/sign-in/find-domain.ts'
import { signallingStore } from '../../../src/flows/signals/tell.ts'
import { ensureKeys } from '../../../src/flows/upkeep/ensure-keys.ts'
import { keyRing as keyRingOf } from '../../../src/flows/upkeep/key-ring.ts'
import { sendOutbox } from '../../../src/flows/upkeep/send-outbox.ts'
import type { Store } from '../../../src/ports/store.ts'
import { domain, id, NOW, oidcApp } from '../../stores/rows.ts'
import { auditEvent, seed } from '../../stores/traffic-rows.ts'

type Received = {
  readonly token: string
  readonly authorization: string | undefined
  readonly type: string | undefined
}

const listening = async (server: ReturnType<typeof createServer>): Promise<string> => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export const openBed = async (open: () => Promise<Store>) => {
  const bare = await open()
  let now = NOW
  const clock = () => now
  const random = systemRandom(clock)
  const secrets = sealing([keyEncryptionKey(new Uint8Array(32).fill(7))])
  const store = signallingStore(bare, { random })
  const base = { store, clock, random, secrets }
  await seed(store, 'ann')
  await store.write(async (tx) => {
    await tx.domains.put(domain('second'))
    for (const name of ['reports', 'mail']) await tx.apps.put(oidcApp(name, `client of ${name}`))
  })
  await ensureKeys({ ...base, keyMaker: keyMaker() })({ kind: 'operator', id: 'test', name: 'test' }, id('acme'))

  const received: Received[] = []
  const answers: { readonly status: number; readonly body?: string; readonly location?: string }[] = []
  const receiver = createServer((req, res) => {
    let token = ''
    req.on('data', (piece) => {
      token += String(piece)
    })
    req.on('end', () => {
      received.push({ token, authorization: req.headers.authorization, type: req.headers['content-type'] })
      const { status, body = '', location } = answers.shift() ?? { status: 202 }
      res
        .writeHead(status, { 'content-type': 'application/json', ...(location === undefined ? {} : { location }) })
        .end(body)
    })
  })
  const receiverUrl = await listening(receiver)

  const app = express()
  const server = createServer(app)
  const url = await listening(server)
  const findDomain = domainFinder({ store, baseUrl: url })
  const issuer = `${url}/d/acme/default`
  const tokens = new Map<string, object>()
  const keyRing = keyRingOf({ store, secrets, pemOf: privateKeyPem })
  const signals = sharedSignals({
    ...base,
    findDomain,
    keyRing,
    fetch,
    issuerOf: async () => issuer,
    bearer: async (tenancy, token) => (tenancy === 'acme' ? (tokens.get(token) as never) : undefined),
  })
  app.use(signals.edge)
  const thrown: unknown[] = []
  const quiet = { warn: () => undefined, info: () => undefined }
  const log = { ...quiet, error: ({ err }: { readonly err?: unknown }) => thrown.push(err) }
  app.use(problemRenderer({ pages: { error: (_req, res) => void res.end('a page') }, log: log as never }))

  /** An access token of an application for itself. */
  const tokenOf = (name: string, scopes: readonly string[] = ['ssf.manage'], differs: object = {}): string => {
    const token = `token-${tokens.size}`
    tokens.set(token, {
      domainId: 'default',
      appId: name,
      clientId: `client of ${name}`,
      personId: undefined,
      scopes,
      ...differs,
    })
    return token
  }
  const manage = tokenOf('reports')
  const call = async <T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    token: string = manage,
  ) => {
    const response = await fetch(`${issuer}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      body: (text === '' ? undefined : JSON.parse(text)) as T,
      headers: response.headers,
    }
  }
  const ring = await keyRing(id('default'))
  const jwks = { keys: ring.oidc.map(({ d: _, ...key }) => key) } as unknown as JSONWebKeySet
  return {
    ...base,
    url,
    issuer,
    call,
    tokenOf,
    received,
    receiverUrl,
    answers,
    thrown,
    send: sendOutbox({ ...base, deliver: signals.deliver }),
    opened: (token: string) =>
      jwtVerify(token, createLocalJWKSet(jwks), { issuer, audience: 'client of reports', typ: 'secevent+jwt' }),
    happen: (differs: Partial<AuditEvent>) =>
      store.write((tx) =>
        tx.audit.add(
          auditEvent(random.id(), {
            at: now,
            target: { type: 'person', id: 'ann', name: 'ann' },
            requestId: 'req-1',
            ...differs,
          }),
        ),
      ),
    later: (seconds: number) => {
      now += seconds * 1000
    },
    close: async () => {
      await Promise.all([server, receiver].map((one) => new Promise((done) => one.close(done))))
      await store.close()
    },
  }
}
export type Bed = Awaited<ReturnType<typeof openBed>>
