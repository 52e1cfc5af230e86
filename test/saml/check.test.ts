// `gwanmun saml check`: the same verdict as online, with every check, and the identity only when accepted. Also as a process.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type SamlCheckOptions, samlCheck } from '../../src/cli/saml-check.ts'
import { Problem } from '../../src/problem.ts'
import { decryptionPair, encryptAssertionOf } from './encrypt.ts'
import { replace } from './judged.ts'
import { app, authnRequest, logoutRequest, logoutResponse, signedQuery, sso } from './make-request.ts'
import { acs, base64, idp, makePair, now, requestId, responseXml, sign, sp, usual, valid } from './make-response.ts'

const pair = await makePair('idp')
const bare = pair.certificate.replace(/-----[A-Z ]+-----|\s/g, '')
const metadata = `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${idp}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${bare}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>`

const options = (message: string | Buffer, more: Partial<SamlCheckOptions> = {}): SamlCheckOptions => ({
  message: Buffer.from(message),
  idpMetadata: undefined,
  certificates: [pair.certificate],
  idpEntityId: idp,
  spEntityId: sp,
  acsUrl: acs,
  requestId,
  now,
  decryptionKeys: [],
  skewSeconds: 60,
  allowUnsolicited: false,
  requireSignedAssertion: false,
  allowUnsignedRequest: false,
  ...more,
})

describe('saml check', () => {
  test('a valid response: accepted, every check noted, the identity from signed bytes', async () => {
    const verdict = await samlCheck(options(valid('both', pair)))
    expect(verdict).toMatchObject({
      verdict: 'accepted',
      reason: null,
      identity: { nameId: { value: 'carol@corp.example' } },
    })
    expect(verdict.checks.every((c) => c.ok)).toBe(true)
    expect(verdict.checks.map((c) => c.name)).toEqual(
      expect.arrayContaining([
        'document and signature',
        'status',
        'destination',
        'audience',
        'recipient',
        'response InResponseTo',
        'conditions NotOnOrAfter',
      ]),
    )
  })
  test('metadata instead of a certificate; base64 instead of XML', async () => {
    const more = { idpMetadata: metadata, certificates: [], idpEntityId: undefined }
    expect(await samlCheck(options(base64(valid('both', pair)), more))).toMatchObject({ verdict: 'accepted' })
  })
  test('a refusal says which check, what was expected and what came, and names nobody', async () => {
    const verdict = await samlCheck(options(valid('both', pair, { audience: 'https://other.example' })))
    expect(verdict).toMatchObject({
      verdict: 'refused',
      reason: 'audience-mismatch',
      expected: sp,
      received: 'https://other.example',
      identity: null,
    })
    expect(verdict.checks.at(-1)).toEqual({
      name: 'audience',
      ok: false,
      expected: sp,
      received: 'https://other.example',
    })
    expect(JSON.stringify(verdict)).not.toContain('carol')
  })
  test('the policy flags', async () => {
    expect(await samlCheck(options(valid('response', pair), { requireSignedAssertion: true }))).toMatchObject({
      reason: 'signature-missing',
    })
    const unasked = sign(responseXml(usual).replaceAll(' InResponseTo="_request1"', ''), 'Response', pair)
    expect(await samlCheck(options(unasked, { requestId: undefined }))).toMatchObject({ reason: 'unsolicited' })
    expect(await samlCheck(options(unasked, { requestId: undefined, allowUnsolicited: true }))).toMatchObject({
      verdict: 'accepted',
    })
    expect(await samlCheck(options(valid('both', pair), { now: now + 400_000, skewSeconds: 180 }))).toMatchObject({
      verdict: 'accepted',
    })
  })
  test('an encrypted assertion, with the key and without', async () => {
    const ours = decryptionPair()
    const xml = encryptAssertionOf(valid('assertion', pair), ours.publicKey)
    expect(await samlCheck(options(xml, { decryptionKeys: [ours.privateKey] }))).toMatchObject({ verdict: 'accepted' })
    expect(await samlCheck(options(xml))).toMatchObject({ reason: 'decryption-failed' })
  })
  test('requests and logout messages, by their root element, or as the query of a redirect', async () => {
    const from = { idpEntityId: app, acsUrl: sso }
    expect(await samlCheck(options(sign(authnRequest(), 'AuthnRequest', pair), from))).toMatchObject({
      identity: { kind: 'AuthnRequest' },
    })
    expect(await samlCheck(options(authnRequest(), from))).toMatchObject({ reason: 'signature-missing' })
    expect(await samlCheck(options(authnRequest(), { ...from, allowUnsignedRequest: true }))).toMatchObject({
      verdict: 'accepted',
    })
    expect(await samlCheck(options(logoutRequest(), { ...from, allowUnsignedRequest: true }))).toMatchObject({
      reason: 'signature-missing',
    })
    expect(await samlCheck(options(signedQuery(logoutRequest(), pair), from))).toMatchObject({
      identity: { kind: 'LogoutRequest', nameId: { value: 'carol' } },
    })
    const answer = sign(logoutResponse(), 'LogoutResponse', pair)
    expect(await samlCheck(options(answer, { ...from, requestId: '_l1' }))).toMatchObject({
      identity: { kind: 'LogoutResponse' },
    })
    expect(await samlCheck(options(answer, { ...from, requestId: '_other' }))).toMatchObject({
      reason: 'in-response-to-mismatch',
      identity: null,
    })
  })
  test.each([
    ['nothing', '', 'encoding-invalid'],
    ['no XML', '%%%', 'encoding-invalid'],
    ['UTF-16', Buffer.from(valid('both', pair), 'utf16le'), 'encoding-invalid'],
    ['another element', '<x xmlns="urn:x"/>', 'schema-invalid'],
    ['half a message', valid('both', pair).slice(0, 500), 'xml-invalid'],
  ])('%s is refused, not a crash', async (_, message, reason) => {
    expect(await samlCheck(options(message))).toMatchObject({ verdict: 'refused', reason })
  })
  test('what is needed and was not given is said', async () => {
    for (const missing of ['spEntityId', 'acsUrl', 'idpEntityId'] as const)
      await expect(samlCheck(options(valid('both', pair), { [missing]: undefined }))).rejects.toThrow(Problem)
  })
  test('metadata that cannot be used', async () => {
    expect(await samlCheck(options(valid('both', pair), { idpMetadata: '<x xmlns="urn:x"/>' }))).toMatchObject({
      reason: 'metadata-invalid',
    })
  })
})

