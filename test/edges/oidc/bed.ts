// The OpenID Connect edge over real HTTP, a real store, the real flows, keys, cookies and pages. The journey's pages are one stand-in that
// puts the evidence a test names into the journey and lets the real `finish` decide.
import { createServer, IncomingMessage, ServerResponse } from 'node:http'
import { type AddressInfo, Socket } from 'node:net'
import express, { Router } from 'express'
import { inRange } from '../../../src/adapters/fetch-guard.ts'
import { keyMaker, privateKeyPem } from '../../../src/adapters/keys.ts'
import { keyEncryptionKey, secrets as openSecrets } from '../../../src/adapters/secrets.ts'
import { systemRandom } from '../../../src/adapters/system.ts'
import type { Evidence } from '../../../src/core/assurance/level.ts'
import type { App, OidcApp } from '../../../src/core/model/app.ts'
import type { JourneyId } from '../../../src/core/model/ids.ts'
import type { Wants } from '../../../src/core/model/journey.ts'
import type { Session } from '../../../src/core/model/session.ts'
import { loginCookies } from '../../../src/edges/cookies.ts'
import type { OidcDeps } from '../../../src/edges/oidc/deps.ts'
import { oidcEdge } from '../../../src/edges/oidc/oidc-edge.ts'
import { problemRenderer } from '../../../src/edges/render-problem.ts'
import { pagesBy } from '../../../src/edges/sign-in/pages.ts'
import { renderer } from '../../../src/edges/sign-in/render.ts'
import { sourceOf } from '../../../src/edges/source.ts'
import { assessor } from '../../../src/flows/sign-in/assess.ts'
import { beginner } from '../../../src/flows/sign-in/begin.ts'
import { domainFinder } from '../../../src/flows/sign-in/find-domain.ts'
import { finisher } from '../../../src/flows/sign-in/finish.ts'
import { joiner, releaser } from '../../../src/flows/sign-in/release.ts'
import { signerOut } from '../../../src/flows/sign-in/sign-out.ts'
import { ensureKeys } from '../../../src/flows/upkeep/ensure-keys.ts'
import { keyRing } from '../../../src/flows/upkeep/key-ring.ts'
import type { Store } from '../../../src/ports/store.ts'
import { testStore } from '../../stores/open-test-store.ts'
import { direct, domain, group, id, membership, oidcApp, person, tenancy } from '../../stores/rows.ts'
import { seed, session } from '../../stores/traffic-rows.ts'
import { openBrowser } from './browser.ts'

export const clientSecret = 'a-secret-that-only-its-client-knows'
export const callback = 'http://app.test/callback'
type Next = { readonly username: string; readonly evidence: (now: number) => readonly Evidence[] }

export const password: Next['evidence'] = (now) => [{ kind: 'password', at: now }]
export const passkey: Next['evidence'] = (now) => [
  { kind: 'passkey', at: now, credentialId: id('key'), userVerified: true, hardware: true },
]

export type Options = Pick<OidcDeps, 'afterSignOut'> & {
  readonly rememberMs?: number
  readonly open?: () => Promise<Store>
  /** Gateways on the one store; requests go round them. */
  readonly nodes?: number
}

