// Single Logout as the session authority: an application asks us to end its person's session, or answers that it has ended its own.
// A request ends only sessions that this application takes part in, under the very name it was given (I6). SAML Core §3.7.
import type { DomainId, SessionId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Participant, Session } from '../../core/model/session.ts'
import { secondsLater } from '../../core/model/time.ts'
import type { LogoutRequest } from '../../ports/saml-verifier.ts'
import type { Tx } from '../../ports/store.ts'
import type { Send } from '../../ports/upstream.ts'
import { writeDown } from './audit.ts'
import type { Exchange, Found, SamlDeps } from './deps.ts'
import { type Delivered, readLogoutRequest, readLogoutResponse } from './inbound.ts'
import { advance, answerInitiator, type Chain, type Initiator, takeChain } from './logout-chain.ts'
import { entityIdOf } from './metadata.ts'
import { isRefused, type Refused, refused } from './refuse.ts'
import { registeredById } from './registered.ts'
import { nameIdFormat, statusCode } from './urns.ts'

const REPLAY_SECONDS = 60 * 60
const PARKED_SECONDS = 5 * 60

type ParkedLogout = { readonly initiator: Initiator; readonly logout: Pick<LogoutRequest, 'nameId' | 'sessionIndexes'> }

const parkKey = ({ secrets }: SamlDeps, domainId: DomainId, id: string): string =>
  `saml-logout-request:${domainId}:${secrets.digest(id)}`

/** Parked and continued by redirect, because a POST from another site comes without our cookies. */
export const receiveRequest = async (
  deps: SamlDeps,
  { res, found }: Exchange,
  delivered: Delivered,
): Promise<Refused | undefined> => {
  const read = await readLogoutRequest(deps, found, delivered)
  if (isRefused(read)) return read
  const { app, sp, message: asked } = read
  const now = deps.clock()
  const id = deps.random.token()
  const parked: ParkedLogout = {
    initiator: { appId: app.id, requestId: asked.id, relayState: asked.relayState },
    logout: { nameId: asked.nameId, sessionIndexes: asked.sessionIndexes },
  }
  const seenKey = `saml-logout:${found.domain.id}:${deps.secrets.digest(JSON.stringify([sp.entityId, asked.id]))}`
  const first = await deps.store.write(async (tx) => {
    if (!(await tx.once.see(seenKey, secondsLater(now, REPLAY_SECONDS), now))) return false
    await tx.once.keep(
      parkKey(deps, found.domain.id, id),
      parked as unknown as JsonObject,
      secondsLater(now, PARKED_SECONDS),
    )
    return true
  })
  if (!first) return refused('request-replayed', 'this sign-out request was used before', { app })
  res.redirect(303, `${found.issuer}/saml/slo/continue?id=${id}`)
  return undefined
}

const sameName = (issued: Participant['nameId'], asked: LogoutRequest['nameId'], issuer: string): boolean => {
  if (!issued || issued.value !== asked.value) return false
  // Qualifiers and format may be left out, but may not say something else.
  const agrees = (said: string | undefined, ours: string | undefined) => said === undefined || said === ours
  const anyFormat = asked.format === nameIdFormat.unspecified || asked.format === undefined
  return (
    (anyFormat || asked.format === issued.format) &&
    agrees(asked.spNameQualifier, issued.spNameQualifier) &&
    agrees(asked.nameQualifier, issued.spNameQualifier === undefined ? undefined : entityIdOf(issuer))
  )
}

/** The sessions meant: by index, or without one (SAML Core §3.7.3.1) the one of the browser that brought the request. */
const sessionsMeant = async (
  tx: Tx,
  { domain, issuer }: Found,
  { initiator, logout }: ParkedLogout,
  browser: Session | undefined,
): Promise<readonly Session[]> => {
  const ids = logout.sessionIndexes.length > 0 ? logout.sessionIndexes : browser ? [browser.id] : []
  const found: Session[] = []
  for (const id of new Set(ids)) {
    const session = await tx.sessions.get(id as SessionId)
    if (session?.domainId !== domain.id) continue
    const joined = (await tx.sessions.participants(session.id)).find((p) => p.appId === initiator.appId)
    if (joined?.protocol === 'saml' && sameName(joined.nameId, logout.nameId, issuer)) found.push(session)
  }
  return found
}

