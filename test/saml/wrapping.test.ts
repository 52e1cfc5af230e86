// Signature wrapping: the eight classic transformations against every signing mode, hiding places that the schema allows, and decoy IDs.
import { describe, expect, test } from 'vitest'
import { judged, replace } from './judged.ts'
import { assertionXml, makePair, modes, responseXml, sign, usual, valid } from './make-response.ts'
import { forged, must, numbers, parse, print, withoutSignature, wrapped } from './wrap.ts'

const pair = await makePair('idp')

/** What the transformation breaks first. Schema: the signed original stands where the schema has no room for it. */
const reasons = {
  1: 'schema-invalid',
  2: 'schema-invalid',
  3: 'several-assertions',
  4: 'schema-invalid',
  5: 'several-assertions',
  6: 'schema-invalid',
  7: 'several-assertions',
  8: 'several-assertions',
} as const

describe('F1: the eight wrapping transformations', () => {
  const cases = modes.flatMap((mode) => numbers.map((n) => [`XSW${n}`, mode, n] as const))
  test.each(cases)('%s on a message signed at the %s', (_, mode, n) => {
    const genuine = valid(mode, pair)
    expect(judged(genuine, pair)).toBe('accepted carol@corp.example')
    expect(judged(wrapped(n, genuine, mode), pair)).toBe(reasons[n])
  })
})

/** Moves the genuine, signed element into a hiding place of a message that otherwise speaks of mallory. */
const hidden = (
  mode: 'response' | 'assertion',
  hide: (evil: Element, genuine: Element, document: Document) => void,
): string => {
  const document = parse(valid(mode, pair))
  const response = document.documentElement
  const assertion = must(response, 'Assertion')
  const genuine = (mode === 'response' ? response : assertion).cloneNode(true) as Element
  response.replaceChild(forged(assertion), assertion)
  if (mode === 'response') {
    response.setAttribute('ID', '_evilresponse')
    response.removeChild(must(response, 'Signature'))
  }
  hide(response, genuine, document)
  return print(document)
}
const made = (document: Document, qualified: string, namespace: string, inside: Element): Element => {
  const element = document.createElementNS(namespace, qualified)
  element.appendChild(inside)
  return element
}
const ns = {
  saml: 'urn:oasis:names:tc:SAML:2.0:assertion',
  samlp: 'urn:oasis:names:tc:SAML:2.0:protocol',
  ds: 'http://www.w3.org/2000/09/xmldsig#',
}

describe('F1: W9, the signed element hidden where the schema allows anything', () => {
  const places: { readonly [place: string]: (evil: Element, genuine: Element, document: Document) => void } = {
    Extensions: (evil, genuine, d) =>
      void evil.insertBefore(made(d, 'samlp:Extensions', ns.samlp, genuine), must(evil, 'Status')),
    StatusDetail: (evil, genuine, d) =>
      void must(evil, 'Status').appendChild(made(d, 'samlp:StatusDetail', ns.samlp, genuine)),
    SubjectConfirmationData: (evil, genuine) =>
      void must(
        must(must(must(evil, 'Assertion'), 'Subject'), 'SubjectConfirmation'),
        'SubjectConfirmationData',
      ).appendChild(genuine),
    AttributeValue: (evil, genuine, d) =>
      void must(must(must(evil, 'Assertion'), 'AttributeStatement'), 'Attribute').appendChild(
        made(d, 'saml:AttributeValue', ns.saml, genuine),
      ),
    Advice: (evil, genuine, d) => {
      const assertion = must(evil, 'Assertion')
      const wrap = genuine.localName === 'Assertion' ? genuine : made(d, 'x:hidden', 'urn:x', genuine)
      assertion.insertBefore(made(d, 'saml:Advice', ns.saml, wrap), must(assertion, 'AuthnStatement'))
    },
  }
  const cases = Object.keys(places).flatMap((place) => [[place, 'response'] as const, [place, 'assertion'] as const])
  test.each(cases)('%s of a message whose %s was signed', (place, mode) => {
    // Extensions take other namespaces than the protocol's only (Core §3.2.1).
    const reason = place === 'Extensions' && mode === 'response' ? 'schema-invalid' : 'several-assertions'
    expect(judged(hidden(mode, places[place] ?? (() => undefined)), pair)).toBe(reason)
  })

  test.each(['Object', 'KeyInfo'] as const)(
    'the original response in ds:%s of the signature that names it',
    (place) => {
      const document = parse(valid('response', pair))
      const response = document.documentElement
      const original = withoutSignature(response)
      const signature = must(response, 'Signature')
      response.setAttribute('ID', '_evilresponse')
      response.replaceChild(forged(must(response, 'Assertion')), must(response, 'Assertion'))
      if (place === 'Object') signature.appendChild(made(document, 'ds:Object', ns.ds, original))
      else must(signature, 'KeyInfo').appendChild(original)
      expect(judged(print(document), pair)).toBe('several-assertions')
    },
  )

  test('the signed assertion alone, inside an element that is none of SAML', () => {
    const xml = hidden('assertion', (evil, genuine, d) => {
      evil.insertBefore(made(d, 'samlp:Extensions', ns.samlp, made(d, 'x:box', 'urn:x', genuine)), must(evil, 'Status'))
      evil.removeChild(must(evil, 'Assertion'))
    })
    expect(judged(xml, pair)).toBe('signature-misplaced')
  })
})

