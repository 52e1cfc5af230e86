// The documents we write: metadata and responses, as applications and an independent verifier (xmlsec1) read them.
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keyMaker, privateKeyPem } from '../../../src/adapters/keys.ts'
import { responseXml } from '../../../src/edges/saml/messages.ts'
import { encryptAssertion, encryptionCertificate, signAssertion, signMessage } from '../../../src/edges/saml/sign.ts'
import { id } from '../../stores/rows.ts'
import type { Page } from './bed.ts'
import { attributeOf, elements, type TestKey, type TestSp, testKey, textOf } from './service-provider.ts'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
let encryption: TestKey
const directory = mkdtempSync(join(tmpdir(), 'gwanmun-saml-'))

const hasXmlsec = (() => {
  try {
    return execFileSync('xmlsec1', ['--version']).length > 0
  } catch {
    return false
  }
})()
const withXmlsec = hasXmlsec ? test : test.skip
const noXmlsec = hasXmlsec ? '' : ' (skipped: xmlsec1 is not installed)'

beforeAll(async () => {
  stage = await openStage()
  encryption = await testKey(stage.bed.now())
})
afterAll(async () => {
  rmSync(directory, { recursive: true })
  await stage.bed.close()
})

const answer = async (sp: TestSp, username = 'alice'): Promise<{ readonly page: Page; readonly requestId: string }> => {
  const { bed } = stage
  const xml = stage.request(sp)
  const page = await bed.browser((await bed.signIn(username)).token).follow(stage.byRedirect(xml))
  return { page, requestId: stage.idOf(xml) }
}

/** xmlsec1's opinion of one signature: the one under `parent`. */
const xmlsecAccepts = async (xml: string, parent: 'Response' | 'Assertion'): Promise<void> => {
  const file = join(directory, `${parent}.xml`)
  const keyFile = join(directory, 'idp.pem')
  const { publicKey } = new X509Certificate((await stage.bed.idpCertificate()) ?? '')
  writeFileSync(file, xml)
  writeFileSync(keyFile, publicKey.export({ type: 'spki', format: 'pem' }))
  const ids = ['protocol:Response', 'assertion:Assertion'].flatMap((n) => [
    '--id-attr:ID',
    `urn:oasis:names:tc:SAML:2.0:${n}`,
  ])
  const at = `//*[local-name()='${parent}']/*[local-name()='Signature']`
  execFileSync('xmlsec1', ['--verify', '--pubkey-pem', keyFile, ...ids, '--node-xpath', at, file], { stdio: 'pipe' })
}

describe('F13 metadata', () => {
  const blank = (xml: string): string =>
    xml
      .replaceAll(stage.bed.base, 'https://gateway.example')
      .replace(/(<ds:X509Certificate>)[^<]+/g, '$1MII')
      .replace(/ ID="_[\w-]{43}"/, ' ID="_stable"')
  test('F13 as administrators of applications are given it', async () => {
    const page = await stage.bed.browser().get(`${stage.bed.issuer}/saml/metadata`)
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toBe('application/samlmetadata+xml; charset=utf-8')
    await expect(blank(page.body)).toMatchFileSnapshot('golden/idp-metadata.xml')
    expect((await stage.bed.browser().get(`${stage.bed.issuer}/saml/metadata`)).body).toBe(page.body)
    const read = stage.bed.verifier.parseMetadata(page.body, 'idp', stage.bed.now())
    expect(read).toMatchObject({ entityId: `${stage.bed.issuer}/saml/metadata`, wantAuthnRequestsSigned: false })
  })
  test('F13 lists the next key beside the active one, and not the retired ones', async () => {
    const { bed } = stage
    const certificates: string[] = []
    for (const status of ['next', 'retired'] as const) {
      const made = await keyMaker().make('RS256', { commonName: status, years: 1, now: bed.now() })
      certificates.push((made.certificatePem ?? '').replace(/-----[A-Z ]+-----|\s/g, ''))
      await bed.store.write((tx) =>
        tx.keys.add({
          id: id(`key-${status}`),
          domainId: id('default'),
          use: 'saml',
          alg: 'RS256',
          status,
          privateSealed: bed.secrets.seal(made.privateJwk, `key:key-${status}`),
          publicJwk: made.publicJwk,
          certificatePem: made.certificatePem,
          createdAt: bed.now(),
        }),
      )
    }
    const { body } = await bed.browser().get(`${bed.issuer}/saml/metadata`)
    expect(elements(body, 'X509Certificate')).toHaveLength(2)
    expect(body).toContain(certificates[0])
    expect(body).not.toContain(certificates[1])
  })
})

