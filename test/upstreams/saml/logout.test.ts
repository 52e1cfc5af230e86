// F1: single logout with a SAML identity provider: ours to them, theirs to us, and their answers.
import { describe, expect, test } from 'vitest'
import { byPost, byRedirect, from, signedQuery } from '../../saml/make-request.ts'
import { at, makePair, now, sp } from '../../saml/make-response.ts'
import {
  bindings,
  carried,
  connector,
  corp,
  deps,
  endpoint,
  entityId,
  issuer,
  metadata,
  ours,
  slo,
  theirs,
} from './bed.ts'

const session = { nameId: 'carol & <co>', nameIdFormat: 'urn:f', sessionIndex: '_s1' }
const returnTo = `${issuer}/signed-out?a=1&b=2`
const trusting = (destination: string) =>
  from(ours, {
    destinations: [destination],
    trusted: async (who) =>
      who === sp ? { entityId: sp, certificates: [ours.certificate], requireSignature: true } : undefined,
  })

describe('F1: our request to end their session', () => {
  test('by redirect, signed, with where to come back to', async () => {
    const send = await connector.logout(corp(), session, returnTo, now)
    const query = new URL(send?.url ?? '').search.slice(1)
    expect(await deps.verifier.verifyRedirect(query, trusting('https://idp.example/slo'), now)).toMatchObject({
      kind: 'LogoutRequest',
      signed: true,
      relayState: returnTo,
      nameId: { value: 'carol & <co>', format: 'urn:f' },
      sessionIndexes: ['_s1'],
    })
  })
  test('by POST where only that is offered', async () => {
    const post = endpoint('SingleLogout', bindings.post, 'https://idp.example/slo/post')
    const send = await connector.logout(corp({ metadataXml: metadata({ slo: post }) }), session, returnTo, now)
    expect(send?.kind).toBe('form-post')
    expect(await byPost(carried(send ?? { kind: 'redirect', url: '' }), trusting('https://idp.example/slo/post'))).toBe(
      'accepted LogoutRequest',
    )
  })
  test('no endpoint, no metadata, no SAML: none', async () => {
    expect(await connector.logout(corp({ metadataXml: metadata({ slo: '' }) }), session, returnTo, now)).toBeUndefined()
    expect(await connector.logout(corp({ metadataXml: undefined }), session, returnTo, now)).toBeUndefined()
  })
})

const sloUrl = `${issuer}/federation/corp/slo`
const message = (name: 'LogoutRequest' | 'LogoutResponse', body: string, attributes = '', who = entityId): string =>
  `<samlp:${name} xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_l9" Version="2.0" IssueInstant="${at(-1)}" Destination="${sloUrl}"${attributes}><saml:Issuer>${who}</saml:Issuer>${body}</samlp:${name}>`
const request = message('LogoutRequest', '<saml:NameID>carol</saml:NameID><samlp:SessionIndex>_s1</samlp:SessionIndex>')
const answered = message(
  'LogoutResponse',
  '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>',
  ' InResponseTo="_l1"',
)

describe('F1: their messages to us', () => {
  const judged = async (query: string, idp = corp()) => {
    const answer = await slo.judge(idp, query, now)
    return 'refused' in answer ? answer.refused : answer.kind
  }
  test('a signed request, a signed answer', async () => {
    expect(await judged(signedQuery(request, theirs))).toBe('LogoutRequest')
    expect(await judged(signedQuery(answered, theirs, returnTo, 'SAMLResponse'))).toBe('LogoutResponse')
  })
  test('I6: unsigned, signed by another, issued by another, sent elsewhere', async () => {
    const stranger = await makePair('stranger')
    const [unsigned] = signedQuery(request, theirs).split('&SigAlg')
    expect(await judged(unsigned ?? '')).toBe('signature-missing')
    expect(await judged(signedQuery(request, stranger))).toBe('signature-invalid')
    expect(
      await judged(
        signedQuery(message('LogoutRequest', '<saml:NameID>carol</saml:NameID>', '', 'https://other.example'), theirs),
      ),
    ).toBe('issuer-unknown')
    expect(await judged(signedQuery(request.replace(sloUrl, 'https://other.example/slo'), theirs))).toBe(
      'destination-mismatch',
    )
    expect(await judged(signedQuery(request, theirs), corp({ metadataXml: undefined }))).toBe('metadata-missing')
  })
  test('our answer goes to their ResponseLocation, signed, with their RelayState', async () => {
    const apart = endpoint(
      'SingleLogout',
      bindings.redirect,
      'https://idp.example/slo',
      ' ResponseLocation="https://idp.example/slo/done"',
    )
    const url = await slo.answer(
      corp({ metadataXml: metadata({ slo: apart }) }),
      { id: '_l9', relayState: 'their state' },
      now,
    )
    expect(url).toMatch(/^https:\/\/idp\.example\/slo\/done\?SAMLResponse=/)
    const query = new URL(url ?? '').search.slice(1)
    expect(await byRedirect(query, trusting('https://idp.example/slo/done'))).toBe('accepted LogoutResponse')
    expect(await deps.verifier.verifyRedirect(query, trusting('https://idp.example/slo/done'), now)).toMatchObject({
      inResponseTo: '_l9',
      relayState: 'their state',
    })
  })
  test('nowhere to answer: no address', async () => {
    expect(
      await slo.answer(corp({ metadataXml: metadata({ slo: '' }) }), { id: '_l9', relayState: undefined }, now),
    ).toBeUndefined()
  })
})
