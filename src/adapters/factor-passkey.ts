// Passkeys and security keys (W3C Web Authentication Level 3) by @simplewebauthn/server. The challenge is ours and used once; origin and
// RP ID come from configuration, never from a request.
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { Credential, PasskeyCredential } from '../core/model/credential.ts'
import type { FactorRefusal, PasskeyFactor } from '../ports/factor.ts'

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

/** The library throws in words for every check that fails; to the person all of them are one answer. */
const refusedBy = (cause: unknown): FactorRefusal => {
  const detail = cause instanceof Error ? cause.message.slice(0, 200) : 'not verified'
  return { refused: /counter/i.test(detail) ? 'replayed' : 'wrong', detail }
}

export const passkeyFactor = ({ rpId, rpName, origins }: Deps): PasskeyFactor => {
  const expected = { expectedOrigin: [...origins], expectedRPID: rpId }
  return {
    offer: async (person, existing) => {
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
    },
    confirm: async (response, challenge) => {
      if (!isResponse(response)) return { refused: 'malformed', detail: 'not a registration response' }
      try {
        const answer = await verifyRegistrationResponse({
          response: response as unknown as RegistrationResponseJSON,
          expectedChallenge: challenge,
          ...expected,
          requireUserVerification: false, // a plain security key is a good second factor; evidence says what was verified
          supportedAlgorithmIDs: algorithms,
        })
        if (!answer.verified) return { refused: 'wrong', detail: 'not verified' }
        const { credential, aaguid, credentialDeviceType, credentialBackedUp, userVerified } = answer.registrationInfo
        const made: PasskeyCredential = {
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
        return made
      } catch (cause) {
        return refusedBy(cause)
      }
    },
    challenge: async (credentials) => {
      const own = passkeysOf(credentials)
      const options = await generateAuthenticationOptions({
        rpID: rpId,
        // Alone it must be two factors in one, or whoever finds a key is signed in; beside a password possession is enough.
        ...(own.length > 0
          ? { userVerification: 'preferred' as const, allowCredentials: own }
          : { userVerification: 'required' as const }),
      })
      return { options, challenge: options.challenge }
    },
    idOf: (response) => {
      if (!isResponse(response)) return undefined
      const handle = response.response.userHandle
      return { webauthnId: response.id, userHandle: typeof handle === 'string' && handle !== '' ? handle : undefined }
    },
    verify: async (credential, response, challenge, now) => {
      const { data } = credential
      if (data.kind !== 'passkey' || !isResponse(response) || response.id !== data.webauthnId)
        return { refused: 'unknown-credential', detail: 'another credential answered' }
      try {
        const answer = await verifyAuthenticationResponse({
          response: response as unknown as AuthenticationResponseJSON,
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
        return {
          evidence: {
            kind: 'passkey',
            at: now,
            credentialId: credential.id,
            userVerified,
            hardware: credentialDeviceType === 'singleDevice' && !credentialBackedUp,
          },
          save: {
            ...credential,
            data: { ...data, counter: newCounter, backedUp: credentialBackedUp },
            lastUsedAt: now,
          },
        }
      } catch (cause) {
        return refusedBy(cause)
      }
    },
  }
}
