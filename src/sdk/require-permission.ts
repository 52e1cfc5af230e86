// Express middleware (and of everything that speaks `(req, res, next)`): maps a request to a question and lets it pass on a Yes. A No is 403 with the
// reason; where a stronger sign-in would help, 401 with the challenge that asks for it (RFC 9470 §3). Whatever goes wrong, the request does not pass.
import type { AuthzenClient, Decision, Entity, Properties } from './authzen.ts'

type Incoming = { readonly headers: { readonly [name: string]: string | readonly string[] | undefined } }
type Outgoing = {
  statusCode: number
  setHeader(name: string, value: string): unknown
  end(body: string): unknown
}
type Maybe<T> = T | Promise<T>
export type Middleware<R> = (req: R, res: Outgoing, next: (error?: unknown) => void) => void

export type Permission<R> = {
  readonly action: string | ((req: R) => Maybe<string>)
  readonly resource: Entity | ((req: R) => Maybe<Entity>)
  /** Undefined: nobody is signed in. */
  readonly subject: (req: R) => Maybe<Entity | undefined>
  /** How the person signed in belongs here: `{user: {acr, amr}}` of the token. */
  readonly context?: (req: R) => Maybe<Properties>
  /** Told every decision before it takes effect. */
  readonly onDecision?: (req: R, decision: Decision) => void
}

const BUSY_SECONDS = '5'

const quoted = (text: string): string => text.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, ' ')
const isKorean = ({ headers }: Incoming): boolean => /^\s*ko\b/i.test(String(headers['accept-language'] ?? ''))

/** AuthZEN §5.5.1: words for users, by language and status. */
const reasonOf = (req: Incoming, { context }: Decision): string => {
  const words = context.reason_user
  const said = typeof words === 'object' && words !== null ? (words as Properties) : {}
  const text = (isKorean(req) ? said['ko-403'] : undefined) ?? said['en-403'] ?? said.en
  return typeof text === 'string' ? text : 'you may not do this'
}

const refuse = (res: Outgoing, status: number, problem: string, title: string, more: object): void => {
  res.statusCode = status
  res.setHeader('Content-Type', 'application/problem+json')
  res.setHeader('Cache-Control', 'no-store')
  res.end(JSON.stringify({ type: `urn:gwanmun:problem:${problem}`, title, status, ...more }))
}

const refuseBy = (req: Incoming, res: Outgoing, decision: Decision): void => {
  const { context, failure } = decision
  if (failure) {
    res.setHeader('Retry-After', BUSY_SECONDS)
    refuse(res, 503, 'decision-unavailable', 'Nobody can say right now whether you may do this', {})
    return
  }
  const told = { detail: reasonOf(req, decision), ...(typeof context.id === 'string' ? { reference: context.id } : {}) }
  const { acr_values: acr, max_age: age, factors } = context
  if (typeof acr !== 'string') {
    refuse(res, 403, 'not-permitted', 'You may not do this', told)
    return
  }
  const parts = [
    'error="insufficient_user_authentication"',
    'error_description="a stronger sign-in is needed"',
    `acr_values="${quoted(acr)}"`,
    ...(typeof age === 'number' ? [`max_age="${age}"`] : []),
  ]
  res.setHeader('WWW-Authenticate', `Bearer ${parts.join(', ')}`)
  const needs = { acr_values: acr, ...(Array.isArray(factors) ? { factors } : {}) }
  refuse(res, 401, 'stronger-sign-in-needed', 'Sign in again, with a stronger factor', { ...told, needs })
}

export const requirePermission =
  <R extends Incoming>(pdp: Pick<AuthzenClient, 'evaluate'>, permission: Permission<R>): Middleware<R> =>
  (req, res, next) => {
    const { action, resource, subject, context, onDecision } = permission
    const judge = async (): Promise<boolean> => {
      const who = await subject(req)
      if (who === undefined) {
        res.setHeader('WWW-Authenticate', 'Bearer')
        refuse(res, 401, 'sign-in-required', 'Sign in first', {})
        return false
      }
      const decision = await pdp.evaluate({
        subject: who,
        action: { name: typeof action === 'string' ? action : await action(req) },
        resource: typeof resource === 'function' ? await resource(req) : resource,
        ...(context ? { context: await context(req) } : {}),
      })
      onDecision?.(req, decision)
      // INVARIANT: only a decision that is exactly true passes
      if (decision.decision === true) return true
      refuseBy(req, res, decision)
      return false
    }
    judge().then(
      (passes) => {
        if (passes) next()
      },
      (thrown: unknown) => next(thrown ?? new Error('the permission could not be asked')),
    )
  }
