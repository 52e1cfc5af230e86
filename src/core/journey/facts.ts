// Everything nextStep may look at, and nothing else. Built by flows/sign-in/facts.ts from one read of the store.
import type { Evidence, FactorKind } from '../assurance/level.ts'
import type { Requirement } from '../assurance/requirement.ts'
import type { IdpId } from '../model/ids.ts'
import type { EpochMs } from '../model/time.ts'
import type { Owed } from './onboarding.ts'

export type Facts = {
  /** A person is known or a user name was typed (an unknown one behaves alike). */
  readonly identified: boolean
  readonly route: 'local' | IdpId | undefined
  readonly localSignIn: boolean
  readonly appOffered: boolean
  readonly active: boolean // person not disabled or locked
  readonly need: Requirement
  readonly freshAfter: EpochMs | undefined
  readonly evidence: readonly Evidence[]
  /** Kinds the person has enrolled. */
  readonly enrolled: readonly FactorKind[]
  /** undefined: no password here (federated). */
  readonly password: { readonly expired: boolean; readonly mustChange: boolean } | undefined
  readonly recoveryCodesToKeep: boolean
  /** Of what the domain asks beside proof, what is still open. */
  readonly owed: readonly Owed[]
}
