// The whole machine on one page: knows every room, holds no logic. Factories are called in order; whatever a factory needs is above it.

import { close, listen, serverOf } from './adapters/listening.ts'
import { ticker } from './adapters/ticker.ts'
import { upstreamSlo as upstreamSamlLogout } from './adapters/upstream-saml/upstream-saml.ts'
import { apiDocuments } from './adapters/yaml/api-documents.ts'
import { readTenancies } from './adapters/yaml/tenancy-file.ts'
import { adaptersFor } from './adapters-for.ts'
import { type Config, configFault, readSecret } from './config.ts'
import type { DomainId } from './core/model/ids.ts'
import { accountEdge } from './edges/account/routes.ts'
import { visitorBy } from './edges/account/visit.ts'
import { adminEdge } from './edges/admin/admin-edge.ts'
import { callerBy } from './edges/authzen/caller.ts'
import { authzen } from './edges/authzen/evaluation.ts'
import { authzenMetadata } from './edges/authzen/metadata.ts'
import { quickAuthzen } from './edges/authzen/quick.ts'
import { authzenSearch } from './edges/authzen/search.ts'
import { loginCookies } from './edges/cookies.ts'
import { httpApp } from './edges/http.ts'
import { management } from './edges/management.ts'
import { countDecisions, countSignIns, metrics as prometheus } from './edges/metrics.ts'
import { bearerLookup } from './edges/oidc/bearer-lookup.ts'
import { oidcEdge } from './edges/oidc/oidc-edge.ts'
import { samlEdge } from './edges/saml/router.ts'
import { serviceProviders } from './edges/saml/service-provider.ts'
import { signOutWalker } from './edges/saml/walk-sign-out.ts'
import { scimEdge } from './edges/scim/scim-edge.ts'
import { doors } from './edges/sign-in/doors.ts'
import { pagesBy } from './edges/sign-in/pages.ts'
import { renderer } from './edges/sign-in/render.ts'
import { signInEdge } from './edges/sign-in/routes.ts'
import { upstreamSlo } from './edges/sign-in/upstream-slo.ts'
import { sourceOf } from './edges/source.ts'
import { sharedSignals } from './edges/ssf/ssf-edge.ts'
import { administrating } from './flows/access/administer.ts'
import { apiKeyCaller } from './flows/access/api-key-caller.ts'
import { authorizer } from './flows/access/authorize.ts'
import { tenancyFinder } from './flows/access/find-tenancy.ts'
import { tenancyCatalogues } from './flows/access/known.ts'
import { standingOf } from './flows/access/permits.ts'
import { searcher } from './flows/access/search.ts'
import { snapshots } from './flows/access/snapshots.ts'
import { policyWriter } from './flows/access/write-policy.ts'
import { accessFlows } from './flows/account/access.ts'
import { accountFlows } from './flows/account/account.ts'
import { outsideFlows } from './flows/account/outside.ts'
import { ownEmail } from './flows/account/own-email.ts'
import { ownPerson } from './flows/account/own-session.ts'
import { administrationFlows } from './flows/administration.ts'
import { auditFlows } from './flows/audit/audit-flows.ts'
import { connectionOperations } from './flows/connection/operate.ts'
import { connectionTests } from './flows/connection/round-trip.ts'
import { planTenancy } from './flows/directory/apply.ts'
import { applyDeclared, bringUp } from './flows/directory/bring-up.ts'
import { bootstrapAdministrator } from './flows/directory/first-administrator.ts'
import { guardedStore } from './flows/directory/lock-out.ts'
import { recoverAdministrator, recoveryLink } from './flows/directory/recover-administrator.ts'
import { mailDelivery } from './flows/notice.ts'
import { arriver } from './flows/sign-in/arrive.ts'
import { assessor } from './flows/sign-in/assess.ts'
import { beginner } from './flows/sign-in/begin.ts'
import { domainFinder } from './flows/sign-in/find-domain.ts'
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
import { chores } from './flows/upkeep/chores.ts'
import { refreshMetadata } from './flows/upkeep/refresh-metadata.ts'
import { sendOutbox } from './flows/upkeep/send-outbox.ts'
import { sweepExpired } from './flows/upkeep/sweep-expired.ts'
import { watchCertificates } from './flows/upkeep/watch-certificates.ts'

