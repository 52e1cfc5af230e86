// F11: what can be seen of a connection without a browser, against real documents over HTTP: every check with what was expected and what
// came, certificates by days left, and what to register there.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askDocument } from '../../src/adapters/ask-document.ts'
import { guardedFetch } from '../../src/adapters/fetch-guard.ts'
import { keyMaker } from '../../src/adapters/keys.ts'
import { readCertificate } from '../../src/adapters/read-certificate.ts'
import { samlVerifier } from '../../src/adapters/saml-verify/verifier.ts'
import { oidcInspector } from '../../src/adapters/upstream-oidc/inspect.ts'
import { samlInspector } from '../../src/adapters/upstream-saml/inspect.ts'
import { daysLeft, warningOf } from '../../src/core/model/certificate.ts'
import type { Idp, OidcTrust, SamlTrust } from '../../src/core/model/idp.ts'
import type { Inspection } from '../../src/ports/inspector.ts'
import { DAY, idp } from '../stores/rows.ts'
import { type Op, openOp } from './hostile-op.ts'

const now = Date.now()
const fetch = guardedFetch({ timeoutSeconds: 5, maxBytes: 200_000, allowPrivate: ['127.0.0.1'] })
const issuerOf = async () => 'https://gateway.example/d/acme/default'
const asked = askDocument(fetch)
/** The clock of whoever sends a Date shows `now`: the header is cut to the second, and when it is asked for is up to the machine. */
const ask: typeof asked = async (url, accept) => {
  const answer = await asked(url, accept)
  return 'date' in answer && answer.date !== undefined ? { ...answer, date: now } : answer
}
const looking = { ask, readCertificate, issuerOf }
const oidc = oidcInspector(looking)
const saml = samlInspector({ ...looking, verifier: samlVerifier() })

const seen = ({ checks }: Inspection, name: string) => checks.find((c) => c.name === name)
const failed = ({ checks }: Inspection) => checks.filter((c) => !c.ok).map((c) => c.name)
const warned = ({ checks }: Inspection) => checks.filter((c) => c.warning).map((c) => c.name)

test('days left are whole days, and the narrowest limit that was passed is told', () => {
  expect([0, DAY - 1, DAY, -1].map((ms) => daysLeft({ notAfter: now + ms }, now))).toEqual([0, 0, 1, -1])
  expect([31, 30, 29, 7, 6, 1, 0, -1].map(warningOf)).toEqual([undefined, undefined, 30, 30, 7, 7, 1, 0])
})

describe('OpenID Connect', () => {
  let op: Op
  beforeAll(async () => {
    op = await openOp()
  })
  afterAll(() => op.close())
  const at = (issuer: string, differs: Partial<OidcTrust> = {}): Idp =>
    idp('corp', {
      trust: {
        protocol: 'oidc',
        issuer,
        clientId: 'gateway',
        clientSecretSealed: undefined,
        clientAuth: 'client_secret_basic',
        scopes: ['openid'],
        idTokenAlg: 'RS256',
        clockSkewSeconds: 30,
        acrValues: [],
        userinfo: true,
        ...differs,
      },
    })
  test('a sound provider: everything passes, and what to register there is said', async () => {
    const found = await oidc.inspect(at(op.issuer('sound')), now)
    expect(failed(found)).toEqual([])
    expect(seen(found, 'issuer')).toEqual({
      name: 'issuer',
      ok: true,
      expected: op.issuer('sound'),
      received: op.issuer('sound'),
    })
    expect(found.register).toContainEqual({
      what: 'redirect URI',
      value: 'https://gateway.example/d/acme/default/federation/corp/callback',
    })
  })
  test('another issuer, an algorithm it does not have, another client authentication, a clock that is off', async () => {
    const lying = op.issuer('lying', (_issuer, document) => ({
      ...document,
      issuer: 'https://evil.example',
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      code_challenge_methods_supported: ['plain'],
    }))
    const found = await oidc.inspect(at(lying, { idTokenAlg: 'PS256', scopes: ['openid', 'groups'] }), now + 300_000)
    expect(failed(found)).toEqual(['clock', 'issuer', 'ID token algorithm', 'key for ID tokens'])
    expect(warned(found)).toEqual(['ID token algorithm', 'client authentication', 'PKCE'])
    expect(seen(found, 'issuer')).toMatchObject({ expected: lying, received: 'https://evil.example' })
    expect(seen(found, 'clock')).toMatchObject({ expected: 'within 30 s', received: '-300 s' })
  })
  test('nobody there, a page instead of a document, keys that are none', async () => {
    expect(failed(await oidc.inspect(at('http://127.0.0.1:9'), now))).toEqual(['discovery reachable'])
    const page = op.issuer('page', (_issuer, _document, _req, res) => {
      res.end('<html>')
      return undefined
    })
    expect(seen(await oidc.inspect(at(page), now), 'discovery reachable')?.received).toBe('no JSON object')
    const keyless = op.issuer('keyless', (issuer, document) => ({ ...document, jwks_uri: `${issuer}/nothing` }))
    expect(seen(await oidc.inspect(at(keyless), now), 'keys reachable')).toMatchObject({ ok: false, received: '404' })
    const script = op.issuer('script', (_issuer, document) => ({ ...document, authorization_endpoint: 'javascript:1' }))
    expect(failed(await oidc.inspect(at(script), now))).toEqual(['authorization endpoint'])
  })
})

