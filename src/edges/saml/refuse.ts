// A request that is not served: the reason code that the page shows and the audit event keeps, and what the person should know.
import type { App } from '../../core/model/app.ts'

export type Refused = {
  readonly refused: string
  readonly detail: string
  readonly status: number
  /** Whose request it was, as far as that is known; for the audit event and the way back. */
  readonly app: App | undefined
  readonly claimedIssuer: string | undefined
  /** For the audit event only. */
  readonly expected: string | undefined
  readonly received: string | undefined
}

export const refused = (
  code: string,
  detail: string,
  more: Partial<Omit<Refused, 'refused' | 'detail'>> = {},
): Refused => ({
  refused: code,
  detail,
  status: 400,
  app: undefined,
  claimedIssuer: undefined,
  expected: undefined,
  received: undefined,
  ...more,
})

export const isRefused = (x: object): x is Refused => 'refused' in x