/** Builds everything, starts nothing. */
export const wire = async (config: Config) => {
  const adapters = await adaptersFor(config)
  const { clock, random, log, store, secrets, hasher, keyMaker, verifier, fetch, isCommonPassword } = adapters
  const { factors, mailer, signer, keyRing, samlUpstream, upstreams, inspectors, catalogue, roles } = adapters
  const { baseUrl } = config
  const secure = baseUrl.startsWith('https:')

  // ── flows ──
  const base = { store, secrets, clock, random }
  const guarded = { ...base, store: guardedStore(store, clock) } // for whoever administers, themselves included
  const findDomain = domainFinder({ store, baseUrl })
  const tries = triesOf({ store, clock })
  const answering = { ...base, hasher, factors, tries, isCommonPassword }
  const assess = assessor(base)
  const begin = beginner({ ...base, inRange: adapters.inRange })
  const signOut = signerOut({ ...base, upstreams })
  const findTenancy = tenancyFinder(base)
  const known = snapshots({ store, catalogue, roles })
  const policies = policyWriter({ ...base, catalogue, known, limits: config.policy.limits })
  const metrics = prometheus()
  const authorize = countDecisions(metrics, authorizer({ ...base, catalogue, known, ...config.audit }))
  const administer = administrating({ ...guarded, authorize, standingOf: standingOf({ known }) })
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
    roles,
    catalogueFor: tenancyCatalogues(catalogue),
  }
  const soundMetadata = checkMetadata({ verifier, clock })
  const refresh = refreshMetadata({ ...base, fetch, check: soundMetadata })
  const sweep = sweepExpired({ store, clock })
  const keptDays = { event: config.audit.retentionDays, decision: config.audit.decisionRetentionDays }
  const audit = auditFlows({ ...base, signer, keyMaker, keptDays })

  // ── edges ──
  const cookies = loginCookies({ secure, clock })
  const render = renderer({ random, secure })
  const pages = pagesBy(render)
  const downstream = {
    ...base,
    findDomain,
    assess,
    begin,
    release: releaser(base),
    join: joiner(base),
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
    tests: connectionTests({ ...base, upstreams }),
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
    flows: accountFlows({ ...answering, ...guarded }),
    access: accessFlows(guarded),
    email: ownEmail({ ...base, tries }),
    cookies,
    secrets,
    render,
    pages,
    baseUrl,
  })
  const outside = doors({
    findDomain,
    ...outsideFlows({ ...answering, baseUrl, guarded: guarded.store }),
    visitor: visitorBy({ assess, cookies, ownPerson: ownPerson(base) }),
    secrets,
    render,
    baseUrl,
  })
  const callers = { bearer: bearerLookup(base), apiKey: apiKeyCaller(base), findTenancy }
  const authenticateCaller = callerBy(callers)
  const decisionPoint = { authorize, authenticateCaller, findTenancy }
  const administration = adminEdge({
    ...callers,
    store,
    secrets,
    administer,
    baseUrl,
    flows: administrationFlows({
      audit,
      ...guarded,
      administer,
      catalogue,
      known,
      roles,
      policies,
      policyLimits: config.policy.limits,
      inspectors,
      recoveryCodes: factors.recovery,
      inRange: adapters.inRange,
      baseUrl,
      session: config.session,
      keyMaker,
      checkMetadata: soundMetadata,
    }),
    documents: apiDocuments(),
  })
  const signals = sharedSignals({ ...downstream, ...callers, fetch, issuerOf: samlUpstream.issuerOf })
  const app = httpApp({
    baseUrl,
    trustedProxies: config.trustedProxies,
    log,
    clock,
    random,
    pages,
    quick: quickAuthzen(decisionPoint),
    edges: [
      ['/d/:tenancy/:domain', oidc.issuer],
      ['/.well-known/oauth-authorization-server/d/:tenancy/:domain', oidc.metadata],
      ['/d/:tenancy/:domain', samlEdge(saml)],
      ['/d/:tenancy/:domain', signIn],
      ['/d/:tenancy/:domain', account],
      ['/d/:tenancy/:domain', outside],
      ['/d/:tenancy/:domain', scimEdge({ ...callers, findDomain, administer, secrets, report })],
      ['/api/v1', administration],
      ['/t/:tenancy', authzen(decisionPoint)],
      ['/t/:tenancy', authzenSearch({ search: searcher({ clock, known }), secrets, authenticateCaller, findTenancy })],
      ['/', authzenMetadata({ baseUrl, findTenancy })],
      ['/', signals.edge],
    ],
  })
  const send = sendOutbox({
    ...base,
    deliver: { 'backchannel-logout': oidc.backchannelLogout, mail: mailDelivery(mailer), ...signals.deliver },
  })

  // ── running ──
  let [serving, stopping] = [false, false]
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
      recoverAdministrator: recoverAdministrator(directory),
      recoveryLink: recoveryLink(directory),
      audit,
      connections: connectionOperations({ ...base, inspectors, baseUrl }),
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
      serving = true
      const watch = watchCertificates({ ...base, inspectors })
      const recurring = chores({ send, sweep, refresh, audit, watch, metrics, log })
      for (const { ms, failing, work } of recurring) ticks.every(ms, failing, work)
      return { url: `${config.tls ? 'https' : 'http'}://${config.listen.host}:${port}` }
    },
    stop: async () => {
      stopping = true
      ticks.stop()
      await Promise.all([server, managing].map(close))
      await oidc.settled()
      if (serving) await audit.seal().catch((error) => report('the audit trail was not sealed', error))
      await store.close()
    },
  }
}
