// The whole machine on one page: knows every room, holds no logic. Factories are called in order; whatever a factory needs is above it.

import { resolve } from 'node:path'
import { commonPasswords } from './adapters/common-passwords.ts'
import { passkeyFactor } from './adapters/factor-passkey.ts'
import { recoveryCodes } from './adapters/factor-recovery-code.ts'
import { totpFactor } from './adapters/factor-totp.ts'
import { guardedFetch } from './adapters/fetch-guard.ts'
import { hasher as argon2 } from './adapters/hasher.ts'
import { privateKeyPem, keyMaker as webCryptoKeys } from './adapters/keys.ts'
import { close, listen, serverOf } from './adapters/listening.ts'
import { samlVerifier } from './adapters/saml-verify/verifier.ts'
import { loadKeyEncryptionKey, secrets as sealing } from './adapters/secrets.ts'
import { logSender, smtpSender } from './adapters/sender-mail.ts'
import { openPostgres } from './adapters/store-sql/postgres.ts'
import { openSqlite } from './adapters/store-sql/sqlite.ts'
import { systemClock, systemRandom } from './adapters/system.ts'
import { ticker } from './adapters/ticker.ts'
import { upstreamOidc } from './adapters/upstream-oidc/upstream-oidc.ts'
import { upstreamSaml, upstreamSlo as upstreamSamlLogout } from './adapters/upstream-saml/upstream-saml.ts'
import { readCatalogue } from './adapters/yaml/catalogue-file.ts'
import { readTenancies } from './adapters/yaml/tenancy-file.ts'
import { type Config, configFault, readSecret } from './config.ts'
import type { DomainId } from './core/model/ids.ts'
import { accountEdge } from './edges/account/routes.ts'
import { callerBy } from './edges/authzen/caller.ts'
import { authzen } from './edges/authzen/evaluation.ts'
import { authzenMetadata } from './edges/authzen/metadata.ts'
import { loginCookies } from './edges/cookies.ts'
import { httpApp } from './edges/http.ts'
import { logger } from './edges/log.ts'
import { management } from './edges/management.ts'
import { countDecisions, countSignIns, metrics as prometheus } from './edges/metrics.ts'
import { bearerLookup } from './edges/oidc/bearer-lookup.ts'
import { oidcEdge } from './edges/oidc/oidc-edge.ts'
import { samlEdge } from './edges/saml/router.ts'
import { serviceProviders } from './edges/saml/service-provider.ts'
import { signOutWalker } from './edges/saml/walk-sign-out.ts'
import { pagesBy } from './edges/sign-in/pages.ts'
import { renderer } from './edges/sign-in/render.ts'
import { signInEdge } from './edges/sign-in/routes.ts'
import { setUpEdge } from './edges/sign-in/set-up.ts'
import { upstreamSlo } from './edges/sign-in/upstream-slo.ts'
import { sourceOf } from './edges/source.ts'
import { authorizer } from './flows/access/authorize.ts'
import { tenancyFinder } from './flows/access/find-tenancy.ts'
import { policyWriter } from './flows/access/write-policy.ts'
import { accountFlows } from './flows/account/account.ts'
import { planTenancy } from './flows/directory/apply.ts'
import { applyDeclared, bringUp } from './flows/directory/bring-up.ts'
import { bootstrapAdministrator, claimSetUp, isSetUpLink } from './flows/directory/first-administrator.ts'
import { mailDelivery } from './flows/notice.ts'
import { arriver } from './flows/sign-in/arrive.ts'
import { assessor } from './flows/sign-in/assess.ts'
import { beginner } from './flows/sign-in/begin.ts'
import { domainFinder, issuerOf as issuerIn } from './flows/sign-in/find-domain.ts'
import { finisher } from './flows/sign-in/finish.ts'
import { upstreamGoer } from './flows/sign-in/go-upstream.ts'
import { receiver } from './flows/sign-in/receive.ts'
import { joiner, releaser } from './flows/sign-in/release.ts'
import { responder } from './flows/sign-in/respond.ts'
import { shower } from './flows/sign-in/show.ts'
import { signerOut } from './flows/sign-in/sign-out.ts'
import { tries as triesOf } from './flows/sign-in/tries.ts'
import { upstreamSignerOut } from './flows/sign-in/upstream-sign-out.ts'
import { checkMetadata } from './flows/upkeep/check-metadata.ts'
import { keyRing as keyRingOf } from './flows/upkeep/key-ring.ts'
import { refreshMetadata } from './flows/upkeep/refresh-metadata.ts'
import { sendOutbox } from './flows/upkeep/send-outbox.ts'
import { sweepExpired } from './flows/upkeep/sweep-expired.ts'
import type { Store } from './ports/store.ts'

