// What goes wrong between an application and the gateway, as one kind of error: `kind` tells programs what to do about it, the message tells
// people. Nothing of a token or a secret is in it.

/**
 * `unreachable`: no answer came (network, or the time was up). `refused`: the gateway said no to the request itself, and why. `malformed`: what
 * came is no answer of a gateway.
 */
export type FailureKind = 'unreachable' | 'refused' | 'malformed'
export type FieldFault = { readonly field: string; readonly expected: string; readonly remedy?: string }
export type GwanmunError = Error & {
  readonly name: 'GwanmunError'
  readonly kind: FailureKind
  readonly status: number | undefined
  /** The slug of an RFC 9457 problem: `name-taken`, `not-permitted` … */
  readonly problem: string | undefined
  readonly reason: string | undefined
  readonly fields: readonly FieldFault[]
  /** The id of the request in the audit log of the gateway. */
  readonly reference: string | undefined
  readonly retryAfterSeconds: number | undefined
}
type Told = Partial<Pick<GwanmunError, 'status' | 'problem' | 'reason' | 'fields' | 'reference' | 'retryAfterSeconds'>>

export const failure = (kind: FailureKind, message: string, told: Told = {}, cause?: unknown): GwanmunError =>
  Object.assign(new Error(message, cause === undefined ? {} : { cause }), {
    name: 'GwanmunError' as const,
    kind,
    status: told.status,
    problem: told.problem,
    reason: told.reason,
    fields: told.fields ?? [],
    reference: told.reference,
    retryAfterSeconds: told.retryAfterSeconds,
  })

export const isGwanmunError = (thrown: unknown): thrown is GwanmunError =>
  thrown instanceof Error && thrown.name === 'GwanmunError'
