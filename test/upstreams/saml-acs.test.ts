// Forged SAML responses, posted to a running gateway for a sign-in that a browser really began. The verifier's own tests are in test/saml;
// here it is shown that nothing around it lets through what it refuses.
import { randomBytes } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SamlTrust } from '../../src/core/model/idp.ts'
import type { Browser, Stop } from '../edges/oidc/browser.ts'
import { replace } from '../saml/judged.ts'
import {
  assertionXml,
  base64,
  type Mode,
  makePair,
  modes,
  type Parts,
  responseXml,
  type Signing,
  signAs,
  usual,
} from '../saml/make-response.ts'
import { numbers, wrapped } from '../saml/wrap.ts'
import { mappingRule } from '../stores/rows.ts'
import { type Adversary, conforms, expectAccepted, expectRefusal, type Forgery } from './conformance.ts'
import { type Away, type Gateway, openGateway, reasonOn } from './gateway.ts'

const action = 'saml.response-refused'
const pair = await makePair('corp')
const stranger = await makePair('stranger')
const entityOf = (name: string) => `https://${name}.example/metadata`

const metadata = (name: string): string => {
  const bare = pair.certificate.replace(/-----[A-Z ]+-----|\s/g, '')
  return `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${entityOf(name)}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${bare}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://${name}.example/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>`
}
const trusting = (name: string, differs: Partial<SamlTrust> = {}): SamlTrust => ({
  protocol: 'saml',
  metadataXml: metadata(name),
  metadataUrl: undefined,
  signRequests: true,
  wantAssertionsSigned: false,
  nameIdFormat: undefined,
  allowUnsolicited: false,
  clockSkewSeconds: 60,
  forceAuthnForLevel: false,
  requestedAuthnContext: [],
  ...differs,
})

const openHouse = async () => {
  const gateway = await openGateway()
  for (const name of ['corp', 'other']) {
    await gateway.addIdp(name, { trust: trusting(name), groupsFrom: ['memberOf'] })
    const match = { kind: 'exact', value: 'CORP-Engineering', ignoreCase: false } as const
    await gateway.store.write((tx) => tx.mappingRules.put({ ...mappingRule(`eng-${name}`, name, ['Staff']), match }))
  }
  return gateway
}
const instant = (gateway: Gateway, seconds: number) =>
  new Date(gateway.clock() + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
const freshId = () => `_${randomBytes(8).toString('hex')}`

const requestIdIn = (to: URL): string => {
  const xml = inflateRawSync(Buffer.from(to.searchParams.get('SAMLRequest') ?? '', 'base64')).toString('utf8')
  return / ID="([^"]+)"/.exec(xml)?.[1] ?? ''
}
const placesOf = (gateway: Gateway, name: string) => {
  const at = `${gateway.issuer}/federation/${name}`
  return { sp: `${at}/metadata`, acs: `${at}/acs` }
}
/** What an honest provider would say to the browser that left. */
const honest = (gateway: Gateway, away: Away, name = 'corp'): Parts => {
  const { sp, acs } = placesOf(gateway, name)
  return {
    ...usual,
    responseId: freshId(),
    assertionId: freshId(),
    responseIssuer: entityOf(name),
    assertionIssuer: entityOf(name),
    destination: acs,
    recipient: acs,
    audience: sp,
    inResponseTo: requestIdIn(away.to),
    issueInstant: instant(gateway, -2),
    notBefore: instant(gateway, -30),
    notOnOrAfter: instant(gateway, 300),
    confirmationNotOnOrAfter: instant(gateway, 300),
    authnInstant: instant(gateway, -60),
    nameId: 'carol',
  }
}
/** From another site, so without cookies. */
const post = (gateway: Gateway, name: string, xml: string, state: string | undefined): Promise<Stop> =>
  gateway.browser().step(placesOf(gateway, name).acs, {
    method: 'POST',
    body: new URLSearchParams({ SAMLResponse: base64(xml), ...(state === undefined ? {} : { RelayState: state }) }),
  })