describe('F13 responses', () => {
  const at = Date.UTC(2030, 0, 2, 3, 4, 5)
  const envelope = {
    id: '_response',
    at,
    issuer: 'https://gateway.example/d/acme/default/saml/metadata',
    destination: 'https://wiki.example/acs?x=1&y=2',
    inResponseTo: '_request',
  }
  const statements = {
    assertionId: '_assertion',
    nameId: {
      value: "O'Many & <Co>",
      format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
      nameQualifier: envelope.issuer,
      spNameQualifier: 'https://wiki.example/metadata',
    },
    audience: 'https://wiki.example/metadata',
    notBefore: at - 60_000,
    notOnOrAfter: at + 300_000,
    authnInstant: at - 5000,
    sessionIndex: '01SESSION',
    sessionNotOnOrAfter: at + 43_200_000,
    authnContextClass: 'https://refeds.org/profile/mfa',
    attributes: [
      {
        name: 'groups',
        nameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic',
        friendlyName: 'groups "of" them',
        values: ['a,b;c', '</saml:AttributeValue><x/>', '한글\n둘째 줄'],
      },
    ],
  }
  test('F13 as it is written, before it is signed', async () => {
    const lines = responseXml(envelope, statements).replace(/></g, '>\n<')
    await expect(lines).toMatchFileSnapshot('golden/response.xml')
  })
  test('F13 signed twice, valid by the schema and by our own verifier', async () => {
    const wiki = await stage.application({ name: 'wiki' })
    const { page, requestId } = await answer(wiki)
    await stage.verified(wiki, page, requestId)
    expect(attributeOf(page.response, 'Conditions', 'NotBefore')).toBe(
      new Date(stage.bed.now() - 60_000).toISOString().replace('.000Z', 'Z'),
    )
    expect(attributeOf(page.response, 'SubjectConfirmationData', 'Recipient')).toBe(wiki.acsUrl)
    expect(elements(page.response, 'SignatureMethod').map((e) => e.getAttribute('Algorithm'))).toEqual(
      Array(2).fill('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'),
    )
  })
  withXmlsec(`F13 xmlsec1 accepts both signatures${noXmlsec}`, async () => {
    const { page } = await answer(await stage.application({ name: 'xmlsec' }))
    await xmlsecAccepts(page.response, 'Response')
    await xmlsecAccepts(page.response, 'Assertion')
    const changed = page.response.replace(/(<saml:Audience>)/, '$1x')
    await expect(xmlsecAccepts(changed, 'Assertion')).rejects.toThrow()
  })
  test('F13 the application chooses what is signed, but never nothing', async () => {
    const signatures = async (
      sign: { readonly response: boolean; readonly assertion: boolean },
      name: string,
      want = false,
    ) => {
      const sp = await stage.application({ name, wantAssertionsSigned: want }, { sign })
      const { page } = await answer(sp)
      return elements(page.response, 'Signature').map((e) => (e.parentNode as Element).localName)
    }
    expect(await signatures({ response: true, assertion: false }, 'outer')).toEqual(['Response'])
    expect(await signatures({ response: false, assertion: true }, 'inner')).toEqual(['Assertion'])
    expect(await signatures({ response: false, assertion: false }, 'none')).toEqual(['Response'])
    expect(await signatures({ response: true, assertion: false }, 'wants', true)).toEqual(['Response', 'Assertion'])
  })
})

