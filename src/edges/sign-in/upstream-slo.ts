// `federation/<idp>/slo`: the identity provider's single logout. Its request ends our sessions that came from it and is answered; its
// answer to our own request sends the browser on. SAML Profiles §4.4.
import type { RequestHandler } from 'express'
import type { Idp } from '../../core/model/idp.ts'
import type { DomainId } from '../../core/model/ids.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { FindDomain } from '../../flows/sign-in/api.ts'
import type { UpstreamSignOut } from '../../flows/sign-in/upstream-sign-out.ts'
import type { Clock } from '../../ports/clock.ts'
import type { SamlMessage } from '../../ports/saml-verifier.ts'
import { isRefusal, type Refusal } from '../../ports/upstream.ts'
import { Problem } from '../../problem.ts'
import type { LoginCookies } from '../cookies.ts'
import { sourceOf } from '../source.ts'
import { onwardIn } from './federation.ts'
import type { Pages } from './pages.ts'

type Deps = {
  readonly findDomain: FindDomain
  readonly idpNamed: (domain: DomainId, name: string) => Promise<Idp | undefined>
  readonly judge: (idp: Idp, rawQuery: string, now: EpochMs) => Promise<SamlMessage | Refusal>
  readonly answer: (
    idp: Idp,
    request: { readonly id: string; readonly relayState: string | undefined },
    now: EpochMs,
  ) => Promise<string | undefined>
  readonly upstreamSignOut: UpstreamSignOut
  readonly cookies: Pick<LoginCookies, 'clearSession'>
  readonly pages: Pages
  readonly clock: Clock
}

const rawQueryOf = (url: string): string => (url.includes('?') ? url.slice(url.indexOf('?') + 1) : '')

export const upstreamSlo =
  (deps: Deps): RequestHandler =>
  async (req, res) => {
    const { tenancy, domain: name, idp: idpName } = req.params
    const found = await deps.findDomain(String(tenancy), String(name))
    const idp = found && (await deps.idpNamed(found.domain.id, String(idpName)))
    if (!found || !idp)
      throw new Problem('not-found', 'there is no such identity provider here', { reason: 'idp-unknown' })
    const message = await deps.judge(idp, rawQueryOf(req.originalUrl), deps.clock())
    if (isRefusal(message)) throw new Problem('upstream-refused', message.detail, { reason: message.refused })
    if (message.kind === 'LogoutResponse') {
      const onward = onwardIn(found, message.relayState)
      if (onward === undefined) deps.pages.signedOut(req, res, { domain: found.domain, partial: [] })
      else res.redirect(303, onward)
      return
    }
    if (message.kind !== 'LogoutRequest')
      throw new Problem('upstream-refused', 'expected a logout message', { reason: 'wrong-message' })
    await deps.upstreamSignOut({
      domainId: found.domain.id,
      idpId: idp.id,
      nameId: message.nameId.value,
      sessionIndexes: message.sessionIndexes,
      source: sourceOf(req),
    })
    deps.cookies.clearSession(res, found.domain)
    const back = await deps.answer(idp, message, deps.clock())
    if (back === undefined) deps.pages.signedOut(req, res, { domain: found.domain, partial: [] })
    else res.redirect(303, back)
  }