const stateOf = ({ to }: Away): string => to.searchParams.get('RelayState') ?? ''

const forge = (parts: Parts, gateway: Gateway, forgery: Forgery | undefined): string => {
  const xml = responseXml(parts)
  const changes: { readonly [F in Forgery]?: Partial<Parts> } = {
    'issued by another': { responseIssuer: 'https://evil.example', assertionIssuer: 'https://evil.example' },
    'made for another audience': { audience: 'https://another.example' },
    'made for another request': { inResponseTo: '_another' },
    expired: { confirmationNotOnOrAfter: instant(gateway, -61), notOnOrAfter: instant(gateway, -61) },
    'from the future': { notBefore: instant(gateway, 120) },
  }
  if (forgery === 'unsigned') return xml
  if (forgery === 'signed by another key') return signAs('both', xml, stranger)
  return signAs('both', responseXml({ ...parts, ...(forgery && changes[forgery]) }), pair)
}

conforms(
  'F1 SAML 2.0',
  async (): Promise<Adversary> => {
    const gateway = await openHouse()
    let last = { name: 'corp', xml: '', state: '' }
    return {
      gateway,
      idp: 'corp',
      otherIdp: 'other',
      deliver: (away, forgery, { idp = 'corp', state = stateOf(away) } = {}) => {
        last = { name: idp, xml: forge(honest(gateway, away), gateway, forgery), state }
        return post(gateway, last.name, last.xml, last.state)
      },
      again: (_browser: Browser) => post(gateway, last.name, last.xml, last.state),
      close: gateway.close,
    }
  },
  {
    action,
    noSuchState: 'unsolicited',
    mixedUp: 'issuer-mismatch',
    reasons: {
      unsigned: 'signature-missing',
      'signed by another key': 'signature-invalid',
      'issued by another': 'issuer-mismatch',
      'made for another audience': 'audience-mismatch',
      'made for another request': 'in-response-to-mismatch',
      expired: 'expired',
      'from the future': 'not-yet-valid',
    },
  },
)

let gateway: Gateway
beforeAll(async () => {
  gateway = await openHouse()
})
afterAll(() => gateway.close())

/** Begins a sign-in, lets `attack` make the message, and expects the reason; then the same browser signs in honestly. */
const refused = async (reason: string, attack: (parts: Parts) => string): Promise<void> => {
  const away = await gateway.leave('corp')
  const xml = attack(honest(gateway, away))
  await expectRefusal(gateway, action, reason, () => post(gateway, 'corp', xml, stateOf(away)))
}
const signed = (parts: Parts, mode: Mode = 'both', how: Signing = {}) => signAs(mode, responseXml(parts), pair, how)

const wrappings = modes.flatMap((mode) => numbers.map((n) => [`XSW${n}`, mode, n] as const))
const wrappingReasons = {
  1: 'schema-invalid',
  2: 'schema-invalid',
  3: 'several-assertions',
  4: 'schema-invalid',
  5: 'several-assertions',
  6: 'schema-invalid',
  7: 'several-assertions',
  8: 'several-assertions',
} as const

describe('F1: the eight wrapping transformations, posted', () => {
  test.each(wrappings)('%s on a message signed at the %s makes nobody', async (_, mode, n) => {
    await refused(wrappingReasons[n], (parts) => wrapped(n, signed(parts, mode), mode))
    const mallory = await gateway.store.read((tx) => tx.people.byUsername('default' as never, 'mallory@corp.example'))
    expect(mallory).toBeUndefined()
  })
})

