// Walks the browser from one signed-in application to the next and tells each that the session is over; it is over here already, so
// whatever goes wrong on the way leaves nobody signed in with us. Single Logout profile, SAML Profiles §4.4.
import type { AppId, DomainId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Participant } from '../../core/model/session.ts'
import { secondsLater } from '../../core/model/time.ts'
import type { Endpoint } from '../../ports/saml-verifier.ts'
import type { Send } from '../../ports/upstream.ts'
import type { Exchange, SamlDeps } from './deps.ts'
import { type Envelope, logoutRequestXml, logoutResponseXml, type NameId, type Status } from './messages.ts'
import { entityIdOf } from './metadata.ts'
import { isRefused } from './refuse.ts'
import { type Registered, registeredById } from './registered.ts'
import type { ServiceProvider } from './service-provider.ts'
import { messageId, type Parameter, redirectUrl, signMessage } from './sign.ts'
import { binding, statusCode } from './urns.ts'

const CHAIN_SECONDS = 15 * 60
const REQUEST_SECONDS = 5 * 60

/** An application that waits for its LogoutResponse. */
export type Initiator = { readonly appId: AppId; readonly requestId: string; readonly relayState: string | undefined }
export type Chain = {
  readonly initiator: Initiator | undefined
  readonly remaining: readonly Participant[]
  /** Who was sent a request and has not answered. */
  readonly asked: { readonly appId: AppId; readonly requestId: string; readonly name: string } | undefined
  readonly failed: readonly string[] // display names of applications that could not be told
  readonly upstream: Send | undefined
  /** Where the browser ends when no application waits; absolute, made by us. */
  readonly returnTo: string | undefined
}

const keyOf = ({ secrets }: SamlDeps, domainId: DomainId, id: string): string =>
  `saml-logout:${domainId}:${secrets.digest(id)}`

/** One winner: two answers that race each other advance the chain once. */
export const takeChain = (deps: SamlDeps, domainId: DomainId, id: string): Promise<Chain | undefined> =>
  deps.store.write(async (tx) => (await tx.once.take(keyOf(deps, domainId, id), deps.clock())) as Chain | undefined)

const keepChain = (deps: SamlDeps, domainId: DomainId, id: string, chain: Chain): Promise<void> =>
  deps.store.write((tx) =>
    tx.once.keep(keyOf(deps, domainId, id), chain as unknown as JsonObject, secondsLater(deps.clock(), CHAIN_SECONDS)),
  )

const logoutEndpoint = (sp: ServiceProvider): Endpoint | undefined =>
  sp.singleLogout.find((e) => e.binding === binding.redirect) ?? sp.singleLogout.find((e) => e.binding === binding.post)

type Message = {
  readonly parameter: Parameter
  readonly xml: string
  readonly to: string
  readonly relayState: string | undefined
}

const sendMessage = async (
  deps: SamlDeps,
  { req, res, found }: Exchange,
  app: Registered['app'],
  endpoint: Endpoint,
  { parameter, xml, to, relayState }: Message,
): Promise<void> => {
  const { saml } = await deps.keyRing(found.domain.id)
  if (endpoint.binding === binding.redirect) {
    res.redirect(303, redirectUrl(to, parameter, xml, relayState, saml.active))
    return
  }
  const value = Buffer.from(signMessage(xml, saml.active)).toString('base64')
  deps.pages.autoPost(req, res, {
    action: to,
    fields: { [parameter]: value, ...(relayState === undefined ? {} : { RelayState: relayState }) },
    domain: found.domain,
    app: { displayName: app.displayName },
  })
}

const envelope = (deps: SamlDeps, found: Exchange['found'], destination: string, inResponseTo?: string): Envelope => ({
  id: messageId(deps),
  at: deps.clock(),
  issuer: entityIdOf(found.issuer),
  destination,
  inResponseTo,
})

const nameOf = (issuer: string, { nameId }: Participant): NameId | undefined =>
  nameId && { ...nameId, nameQualifier: nameId.spNameQualifier === undefined ? undefined : entityIdOf(issuer) }

