// The sample SAML application: a service provider with metadata, sign-in, single logout and the same page as its sibling. Its own verifier
// judges what the gateway sends, so that the demonstration shows what an application would refuse.
import { randomBytes } from 'node:crypto'
import express, { type Request, type Response } from 'express'
import { samlVerifier } from '../../adapters/saml-verify/verifier.ts'
import {
  authnRequest,
  bindings,
  logoutRequest,
  logoutResponse,
  redirectUrl,
  serviceProviderMetadata,
} from '../../adapters/upstream-saml/messages.ts'
import type { SamlKey } from '../../flows/upkeep/key-ring.ts'
import type { Metadata, VerifiedResponse } from '../../ports/saml-verifier.ts'
import { Problem } from '../../problem.ts'
import { askerOf, decide } from './decide.ts'
import type { Question, SamlApp } from './declaration.ts'
import { listenAt, type Running } from './listen.ts'
import { escaped, page, table } from './page.ts'

type Options = {
  readonly demo: SamlApp
  readonly questions: readonly Question[]
  readonly issuer: string
  readonly pdp: string
  readonly key: SamlKey
}
type SignedIn = { readonly assertion: VerifiedResponse; readonly groups: readonly string[] }

const COOKIE = 'sample_saml'
const brand = '#be185d'
const who = 'Sample application, SAML'
const fresh = (): string => `_${randomBytes(16).toString('hex')}`

const signedIn = ({ assertion, groups }: SignedIn, questions: readonly Question[]): string => `
<h2>Who you are</h2>${table([
  ['NameID', `<code>${escaped(assertion.nameId.value)}</code>`],
  ...Object.entries(assertion.attributes).map(([name, values]) => [name, escaped(values.join('; '))] as const),
  ['assurance', `<code id="authn-context">${escaped(assertion.authnContextClass ?? '')}</code>`],
  ['signed in at', new Date(assertion.authnInstant).toISOString()],
  ['session', `<code>${escaped(assertion.sessionIndex ?? '')}</code>`],
])}
<h2>Groups, and why you have them</h2><p id="groups">${escaped(groups.join(', ')) || 'none'}</p>
<h2>May you…</h2>${questions.map((q, i) => `<a class="button quiet" href="/decision/${i}">${escaped(q.label)}</a>`).join('')}
<h2>Session</h2><a class="button" id="step-up-2" href="/sign-in?level=2">Step up to two factors</a>
<a class="button quiet" id="again" href="/sign-in?force=1">Sign in again</a><a class="button quiet" id="sign-out" href="/sign-out">Sign out everywhere</a>`

