// The things a journey can still owe. Each is one page; `done` is the only one from which a session is minted.
import type { FactorKind, Level } from '../assurance/level.ts'
import type { Winner } from '../assurance/requirement.ts'
import type { IdpId } from '../model/ids.ts'

export type RefusalCode =
  | 'not-allowed-here' // a sign-on rule denies it
  | 'app-not-for-you' // the application is not offered to this domain
  | 'no-factor-allowed' // a level is required that no allowed factor can reach
  | 'person-disabled'
  | 'local-sign-in-off'
  | 'federated-cannot' // what is owed can only be done at the company's own provider

export type Step =
  | { readonly do: 'identify' }
  | { readonly do: 'upstream'; readonly idpId: IdpId }
  | { readonly do: 'password' }
  | {
      readonly do: 'challenge'
      readonly offer: readonly FactorKind[]
      readonly level: Level
      readonly because: Winner
      readonly trustDays: number | undefined
    }
  | { readonly do: 'enrol'; readonly offer: readonly FactorKind[]; readonly level: Level; readonly because: Winner }
  | { readonly do: 'keep-recovery-codes' }
  | { readonly do: 'confirm-account' }
  | { readonly do: 'contact-email' }
  | { readonly do: 'accept-terms' }
  | { readonly do: 'complete-profile' }
  | { readonly do: 'change-password'; readonly why: 'expired' | 'must-change' }
  | { readonly do: 'refuse'; readonly why: RefusalCode; readonly because: Winner | undefined }
  | { readonly do: 'done'; readonly level: Level; readonly amr: readonly string[] }