/** Sends the next participant its LogoutRequest. `undefined`: it cannot be told; the name says whom. */
const askNext = async (
  deps: SamlDeps,
  exchange: Exchange,
  id: string,
  chain: Chain,
  next: Participant,
): Promise<string | undefined> => {
  const { found } = exchange
  const registered = await registeredById(deps, found, next.appId)
  if (isRefused(registered)) return registered.app?.displayName ?? next.appId
  const { app, sp } = registered
  const endpoint = logoutEndpoint(sp)
  const nameId = nameOf(found.issuer, next)
  if (!endpoint || !nameId) return app.displayName
  const head = envelope(deps, found, endpoint.location)
  const xml = logoutRequestXml(head, nameId, next.sessionId, secondsLater(head.at, REQUEST_SECONDS))
  await keepChain(deps, found.domain.id, id, {
    ...chain,
    asked: { appId: app.id, requestId: head.id, name: app.displayName },
  })
  await sendMessage(deps, exchange, app, endpoint, {
    parameter: 'SAMLRequest',
    xml,
    to: endpoint.location,
    relayState: id,
  })
  return undefined
}

/** The upstream ends its own session last. If an application waits for us, the browser comes back; otherwise it ends where the upstream was told. */
const goUpstream = async (
  deps: SamlDeps,
  { req, res, found }: Exchange,
  id: string,
  chain: Chain,
  send: Send,
): Promise<void> => {
  if (chain.initiator) await keepChain(deps, found.domain.id, id, { ...chain, upstream: undefined })
  if (send.kind === 'redirect') {
    res.redirect(303, send.url)
    return
  }
  deps.pages.autoPost(req, res, {
    action: send.url,
    fields: send.fields,
    domain: found.domain,
    app: { displayName: found.domain.displayName },
  })
}

/** SAML Core §3.7.3.2: success here, and a second code when somebody could not be told. */
const logoutStatus = (chain: Chain): Status => ({
  code: statusCode.success,
  ...(chain.failed.length > 0 ? { second: statusCode.partialLogout } : {}),
})

/** False: the application has nowhere to be answered. */
export const answerInitiator = async (
  deps: SamlDeps,
  exchange: Exchange,
  initiator: Initiator,
  status: Status,
): Promise<boolean> => {
  const { found } = exchange
  const registered = await registeredById(deps, found, initiator.appId)
  if (isRefused(registered)) return false
  const endpoint = logoutEndpoint(registered.sp)
  if (!endpoint) return false
  const to = endpoint.responseLocation ?? endpoint.location
  const xml = logoutResponseXml(envelope(deps, found, to, initiator.requestId), status)
  await sendMessage(deps, exchange, registered.app, endpoint, {
    parameter: 'SAMLResponse',
    xml,
    to,
    relayState: initiator.relayState,
  })
  return true
}

/** Sends the browser to whoever is next. `asked` still set means: they did not answer. */
export const advance = async (deps: SamlDeps, exchange: Exchange, id: string, before: Chain): Promise<void> => {
  const { req, res, found } = exchange
  let chain: Chain = before.asked
    ? { ...before, asked: undefined, failed: [...before.failed, before.asked.name] }
    : before
  for (let next = chain.remaining[0]; next; next = chain.remaining[0]) {
    chain = { ...chain, remaining: chain.remaining.slice(1) }
    const untold = await askNext(deps, exchange, id, chain, next)
    if (untold === undefined) return
    chain = { ...chain, failed: [...chain.failed, untold] }
  }
  if (chain.upstream) return goUpstream(deps, exchange, id, chain, chain.upstream)
  if (chain.initiator && (await answerInitiator(deps, exchange, chain.initiator, logoutStatus(chain)))) return
  if (chain.returnTo !== undefined) res.redirect(303, chain.returnTo)
  else deps.pages.signedOut(req, res, { domain: found.domain, partial: chain.failed })
}