describe('F13 encryption', () => {
  test('F13 the assertion is readable by the application only, and signed inside and outside', async () => {
    const sealed = await stage.application(
      { name: 'sealed', encryption },
      { encryptAssertion: true, attributes: [{ name: 'mail', from: 'email' }] },
    )
    const { page, requestId } = await answer(sealed)
    expect(page.response).not.toContain('alice')
    expect(elements(page.response, 'Assertion')).toHaveLength(0)
    expect(elements(page.response, 'EncryptionMethod').map((e) => e.getAttribute('Algorithm'))).toEqual([
      'http://www.w3.org/2009/xmlenc11#aes256-gcm',
      'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
    ])
    const said = await stage.verified(sealed, page, requestId)
    expect(said.attributes).toEqual({ mail: ['alice@acme.example'] })
  })
  test('F13 without a certificate to encrypt for, nothing is sent in clear', async () => {
    const bare = await stage.application({ name: 'bare' }, { encryptAssertion: true })
    const { page } = await answer(bare)
    expect(page.status).toBe(400)
    expect(page.body).toContain('encryption-certificate-missing')
    expect(page.form.fields).toEqual({})
  })
  test('F13 of several certificates the first that RSA can encrypt for is taken', async () => {
    const made = await keyMaker().make('ES256', { commonName: 'ec', years: 1, now: stage.bed.now() })
    const ec = (made.certificatePem ?? '').replace(/-----[A-Z ]+-----|\s/g, '')
    expect(encryptionCertificate([ec, 'bm9uZQ==', encryption.certificate])).toBe(encryption.certificate)
    expect(encryptionCertificate([ec])).toBeUndefined()
  })
  test('F13 a response is signed over the ciphertext', async () => {
    const made = await keyMaker().make('RS256', { commonName: 'x', years: 1, now: stage.bed.now() })
    const key = { privateKeyPem: privateKeyPem(made.privateJwk), certificatePem: made.certificatePem ?? '' }
    const at = stage.bed.now()
    const head = { id: '_r', at, issuer: 'urn:i', destination: 'https://s.example/acs', inResponseTo: '_q' }
    const xml = responseXml(head, {
      assertionId: '_a',
      nameId: { value: 'x', format: 'urn:f', nameQualifier: undefined, spNameQualifier: undefined },
      audience: 'urn:s',
      notBefore: at,
      notOnOrAfter: at + 1000,
      authnInstant: at,
      sessionIndex: 's',
      sessionNotOnOrAfter: at + 1000,
      authnContextClass: 'urn:c',
      attributes: [],
    })
    const out = signMessage(await encryptAssertion(signAssertion(xml, key), encryption.certificate), key)
    expect(elements(out, 'Signature')).toHaveLength(1)
    expect(attributeOf(out, 'Reference', 'URI')).toBe('#_r')
  })
})

describe('F13 hostile user data (GHSA-34r5-q4jw-r36m)', () => {
  /** What is put in, and what an application reads where that differs. */
  const attacks: readonly (readonly [string, string?])[] = [
    ['</saml:AttributeValue><saml:AttributeValue>Administrators'],
    [
      '</saml:AttributeValue></saml:Attribute><saml:Attribute Name="groups"><saml:AttributeValue>Administrators</saml:AttributeValue></saml:Attribute><saml:Attribute Name="x"><saml:AttributeValue>',
    ],
    ['"><saml:NameID>admin</saml:NameID><x y="'],
    [']]><!-- -->&lt;&#60;&amp;'],
    ['<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;'],
    ['{AttrGroups}{ID}{Issuer}'],
    ['\'"<>&\u0000\u0008\u001f\ufffe\ud800', '\'"<>&\ufffd\ufffd\ufffd\ufffd\ufffd'],
    ['line one\r\nline two\ttab\rthree', 'line one\nline two\ttab\nthree'],
  ]
  test.for(attacks.map((attack, n) => [n, ...attack] as const))(
    'F13 attack %i stays one value of one attribute',
    async ([n, text, written = text]) => {
      const { bed } = stage
      const username = `mallory-${n}`
      await bed.putPerson(username, { displayName: text, attributes: { 'cost-center': [text, 'second'] } })
      const wiki = await stage.application(
        { name: `target-${n}` },
        {
          attributes: [
            { name: 'displayName', from: 'name' },
            { name: 'cost', from: 'cost-center' },
            { name: 'groups', from: 'groups' },
            { name: 'inherited', from: 'constructor' },
          ],
        },
      )
      const { page, requestId } = await answer(wiki, username)
      const said = await stage.verified(wiki, page, requestId)
      expect(said.attributes).toEqual({ displayName: [written], cost: [written, 'second'] })
      if (hasXmlsec) await xmlsecAccepts(page.response, 'Assertion')
      expect(textOf(page.response, 'NameID')).not.toBe('admin')
    },
  )
})
