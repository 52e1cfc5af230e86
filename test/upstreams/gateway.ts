// A gateway with real connectors, flows, pages and store over real HTTP, and browsers that leave it for a provider and come back.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { passkeyFactor } from '../../src/adapters/factor-passkey.ts'
import { recoveryCodes } from '../../src/adapters/factor-recovery-code.ts'
import { totpFactor } from '../../src/adapters/factor-totp.ts'
import { guardedFetch, inRange } from '../../src/adapters/fetch-guard.ts'
import { hasher } from '../../src/adapters/hasher.ts'
import { keyMaker, privateKeyPem } from '../../src/adapters/keys.ts'
import { samlVerifier } from '../../src/adapters/saml-verify/verifier.ts'
import { keyEncryptionKey, secrets as sealing } from '../../src/adapters/secrets.ts'
import { systemRandom } from '../../src/adapters/system.ts'
import { upstreamOidc } from '../../src/adapters/upstream-oidc/upstream-oidc.ts'
import { upstreamSaml } from '../../src/adapters/upstream-saml/upstream-saml.ts'
import type { Idp } from '../../src/core/model/idp.ts'
import { loginCookies } from '../../src/edges/cookies.ts'
import { httpApp } from '../../src/edges/http.ts'
import { pagesBy } from '../../src/edges/sign-in/pages.ts'
import { renderer } from '../../src/edges/sign-in/render.ts'
import { signInEdge } from '../../src/edges/sign-in/routes.ts'
import { connectionTests } from '../../src/flows/connection/round-trip.ts'
import { arriver } from '../../src/flows/sign-in/arrive.ts'
import { beginner } from '../../src/flows/sign-in/begin.ts'
import { domainFinder } from '../../src/flows/sign-in/find-domain.ts'
import { finisher } from '../../src/flows/sign-in/finish.ts'
import { upstreamGoer } from '../../src/flows/sign-in/go-upstream.ts'
import { receiver } from '../../src/flows/sign-in/receive.ts'
import { responder } from '../../src/flows/sign-in/respond.ts'
import { shower } from '../../src/flows/sign-in/show.ts'
import { tries } from '../../src/flows/sign-in/tries.ts'
import { ensureKeys } from '../../src/flows/upkeep/ensure-keys.ts'
import { keyRing as keyRingOf } from '../../src/flows/upkeep/key-ring.ts'
import type { Store } from '../../src/ports/store.ts'
import { type Browser, openBrowser, type Stop } from '../edges/oidc/browser.ts'
import { testStore } from '../stores/open-test-store.ts'
import { group, id, idp } from '../stores/rows.ts'
import { seed } from '../stores/traffic-rows.ts'

export type Away = { readonly browser: Browser; readonly to: URL }

export const openGateway = async (
  limits: {
    readonly timeoutSeconds?: number
    readonly allowPrivate?: readonly string[]
    readonly open?: () => Promise<Store>
  } = {},
) => {
  const store = await (limits.open ?? testStore)()
  let ahead = 0
  const clock = () => Date.now() + ahead
  const random = systemRandom(clock)
  const secrets = sealing([keyEncryptionKey(new Uint8Array(32).fill(7))])
  await seed(store, 'alice')
  await store.write((tx) => tx.groups.put(group('Staff')))
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const issuer = `${baseUrl}/d/acme/default`
  const base = { store, secrets, clock, random, keyMaker: keyMaker() }
  await ensureKeys(base)({ kind: 'system', id: 'test', name: 'test' }, id('acme'))
  const keyRing = keyRingOf({ store, secrets, pemOf: privateKeyPem })
  const issuerOf = async () => issuer
  const verifier = samlVerifier()
  const timeoutSeconds = limits.timeoutSeconds ?? 5
  const fetch = guardedFetch({ timeoutSeconds, maxBytes: 200_000, allowPrivate: limits.allowPrivate ?? ['127.0.0.1'] })
  const upstreams = {
    saml: upstreamSaml({ verifier, random, issuerOf, keysOf: async (domain) => (await keyRing(domain)).saml }),
    oidc: upstreamOidc({ fetch, secrets, issuerOf, timeoutSeconds }),
  }
  const factors = {
    totp: totpFactor({ secrets }),
    passkey: passkeyFactor({ rpId: '127.0.0.1', rpName: 'Gwanmun', origins: [baseUrl] }),
    recovery: recoveryCodes({ random, secrets }),
  }
  const cookies = loginCookies({ secure: false, clock })
  const render = renderer({ random, secure: false })
  const pages = pagesBy(render)
  const signIn = signInEdge({
    findDomain: domainFinder({ store, baseUrl }),
    begin: beginner({ ...base, inRange }),
    show: shower({ ...base, factors }),
    respond: responder({ ...base, factors, hasher: hasher(), tries: tries(base), isCommonPassword: () => false }),
    finish: finisher(base),
    goUpstream: upstreamGoer({ ...base, upstreams }),
    receive: receiver({ ...base, upstreams }),
    arrive: arriver(base),
    tests: connectionTests({ ...base, upstreams }),
    cookies,
    render,
    pages,
    baseUrl,
    spMetadata: async () => undefined,
  })
  const log = pino({ level: 'silent' })
  server.on(
    'request',
    httpApp({ baseUrl, trustedProxies: [], log, clock, random, pages, edges: [['/d/:tenancy/:domain', signIn]] }),
  )

  /** From nothing to where the browser leaves for the provider; or the page on which it stays. */
  const go = async (name: string, browser: Browser): Promise<Stop> => {
    const page = await browser.go('/d/acme/default/sign-in')
    const hop = /name="hop" value="([^"]*)"/.exec(page.text)?.[1] ?? ''
    const body = new URLSearchParams({ do: 'choose-idp', idp: name, hop })
    return browser.go(page.url, { method: 'POST', body })
  }
  return {
    store,
    secrets,
    baseUrl,
    issuer,
    clock,
    later: (seconds: number) => {
      ahead += seconds * 1000
    },
    addIdp: async (name: string, differs: Partial<Idp>): Promise<void> => {
      const put = await store.write((tx) =>
        tx.idps.put(idp(name, { attributes: { username: '$subject', email: 'email', other: {} }, ...differs })),
      )
      if (put !== 'ok') throw new Error(`two providers are called ${name}`)
    },
    browser: () => openBrowser(baseUrl),
    go,
    leave: async (name: string, browser = openBrowser(baseUrl)): Promise<Away> => {
      const stop = await go(name, browser)
      if (!stop.location) throw new Error(`the browser did not leave: ${stop.status} ${stop.text.slice(0, 2000)}`)
      return { browser, to: stop.location }
    },
    audit: (action: string) => store.read((tx) => tx.audit.list(id('acme'), { action, limit: 100 })),
    /** Everything that an answer could make. */
    counted: () =>
      store.read(async (tx) => {
        const people = await tx.people.list(id('default'), { limit: 1000 })
        const of = async <T>(read: (who: (typeof people)[number]['id']) => Promise<readonly T[]>) =>
          (await Promise.all(people.map((p) => read(p.id)))).flat().length
        return {
          people: people.length,
          links: await of(tx.links.ofPerson),
          memberships: await of(tx.memberships.ofPerson),
          sessions: await of(tx.sessions.ofPerson),
        }
      }),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await store.close()
    },
  }
}
export type Gateway = Awaited<ReturnType<typeof openGateway>>

export const reasonOn = (page: Stop): string | undefined => /id="reason">([^<]*)</.exec(page.text)?.[1]