export const sampleSaml = async ({ demo, questions, issuer, pdp, key }: Options): Promise<Running> => {
  const { url, entityId } = demo
  const [acsUrl, sloUrl] = [`${url}/acs`, `${url}/slo`]
  const asker = askerOf({ issuer, pdp, ...demo.pdp })
  const verifier = samlVerifier()
  const sessions = new Map<string, SignedIn>()
  const asked = new Set<string>()
  let known: Metadata | undefined
  const gateway = async (): Promise<Metadata> => {
    if (known) return known
    const xml = await (await fetch(`${issuer}/saml/metadata`)).text()
    const parsed = verifier.parseMetadata(xml, 'idp', Date.now())
    if ('refused' in parsed) throw new Problem('internal', `the gateway's metadata: ${parsed.detail}`)
    known = parsed
    return parsed
  }
  const at = (endpoints: Metadata['singleSignOn']): string =>
    endpoints.find((e) => e.binding === bindings.redirect)?.location ?? ''
  const idOf = (req: Request) => /(?:^|;\s*)sample_saml=([\w-]+)/.exec(req.headers.cookie ?? '')?.[1] ?? ''
  const rawQuery = (req: Request) => req.originalUrl.slice(req.originalUrl.indexOf('?') + 1)
  const refuse = (res: Response, code: string, detail: string) =>
    void res.status(403).send(
      page({
        title: 'Not signed in',
        who,
        brand,
        body: `<p><code id="error">${escaped(code)}</code></p><p>${escaped(detail)}</p><a class="button" href="/">Back</a>`,
      }),
    )

  const app = express()
  app.get('/metadata', (_req, res) => {
    const metadata = {
      entityId,
      acsUrl,
      sloUrl,
      signing: [key.certificatePem],
      encryption: key.certificatePem,
      signsRequests: true,
      wantAssertionsSigned: true,
      nameIdFormat: undefined,
    }
    res.type('application/samlmetadata+xml').send(serviceProviderMetadata(metadata))
  })
  app.get('/', (req, res) => {
    const me = sessions.get(idOf(req))
    const body = me
      ? signedIn(me, questions)
      : '<p>You are not signed in.</p><a class="button" id="sign-in" href="/sign-in">Sign in</a>'
    res.send(page({ title: me ? 'Hello' : 'Sample application', who, brand, body }))
  })
  const begin = async (
    res: Response,
    wish: { readonly force: boolean; readonly passive: boolean; readonly level: string; readonly acs: string },
  ) => {
    const destination = at((await gateway()).singleSignOn)
    const id = fresh()
    asked.add(id)
    const contexts =
      wish.level === '2' ? ['https://refeds.org/profile/mfa'] : wish.level === '3' ? ['urn:gwanmun:acr:3'] : []
    const request = authnRequest(
      { id, at: Date.now(), issuer: entityId, destination },
      { acsUrl: wish.acs, forceAuthn: wish.force, nameIdFormat: undefined, contexts },
    )
    const message = wish.passive
      ? request.replace(' AssertionConsumerServiceURL=', ' IsPassive="true" AssertionConsumerServiceURL=')
      : request
    res.redirect(303, redirectUrl(destination, 'SAMLRequest', message, '/', key.privateKeyPem))
  }
  app.get('/sign-in', (req, res) =>
    begin(res, { force: req.query.force === '1', passive: false, level: String(req.query.level ?? ''), acs: acsUrl }),
  )
  // What an attacker would ask for: the answer somewhere else, in a request that is signed as it should be.
  app.get('/foreign-acs', (_req, res) =>
    begin(res, { force: false, passive: false, level: '', acs: 'http://evil.example/acs' }),
  )
  app.get('/silent', (_req, res) => begin(res, { force: false, passive: true, level: '', acs: acsUrl }))
  app.post('/acs', express.urlencoded({ extended: false, limit: '1mb' }), async (req, res) => {
    const metadata = await gateway()
    const encoded = String(req.body?.SAMLResponse ?? '')
    const requestId = /InResponseTo="([^"]+)"/.exec(Buffer.from(encoded, 'base64').toString('utf8'))?.[1] ?? ''
    if (!asked.delete(requestId)) return refuse(res, 'unsolicited', 'nobody asked for this answer')
    const answer = verifier.verifyResponse(
      encoded,
      {
        from: { entityId: metadata.entityId, certificates: metadata.signingCertificates },
        ourEntityId: entityId,
        acsUrl,
        requestId,
        allowUnsolicited: false,
        decryptionKeys: [key.privateKeyPem],
        requireSignedAssertion: true,
        skewSeconds: 60,
      },
      Date.now(),
    )
    if ('refused' in answer) return refuse(res, `${answer.refused} ${answer.received ?? ''}`, answer.detail)
    const id = randomBytes(24).toString('base64url')
    sessions.set(id, { assertion: answer, groups: answer.attributes.groups ?? [] })
    res.cookie(COOKIE, id, { httpOnly: true, sameSite: 'lax' }).redirect(303, '/')
  })
  app.get('/claims', (req, res) => {
    const me = sessions.get(idOf(req))
    res.json(
      me
        ? {
            nameId: me.assertion.nameId.value,
            authnContext: me.assertion.authnContextClass,
            groups: me.groups,
            attributes: me.assertion.attributes,
          }
        : null,
    )
  })
  app.get('/decision/:index', async (req, res) => {
    const me = sessions.get(idOf(req))
    const question = questions[Number(req.params.index)]
    const username = me?.assertion.attributes.uid?.[0]
    if (!question || username === undefined) return void res.redirect(303, '/')
    const decision = await decide(asker, `${demo.domain}/${username}`, question)
    res.send(page({ title: question.label, who, brand, body: `${decision.html}<a class="button" href="/">Back</a>` }))
  })
  app.get('/sign-out', async (req, res) => {
    const me = sessions.get(idOf(req))
    sessions.delete(idOf(req))
    if (!me) return void res.redirect(303, '/')
    const destination = at((await gateway()).singleLogout)
    const { nameId, sessionIndex } = me.assertion
    const message = logoutRequest(
      { id: fresh(), at: Date.now(), issuer: entityId, destination },
      { nameId: nameId.value, format: nameId.format, sessionIndex },
    )
    res.redirect(303, redirectUrl(destination, 'SAMLRequest', message, '/', key.privateKeyPem))
  })
  app.get('/slo', async (req, res) => {
    const metadata = await gateway()
    const trusted = async (issuerId: string) =>
      issuerId === metadata.entityId
        ? { entityId: issuerId, certificates: metadata.signingCertificates, requireSignature: true }
        : undefined
    const message = await verifier.verifyRedirect(
      rawQuery(req),
      { kinds: ['LogoutRequest', 'LogoutResponse'], trusted, destinations: [sloUrl], skewSeconds: 60 },
      Date.now(),
    )
    if ('refused' in message) return refuse(res, message.refused, message.detail)
    if (message.kind !== 'LogoutRequest') return void res.redirect(303, '/')
    for (const [id, { assertion }] of sessions)
      if (message.sessionIndexes.includes(assertion.sessionIndex ?? '')) sessions.delete(id)
    const destination = at(metadata.singleLogout)
    const answer = logoutResponse({ id: fresh(), at: Date.now(), issuer: entityId, destination }, message.id)
    res.redirect(303, redirectUrl(destination, 'SAMLResponse', answer, message.relayState, key.privateKeyPem))
  })
  return listenAt(app, url)
}