export const openBed = async (options: Options = {}) => {
  const store = await (options.open ?? testStore)()
  let ahead = 0
  const clock = () => Date.now() + ahead
  const random = systemRandom(clock)
  const secrets = openSecrets([keyEncryptionKey(new Uint8Array(32).fill(7))])
  await seed(store)
  await store.write(async (tx) => {
    const now = clock()
    for (const name of ['alice', 'bob'])
      await tx.people.put(
        person(name, { displayName: `${name} of Acme`, givenName: name, createdAt: now, updatedAt: now }),
      )
    await tx.domains.put(domain('partners'))
    await tx.tenancies.put(tenancy('other'))
    for (const name of ['Staff', 'Auditors']) await tx.groups.put(group(name))
    await tx.memberships.put(membership('alice', 'Staff', direct))
  })
  const app = express()
  const server = createServer(app)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const parts = { store, secrets, random, clock }
  const flows = { ...parts, upstreams: {}, baseUrl: base, keyMaker: keyMaker() }
  await ensureKeys(flows)({ kind: 'system', id: 'test', name: 'test' }, id('acme'))
  const cookies = loginCookies({ secure: false, clock })
  const reported: string[] = []
  const deps: OidcDeps = {
    ...parts,
    cookies,
    findDomain: domainFinder(flows),
    assess: assessor(flows),
    begin: beginner({ ...flows, inRange }),
    release: releaser(flows),
    join: joiner(flows),
    signOut: signerOut(flows),
    keyRing: keyRing({ store, secrets, pemOf: privateKeyPem }),
    fetch: (url, init) => fetch(url, init),
    pages: pagesBy(renderer({ random, secure: false })),
    source: sourceOf,
    report: (what, error) => reported.push(`${what}: ${error instanceof Error ? error.stack : String(error)}`),
    ...(options.afterSignOut ? { afterSignOut: options.afterSignOut } : {}),
    config: { secureCookies: false, rememberMs: options.rememberMs ?? 0 },
  }
  const edges = Array.from({ length: options.nodes ?? 1 }, () => oidcEdge(deps))
  const edge = edges[0] ?? oidcEdge(deps)
  const wanted: Wants[] = []
  let next: Next | undefined
  const finish = finisher(flows)

  let turn = 0
  const round = Router({ mergeParams: true }).use((req, res, next) =>
    edges[turn++ % edges.length]?.issuer(req, res, next),
  )
  app.use('/d/:tenancy/:domain', round)
  app.use('/.well-known/oauth-authorization-server/d/:tenancy/:domain', edge.metadata)
  app.get('/d/acme/:domain/sign-in/:journeyId', async (req, res) => {
    const found = await deps.findDomain('acme', req.params.domain)
    const journeyId = req.params.journeyId as JourneyId
    const journey = await store.read((tx) => tx.journeys.get(journeyId))
    if (!found || !journey) throw new Error('no such journey')
    wanted.push(journey.wants)
    const doing = next
    if (doing) {
      const fresh = journey.personId === id(doing.username) ? journey.evidence : []
      const evidence = [...fresh, ...doing.evidence(clock())]
      await store.write((tx) => tx.journeys.save({ ...journey, personId: id(doing.username), evidence }))
    }
    const browserToken = cookies.browser(req, found.domain)
    const done = await finish({ domainId: found.domain.id, journeyId, browserToken, source: sourceOf(req) })
    if (!done) return void res.status(200).send('the journey goes on')
    cookies.setSession(res, found.domain, done.sessionToken, done.session.expiresAt)
    res.redirect(303, `${found.issuer}${done.resume}`)
  })
  const silent = { error: () => undefined, warn: () => undefined, info: () => undefined }
  app.use(problemRenderer({ pages: deps.pages, log: silent }))

  const hash = secrets.digest(clientSecret)
  return {
    ...parts,
    base,
    issuer: `${base}/d/acme/default`,
    edge,
    deps,
    reported,
    wanted,
    clock,
    /** Only our clock: the library reads the machine's. */
    pass: (seconds: number) => {
      ahead += seconds * 1000
    },
    /** Whoever reaches the journey's page from now on; undefined: nobody answers it. */
    signsInAs: (username: string | undefined, evidence: Next['evidence'] = password) => {
      next = username === undefined ? undefined : { username, evidence }
    },
    close: async () => {
      for (const e of edges) await e.settled()
      server.closeAllConnections()
      server.close()
      await store.close()
    },
    register: async (
      clientId: string,
      settings: Partial<OidcApp> = {},
      differs: Partial<Omit<App, 'settings'>> = {},
    ): Promise<App> => {
      const row = oidcApp(clientId, clientId)
      const app: App = {
        ...row,
        homeUrl: 'http://app.test/',
        ...differs,
        settings: {
          ...(row.settings as OidcApp),
          secretHashes: settings.tokenEndpointAuth === 'none' ? [] : [hash],
          tokenEndpointAuth: 'client_secret_basic',
          redirectUris: [callback],
          postLogoutRedirectUris: ['http://app.test/bye'],
          grants: ['authorization_code', 'refresh_token'],
          scopes: ['openid', 'profile', 'email', 'groups', 'offline_access'],
          ...settings,
        },
      }
      if ((await store.write((tx) => tx.apps.put(app))) !== 'ok')
        throw new Error(`two applications are called ${clientId}`)
      return app
    },
    browser: () => openBrowser(base),
    /** A browser that is signed in already. */
    signedIn: async (username: string, evidence: Next['evidence'] = password, domainName = 'default') => {
      const browser = openBrowser(base)
      const token = random.token()
      const now = clock()
      const row: Session = session(random.id(), username, {
        domainId: id(domainName),
        tokenHash: secrets.digest(token),
        evidence: evidence(now),
        startedAt: now,
        lastSeenAt: now,
        expiresAt: now + 43_200_000,
      })
      await store.write((tx) => tx.sessions.add(row))
      const res = new ServerResponse(new IncomingMessage(new Socket()))
      cookies.setSession(res, { id: row.domainId }, token, row.expiresAt)
      for (const line of [res.getHeader('set-cookie')].flat()) browser.keep(String(line))
      return { browser, session: row, token }
    },
    audit: async (action: string) => {
      for (const e of edges) await e.settled()
      return store.read((tx) => tx.audit.list(id('acme'), { action, limit: 50 }))
    },
  }
}
export type Bed = Awaited<ReturnType<typeof openBed>>