const sha1 = {
  algorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
  digest: 'http://www.w3.org/2000/09/xmldsig#sha1',
}
const comment = 'carol<!-- -->@evil.example'
const attacks: readonly (readonly [string, string, (parts: Parts) => string])[] = [
  ['nothing signed', 'signature-missing', (p) => responseXml(p)],
  [
    'the signature cut out',
    'signature-missing',
    (p) => replace(signed(p, 'assertion'), /<ds:Signature.*?<\/ds:Signature>/s, ''),
  ],
  ['a changed name', 'signature-invalid', (p) => replace(signed(p), '>carol<', '>mallory<')],
  ['a changed group', 'signature-invalid', (p) => replace(signed(p), 'CORP-Engineering', 'CORP-Administrators')],
  ['SHA-1', 'signature-algorithm-not-allowed', (p) => signed(p, 'both', sha1)],
  [
    'two assertions',
    'several-assertions',
    (p) => signed({ ...p, inResponse: assertionXml({ ...p, assertionId: freshId() }) }, 'response'),
  ],
  ['a DOCTYPE', 'doctype-forbidden', (p) => `<!DOCTYPE x>${signed(p)}`],
  [
    'an external entity',
    'doctype-forbidden',
    (p) => `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${replace(signed(p), '>carol<', '>&e;<')}`,
  ],
  [
    'entities that grow',
    'doctype-forbidden',
    (p) => `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>${signed(p)}`,
  ],
  [
    'a comment in the name',
    'comment-forbidden',
    (p) => replace(signed({ ...p, nameId: 'carol@evil.example' }), 'carol@evil.example', comment),
  ],
  ['a comment that was signed', 'comment-forbidden', (p) => signed({ ...p, nameId: comment })],
  ['another recipient', 'recipient-mismatch', (p) => signed({ ...p, recipient: 'https://evil.example/acs' })],
  ['another destination', 'destination-mismatch', (p) => signed({ ...p, destination: 'https://evil.example/acs' })],
  [
    'the address of another provider here',
    'destination-mismatch',
    (p) => signed({ ...p, destination: placesOf(gateway, 'other').acs }),
  ],
  [
    'the audience of another provider here',
    'audience-mismatch',
    (p) => signed({ ...p, audience: placesOf(gateway, 'other').sp }),
  ],
  [
    'no answer to anything',
    'in-response-to-mismatch',
    (p) =>
      replace(replace(responseXml(p), / InResponseTo="[^"]*"/, ''), / InResponseTo="[^"]*"/, '').replace(
        /^.*$/s,
        (xml) => signAs('both', xml, pair),
      ),
  ],
  [
    'a refusal of the provider',
    'status-not-success',
    (p) => signed({ ...p, status: 'urn:oasis:names:tc:SAML:2.0:status:Responder' }, 'response'),
  ],
  [
    'another subject confirmation',
    'subject-confirmation-invalid',
    (p) => signed({ ...p, method: 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key' }),
  ],
  ['a text that is no XML', 'xml-invalid', () => 'hello'],
  ['two documents', 'xml-invalid', (p) => signed(p) + signed(p)],
  [
    'a request in its place',
    'wrong-message',
    (p) =>
      `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="${p.responseId}" Version="2.0" IssueInstant="${p.issueInstant}"/>`,
  ],
]

describe('F1: refused at the door, with the reason on the page and in the log, and nothing made', () => {
  test.each(attacks)('%s: %s', (_, reason, attack) => refused(reason, attack))

  test('no RelayState, an invented one, one that was used', async () => {
    const away = await gateway.leave('corp')
    const xml = signed(honest(gateway, away))
    for (const state of [undefined, '', 'invented', 'https://evil.example/']) {
      const page = await expectRefusal(gateway, action, 'unsolicited', () => post(gateway, 'corp', xml, state))
      expect(page.text).not.toContain('https://evil.example/')
    }
    await expectAccepted(gateway, away.browser, await post(gateway, 'corp', xml, stateOf(away)), 'carol')
    await expectRefusal(gateway, action, 'unsolicited', () => post(gateway, 'corp', xml, stateOf(away)))
  })
  test('the RelayState of another sign-in: the answer belongs to another request', async () => {
    const [mine, theirs] = [await gateway.leave('corp'), await gateway.leave('corp')]
    const xml = signed(honest(gateway, mine))
    await expectRefusal(gateway, action, 'in-response-to-mismatch', () => post(gateway, 'corp', xml, stateOf(theirs)))
  })
  test('replayed: an assertion of the same id in an answer to a new request', async () => {
    const first = await gateway.leave('corp')
    const parts = honest(gateway, first)
    await expectAccepted(gateway, first.browser, await post(gateway, 'corp', signed(parts), stateOf(first)), 'carol')
    for (const name of ['assertionId', 'responseId'] as const)
      await refused('replayed', (p) => signed({ ...p, [name]: parts[name] }))
    // Inside the allowed skew, after the assertion's own time: still accepted, so still remembered.
    gateway.later(330)
    await gateway.store.sweep(gateway.clock())
    const old = { confirmationNotOnOrAfter: parts.confirmationNotOnOrAfter, assertionId: parts.assertionId }
    await refused('replayed', (p) => signed({ ...p, ...old }))
  })
  test('by GET, without the field, with the field twice, too large', async () => {
    const away = await gateway.leave('corp')
    const { acs } = placesOf(gateway, 'corp')
    const xml = base64(signed(honest(gateway, away)))
    const query = new URLSearchParams({ SAMLResponse: xml, RelayState: stateOf(away) })
    const before = await gateway.counted()
    const by = (init: RequestInit, at = acs) => gateway.browser().step(at, init)
    expect((await by({}, `${acs}?${query}`)).status).toBe(404)
    expect(reasonOn(await by({ method: 'POST', body: new URLSearchParams({ RelayState: stateOf(away) }) }))).toBe(
      'parameter-missing',
    )
    const again = await gateway.leave('corp')
    const twice = new URLSearchParams([
      ['SAMLResponse', xml],
      ['SAMLResponse', xml],
      ['RelayState', stateOf(again)],
    ])
    expect((await by({ method: 'POST', body: twice })).status).toBe(400)
    const huge = new URLSearchParams({ SAMLResponse: 'A'.repeat(1_100_000), RelayState: stateOf(again) })
    expect((await by({ method: 'POST', body: huge })).status).toBe(413)
    expect(await gateway.counted()).toEqual(before)
  })
})

describe('F1: a sign-in that the provider begins, where the administrator allows it', () => {
  const unsolicited = (away: Away): Parts => honest(gateway, away, 'open')
  const bare = (parts: Parts) => {
    const none = replace(responseXml(parts), / InResponseTo="[^"]*"/, '')
    return signAs('both', replace(none, / InResponseTo="[^"]*"/, ''), pair)
  }
  beforeAll(() => gateway.addIdp('open', { trust: trusting('open', { allowUnsolicited: true }) }))

  test('is accepted once; an answer to somebody’s request is not taken for one', async () => {
    const away = await gateway.leave('open')
    const before = await gateway.counted()
    const stolen = signAs('both', responseXml({ ...unsolicited(away), nameId: 'dora' }), pair)
    await expectRefusal(gateway, action, 'unsolicited', () => post(gateway, 'open', stolen, undefined))
    expect(await gateway.counted()).toEqual(before)
    const xml = bare({ ...unsolicited(away), nameId: 'dora' })
    const fresh = gateway.browser()
    await expectAccepted(gateway, fresh, await post(gateway, 'open', xml, undefined), 'dora')
    await expectRefusal(gateway, action, 'replayed', () => post(gateway, 'open', xml, undefined))
  })
  test('for a browser that asked, an answer to nothing is refused even there', async () => {
    const away = await gateway.leave('open')
    await expectRefusal(gateway, action, 'in-response-to-mismatch', () =>
      post(gateway, 'open', bare(unsolicited(away)), stateOf(away)),
    )
  })
})

test.each(modes)('F1 F5: the untouched one, signed at the %s, signs in and brings its group', async (mode) => {
  const away = await gateway.leave('corp')
  const xml = signed(honest(gateway, away), mode)
  await expectAccepted(gateway, away.browser, await post(gateway, 'corp', xml, stateOf(away)), 'carol')
  const held = await gateway.store.read(async (tx) => {
    const carol = await tx.people.byUsername('default' as never, 'carol')
    return (await tx.memberships.ofPerson(carol?.id ?? ('' as never))).map((m) => m.groupId)
  })
  expect(held).toEqual(['Staff'])
})
