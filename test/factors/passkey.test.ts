// Passkeys against a software authenticator: real keys and signatures, and one lie per row.
import { describe, expect, test } from 'vitest'
import { passkeyFactor } from '../../src/adapters/factor-passkey.ts'
import type { Credential, PasskeyCredential } from '../../src/core/model/credential.ts'
import type { CredentialId, DomainId, PersonId, TenancyId } from '../../src/core/model/ids.ts'
import type { Person } from '../../src/core/model/person.ts'
import { type Algorithm, FLAGS, type Said, softwareAuthenticator } from './software-authenticator.ts'

const NOW = 1_800_000_000_000
const origin = 'https://login.example.org'
const rpId = 'example.org'
const factor = passkeyFactor({ rpId, rpName: 'Gwanmun', origins: [origin] })
const handle = Buffer.alloc(32, 7).toString('base64url')
const person: Person = {
  id: 'p1' as PersonId,
  tenancyId: 't' as TenancyId,
  domainId: 'd' as DomainId,
  username: 'kim@example.org',
  email: 'kim@example.org',
  emailVerified: true,
  displayName: '김철수',
  givenName: undefined,
  familyName: undefined,
  locale: undefined,
  attributes: {},
  status: 'active',
  serviceAccount: false,
  handle,
  createdAt: 0,
  updatedAt: 0,
}
const stored = (data: PasskeyCredential, id = 'c1'): Credential => ({
  id: id as CredentialId,
  personId: person.id,
  label: 'key',
  createdAt: 0,
  lastUsedAt: undefined,
  version: 3,
  data,
})
const said = (challenge: string, differs: Partial<Said> = {}): Said => ({ challenge, origin, rpId, ...differs })

const enrolled = async (differs: Partial<Said> = {}, alg: Algorithm = 'ES256') => {
  const authenticator = softwareAuthenticator(alg)
  const { challenge } = await factor.offer(person, [])
  const data = await factor.confirm(authenticator.register(said(challenge, differs)), challenge, NOW)
  if ('refused' in data) throw new Error(data.detail)
  return { authenticator, data, credential: stored(data) }
}

describe('M2: enrolling a passkey', () => {
  test('options name the person by the random handle, exclude what is there, ask for our algorithms and no attestation', async () => {
    const { credential, data } = await enrolled()
    const { options, challenge } = await factor.offer(person, [credential])
    expect(options).toMatchObject({
      rp: { id: rpId, name: 'Gwanmun' },
      user: { id: handle, name: 'kim@example.org', displayName: '김철수' },
      pubKeyCredParams: [{ alg: -8 }, { alg: -7 }, { alg: -257 }],
      excludeCredentials: [{ id: data.webauthnId, transports: ['usb', 'nfc'] }],
      attestation: 'none',
      challenge,
    })
    expect(Buffer.from(challenge, 'base64url').length).toBeGreaterThanOrEqual(32)
    expect((await factor.offer(person, [])).challenge).not.toBe(challenge)
  })
  test.for(['ES256', 'EdDSA', 'RS256'] as const)('%s is confirmed and verifies', async (alg) => {
    const { authenticator, credential, data } = await enrolled({ counter: 5 }, alg)
    expect(data).toMatchObject({
      kind: 'passkey',
      webauthnId: authenticator.id,
      counter: 5,
      transports: ['usb', 'nfc'],
      deviceType: 'singleDevice',
      backedUp: false,
      userVerified: true,
    })
    const { challenge } = await factor.challenge([credential])
    const answer = await factor.verify(
      credential,
      authenticator.assert(said(challenge, { counter: 6 })),
      challenge,
      NOW,
    )
    expect(answer).toEqual({
      evidence: { kind: 'passkey', at: NOW, credentialId: 'c1', userVerified: true, hardware: true },
      save: { ...credential, data: { ...data, counter: 6 }, lastUsedAt: NOW },
    })
  })
  test('without user verification it is confirmed and says so', async () => {
    expect((await enrolled({ flags: FLAGS.UP })).data.userVerified).toBe(false)
  })
  test.for([
    ['another challenge', { challenge: Buffer.alloc(32).toString('base64url') }],
    ['another origin', { origin: 'https://login.example.org.evil.test' }],
    ['the origin over http', { origin: 'http://login.example.org' }],
    ['another port', { origin: 'https://login.example.org:8443' }],
    ['another RP id', { rpId: 'evil.test' }],
    ['the answer to a sign-in', { type: 'webauthn.get' }],
    ['a frame of another site', { crossOrigin: true, topOrigin: 'https://evil.test' }],
    ['nobody present', { flags: FLAGS.UV }],
    ['backed up, but not eligible for it', { flags: FLAGS.UP | FLAGS.BS }],
    ['trailing bytes', { trailing: Buffer.from([0]) }],
  ] as const)('refused: %s', async ([, differs]) => {
    const { challenge } = await factor.offer(person, [])
    const response = softwareAuthenticator().register(said(challenge, differs))
    expect(await factor.confirm(response, challenge, NOW)).toMatchObject({ refused: 'wrong' })
  })
  test('refused: an algorithm that was not offered', async () => {
    const { challenge } = await factor.offer(person, [])
    const response = softwareAuthenticator('ES384').register(said(challenge))
    expect(await factor.confirm(response, challenge, NOW)).toMatchObject({ refused: 'wrong' })
  })
  test('refused: truncated and garbled attestation objects, at every length', async () => {
    const { challenge } = await factor.offer(person, [])
    const response = softwareAuthenticator().register(said(challenge))
    const whole = Buffer.from(response.response.attestationObject, 'base64url')
    for (let length = 0; length < whole.length; length += length < 150 ? 7 : 1) {
      const attestationObject = whole.subarray(0, length).toString('base64url')
      const cut = { ...response, response: { ...response.response, attestationObject } }
      expect(await factor.confirm(cut, challenge, NOW)).toHaveProperty('refused')
    }
  })
})