describe('F1: signatures that name something else', () => {
  const moved = (mode: 'response' | 'assertion', change: (xml: string) => string) =>
    judged(change(valid(mode, pair)), pair)

  test('S10: a genuine signature, its assertion renamed', () => {
    expect(moved('assertion', (xml) => replace(xml, 'ID="_assertion1"', 'ID="_evil"'))).toBe(
      'signature-reference-invalid',
    )
  })
  test('S10: the signature of the assertion standing on the response', () => {
    const document = parse(valid('assertion', pair))
    const response = document.documentElement
    const signature = must(must(response, 'Assertion'), 'Signature')
    response.insertBefore(signature, must(response, 'Status'))
    expect(judged(print(document), pair)).toBe('signature-reference-invalid')
  })
  test('S10: the signature of the response standing on the assertion', () => {
    const document = parse(valid('response', pair))
    const response = document.documentElement
    const assertion = must(response, 'Assertion')
    assertion.insertBefore(must(response, 'Signature'), must(assertion, 'Subject'))
    expect(judged(print(document), pair)).toBe('signature-reference-invalid')
  })
  test('S10: a signature inside the Subject', () => {
    const document = parse(valid('assertion', pair))
    const assertion = must(document.documentElement, 'Assertion')
    must(must(must(assertion, 'Subject'), 'SubjectConfirmation'), 'SubjectConfirmationData').appendChild(
      must(assertion, 'Signature'),
    )
    expect(judged(print(document), pair)).toBe('signature-misplaced')
  })
  test('S10: a genuine signature on an element of somebody else, kept in Extensions', () => {
    const inner = sign(`<x:Box xmlns:x="urn:x" ID="_box"><x:Issuer>a</x:Issuer></x:Box>`, 'Box', pair)
    const xml = responseXml({ ...usual }, assertionXml(usual)).replace(
      '<samlp:Status>',
      `<samlp:Extensions>${inner}</samlp:Extensions><samlp:Status>`,
    )
    expect(judged(xml, pair)).toBe('signature-misplaced')
  })

  test.each([
    ['the same spelling', 'ID="_response1"', 'ID="_assertion1"'],
    ['Id on the status', '<samlp:Status>', '<samlp:Status Id="_assertion1">'],
  ])('S11: two elements of one ID: %s', (_, from, to) => {
    expect(judged(replace(valid('assertion', pair), from, to), pair)).toBe('duplicate-id')
  })
  test.each(['ID', 'Id', 'id', 'x:ID', 'x:id'])('S11: a decoy with the attribute %s among extensions', (name) => {
    const decoy = `<samlp:Extensions><x:decoy xmlns:x="urn:x" ${name}="_assertion1"/></samlp:Extensions><samlp:Status>`
    expect(judged(replace(valid('assertion', pair), '<samlp:Status>', decoy), pair)).toBe('duplicate-id')
  })
})
