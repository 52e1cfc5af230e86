// The SAML edge over real HTTP, a real store, the real flows, keys, cookies, pages and verifier; only the clock is a test's own.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { inRange } from '../../../src/adapters/fetch-guard.ts'
import { keyMaker, privateKeyPem } from '../../../src/adapters/keys.ts'
import { samlVerifier } from '../../../src/adapters/saml-verify/verifier.ts'
import { keyEncryptionKey, secrets as openSecrets } from '../../../src/adapters/secrets.ts'
import { systemRandom } from '../../../src/adapters/system.ts'
import type { Evidence } from '../../../src/core/assurance/level.ts'
import type { App, SamlApp } from '../../../src/core/model/app.ts'
import type { AuditEvent } from '../../../src/core/model/audit.ts'
import type { Session } from '../../../src/core/model/session.ts'
import { loginCookies } from '../../../src/edges/cookies.ts'
import { problemRenderer } from '../../../src/edges/render-problem.ts'
import type { SamlDeps } from '../../../src/edges/saml/deps.ts'
import { samlEdge } from '../../../src/edges/saml/router.ts'
import { serviceProviders } from '../../../src/edges/saml/service-provider.ts'
import { signOutWalker } from '../../../src/edges/saml/walk-sign-out.ts'
import { pagesBy } from '../../../src/edges/sign-in/pages.ts'
import { renderer } from '../../../src/edges/sign-in/render.ts'
import { sourceOf } from '../../../src/edges/source.ts'
import { assessor } from '../../../src/flows/sign-in/assess.ts'
import { beginner } from '../../../src/flows/sign-in/begin.ts'
import { domainFinder } from '../../../src/flows/sign-in/find-domain.ts'
import { joiner, releaser } from '../../../src/flows/sign-in/release.ts'
import { signerOut } from '../../../src/flows/sign-in/sign-out.ts'
import { ensureKeys } from '../../../src/flows/upkeep/ensure-keys.ts'
import { keyRing } from '../../../src/flows/upkeep/key-ring.ts'
import type { Upstream } from '../../../src/ports/upstream.ts'
import { testStore } from '../../stores/open-test-store.ts'
import { direct, domain, group, id, idp, membership, NOW, person, samlApp } from '../../stores/rows.ts'
import { seed, session } from '../../stores/traffic-rows.ts'
import { formIn, type TestSp } from './service-provider.ts'

export const persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'

const cookieHeader = (jar: Map<string, string>): string => [...jar].map(([n, v]) => `${n}=${v}`).join('; ')

/** An upstream that can do nothing but end its session. */
const corporate: Upstream = {
  protocol: 'oidc',
  begin: async () => ({ refused: 'unused', detail: '' }),
  finish: async () => ({ refused: 'unused', detail: '' }),
  logout: async (_idp, { nameId }, returnTo) => ({
    kind: 'redirect',
    url: `https://corp.example/logout?${new URLSearchParams({ nameId, returnTo })}`,
  }),
  metadata: async () => undefined,
}

