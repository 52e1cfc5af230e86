// The stand-in corporate SAML identity provider: a password form over the people of the `demo` section, one signed Response per sign-in,
// and its own session, so that a second sign-in goes through without a form unless ForceAuthn insists.
import { randomBytes } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import express, { type Request, type Response } from 'express'
import { type Envelope, responseXml, type Statements } from '../../edges/saml/messages.ts'
import { signAssertion, signMessage } from '../../edges/saml/sign.ts'
import { attributeNameFormat, binding, metadataType, nameIdFormat } from '../../edges/saml/urns.ts'
import type { SamlKey } from '../../flows/upkeep/key-ring.ts'
import type { DemoPerson, SamlIdp } from './declaration.ts'
import { listenAt, type Running } from './listen.ts'
import { escaped, page, signInForm } from './page.ts'

type Options = { readonly demo: SamlIdp; readonly gatewayUrl: string; readonly tenancy: string; readonly key: SamlKey }
type Asked = { readonly id: string; readonly acs: string; readonly audience: string; readonly force: boolean }

const COOKIE = 'corp_saml'
const brand = '#b45309'
const password = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'

const first = (text: string, pattern: RegExp): string => pattern.exec(text)?.[1] ?? ''

const readRequest = (samlRequest: string): Asked => {
  const xml = inflateRawSync(Buffer.from(samlRequest, 'base64'), { maxOutputLength: 65_536 }).toString('utf8')
  return {
    id: first(xml, /\sID="([^"]+)"/),
    acs: first(xml, /AssertionConsumerServiceURL="([^"]+)"/),
    audience: first(xml, /<(?:\w+:)?Issuer[^>]*>([^<]+)</),
    force: /ForceAuthn="(true|1)"/.test(xml),
  }
}

const statementsOf = (person: DemoPerson, asked: Asked, signedInAt: number, now: number): Statements => ({
  assertionId: `_${randomBytes(16).toString('hex')}`,
  nameId: {
    value: person.username,
    format: nameIdFormat.persistent,
    nameQualifier: undefined,
    spNameQualifier: undefined,
  },
  audience: asked.audience,
  notBefore: now - 30_000,
  notOnOrAfter: now + 300_000,
  authnInstant: signedInAt,
  sessionIndex: `_${randomBytes(16).toString('hex')}`,
  sessionNotOnOrAfter: now + 8 * 3_600_000,
  authnContextClass: person.acr ?? password,
  attributes: Object.entries({
    uid: [person.username],
    mail: [person.email],
    displayName: [person.displayName],
    givenName: [person.givenName],
    sn: [person.familyName],
    memberOf: person.groups,
  }).map(([name, values]) => ({ name, values, nameFormat: attributeNameFormat.basic, friendlyName: undefined })),
})

const metadataXml = ({ url, entityId }: SamlIdp, key: SamlKey): string =>
  `<?xml version="1.0"?><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${escaped(entityId)}">
<md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${key.certificatePem.replace(/-----[A-Z ]+-----|\s/g, '')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
<md:NameIDFormat>${nameIdFormat.persistent}</md:NameIDFormat>
<md:SingleSignOnService Binding="${binding.redirect}" Location="${escaped(url)}/sso"/>
</md:IDPSSODescriptor></md:EntityDescriptor>`

export const corporateSaml = async ({ demo, gatewayUrl, tenancy, key }: Options): Promise<Running> => {
  // The people as they are now: the demonstration's check drops a group and looks whether the gateway follows.
  const people = new Map<string, DemoPerson>(demo.people.map((p) => [p.username, p]))
  const sessions = new Map<string, { readonly username: string; readonly at: number }>()
  const acsUrls = demo.trusts.map(({ domain, idp }) => `${gatewayUrl}/d/${tenancy}/${domain}/federation/${idp}/acs`)
  const sessionOf = (req: Request) =>
    sessions.get(/(?:^|;\s*)corp_saml=([\w-]+)/.exec(req.headers.cookie ?? '')?.[1] ?? '')

  const answer = (res: Response, asked: Asked, relayState: string, person: DemoPerson, signedInAt: number) => {
    const now = Date.now()
    const envelope: Envelope = {
      id: `_${randomBytes(16).toString('hex')}`,
      at: now,
      issuer: demo.entityId,
      destination: asked.acs,
      inResponseTo: asked.id,
    }
    const message = signMessage(
      signAssertion(responseXml(envelope, statementsOf(person, asked, signedInAt, now)), key),
      key,
    )
    const fields = { SAMLResponse: Buffer.from(message).toString('base64'), RelayState: relayState }
    const inputs = Object.entries(fields).map(
      ([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value)}">`,
    )
    res.send(
      page({
        title: 'Going back',
        who: demo.name,
        brand,
        body: `<form method="post" action="${escaped(asked.acs)}">${inputs.join('')}<button type="submit">Continue</button></form><script>document.forms[0].submit()</script>`,
      }),
    )
  }
  const form = (query: { SAMLRequest: string; RelayState: string }, fault?: string) =>
    page({ title: 'Sign in', who: demo.name, brand, body: signInForm('/sso', query, fault) })
  const read = (res: Response, query: Record<string, unknown>) => {
    const asked = readRequest(String(query.SAMLRequest ?? ''))
    if (acsUrls.includes(asked.acs)) return asked
    res.status(403).send(
      page({
        title: 'This cannot go on',
        who: demo.name,
        brand,
        body: '<p>The request names an address that is not trusted here.</p>',
      }),
    )
    return undefined
  }
  const queryOf = (from: Record<string, unknown>) => ({
    SAMLRequest: String(from.SAMLRequest ?? ''),
    RelayState: String(from.RelayState ?? ''),
  })

  const app = express()
  app.get('/metadata', (_req, res) => void res.type(metadataType).send(metadataXml(demo, key)))
  app.get('/sso', (req, res) => {
    const query = queryOf(req.query)
    const asked = read(res, query)
    const session = sessionOf(req)
    const person = session && people.get(session.username)
    if (!asked) return
    if (person && session && !asked.force) answer(res, asked, query.RelayState, person, session.at)
    else res.send(form(query))
  })
  app.post('/sso', express.urlencoded({ extended: false }), (req, res) => {
    const query = queryOf(req.body)
    const asked = read(res, query)
    const person = people.get(String(req.body?.username ?? ''))
    if (!asked) return
    if (person?.password !== String(req.body?.password ?? ''))
      return void res.status(401).send(form(query, 'User name or password is wrong'))
    const id = randomBytes(24).toString('base64url')
    sessions.set(id, { username: person.username, at: Date.now() })
    res.cookie(COOKIE, id, { httpOnly: true, sameSite: 'lax' })
    answer(res, asked, query.RelayState, person, Date.now())
  })
  app.get('/sign-out', (_req, res) => void res.clearCookie(COOKIE).send('signed out'))
  app.put('/people/:username/groups', express.json(), (req, res) => {
    const person = people.get(req.params.username)
    if (person && Array.isArray(req.body)) people.set(person.username, { ...person, groups: req.body.map(String) })
    res.status(person ? 204 : 404).end()
  })
  return listenAt(app, demo.url)
}