describe('saml check as a process', () => {
  const dir = mkdtempSync(join(tmpdir(), 'gwanmun-saml-'))
  afterAll(() => rmSync(dir, { recursive: true, force: true }))
  const file = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text)
    return join(dir, name)
  }
  const run = (args: readonly string[], input = '') => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, '../../src/main.ts'), 'saml', 'check', ...args],
      {
        input,
        encoding: 'utf8',
        cwd: dir,
      },
    )
    return { status, stdout, stderr }
  }
  const common = [
    '--idp-metadata',
    file('idp.xml', metadata),
    '--sp-entity-id',
    sp,
    '--acs-url',
    acs,
    '--request-id',
    requestId,
  ]
  const clock = ['--now', '2026-01-15T12:00:00Z']

  test('exit code 0 accepted, 1 refused, 2 wrong usage', () => {
    const good = run(['--xml', file('good.xml', valid('both', pair)), ...common, ...clock])
    expect(good).toMatchObject({ status: 0 })
    expect(JSON.parse(good.stdout)).toMatchObject({
      verdict: 'accepted',
      identity: { attributes: { memberOf: ['CORP-Engineering', 'a,b;c'] } },
    })
    const bad = run(['--xml', '-', ...common, ...clock], replace(valid('both', pair), 'carol@', 'mallory@'))
    expect(bad).toMatchObject({ status: 1 })
    expect(JSON.parse(bad.stdout)).toMatchObject({ verdict: 'refused', reason: 'signature-invalid' })
    expect(run([...common, ...clock])).toMatchObject({ status: 2 })
    expect(run(['--xml', join(dir, 'none.xml'), ...common])).toMatchObject({ status: 2 })
    expect(run(['--xml', '-', ...common, '--now', 'yesterday'])).toMatchObject({ status: 2 })
  })
  test('without --now the clock of the machine counts', () => {
    const verdict = run(['--xml', '-', ...common], valid('both', pair))
    expect(JSON.parse(verdict.stdout)).toMatchObject({ reason: 'expired' })
  })
})

describe('xmlsec1 as oracle', () => {
  const found = spawnSync('xmlsec1', ['--version']).status === 0
  const dir = mkdtempSync(join(tmpdir(), 'gwanmun-xmlsec-'))
  afterAll(() => rmSync(dir, { recursive: true, force: true }))
  const key = join(dir, 'key.pem')
  writeFileSync(key, pair.certificate)
  const oracle = (xml: string, element: 'Response' | 'Assertion'): boolean => {
    writeFileSync(join(dir, 'm.xml'), xml)
    const namespace = element === 'Response' ? 'protocol' : 'assertion'
    try {
      execFileSync(
        'xmlsec1',
        [
          '--verify',
          '--enabled-key-data',
          'x509',
          '--pubkey-cert-pem',
          key,
          '--id-attr:ID',
          `urn:oasis:names:tc:SAML:2.0:${namespace}:${element}`,
          join(dir, 'm.xml'),
        ],
        { stdio: 'pipe' },
      )
      return true
    } catch {
      return false
    }
  }
  const name = (title: string) => (found ? title : `${title} (skipped: xmlsec1 is not installed)`)
  test.skipIf(!found)(name('both say yes to the genuine and no to the changed message'), async () => {
    for (const [mode, element] of [
      ['response', 'Response'],
      ['assertion', 'Assertion'],
    ] as const) {
      const genuine = valid(mode, pair)
      expect(oracle(genuine, element)).toBe(true)
      expect((await samlCheck(options(genuine))).verdict).toBe('accepted')
      const changed = replace(genuine, 'carol@', 'mallory@')
      expect(oracle(changed, element)).toBe(false)
      expect((await samlCheck(options(changed))).reason).toBe('signature-invalid')
    }
  })
})
