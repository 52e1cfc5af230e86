// Passkeys and security keys (W3C Web Authentication Level 3) by @simplewebauthn/server. The challenge is ours and used once; origin and
// RP ID come from configuration, never from a request.
import { createPublicKey } from 'node:crypto'
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import type { Credential, PasskeyCredential } from '../core/model/credential.ts'
import type { Person } from '../core/model/person.ts'
import type { EpochMs } from '../core/model/time.ts'
import type { FactorRefusal, PasskeyFactor, Verified } from '../ports/factor.ts'

/** With the first passkey, not with every start: it brings a certificate library along. */
const webauthn = () => import('@simplewebauthn/server')
const helpers = () => import('@simplewebauthn/server/helpers')

type Deps = { readonly rpId: string; readonly rpName: string; readonly origins: readonly string[] }

const algorithms = [-8, -7, -257] // EdDSA, ES256, RS256 (COSE)

const bytes = (base64url: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(base64url, 'base64url'))
const text = (data: Uint8Array): string => Buffer.from(data).toString('base64url')

type Transports = RegistrationResponseJSON['response']['transports']
const transportsOf = (list: readonly string[]): NonNullable<Transports> => [...list] as NonNullable<Transports>

const isRecord = (x: unknown): x is { readonly [key: string]: unknown } => typeof x === 'object' && x !== null
const isResponse = (x: unknown): x is { readonly id: string; readonly response: { readonly [key: string]: unknown } } =>
  isRecord(x) && typeof x.id === 'string' && /^[\w-]{1,1366}$/.test(x.id) && isRecord(x.response)

const passkeysOf = (credentials: readonly Credential[]) =>
  credentials.flatMap((c) =>
    c.data.kind === 'passkey' ? [{ id: c.data.webauthnId, transports: transportsOf(c.data.transports) }] : [],
  )

/** The library looks at the frame when signing in, but not when enrolling (Level 3 §7.1 step 10): another site must not enrol for us. */
const isFramed = async (response: RegistrationResponseJSON): Promise<boolean> => {
  const { decodeClientDataJSON } = await helpers()
  const { crossOrigin, topOrigin } = decodeClientDataJSON(response.response.clientDataJSON)
  return crossOrigin === true || topOrigin !== undefined
}

/** A key that was cut off or lies off its curve is stored by the library as it came, and would never verify; a short RSA key would too easily. */
const isKey = async (cose: Uint8Array<ArrayBuffer>): Promise<boolean> => {
  const { decodeCredentialPublicKey } = await helpers()
  const key = decodeCredentialPublicKey(cose) as unknown as ReadonlyMap<number, unknown>
  const part = (label: number): string => {
    const found = key.get(label)
    return found instanceof Uint8Array ? text(found) : ''
  }
  // RFC 9053 §7: key type 1 octet pair (Ed25519), 2 elliptic curve (P-256 with ES256), 3 RSA
  const jwk = new Map<unknown, { kty: string; crv?: string; x?: string; y?: string; n?: string; e?: string }>([
    [1, { kty: 'OKP', crv: 'Ed25519', x: part(-2) }],
    [2, { kty: 'EC', crv: 'P-256', x: part(-2), y: part(-3) }],
    [3, { kty: 'RSA', n: part(-1), e: part(-2) }],
  ]).get(key.get(1))
  if (!jwk) return false
  return (createPublicKey({ key: jwk, format: 'jwk' }).asymmetricKeyDetails?.modulusLength ?? 2048) >= 2048
}

/** The library throws in words for every check that fails; to the person all of them are one answer. */
const refusedBy = (cause: unknown): FactorRefusal => {
  const detail = cause instanceof Error ? cause.message.slice(0, 200) : 'not verified'
  return { refused: /counter/i.test(detail) ? 'replayed' : 'wrong', detail }
}

type Expected = { readonly expectedOrigin: string[]; readonly expectedRPID: string }

const offer = async (
  { rpId, rpName }: Deps,
  person: Person,
  existing: readonly Credential[],
): ReturnType<PasskeyFactor['offer']> => {
  const { generateRegistrationOptions } = await webauthn()
  const options = await generateRegistrationOptions({
    rpName,
    rpID: rpId,
    userName: person.username,
    userDisplayName: person.displayName,
    userID: bytes(person.handle),
    attestationType: 'none',
    excludeCredentials: passkeysOf(existing),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    supportedAlgorithmIDs: algorithms,
  })
  return { options, challenge: options.challenge }
}

