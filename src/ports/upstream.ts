// An upstream identity provider as the house sees it, whatever its protocol. Connectors are stateless: what they must remember
// between `begin` and `finish` is opaque to us and travels in the journey. test/upstreams/conformance.ts attacks each.
import type { Idp } from '../core/model/idp.ts'
import type { JsonObject } from '../core/model/json.ts'
import type { Attributes } from '../core/model/person.ts'
import type { EpochMs } from '../core/model/time.ts'

export type Wish = {
  readonly state: string // opaque token: RelayState or `state`
  readonly forceFresh: boolean
  readonly level: number // our level wanted; a connector may translate it to acr_values / RequestedAuthnContext
  readonly loginHint: string | undefined
  readonly uiLocales: readonly string[]
}
export type Send =
  | { readonly kind: 'redirect'; readonly url: string }
  | { readonly kind: 'form-post'; readonly url: string; readonly fields: { readonly [name: string]: string } }

/** What the IdP said, after every check passed. All of it from signed bytes. */
export type Assertion = {
  readonly subject: string
  readonly nameIdFormat: string | undefined
  readonly sessionIndex: string | undefined // SAML SessionIndex or OIDC sid
  readonly attributes: Attributes // every attribute or claim, as lists of text
  readonly acr: string | undefined
  readonly amr: readonly string[]
  readonly authenticatedAt: EpochMs | undefined // AuthnInstant / auth_time; implausible values (0) are undefined
  /** Opaque, kept with the session and handed back at its logout; sealed by the connector if it is a secret. */
  readonly logoutHint?: string | undefined
  /** Ids that must never be seen again (assertion id, message id), with the time until which to remember them. */
  readonly onceOnly: readonly { readonly key: string; readonly until: EpochMs }[]
}
/** `code` is stable and shown to people; `expected` and `received` are for the administrator's trace. */
export type Refusal = {
  readonly refused: string
  readonly detail: string
  readonly expected?: string
  readonly received?: string
}

/** One thing that was looked at on the way to a verdict, whichever way it went. */
export type Check = {
  readonly name: string
  readonly ok: boolean
  readonly expected?: string
  readonly received?: string
}
export type Trace = (check: Check) => void

export type Returned = {
  readonly method: 'GET' | 'POST'
  readonly rawQuery: string // without `?`
  readonly form: { readonly [name: string]: string } // POST body; a repeated field is refused by the edge
}

export interface Upstream {
  readonly protocol: Idp['trust']['protocol']
  begin(idp: Idp, wish: Wish, now: EpochMs): Promise<{ readonly send: Send; readonly remember: JsonObject } | Refusal>
  /** `remember` undefined: nothing was begun (unsolicited); only a connector whose IdP allows that may accept it. */
  finish(
    idp: Idp,
    remember: JsonObject | undefined,
    returned: Returned,
    now: EpochMs,
    trace?: Trace,
  ): Promise<Assertion | Refusal>
  /** Where to send the browser so that the IdP ends its session too, and then to `returnTo`, below our issuer. Undefined: it cannot. */
  logout(
    idp: Idp,
    session: {
      readonly nameId: string
      readonly nameIdFormat: string | undefined
      readonly sessionIndex: string | undefined
      readonly logoutHint?: string | undefined
    },
    returnTo: string,
    now: EpochMs,
  ): Promise<Send | undefined>
  /** What to give the administrator of the IdP (SP metadata XML); undefined where there is none. */
  metadata(idp: Idp): Promise<string | undefined>
}
export const isRefusal = (x: object): x is Refusal => 'refused' in x
