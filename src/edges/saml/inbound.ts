// Messages from applications, through the verifier: who may speak, with which keys, to which address. Nothing that follows reads anything
// but what the verifier hands back.
import type { EpochMs } from '../../core/model/time.ts'
import type {
  AuthnRequest,
  LogoutRequest,
  LogoutResponse,
  MessageExpectations,
  MessageKind,
  SamlMessage,
} from '../../ports/saml-verifier.ts'
import { isRefusal, type Refusal } from '../../ports/upstream.ts'
import type { Found, SamlDeps } from './deps.ts'
import { isRefused, type Refused, refused } from './refuse.ts'
import { type Registered, registeredByEntityId } from './registered.ts'

/** `relayState` is what the sender wants back; unverified when the message is refused. */
export type Delivered =
  | { readonly binding: 'redirect'; readonly rawQuery: string; readonly relayState: string | undefined }
  | {
      readonly binding: 'post'
      readonly form: { readonly [name: string]: string }
      readonly relayState: string | undefined
    }
export type Read<M extends SamlMessage> = Registered & { readonly message: M }

/**
 * As wrong as an application's clock may be for it to take our answers (real ones take them up to 350 s ahead). Nothing is lost by it:
 * a request proves nothing about a person, and its id is remembered for longer.
 */
const SKEW_SECONDS = 360

type Want = {
  readonly kind: MessageKind
  readonly path: 'sso' | 'slo'
  readonly mustBeSigned: (registered: Registered) => boolean
}

const refusalOf = (r: Refusal, claimedIssuer: string | undefined, app: Refused['app']): Refused =>
  refused(r.refused, r.detail, { app, claimedIssuer, expected: r.expected, received: r.received })

const read = async (
  deps: SamlDeps,
  found: Found,
  delivered: Delivered,
  want: Want,
): Promise<Read<SamlMessage> | Refused> => {
  // Filled in while the verifier asks whose keys to use, so that a refusal can say whose message it was.
  let claimed: string | undefined
  let sender: Registered | Refused | undefined
  const expected: MessageExpectations = {
    kinds: [want.kind],
    destinations: [`${found.issuer}/saml/${want.path}`],
    skewSeconds: deps.config.clockSkewSeconds ?? SKEW_SECONDS,
    trusted: async (issuer) => {
      claimed = issuer
      sender = await registeredByEntityId(deps, found, issuer)
      if (isRefused(sender)) return undefined
      return {
        entityId: sender.sp.entityId,
        certificates: sender.sp.signingCertificates,
        requireSignature: want.mustBeSigned(sender),
      }
    },
  }
  const now: EpochMs = deps.clock()
  const message =
    delivered.binding === 'redirect'
      ? await deps.verifier.verifyRedirect(delivered.rawQuery, expected, now)
      : await deps.verifier.verifyPost(delivered.form, expected, now)
  const known = sender as Registered | Refused | undefined
  if (known && isRefused(known)) return known
  if (isRefusal(message)) return refusalOf(message, claimed, known?.app)
  // INVARIANT: the application is the one whose keys were used, whatever the message goes on to say.
  if (!known || message.issuer !== known.sp.entityId || message.kind !== want.kind)
    return refused('issuer-mismatch', 'the request is not from whom it says', {
      app: known?.app,
      claimedIssuer: claimed,
    })
  return { ...known, message }
}

export const readAuthnRequest = (deps: SamlDeps, found: Found, delivered: Delivered) =>
  read(deps, found, delivered, {
    kind: 'AuthnRequest',
    path: 'sso',
    mustBeSigned: ({ app, sp }) =>
      sp.authnRequestsSigned || app.settings.requireSignedRequests || deps.config.wantAuthnRequestsSigned === true,
  }) as Promise<Read<AuthnRequest> | Refused>

/** Always signed: whoever can end sessions must show who they are (SAML Profiles §4.4.4.1). */
export const readLogoutRequest = (deps: SamlDeps, found: Found, delivered: Delivered) =>
  read(deps, found, delivered, { kind: 'LogoutRequest', path: 'slo', mustBeSigned: () => true }) as Promise<
    Read<LogoutRequest> | Refused
  >

export const readLogoutResponse = (deps: SamlDeps, found: Found, delivered: Delivered) =>
  read(deps, found, delivered, { kind: 'LogoutResponse', path: 'slo', mustBeSigned: () => true }) as Promise<
    Read<LogoutResponse> | Refused
  >
