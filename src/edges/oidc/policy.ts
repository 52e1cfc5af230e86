// When the provider must stop and let the person do something: its base policy, plus one question of ours in three voices, because a
// silent request (prompt=none) is told what is missing by an error code.
import { decodeJwt } from 'jose'
import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import { type Assurance, type Debt, debtOf } from './assurance.ts'

const { Check, Prompt, base } = interactionPolicy

/** Debt → the error a silent request gets. */
const voices: readonly (readonly [Debt, string, string])[] = [
  ['identity', 'login_required', 'the person has to sign in'],
  ['level', 'unmet_authentication_requirements', 'the requested authentication context has not been reached'],
  ['interaction', 'interaction_required', 'the person has to do something first'],
  ['refused', 'access_denied', 'the person may not use this application'],
]

/**
 * The library compares id_token_hint when the request arrives and not when the person comes back, so that anyone could answer for the one
 * who was asked for. The token was verified on arrival and waits in our own store since.
 */
const someoneElse = ({ oidc }: KoaContextWithOIDC): boolean => {
  const hint = oidc.params?.id_token_hint
  return typeof hint === 'string' && decodeJwt(hint).sub !== oidc.session?.accountId
}

export const policyWith = (assurance: Assurance): interactionPolicy.DefaultPolicy => {
  const policy = base()
  const login = policy.get('login')
  const consent = policy.get('consent')
  if (!login || !consent) throw new Error('the base interaction policy has no login or consent prompt')

  for (const [debt, error, description] of voices) {
    const owed = async (ctx: KoaContextWithOIDC): Promise<boolean> => {
      const { asked, found } = await assurance.of(ctx)
      return debtOf(found.step, asked.level) === debt
    }
    login.checks.add(new Check(`assurance_${debt}`, description, error, owed))
  }
  login.checks.remove('id_token_hint')
  login.checks.add(
    new Check('id_token_hint', 'the person of the id_token_hint is not signed in', 'login_required', someoneElse),
  )
  // Every prompt carries when the request began and how often it came round, for the bridge and for the next question.
  const select = new Prompt({ name: 'select_account', requestable: true })
  policy.add(select, 0)
  for (const prompt of [select, login, consent]) {
    const details = prompt.details
    prompt.details = async (ctx) => ({ ...(await details(ctx)), ...assurance.begun(ctx) })
  }
  // Our applications are registered by an administrator; none is a stranger that a native client could impersonate (RFC 8252 §8.6).
  consent.checks.remove('native_client_prompt')
  return policy
}
