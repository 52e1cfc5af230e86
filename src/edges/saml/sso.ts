// Sign-in for an application: takes the request, parks it, and answers it when the flows say that nothing is owed any more.
// A POST from another site arrives without our cookies (SameSite=Lax), so every request goes on by a redirect to ourselves.
import { secondsLater } from '../../core/model/time.ts'
import { acsFor, defaultAcs, meaningOf } from './ask.ts'
import type { Exchange, SamlDeps } from './deps.ts'
import { type Delivered, readAuthnRequest } from './inbound.ts'
import { answerAssertion, answerStatus, noAuthnContext, noPassive, type Waiting } from './issue.ts'
import { type ParkedRequest, park, peek } from './parked.ts'
import { isRefused, type Refused, refused } from './refuse.ts'
import { type Registered, registeredById, registeredByName } from './registered.ts'

/** A request id is remembered for longer than its IssueInstant is believed. */
const REPLAY_SECONDS = 60 * 60

const PARKED_BYTES = 16 * 1024

const goOn = ({ res, found }: Exchange, id: string): undefined => {
  res.redirect(303, `${found.issuer}/saml/sso/continue?id=${id}`)
  return undefined
}

export const receive = async (
  deps: SamlDeps,
  exchange: Exchange,
  delivered: Delivered,
): Promise<Refused | undefined> => {
  const { found } = exchange
  const read = await readAuthnRequest(deps, found, delivered)
  if (isRefused(read)) return read
  const { message: asked, app, sp } = read
  const acs = acsFor(sp, asked)
  if (typeof acs !== 'string') return { ...acs, app }
  const now = deps.clock()
  const { level, ...rest } = meaningOf(asked, now)
  const request: ParkedRequest = {
    ...rest,
    appId: app.id,
    requestId: asked.id,
    acs,
    relayState: asked.relayState,
    level: level === 'impossible' ? 0 : level,
  }
  // It is kept for whoever sends it, signed in or not: a real request is a few hundred bytes.
  if (JSON.stringify(request).length > PARKED_BYTES)
    return refused('too-large', 'the request or its RelayState is larger than any honest one', { app })
  const seenKey = `saml-request:${found.domain.id}:${deps.secrets.digest(JSON.stringify([sp.entityId, asked.id]))}`
  const id = await deps.store.write(async (tx) =>
    (await tx.once.see(seenKey, secondsLater(now, REPLAY_SECONDS), now))
      ? park(tx, deps, found.domain.id, request)
      : undefined,
  )
  if (id === undefined)
    return refused('request-replayed', 'this request was used before: go back to the application and start again', {
      app,
    })
  if (level === 'impossible')
    return answerStatus(deps, exchange, { id, request, app, sp }, noAuthnContext, 'authn-context-unknown')
  return goOn(exchange, id)
}

const waitingBy = async (deps: SamlDeps, { found }: Exchange, id: string): Promise<Waiting | Refused> => {
  const request = await peek(deps, found.domain.id, id)
  if (!request)
    return refused(
      'request-unknown',
      'this sign-in is over or took too long: go back to the application and start again',
    )
  const registered = await registeredById(deps, found, request.appId)
  if (isRefused(registered)) return registered
  // What was registered when the request came may be withdrawn by now.
  const stillThere = acsFor(registered.sp, { acsUrl: request.acs, acsIndex: undefined, protocolBinding: undefined })
  return typeof stillThere === 'string' ? { id, request, ...registered } : { ...stillThere, app: registered.app }
}

const startJourney = async (
  deps: SamlDeps,
  { req, res, found }: Exchange,
  { id, request }: Waiting,
): Promise<undefined> => {
  const { domain } = found
  const begun = await deps.begin({
    domainId: domain.id,
    wants: {
      appId: request.appId,
      level: request.level,
      freshAfter: request.freshAfter,
      silent: false,
      loginHint: undefined,
      idpHint: undefined,
      uiLocales: [],
      resume: `/saml/sso/continue?id=${id}`,
    },
    browserToken: deps.cookies.browser(req, domain),
    sessionToken: deps.cookies.session(req, domain),
    deviceToken: deps.cookies.device(req, domain),
    source: deps.source(req),
  })
  deps.cookies.setBrowser(res, domain, begun.browserToken, begun.expiresAt)
  res.redirect(303, `${found.issuer}/sign-in/${begun.journeyId}`)
}

/** Asked again at every visit: nothing remembers how far the person got. */
export const proceed = async (deps: SamlDeps, exchange: Exchange, id: string): Promise<Refused | undefined> => {
  const { req, found } = exchange
  const waiting = await waitingBy(deps, exchange, id)
  if (isRefused(waiting)) return waiting
  const { appId, level, freshAfter, silent } = waiting.request
  const { step, session, person } = await deps.assess({
    domainId: found.domain.id,
    sessionToken: deps.cookies.session(req, found.domain),
    wants: { appId, level, freshAfter },
  })
  if (step.do === 'done' && session && person) {
    const bag = await deps.release({ appId, personId: person.id, sessionId: session.id })
    if (bag) return answerAssertion(deps, exchange, waiting, { session, person, bag })
    return refused('session-over', 'you were signed out meanwhile: go back to the application and start again', {
      app: waiting.app,
    })
  }
  if (silent) return answerStatus(deps, exchange, waiting, noPassive, `owed-${step.do}`)
  return startJourney(deps, exchange, waiting)
}

const unsolicited = ({ app }: Registered, acs: string, relayState: string | undefined): ParkedRequest => ({
  appId: app.id,
  requestId: undefined,
  acs,
  relayState,
  level: 0,
  freshAfter: undefined,
  silent: false,
  context: undefined,
  nameIdPolicy: undefined,
})

/** IdP-initiated (SAML Profiles §4.1.5), for applications that allow it: they cannot tell who wanted this sign-in. */
export const start = async (
  deps: SamlDeps,
  exchange: Exchange,
  name: string,
  relayState: string | undefined,
): Promise<Refused | undefined> => {
  const { found } = exchange
  const registered = await registeredByName(deps, found, name)
  if (isRefused(registered)) return registered
  const { app, sp } = registered
  if (!app.settings.allowIdpInitiated)
    return refused('idp-initiated-off', 'this application only takes sign-ins that begin at the application', {
      status: 403,
      app,
    })
  const acs = defaultAcs(sp)
  if (typeof acs !== 'string') return { ...acs, app }
  return goOn(
    exchange,
    await deps.store.write((tx) => park(tx, deps, found.domain.id, unsolicited(registered, acs, relayState))),
  )
}
