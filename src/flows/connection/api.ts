// Testing the way to an identity provider before people use it: what administrators may ask, and what edges may call. A test makes no
// person, no session and no membership; what it found is kept for a quarter of an hour.
import type { Level } from '../../core/assurance/level.ts'
import type { DomainId, IdpId } from '../../core/model/ids.ts'
import type { Attributes } from '../../core/model/person.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Check, Returned, Send } from '../../ports/upstream.ts'
import type { WhatIf } from '../directory/explain-groups.ts'
import type { Source } from '../sign-in/api.ts'

/** Absent parts are null, so that a report is the same before and after it was kept. */
export type Report = {
  readonly at: EpochMs
  readonly outcome: 'passed' | 'failed'
  /** Stable code of the first thing that failed. */
  readonly reason: string | null
  readonly detail: string | null
  readonly checks: readonly Check[]
  /** What the provider said: from signed bytes. */
  readonly said: {
    readonly subject: string
    readonly nameIdFormat: string | null
    readonly acr: string | null
    readonly amr: readonly string[]
    readonly authenticatedAt: EpochMs | null
    readonly attributes: Attributes
  } | null
  /** Whom a sign-in like this would have signed in. */
  readonly account: {
    readonly kind: 'new' | 'existing'
    readonly username: string
    readonly email: string | null
    readonly emailVerified: boolean
    readonly displayName: string
  } | null
  readonly groups: WhatIf | null
  readonly level: { readonly level: Level; readonly because: string } | null
}

export type ConnectionTest = {
  /** A digest of the link's token: good for asking after the test, and for nothing else. */
  readonly id: string
  readonly idpId: IdpId
  readonly startedBy: string
  readonly startedAt: EpochMs
  readonly expiresAt: EpochMs
  readonly report: Report | undefined
}
export type TestShown = {
  readonly provider: { readonly name: string; readonly displayName: string; readonly enabled: boolean }
  readonly startedBy: string
  readonly report: Report | undefined
}

type At = { readonly domainId: DomainId; readonly idp: string; readonly token: string }
export type ConnectionTests = {
  /** The page behind the link. Undefined: it is over or never was. */
  readonly behind: (at: At) => Promise<TestShown | undefined>
  /** Whoever holds the link leaves for the provider in this browser. `failed`: it cannot even be asked, and the report says why. */
  readonly leave: (
    at: At & { readonly browserToken: string | undefined; readonly source: Source },
  ) => Promise<
    | { readonly send: Send; readonly browserToken: string; readonly expiresAt: EpochMs }
    | { readonly failed: TestShown }
    | undefined
  >
  /** The way back, first half: judges what came, once. Undefined: it is no answer to a test. */
  readonly receive: (q: {
    readonly domainId: DomainId
    readonly idp: string
    readonly state: string | undefined
    readonly returned: Returned
    readonly source: Source
  }) => Promise<{ readonly token: string } | undefined>
  /** Second half, in the browser that left: the report, which is now the test's. */
  readonly arrive: (
    at: At & { readonly browserToken: string | undefined; readonly source: Source },
  ) => Promise<TestShown | undefined>
}