const endAll = async (
  deps: SamlDeps,
  { req, found }: Exchange,
  { initiator }: ParkedLogout,
  meant: readonly Session[],
  returnTo: string,
): Promise<{ readonly others: readonly Participant[]; readonly upstream: Send | undefined }> => {
  const others: Participant[] = []
  let upstream: Send | undefined
  for (const session of meant) {
    const done = await deps.signOut({
      domainId: found.domain.id,
      session: { id: session.id },
      reason: 'signed-out-at-app',
      exceptApp: initiator.appId,
      source: deps.source(req),
      returnTo,
    })
    others.push(...done.participants.filter((p) => p.protocol === 'saml' && p.appId !== initiator.appId))
    upstream ??= done.upstream
  }
  return { others, upstream }
}

const carryOut = async (
  deps: SamlDeps,
  exchange: Exchange,
  id: string,
  parked: ParkedLogout,
): Promise<Refused | undefined> => {
  const { req, res, found } = exchange
  const { domain } = found
  const token = deps.cookies.session(req, domain)
  const { meant, browser } = await deps.store.read(async (tx) => {
    const browser = token === undefined ? undefined : await tx.sessions.byToken(deps.secrets.digest(token))
    return { browser, meant: await sessionsMeant(tx, found, parked, browser) }
  })
  const { others, upstream } = await endAll(deps, exchange, parked, meant, `${found.issuer}/saml/slo/continue?id=${id}`)
  // Another person may have signed in meanwhile: their session was not meant and stays.
  if (browser && meant.some((s) => s.id === browser.id)) deps.cookies.clearSession(res, domain)
  const registered = await registeredById(deps, found, parked.initiator.appId)
  const app = isRefused(registered) ? undefined : registered.app
  await deps.store.write((tx) =>
    writeDown(tx, deps, found, deps.source(req), {
      action: 'saml.signed-out',
      reason: meant.length === 0 ? 'session-not-found' : undefined,
      app,
      details: {
        requestId: parked.initiator.requestId,
        sessions: meant.map((s) => s.id),
        toTell: others.map((p) => p.appId),
      },
    }),
  )
  if (meant.length > 0) {
    await advance(deps, exchange, id, {
      initiator: parked.initiator,
      remaining: others,
      asked: undefined,
      failed: [],
      upstream,
      returnTo: undefined,
    })
    return undefined
  }
  const unknown = { code: statusCode.requester, second: statusCode.unknownPrincipal }
  if (!(await answerInitiator(deps, exchange, parked.initiator, unknown)))
    deps.pages.signedOut(req, res, { domain, partial: [] })
  return undefined
}

/** The browser is back: with a parked request, from the upstream, or from an application that did not answer. */
export const proceedLogout = async (deps: SamlDeps, exchange: Exchange, id: string): Promise<Refused | undefined> => {
  const domainId = exchange.found.domain.id
  const parked = await deps.store.write((tx) => tx.once.take(parkKey(deps, domainId, id), deps.clock()))
  if (parked) return carryOut(deps, exchange, id, parked as unknown as ParkedLogout)
  const chain = await takeChain(deps, domainId, id)
  if (!chain) return refused('sign-out-unknown', 'this sign-out is over: you are signed out here')
  await advance(deps, exchange, id, chain)
  return undefined
}

/** An application's answer. What it says can only make the outcome worse: the session is over already. */
export const receiveResponse = async (
  deps: SamlDeps,
  exchange: Exchange,
  delivered: Delivered,
): Promise<Refused | undefined> => {
  const { found } = exchange
  const id = delivered.relayState ?? ''
  const read = await readLogoutResponse(deps, found, delivered)
  const chain = id === '' ? undefined : await takeChain(deps, found.domain.id, id)
  if (!chain)
    return isRefused(read) ? read : refused('sign-out-unknown', 'this sign-out is over: you are signed out here')
  const { asked } = chain
  const told =
    asked !== undefined &&
    !isRefused(read) &&
    read.app.id === asked.appId &&
    read.message.inResponseTo === asked.requestId &&
    read.message.status === statusCode.success
  const after: Chain = told ? { ...chain, asked: undefined } : chain
  await advance(deps, exchange, id, after)
  return undefined
}
