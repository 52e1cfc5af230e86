// SAML in this process, one message after the other: judging a signed Response beside samlify's parsing of the same bytes, and making a
// Response with two signatures beside samlify's one. Ours judges more; the ratio says what that costs.
import { Constants, IdentityProvider, ServiceProvider, setSchemaValidator } from 'samlify'
import { schemaFault } from '../../src/adapters/saml-verify/schema.ts'
import { samlVerifier } from '../../src/adapters/saml-verify/verifier.ts'
import { responseXml as ourResponse, type Statements } from '../../src/edges/saml/messages.ts'
import { signAssertion, signMessage } from '../../src/edges/saml/sign.ts'
import {
  acs,
  assertionXml,
  base64,
  expecting,
  idp,
  makePair,
  now,
  responseXml,
  sign,
  sp,
  usual,
} from '../saml/make-response.ts'
import { median } from './load.ts'
import { type Bench, micros, type Row, times } from './table.ts'

/** Microseconds of one run: the median of several short rounds, ours and theirs in turn. */
const inTurn = async (
  ours: () => unknown,
  theirs: () => unknown,
  rounds: number,
): Promise<readonly [number, number]> => {
  const timed = async (work: () => unknown): Promise<number> => {
    const began = performance.now()
    for (let i = 0; i < 20; i++) await work()
    return ((performance.now() - began) / 20) * 1000
  }
  const [mine, others]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    mine.push(await timed(ours))
    others.push(await timed(theirs))
  }
  return [median(mine), median(others)]
}
const rowOf = (what: string, [mine, theirs]: readonly [number, number]): Row => ({
  what,
  ours: micros(mine),
  reference: micros(theirs),
  ratio: times(mine / theirs),
})

const statements: Statements = {
  assertionId: '_assertion1',
  nameId: {
    value: 'carol',
    format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    nameQualifier: undefined,
    spNameQualifier: undefined,
  },
  audience: sp,
  notBefore: now - 30_000,
  notOnOrAfter: now + 300_000,
  authnInstant: now,
  sessionIndex: '_session1',
  sessionNotOnOrAfter: now + 3_600_000,
  authnContextClass: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
  attributes: [
    {
      name: 'groups',
      nameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic',
      friendlyName: undefined,
      values: ['finance', 'employees'],
    },
  ],
}

export const saml: Bench = async ({ full }) => {
  const pair = await makePair('bench')
  const verifier = samlVerifier()
  const certificate = pair.certificate.replace(/-----[A-Z ]+-----|\s/g, '')
  setSchemaValidator({
    validate: (xml: string) =>
      schemaFault(xml) === undefined ? Promise.resolve('') : Promise.reject(new Error('schema')),
  })
  const theirIdp = IdentityProvider({
    entityID: idp,
    signingCert: certificate,
    privateKey: pair.privateKey,
    singleSignOnService: [{ Binding: Constants.namespace.binding.redirect, Location: 'https://idp.example/sso' }],
  })
  const theirSp = ServiceProvider({
    entityID: sp,
    wantAssertionsSigned: true,
    clockDrifts: [-3_000_000_000_000, 3_000_000_000_000],
    assertionConsumerService: [{ Binding: Constants.namespace.binding.post, Location: acs }],
  })
  const message = base64(sign(responseXml(usual, assertionXml(usual)), 'Assertion', pair))
  const key = { privateKeyPem: pair.privateKey, certificatePem: pair.certificate }
  const envelope = { id: '_response1', at: now, issuer: idp, destination: acs, inResponseTo: '_request1' }
  const judged = verifier.verifyResponse(message, expecting(pair), now)
  if ('refused' in judged) throw new Error(`the benchmark's own message was refused: ${judged.refused}`)
  const rounds = full ? 15 : 5
  return [
    rowOf(
      'judge a signed Response (samlify: parse)',
      await inTurn(
        () => verifier.verifyResponse(message, expecting(pair), now),
        () => theirSp.parseLoginResponse(theirIdp, 'post', { body: { SAMLResponse: message } }),
        rounds,
      ),
    ),
    rowOf(
      'make a Response, two signatures (samlify: one)',
      await inTurn(
        () => signMessage(signAssertion(ourResponse(envelope, statements), key), key),
        () =>
          theirIdp.createLoginResponse(theirSp, { extract: { request: { id: '_request1' } } }, 'post', {
            email: 'carol@corp.example',
          }),
        rounds,
      ),
    ),
  ]
}
