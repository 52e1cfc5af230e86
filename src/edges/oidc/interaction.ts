// Between the provider, which has stopped an authorization request, and our journey: there with what the application wants, back with who
// signed in. The browser is known by the provider's signed cookie, the person by our session; nothing here is decided, it is asked.
import type { Request, Response } from 'express'
import { errors, type Interaction } from 'oidc-provider'
import { authenticatedAt } from '../../core/assurance/level.ts'
import { secondsOf } from '../../core/model/time.ts'
import { clientIdOfInteraction } from './adapter.ts'
import { begunOf, insistsOn } from './assurance.ts'
import { appOf, type ClientApp } from './clients.ts'
import type { OidcDeps } from './deps.ts'
import { signInOver } from './error-page.ts'
import { startAgainAt } from './homes.ts'
import type { DomainProvider } from './provider.ts'
import { type Asked, acrFor, askedOf } from './wants.ts'

/** How often a request may be sent round before the application is told that it does not work. */
const MOST_ROUNDS = 2

type Visit = { readonly req: Request; readonly res: Response; readonly on: DomainProvider }
type Opened = { readonly interaction: Interaction; readonly app: ClientApp; readonly asked: Asked }

const uidOf = (req: Request): string => String(req.params.uid)

const open = async ({ req, res, on }: Visit): Promise<Opened | undefined> => {
  try {
    const interaction = await on.provider.interactionDetails(req, res)
    // The cookie is scoped to this address; a path that does not match it was put together by somebody else.
    if (interaction.uid !== uidOf(req)) return undefined
    const client = await on.provider.Client.find(String(interaction.params.client_id))
    if (!client) return undefined
    const { begunAt } = begunOf(interaction)
    const asked = askedOf(interaction.params, begunAt, insistsOn(interaction.prompt.reasons))
    return { interaction, app: appOf(client), asked }
  } catch (error) {
    if (error instanceof errors.SessionNotFound) return undefined
    throw error
  }
}

const over = async (deps: OidcDeps, { req, res, on }: Visit): Promise<void> => {
  const clientId = await clientIdOfInteraction(deps, on.found.domain, uidOf(req))
  const app = clientId === undefined ? undefined : await on.appNamed(clientId)
  await deps.pages.error(req, res, {
    status: 400,
    code: 'sign-in-over',
    detail: signInOver,
    domain: on.found.domain,
    home: app && startAgainAt(app, on.found.issuer),
  })
}

const tellApp = ({ req, res, on }: Visit, error: string, description: string): Promise<void> =>
  on.provider.interactionFinished(
    req,
    res,
    { error, error_description: description },
    { mergeWithLastSubmission: false },
  )

const startJourney = async (
  deps: OidcDeps,
  { req, res, on }: Visit,
  { app, asked }: Opened,
  round: number,
): Promise<void> => {
  const { domain, issuer } = on.found
  const { journeyId, browserToken, expiresAt } = await deps.begin({
    domainId: domain.id,
    wants: {
      appId: app.id,
      level: asked.level,
      freshAfter: asked.freshAfter,
      silent: false,
      loginHint: asked.loginHint,
      idpHint: asked.idpHint,
      uiLocales: asked.uiLocales,
      resume: `/oidc/interaction/${encodeURIComponent(uidOf(req))}/resume?round=${round}`,
    },
    browserToken: deps.cookies.browser(req, domain),
    sessionToken: deps.cookies.session(req, domain),
    deviceToken: deps.cookies.device(req, domain),
    source: deps.source(req),
  })
  deps.cookies.setBrowser(res, domain, browserToken, expiresAt)
  res.redirect(303, `${issuer}/sign-in/${journeyId}`)
}

/** `GET oidc/interaction/<uid>`: the provider asks for something. */
export const startInteraction = async (deps: OidcDeps, visit: Visit): Promise<void> => {
  const opened = await open(visit)
  if (!opened) return over(deps, visit)
  const { interaction, asked } = opened
  // prompt=consent: whoever registered the application has consented, there is nothing to ask.
  if (interaction.prompt.name === 'consent')
    return visit.on.provider.interactionFinished(visit.req, visit.res, { consent: {} })
  if (asked.unmeetable)
    return tellApp(
      visit,
      'unmet_authentication_requirements',
      'none of the requested authentication contexts is known here',
    )
  if (begunOf(interaction).rounds >= MOST_ROUNDS)
    return tellApp(visit, 'login_required', 'the person who signed in is not the one that was asked for')
  return startJourney(deps, visit, opened, 1)
}

/** `GET oidc/interaction/<uid>/resume`: the journey says it is done. It is asked again, by the session it left behind. */
export const resumeInteraction = async (deps: OidcDeps, visit: Visit): Promise<void> => {
  const opened = await open(visit)
  if (!opened) return over(deps, visit)
  const { req, res, on } = visit
  const { app, asked } = opened
  const { domain } = on.found
  const { step, session } = await deps.assess({
    domainId: domain.id,
    sessionToken: deps.cookies.session(req, domain),
    wants: { appId: app.id, level: asked.level, freshAfter: asked.freshAfter },
  })
  if (step.do !== 'done' || !session) {
    const round = Number(req.query.round ?? 0)
    if (Number.isSafeInteger(round) && round >= 0 && round < MOST_ROUNDS)
      return startJourney(deps, visit, opened, round + 1)
    return tellApp(visit, 'access_denied', 'the sign-in did not lead to what was asked for')
  }
  const at = authenticatedAt(session.evidence)
  await on.provider.interactionFinished(req, res, {
    login: {
      accountId: session.personId,
      acr: acrFor(step.level, asked.acrNames),
      amr: [...step.amr],
      ...(at === undefined ? {} : { ts: secondsOf(at) }),
      remember: false, // our cookie remembers
    },
    select_account: {},
  })
}