const OUTBOX_MS = 1_000
const SWEEP_MS = 60_000
const METADATA_MS = 300_000
const MISSING_METADATA_MS = 15_000 // a partner's metadata that was not there at the start

const openStore = (store: Config['store']): Promise<Store> =>
  store.kind === 'postgres' ? openPostgres({ url: store.url }) : openSqlite({ path: store.path })

const catalogueIn = (folder: string) => {
  const read = readCatalogue(folder)
  if ('faults' in read) throw configFault(read.faults)
  return read.catalogue
}

/** Builds everything, starts nothing. */
export const wire = async (config: Config) => {
  // ── adapters ──
  const clock = systemClock
  const random = systemRandom(clock)
  const log = logger({ level: config.log.level, clock })
  const store = await openStore(config.store)
  const secrets = sealing([loadKeyEncryptionKey(config.keys.dir, config.keys.encryptionKey)])
  const hasher = argon2()
  const keyMaker = webCryptoKeys()
  const verifier = samlVerifier()
  const fetch = guardedFetch(config.outgoing)
  const isCommonPassword = commonPasswords(resolve(import.meta.dirname, '../config/common-passwords.txt'))
  const { baseUrl } = config
  const secure = baseUrl.startsWith('https:')
  const factors = {
    totp: totpFactor({ secrets }),
    passkey: passkeyFactor({ rpId: new URL(baseUrl).hostname, rpName: 'Gwanmun', origins: [baseUrl] }),
    recovery: recoveryCodes({ random, secrets }),
  }
  const mailer =
    config.mail.kind === 'smtp' && config.mail.url !== undefined
      ? smtpSender({ url: config.mail.url, from: config.mail.from })
      : logSender((line) => log.info(line))
  const issuerOf = (id: DomainId): Promise<string> =>
    store.read(async (tx) => {
      const domain = await tx.domains.get(id)
      const tenancy = domain && (await tx.tenancies.get(domain.tenancyId))
      if (!domain || !tenancy) throw new Error(`domain ${id} is gone`)
      return issuerIn(baseUrl, tenancy, domain)
    })
  const keyRing = keyRingOf({ store, secrets, pemOf: privateKeyPem })
  const samlUpstream = { verifier, random, issuerOf, keysOf: async (id: DomainId) => (await keyRing(id)).saml }
  const upstreams = {
    saml: upstreamSaml(samlUpstream),
    oidc: upstreamOidc({ fetch, secrets, issuerOf, timeoutSeconds: config.outgoing.timeoutSeconds }),
  }

  // ── flows ──
  const base = { store, secrets, clock, random }
  const findDomain = domainFinder({ store, baseUrl })
  const tries = triesOf({ store, clock })
  const answering = { ...base, hasher, factors, tries, isCommonPassword }
  const assess = assessor(base)
  const begin = beginner(base)
  const release = releaser(base)
  const join = joiner(base)
  const signOut = signerOut({ ...base, upstreams })
  const catalogue = catalogueIn(config.catalogueDir)
  const findTenancy = tenancyFinder(base)
  const policies = policyWriter({ ...base, catalogue, limits: config.policy.limits })
  const metrics = prometheus()
  const authorize = countDecisions(metrics, authorizer({ ...base, catalogue }))
  const demoAllowed = config.allowDemo || ['localhost', '127.0.0.1', '[::1]'].includes(new URL(baseUrl).hostname)
  const directory = {
    ...base,
    hasher,
    keyMaker,
    policies,
    isCommonPassword,
    baseUrl,
    session: config.session,
    demoAllowed,
  }
  const refresh = refreshMetadata({ ...base, fetch, check: checkMetadata({ verifier, clock }) })
  const sweep = sweepExpired({ store, clock })

  // ── edges ──
  const cookies = loginCookies({ secure, clock })
  const render = renderer({ random, secure })
  const pages = pagesBy(render)
  const downstream = {
    ...base,
    findDomain,
    assess,
    begin,
    release,
    join,
    signOut,
    keyRing,
    cookies,
    pages,
    source: sourceOf,
  }
  const saml = { ...downstream, verifier, serviceProvider: serviceProviders({ verifier, secrets, clock }), config: {} }
  const afterSignOut = signOutWalker(saml)
  const report = (what: string, err: unknown) => log.error({ err }, what)
  const oidc = oidcEdge({ ...downstream, fetch, report, afterSignOut, config: { secureCookies: secure } })
  const federation = { findDomain, receive: receiver({ ...base, upstreams }), arrive: arriver(base), cookies }
  const spMetadata = async (domain: DomainId, name: string) => {
    const idp = await store.read((tx) => tx.idps.byName(domain, name))
    return idp && upstreams[idp.trust.protocol].metadata(idp)
  }
  const slo = upstreamSlo({
    ...downstream,
    ...upstreamSamlLogout(samlUpstream),
    idpNamed: (domain, name) => store.read((tx) => tx.idps.byName(domain, name)),
    upstreamSignOut: upstreamSignerOut(base),
  })
  const signIn = signInEdge({
    ...federation,
    begin,
    show: shower({ ...base, factors }),
    ...countSignIns(metrics, { respond: responder(answering), finish: finisher(base) }),
    goUpstream: upstreamGoer({ ...base, upstreams }),
    render,
    pages,
    baseUrl,
    spMetadata,
    slo,
  })
  const account = accountEdge({
    findDomain,
    assess,
    begin,
    signOut,
    afterSignOut,
    flows: accountFlows(answering),
    cookies,
    secrets,
    render,
    pages,
    baseUrl,
  })
  const setUp = setUpEdge({
    findDomain,
    isSetUpLink: isSetUpLink(directory),
    claimSetUp: claimSetUp(directory),
    render,
    baseUrl,
  })
  const authenticateCaller = callerBy({ bearer: bearerLookup(base), findTenancy })
  const app = httpApp({
    baseUrl,
    trustedProxies: config.trustedProxies,
    log,
    clock,
    random,
    pages,
    edges: [
      ['/d/:tenancy/:domain', oidc.issuer],
      ['/.well-known/oauth-authorization-server/d/:tenancy/:domain', oidc.metadata],
      ['/d/:tenancy/:domain', samlEdge(saml)],
      ['/d/:tenancy/:domain', signIn],
      ['/d/:tenancy/:domain', account],
      ['/d/:tenancy/:domain', setUp],
      ['/t/:tenancy', authzen({ authorize, authenticateCaller, findTenancy })],
      ['/', authzenMetadata({ baseUrl, findTenancy })],
    ],
  })
  const send = sendOutbox({
    ...base,
    deliver: { 'backchannel-logout': oidc.backchannelLogout, mail: mailDelivery(mailer) },
  })

  // ── running ──
  let stopping = false
  const ticks = ticker(report)
  const server = serverOf(app, config.tls)
  const managing = serverOf(management({ ready: () => store.ready(), metrics, stopping: () => stopping }))
  const operator = { kind: 'operator', id: 'gwanmun', name: 'gwanmun serve' } as const

  const declaredTenancies = () => {
    const files = readTenancies(config.tenanciesDir, readSecret)
    if ('faults' in files) throw configFault(files.faults)
    return files.tenancies
  }

  return {
    store,
    flows: {
      applyDeclared: applyDeclared(directory),
      planTenancy: planTenancy(directory),
      bootstrapAdministrator: bootstrapAdministrator(directory),
    },
    start: async () => {
      await store.ready()
      const { username, password, email, tenancy } = config.bootstrapAdmin
      const person = username === undefined || password === undefined ? undefined : { username, password, email }
      const up = await bringUp(directory)(operator, declaredTenancies(), { tenancy, person })
      for (const warning of up.warnings) log.warn(warning)
      for (const link of up.setUpLinks)
        log.warn(`no administrator yet in \`${link.tenancy}\`: open ${link.url} (once, within a day)`)
      for (const fetched of await refresh({ onlyMissing: true }))
        if (fetched.outcome === 'refused' || fetched.outcome === 'unreachable')
          log.warn({ ...fetched }, 'metadata was not loaded; it is tried again')
      await listen(managing, config.management.port, config.management.host)
      const port = await listen(server, config.listen.port, config.listen.host)
      ticks.every(OUTBOX_MS, 'the outbox stopped', async () => {
        for (const { kind, outcome } of await send()) metrics.delivery(kind, outcome)
      })
      ticks.every(SWEEP_MS, 'the sweep stopped', sweep)
      ticks.every(METADATA_MS, 'metadata was not refreshed', () => refresh())
      ticks.every(MISSING_METADATA_MS, 'missing metadata was not loaded', () => refresh({ onlyMissing: true }))
      return { url: `${config.tls ? 'https' : 'http'}://${config.listen.host}:${port}` }
    },
    stop: async () => {
      stopping = true
      ticks.stop()
      await Promise.all([server, managing].map(close))
      await oidc.settled()
      await store.close()
    },
  }
}