const confirmed = async (
  expected: Expected,
  response: RegistrationResponseJSON,
  challenge: string,
): Promise<PasskeyCredential | FactorRefusal> => {
  const { verifyRegistrationResponse } = await webauthn()
  const answer = await verifyRegistrationResponse({
    response,
    expectedChallenge: challenge,
    ...expected,
    requireUserVerification: false, // a plain security key is a good second factor; evidence says what was verified
    supportedAlgorithmIDs: algorithms,
  })
  if (!answer.verified) return { refused: 'wrong', detail: 'not verified' }
  if (await isFramed(response)) return { refused: 'wrong', detail: 'enrolled inside another site' }
  const { credential, aaguid, credentialDeviceType, credentialBackedUp, userVerified } = answer.registrationInfo
  if (!(await isKey(credential.publicKey))) return { refused: 'wrong', detail: 'the public key cannot be used' }
  return {
    kind: 'passkey',
    webauthnId: credential.id,
    publicKey: text(credential.publicKey),
    counter: credential.counter,
    transports: credential.transports ?? [],
    aaguid,
    deviceType: credentialDeviceType,
    backedUp: credentialBackedUp,
    userVerified,
  }
}

const challengeFor = async (
  { rpId }: Deps,
  credentials: readonly Credential[],
): ReturnType<PasskeyFactor['challenge']> => {
  const own = passkeysOf(credentials)
  const { generateAuthenticationOptions } = await webauthn()
  const options = await generateAuthenticationOptions({
    rpID: rpId,
    // Alone it must be two factors in one, or whoever finds a key is signed in; beside a password possession is enough.
    ...(own.length > 0
      ? { userVerification: 'preferred' as const, allowCredentials: own }
      : { userVerification: 'required' as const }),
  })
  return { options, challenge: options.challenge }
}

type Own = Credential & { readonly data: PasskeyCredential }

const verified = async (
  expected: Expected,
  credential: Own,
  response: AuthenticationResponseJSON,
  challenge: string,
  now: EpochMs,
): Promise<Verified | FactorRefusal> => {
  const { data } = credential
  const { verifyAuthenticationResponse } = await webauthn()
  const answer = await verifyAuthenticationResponse({
    response,
    expectedChallenge: challenge,
    ...expected,
    requireUserVerification: false,
    credential: {
      id: data.webauthnId,
      publicKey: bytes(data.publicKey),
      counter: data.counter,
      transports: transportsOf(data.transports),
    },
  })
  if (!answer.verified) return { refused: 'wrong', detail: 'the signature does not fit' }
  const { newCounter, userVerified, credentialBackedUp, credentialDeviceType } = answer.authenticationInfo
  // Level 3 §7.2 step 17: backup eligibility never changes; one that does is another authenticator.
  if (credentialDeviceType !== data.deviceType)
    return { refused: 'wrong', detail: 'the backup eligibility of this passkey changed' }
  const hardware = credentialDeviceType === 'singleDevice' && !credentialBackedUp
  return {
    evidence: { kind: 'passkey', at: now, credentialId: credential.id, userVerified, hardware },
    save: { ...credential, data: { ...data, counter: newCounter, backedUp: credentialBackedUp }, lastUsedAt: now },
  }
}

const isPasskey = (credential: Credential): credential is Own => credential.data.kind === 'passkey'

export const passkeyFactor = (deps: Deps): PasskeyFactor => {
  const expected: Expected = { expectedOrigin: [...deps.origins], expectedRPID: deps.rpId }
  return {
    offer: (person, existing) => offer(deps, person, existing),
    confirm: async (response, challenge) => {
      if (!isResponse(response)) return { refused: 'malformed', detail: 'not a registration response' }
      return confirmed(expected, response as unknown as RegistrationResponseJSON, challenge).catch(refusedBy)
    },
    challenge: (credentials) => challengeFor(deps, credentials),
    idOf: (response) => {
      if (!isResponse(response)) return undefined
      const handle = response.response.userHandle
      return { webauthnId: response.id, userHandle: typeof handle === 'string' && handle !== '' ? handle : undefined }
    },
    verify: async (credential, response, challenge, now) => {
      if (!isPasskey(credential) || !isResponse(response) || response.id !== credential.data.webauthnId)
        return { refused: 'unknown-credential', detail: 'another credential answered' }
      const given = response as unknown as AuthenticationResponseJSON
      return verified(expected, credential, given, challenge, now).catch(refusedBy)
    },
  }
}
