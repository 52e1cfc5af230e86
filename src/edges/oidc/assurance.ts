// Asks the flow whether anything is owed for an authorization request, once per request, and remembers when the request first came.
// The provider's prompts (policy.ts) and the bridge (interaction.ts) ask the same question here.

import type { Request } from 'express'
import type { Interaction, KoaContextWithOIDC } from 'oidc-provider'
import type { Step } from '../../core/journey/step.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Assessment } from '../../flows/sign-in/api.ts'
import { appOf } from './clients.ts'
import type { OidcDeps } from './deps.ts'
import { type Asked, askedOf } from './wants.ts'

/** Kept in the interaction (prompt.details): when the request came, and how often it was sent round since. */
export type Begun = { readonly begunAt: EpochMs; readonly rounds: number }

/** Reasons for which being signed in is not enough: someone else was expected. */
const someoneElse: readonly string[] = ['id_token_hint', 'claims_id_token_sub_value', 'select_account_prompt']

export const insistsOn = (reasons: readonly string[]): boolean => reasons.some((r) => someoneElse.includes(r))

export const begunOf = (interaction: Interaction): Begun => {
  const { begunAt, rounds } = interaction.prompt.details
  return {
    begunAt: typeof begunAt === 'number' ? begunAt : interaction.iat * 1000,
    rounds: typeof rounds === 'number' ? rounds : 0,
  }
}

export type Assured = { readonly asked: Asked; readonly found: Assessment; readonly begun: Begun }
export type Assurance = {
  of(ctx: KoaContextWithOIDC): Promise<Assured>
  begun(ctx: KoaContextWithOIDC): Begun
}

export const assuranceOf = (
  { assess, cookies, clock }: Pick<OidcDeps, 'assess' | 'cookies' | 'clock'>,
  domain: Domain,
): Assurance => {
  const answers = new WeakMap<object, Promise<Assured>>()
  const beginnings = new WeakMap<object, Begun>()

  const begun = (ctx: KoaContextWithOIDC): Begun => {
    const known = beginnings.get(ctx)
    if (known) return known
    const earlier = ctx.oidc.entities.Interaction
    const fresh: Begun = earlier
      ? { begunAt: begunOf(earlier).begunAt, rounds: begunOf(earlier).rounds + 1 }
      : { begunAt: clock(), rounds: 0 }
    beginnings.set(ctx, fresh)
    return fresh
  }

  const ask = async (ctx: KoaContextWithOIDC): Promise<Assured> => {
    const earlier = ctx.oidc.entities.Interaction
    const asked = askedOf(
      ctx.oidc.params ?? {},
      begun(ctx).begunAt,
      earlier !== undefined && insistsOn(earlier.prompt.reasons),
    )
    const found = await assess({
      domainId: domain.id,
      sessionToken: cookies.session(ctx.req as Request, domain),
      wants: { appId: appOf(ctx.oidc.client).id, level: asked.level, freshAfter: asked.freshAfter },
    })
    return { asked, found, begun: begun(ctx) }
  }

  return {
    begun,
    of: (ctx) => {
      const known = answers.get(ctx)
      if (known) return known
      const answer = ask(ctx)
      answers.set(ctx, answer)
      return answer
    },
  }
}

export type Debt = 'identity' | 'level' | 'interaction' | 'refused'

/** What kind of thing is owed, for the error codes of `prompt=none` (OIDC Core 1.0 §3.1.2.6, OpenID UAR 1.0). */
export const debtOf = (step: Step, level: number): Debt | undefined => {
  if (step.do === 'done') return undefined
  if (step.do === 'refuse') return step.why === 'no-factor-allowed' && level > 0 ? 'level' : 'refused'
  if (step.do === 'identify' || step.do === 'password' || step.do === 'upstream') return 'identity'
  const asked = (step.do === 'challenge' || step.do === 'enrol') && step.because.by === 'request'
  return asked ? 'level' : 'interaction'
}
