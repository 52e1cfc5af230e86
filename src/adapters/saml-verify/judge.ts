// One check after another, each noted whichever way it went, so that `saml check` can print them; the first that fails is the verdict.
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { Check, Refusal, Trace } from '../../ports/upstream.ts'
import { attribute, timeOf } from './dom.ts'
import { type Reason, refuse } from './reasons.ts'

export type { Check, Trace }
export const untraced: Trace = () => undefined

export type Judge = (
  name: string,
  ok: boolean,
  reason: Reason,
  expected?: string,
  received?: string,
) => Refusal | undefined

export const judge =
  (trace: Trace): Judge =>
  (name, ok, reason, expected, received) => {
    const more = { ...(expected === undefined ? {} : { expected }), ...(received === undefined ? {} : { received }) }
    trace({ name, ok, ...more })
    return ok ? undefined : refuse(reason, more)
  }

export const iso = (at: EpochMs | undefined): string =>
  at === undefined || !Number.isFinite(at) ? '(none)' : new Date(at).toISOString()

/** An instant in somebody's past may be at most `skewSeconds` in our future. Unreadable is refused like the future. */
export const happened = (
  judged: Judge,
  name: string,
  at: EpochMs | undefined,
  skewSeconds: number,
  now: EpochMs,
): Refusal | undefined =>
  judged(
    name,
    at !== undefined && at <= secondsLater(now, skewSeconds),
    'not-yet-valid',
    `not after ${iso(secondsLater(now, skewSeconds))}`,
    iso(at),
  )

/** NotBefore and NotOnOrAfter of an element, each optional, each ± skew; present and unreadable is refused. */
export const withinWindow = (
  judged: Judge,
  name: string,
  holder: Element,
  skewSeconds: number,
  now: EpochMs,
): Refusal | undefined => {
  const from = attribute(holder, 'NotBefore')
  const until = attribute(holder, 'NotOnOrAfter')
  const notBefore = timeOf(from)
  const notOnOrAfter = timeOf(until)
  const expected = `${iso(now)} ± ${skewSeconds} s`
  return (
    judged(
      `${name} NotBefore`,
      from === undefined || (notBefore !== undefined && notBefore <= secondsLater(now, skewSeconds)),
      'not-yet-valid',
      expected,
      from ?? '(none)',
    ) ??
    judged(
      `${name} NotOnOrAfter`,
      until === undefined || (notOnOrAfter !== undefined && secondsLater(notOnOrAfter, skewSeconds) > now),
      'expired',
      expected,
      until ?? '(none)',
    )
  )
}