export const openBed = async (start: number = NOW) => {
  const store = await testStore()
  let now = start
  const clock = () => now
  const random = systemRandom(clock)
  const secrets = openSecrets([keyEncryptionKey(new Uint8Array(32).fill(7))])
  await seed(store, 'alice', 'bob')
  await store.write(async (tx) => {
    await tx.domains.put(domain('partners'))
    await tx.idps.put(idp('corp'))
    await tx.groups.put(group('Staff'))
    await tx.groups.put(group('a,b;c'))
    await tx.memberships.put(membership('alice', 'Staff', direct))
    await tx.memberships.put(membership('alice', 'a,b;c', direct))
  })
  const app = express()
  const server: Server = createServer(app)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const issuer = `${base}/d/acme/default`
  const verifier = samlVerifier()
  const parts = { store, secrets, random, clock }
  const flows = { ...parts, upstreams: { oidc: corporate }, baseUrl: base, keyMaker: keyMaker() }
  await ensureKeys(flows)({ kind: 'system', id: 'test', name: 'test' }, id('acme'))
  const cookies = loginCookies({ secure: false, clock })
  const pages = pagesBy(renderer({ random, secure: false }))
  const deps: SamlDeps = {
    ...parts,
    verifier,
    cookies,
    findDomain: domainFinder(flows),
    assess: assessor(flows),
    begin: beginner({ ...flows, inRange }),
    release: releaser(flows),
    join: joiner(flows),
    signOut: signerOut(flows),
    keyRing: keyRing({ store, secrets, pemOf: privateKeyPem }),
    serviceProvider: serviceProviders({ verifier, secrets, clock }),
    pages,
    source: sourceOf,
    config: {},
  }
  app.use('/d/:tenancy/:domain', samlEdge(deps))
  const walk = signOutWalker(deps)
  const silent = { error: () => undefined, warn: () => undefined, info: () => undefined }
  app.get('/walk', async (req, res) => {
    const found = await deps.findDomain('acme', 'default')
    if (!found) throw new Error('no domain')
    const done = await deps.signOut({
      domainId: found.domain.id,
      session: { token: String(req.query.token) },
      reason: 'signed-out',
      exceptApp: undefined,
      source: sourceOf(req),
      returnTo: undefined,
    })
    if (!(await walk(req, res, { found, ...done, returnTo: req.query.page === undefined ? `${base}/bye` : undefined })))
      res.redirect(303, `${base}/bye`)
  })

  app.use(problemRenderer({ pages, log: silent }))

  return {
    store,
    base,
    issuer,
    verifier,
    secrets,
    idpCertificate: async () => (await deps.keyRing(id('default'))).saml.active.certificatePem,
    now: clock,
    pass: (seconds: number) => {
      now += seconds * 1000
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await store.close()
    },
    /** Registers a test SP as an application of the domain. */
    register: async (sp: TestSp, settings: Partial<SamlApp> = {}, differs: Partial<App> = {}): Promise<App> => {
      const row = samlApp(sp.name, sp.entityId)
      const saml = row.settings as SamlApp
      const nameId = { format: persistent, from: 'pairwise' } as const
      const app: App = { ...row, ...differs, settings: { ...saml, metadataXml: sp.metadataXml, nameId, ...settings } }
      await store.write((tx) => tx.apps.put(app))
      return app
    },
    /** A browser that is signed in: its cookie and its session. */
    signIn: async (username: string, evidence?: readonly Evidence[], differs: Partial<Session> = {}) => {
      const token = random.token()
      const row = session(random.id(), username, {
        tokenHash: secrets.digest(token),
        evidence: evidence ?? [{ kind: 'password', at: now }],
        startedAt: now,
        lastSeenAt: now,
        expiresAt: now + 43_200_000,
        ...differs,
      })
      await store.write((tx) => tx.sessions.add(row))
      return { token, session: row }
    },
    renew: async (sessionId: string, evidence: readonly Evidence[]) => {
      await store.write(async (tx) => {
        const row = await tx.sessions.get(id(sessionId))
        if (row) await tx.sessions.save({ ...row, evidence })
      })
    },
    sessionOf: (sessionId: string) => store.read((tx) => tx.sessions.get(id(sessionId))),
    putPerson: (username: string, differs: Parameters<typeof person>[1]) =>
      store.write((tx) => tx.people.put(person(username, differs))),
    audit: async (action: string): Promise<readonly AuditEvent[]> =>
      store.read((tx) => tx.audit.list(id('acme'), { action, limit: 50 })),
    browser: (token?: string) => openBrowser(base, cookies, token),
  }
}
export type Bed = Awaited<ReturnType<typeof openBed>>

/** Follows nothing by itself; keeps its cookies. */
const openBrowser = (base: string, cookies: ReturnType<typeof loginCookies>, token: string | undefined) => {
  const jar = new Map<string, string>()
  const keep = (pair: string) => {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(pair) ?? []
    if (/max-age=0/i.test(pair)) jar.delete(name)
    else jar.set(name, value)
  }
  if (token !== undefined) {
    const set: string[] = []
    cookies.setSession(
      { appendHeader: (_: string, v: string) => set.push(v) } as never,
      { id: 'default' },
      token,
      Number.MAX_SAFE_INTEGER,
    )
    set.forEach(keep)
  }
  const ask = async (url: string, init: RequestInit = {}, sameSite = true) => {
    const res = await fetch(new URL(url, base), {
      redirect: 'manual',
      ...init,
      headers: { ...(sameSite ? { cookie: cookieHeader(jar) } : {}), ...init.headers },
    })
    res.headers.getSetCookie().forEach(keep)
    const body = await res.text()
    return {
      status: res.status,
      headers: res.headers,
      body,
      location: res.headers.get('location') ?? '',
      form: formIn(body),
      response: Buffer.from(formIn(body).fields.SAMLResponse ?? '', 'base64').toString('utf8'),
    }
  }
  const urlencoded = { 'content-type': 'application/x-www-form-urlencoded' }
  return {
    jar,
    get: (url: string) => ask(url),
    /** From another site, so without Lax cookies, as browsers do it. */
    post: (url: string, body: string) => ask(url, { method: 'POST', body, headers: urlencoded }, false),
    raw: (url: string, init: RequestInit) => ask(url, init, false),
    /** A request by redirect, and the redirect to ourselves after it. */
    follow: async (url: string) => {
      const first = await ask(url)
      return first.status === 303 && first.location.includes('/continue?id=') ? ask(first.location) : first
    },
  }
}
export type Browser = ReturnType<Bed['browser']>
export type Page = Awaited<ReturnType<Browser['get']>>