describe('M2: proving a passkey', () => {
  test('a challenge lists the own credentials; without any it is discoverable and demands user verification', async () => {
    const { data, credential } = await enrolled()
    expect((await factor.challenge([credential])).options).toMatchObject({
      rpId,
      userVerification: 'preferred',
      allowCredentials: [{ id: data.webauthnId }],
    })
    const { options } = await factor.challenge([])
    expect(options).toMatchObject({ userVerification: 'required' })
    expect(options).not.toHaveProperty('allowCredentials.0')
  })
  test.for([
    ['another challenge', { challenge: Buffer.alloc(32).toString('base64url') }],
    ['another origin', { origin: 'https://evil.test' }],
    ['another RP id', { rpId: 'evil.test' }],
    ['the answer to an enrolment', { type: 'webauthn.create' }],
    ['a frame of another site', { crossOrigin: true, topOrigin: 'https://evil.test' }],
    ['nobody present', { flags: FLAGS.UV }],
    ['backup eligibility that appears', { flags: FLAGS.UP | FLAGS.UV | FLAGS.BE }],
    ['trailing bytes', { trailing: Buffer.from([0]) }],
  ] as const)('refused: %s', async ([, differs]) => {
    const { authenticator, credential } = await enrolled()
    const { challenge } = await factor.challenge([credential])
    const response = authenticator.assert(said(challenge, differs))
    expect(await factor.verify(credential, response, challenge, NOW)).toMatchObject({ refused: 'wrong' })
  })
  test.for([
    ['behind', 9, 'replayed'],
    ['the same', 10, 'replayed'],
    ['gone to zero', 0, 'replayed'],
    ['ahead', 11, undefined],
  ] as const)('a signature counter that is %s', async ([, counter, refused]) => {
    const { authenticator, credential } = await enrolled({ counter: 10 })
    const { challenge } = await factor.challenge([credential])
    const answer = await factor.verify(credential, authenticator.assert(said(challenge, { counter })), challenge, NOW)
    expect('refused' in answer ? answer.refused : undefined).toBe(refused)
  })
  test('an authenticator that does not count stays at zero', async () => {
    const { authenticator, credential } = await enrolled()
    const { challenge } = await factor.challenge([credential])
    const answer = await factor.verify(credential, authenticator.assert(said(challenge)), challenge, NOW)
    expect(answer).toMatchObject({ save: { data: { counter: 0 } } })
  })
  test('evidence says that the user was not verified', async () => {
    const { authenticator, credential } = await enrolled()
    const { challenge } = await factor.challenge([credential])
    const answer = await factor.verify(
      credential,
      authenticator.assert(said(challenge, { flags: FLAGS.UP })),
      challenge,
      NOW,
    )
    expect(answer).toMatchObject({ evidence: { userVerified: false } })
  })
  test.for([
    ['synced', FLAGS.BE | FLAGS.BS, true],
    ['eligible, not yet synced', FLAGS.BE, false],
  ] as const)('a passkey that is %s is not hardware, and its backup state is kept', async ([, backup, backedUp]) => {
    const { authenticator, credential, data } = await enrolled({ flags: FLAGS.UP | FLAGS.UV | FLAGS.BE })
    expect(data).toMatchObject({ deviceType: 'multiDevice', backedUp: false })
    const { challenge } = await factor.challenge([credential])
    const flags = FLAGS.UP | FLAGS.UV | backup
    const answer = await factor.verify(credential, authenticator.assert(said(challenge, { flags })), challenge, NOW)
    expect(answer).toMatchObject({ evidence: { hardware: false }, save: { data: { backedUp } } })
  })
  test("refused: another user's credential, and another key under this credential's id", async () => {
    const mine = await enrolled()
    const theirs = await enrolled()
    const { challenge } = await factor.challenge([mine.credential])
    const response = theirs.authenticator.assert(said(challenge))
    expect(await factor.verify(mine.credential, response, challenge, NOW)).toMatchObject({
      refused: 'unknown-credential',
    })
    const forged = { ...response, id: mine.data.webauthnId, rawId: mine.data.webauthnId }
    expect(await factor.verify(mine.credential, forged, challenge, NOW)).toMatchObject({ refused: 'wrong' })
    const swapped = { ...response, id: mine.data.webauthnId }
    expect(await factor.verify(mine.credential, swapped, challenge, NOW)).toMatchObject({ refused: 'wrong' })
  })
  test('refused: a changed signature, and signed bytes that were changed', async () => {
    const { authenticator, credential } = await enrolled({ flags: FLAGS.UP })
    const { challenge } = await factor.challenge([credential])
    const response = authenticator.assert(said(challenge, { flags: FLAGS.UP }))
    const flip = (field: 'signature' | 'authenticatorData', at: number, bit: number) => {
      const bytes = Buffer.from(response.response[field], 'base64url')
      bytes[at] = (bytes[at] ?? 0) ^ bit
      return { ...response, response: { ...response.response, [field]: bytes.toString('base64url') } }
    }
    expect(await factor.verify(credential, flip('signature', 20, 1), challenge, NOW)).toHaveProperty('refused')
    // The flag "user verified", set afterwards.
    expect(await factor.verify(credential, flip('authenticatorData', 32, FLAGS.UV), challenge, NOW)).toHaveProperty(
      'refused',
    )
    expect(await factor.verify(credential, response, challenge, NOW)).toHaveProperty('evidence')
  })
  test.for([
    ['nothing', undefined],
    ['null', null],
    ['text', '{}'],
    ['a list', []],
    ['without a response', { id: 'a' }],
    ['with markup for an id', { id: '<b>', response: {} }],
    ['with a number for an id', { id: 1, response: {} }],
    ['with an endless id', { id: 'a'.repeat(5000), response: {} }],
  ] as const)('malformed: %s', async ([, response]) => {
    const { credential } = await enrolled()
    expect(factor.idOf(response)).toBeUndefined()
    expect(await factor.verify(credential, response, 'x', NOW)).toHaveProperty('refused')
    expect(await factor.confirm(response, 'x', NOW)).toMatchObject({ refused: 'malformed' })
  })
  test('a response of the right shape with nonsense inside is refused, not thrown', async () => {
    const { credential, data } = await enrolled()
    const nonsense = [{}, { clientDataJSON: 1 }, { clientDataJSON: '%%%', authenticatorData: '', signature: '' }]
    for (const inner of nonsense) {
      const response = { id: data.webauthnId, rawId: data.webauthnId, type: 'public-key', response: inner }
      expect(await factor.verify(credential, response, 'x', NOW)).toMatchObject({ refused: 'wrong' })
      expect(await factor.confirm(response, 'x', NOW)).toMatchObject({ refused: 'wrong' })
    }
  })
  test('the id and the user handle inside a response', async () => {
    const authenticator = softwareAuthenticator()
    expect(factor.idOf(authenticator.assert(said('x'), handle))).toEqual({
      webauthnId: authenticator.id,
      userHandle: handle,
    })
    expect(factor.idOf(authenticator.assert(said('x')))).toEqual({
      webauthnId: authenticator.id,
      userHandle: undefined,
    })
  })
  test('refused: a credential of another kind', async () => {
    const other: Credential = {
      ...stored((await enrolled()).data),
      data: { kind: 'totp', secretSealed: '', lastStep: 0 },
    }
    expect(await factor.verify(other, softwareAuthenticator().assert(said('x')), 'x', NOW)).toMatchObject({
      refused: 'unknown-credential',
    })
  })
})