describe('SAML', () => {
  let base = ''
  let served: { status: number; text: string } = { status: 200, text: '' }
  const server = createServer((_req, res) => {
    res.statusCode = served.status
    res.end(served.text)
  })
  beforeAll(async () => {
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metadata`
  })
  afterAll(() => {
    server.close()
  })
  const certificate = async (years: number, since: number): Promise<string> => {
    const made = await keyMaker().make('RS256', { commonName: 'corp', years, now: since })
    return (made.certificatePem ?? '').replace(/-----[A-Z ]+-----|\s/g, '')
  }
  const document = (certificates: readonly string[], entityId = 'https://corp.example/metadata'): string =>
    `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${entityId}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${certificates.map((c) => `<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${c}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`).join('')}<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://corp.example/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>`
  const at = (differs: Partial<SamlTrust>): Idp =>
    idp('corp', {
      trust: {
        protocol: 'saml',
        metadataXml: undefined,
        metadataUrl: undefined,
        signRequests: true,
        wantAssertionsSigned: false,
        nameIdFormat: undefined,
        allowUnsolicited: false,
        clockSkewSeconds: 60,
        forceAuthnForLevel: false,
        requestedAuthnContext: [],
        ...differs,
      },
    })
  test('certificates with the days they have left, warned before they end; addresses to register', async () => {
    const [long, short] = [await certificate(5, now), await certificate(1, now - 345 * DAY)]
    const corp = at({ metadataXml: document([long, short]) })
    const found = await saml.inspect(corp, now)
    expect(failed(found)).toEqual([])
    expect(warned(found)).toEqual([expect.stringMatching(/^signing certificate/)])
    expect(found.certificates.map((c) => [c.use, c.key])).toEqual([
      ['signing', 'RSA 2048'],
      ['signing', 'RSA 2048'],
    ])
    const days = saml.certificates(corp, now).map((c) => daysLeft(c, now))
    expect(days[0]).toBeGreaterThan(1800)
    expect(days[1]).toBeLessThan(30)
    expect(found.register.map((r) => r.value)).toContain('https://gateway.example/d/acme/default/federation/corp/acs')
  })
  test('what the address says today: unreachable, unreadable, another entity, and the same one', async () => {
    const kept = document([await certificate(5, now)])
    const corp = at({ metadataXml: kept, metadataUrl: base })
    served = { status: 200, text: kept }
    expect(failed(await saml.inspect(corp, now))).toEqual([])
    served = { status: 503, text: '' }
    expect(seen(await saml.inspect(corp, now), 'metadata reachable')).toMatchObject({ ok: false, received: '503' })
    served = { status: 200, text: '<html/>' }
    expect(failed(await saml.inspect(corp, now))).toEqual(['metadata published'])
    served = { status: 200, text: kept.replaceAll('corp.example/metadata', 'evil.example/metadata') }
    expect(seen(await saml.inspect(corp, now), 'entity id')).toEqual({
      name: 'entity id',
      ok: false,
      expected: 'https://corp.example/metadata',
      received: 'https://evil.example/metadata',
    })
    const nowhere = at({ metadataXml: kept, metadataUrl: 'http://127.0.0.1:9/metadata' })
    expect(failed(await saml.inspect(nowhere, now))).toEqual(['metadata reachable'])
    const internal = at({ metadataXml: kept, metadataUrl: 'http://10.0.0.1/metadata' })
    expect(failed(await saml.inspect(internal, now))).toEqual(['metadata reachable'])
  })
  test('nothing loaded yet', async () => {
    expect(failed(await saml.inspect(at({}), now))).toEqual(['metadata loaded'])
    expect(saml.certificates(at({}), now)).toEqual([])
  })
})
