// An OpenID provider looked at without a browser: its discovery document and keys as they are answered today, held against what an
// administrator pinned. OpenID Connect Discovery 1.0 §3, §4; RFC 8414 §2.
import { clocksAgree } from '../../core/assurance/clocks.ts'
import { type Certificate, daysLeft, warningOf } from '../../core/model/certificate.ts'
import type { Idp, OidcTrust } from '../../core/model/idp.ts'
import type { DomainId } from '../../core/model/ids.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { AskDocument, Inspected, Inspection, Inspector, ReadCertificate } from '../../ports/inspector.ts'

type Deps = {
  readonly ask: AskDocument
  readonly readCertificate: ReadCertificate
  readonly issuerOf: (domain: DomainId) => Promise<string>
}
type Document = { readonly [member: string]: unknown }
type Asked = { readonly checks: readonly Inspected[]; readonly document: Document | undefined }

const textIn = (document: Document, member: string): string | undefined => {
  const value = document[member]
  return typeof value === 'string' ? value : undefined
}
const listIn = (document: Document, member: string): readonly string[] | undefined => {
  const value = document[member]
  return Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : undefined
}
const objectIn = (text: string): Document | undefined => {
  try {
    const read: unknown = JSON.parse(text)
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? (read as Document) : undefined
  } catch {
    return undefined
  }
}

const askFor = async (
  { ask }: Deps,
  name: string,
  url: string,
  { clockSkewSeconds }: OidcTrust,
  now: EpochMs,
): Promise<Asked> => {
  const answer = await ask(url, 'application/json')
  const expected = `200 and JSON from ${url}`
  if ('failed' in answer)
    return { document: undefined, checks: [{ name, ok: false, expected, received: answer.failed }] }
  const document = answer.status === 200 ? objectIn(answer.text) : undefined
  const received = document ? '200' : answer.status === 200 ? 'no JSON object' : String(answer.status)
  const clock = answer.date === undefined ? [] : [{ name: 'clock', ...clocksAgree(answer.date, now, clockSkewSeconds) }]
  return { document, checks: [{ name, ok: document !== undefined, expected, received }, ...clock] }
}

/** An address that requests with our secret go to: over TLS, unless the issuer itself is a laptop's. */
const endpoint = (document: Document, member: string, issuer: string): Inspected => {
  const value = textIn(document, member)
  const parsed = value === undefined ? null : URL.parse(value)
  const ok =
    parsed !== null && (parsed.protocol === 'https:' || (parsed.protocol === 'http:' && issuer.startsWith('http:')))
  return { name: member.replaceAll('_', ' '), ok, expected: 'an https address', received: value ?? '(none)' }
}

/** Where a list is left out, what the specification says it then is. */
const offers = (
  name: string,
  list: readonly string[] | undefined,
  byDefault: readonly string[] | undefined,
  wanted: readonly string[],
  strict: boolean,
): Inspected => {
  const offered = list ?? byDefault
  const ok = offered === undefined || wanted.every((one) => offered.includes(one))
  return {
    name,
    ok: ok || !strict,
    ...(ok ? {} : { warning: true }),
    expected: wanted.join(' '),
    received: offered?.join(' ') ?? '(not said)',
  }
}

const ofDiscovery = (trust: OidcTrust, document: Document): readonly Inspected[] => [
  {
    name: 'issuer',
    ok: textIn(document, 'issuer') === trust.issuer,
    expected: trust.issuer,
    received: textIn(document, 'issuer') ?? '(none)',
  },
  endpoint(document, 'authorization_endpoint', trust.issuer),
  endpoint(document, 'token_endpoint', trust.issuer),
  ...(trust.userinfo ? [endpoint(document, 'userinfo_endpoint', trust.issuer)] : []),
  endpoint(document, 'jwks_uri', trust.issuer),
  offers('response type', listIn(document, 'response_types_supported'), undefined, ['code'], true),
  offers(
    'ID token algorithm',
    listIn(document, 'id_token_signing_alg_values_supported'),
    ['RS256'],
    [trust.idTokenAlg],
    true,
  ),
  offers(
    'client authentication',
    listIn(document, 'token_endpoint_auth_methods_supported'),
    ['client_secret_basic'],
    [trust.clientAuth],
    false,
  ),
  offers('PKCE', listIn(document, 'code_challenge_methods_supported'), undefined, ['S256'], false),
  offers('scopes', listIn(document, 'scopes_supported'), undefined, trust.scopes, false),
]

/** RFC 7518 §6.1: which keys could make a signature of the pinned algorithm. */
const keyTypeOf = (algorithm: string): string =>
  algorithm.startsWith('ES') ? 'EC' : algorithm === 'EdDSA' || algorithm === 'Ed25519' ? 'OKP' : 'RSA'

const signingKeys = (keys: Document): readonly Document[] =>
  (Array.isArray(keys.keys) ? keys.keys : []).filter(
    (key): key is Document => typeof key === 'object' && key !== null && (key as Document).use !== 'enc',
  )

const ofKeys = ({ idTokenAlg }: OidcTrust, keys: Document): readonly Inspected[] => {
  const found = signingKeys(keys)
  const fitting = found.filter((k) => k.kty === keyTypeOf(idTokenAlg) && (k.alg === undefined || k.alg === idTokenAlg))
  return [
    {
      name: 'key for ID tokens',
      ok: fitting.length > 0,
      expected: `a key for ${idTokenAlg}`,
      received: found.map((k) => `${String(k.kty)} ${String(k.alg ?? '')}`.trim()).join(', ') || '(none)',
    },
  ]
}

const certificatesOf = ({ readCertificate }: Deps, keys: Document): readonly Certificate[] =>
  signingKeys(keys).flatMap((key) => {
    const [first] = listIn(key, 'x5c') ?? []
    return first === undefined ? [] : (readCertificate(first, 'signing') ?? [])
  })

/** Keys are fetched by the JWKS; a certificate beside one is decoration, and its end only a hint. */
const ofCertificate = (certificate: Certificate, now: EpochMs): Inspected => {
  const days = daysLeft(certificate, now)
  return {
    name: `certificate ${certificate.fingerprint.slice(0, 12)}`,
    ok: true,
    warning: warningOf(days) !== undefined,
    expected: 'more than 30 days left',
    received: days < 0 ? `over since ${-days} days` : `${days} days left`,
  }
}

const inspected = async (deps: Deps, trust: OidcTrust, now: EpochMs): Promise<Omit<Inspection, 'register'>> => {
  const place = `${trust.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const discovery = await askFor(deps, 'discovery reachable', place, trust, now)
  if (!discovery.document) return { checks: discovery.checks, certificates: [] }
  const said = [...discovery.checks, ...ofDiscovery(trust, discovery.document)]
  const address = textIn(discovery.document, 'jwks_uri')
  if (trust.idTokenAlg.startsWith('HS') || address === undefined) return { checks: said, certificates: [] }
  const keys = await askFor(deps, 'keys reachable', address, trust, now)
  if (!keys.document) return { checks: [...said, ...keys.checks], certificates: [] }
  const certificates = certificatesOf(deps, keys.document)
  const reached = keys.checks.filter((c) => c.name !== 'clock')
  return {
    checks: [...said, ...reached, ...ofKeys(trust, keys.document), ...certificates.map((c) => ofCertificate(c, now))],
    certificates,
  }
}

export const oidcInspector = (deps: Deps): Inspector => ({
  certificates: () => [], // keys live at the provider, and are fetched with every change
  inspect: async (idp: Idp, now) => {
    if (idp.trust.protocol !== 'oidc') return { checks: [], certificates: [], register: [] }
    const at = `${await deps.issuerOf(idp.domainId)}/federation/${idp.name}`
    return {
      ...(await inspected(deps, idp.trust, now)),
      register: [
        { what: 'redirect URI', value: `${at}/callback` },
        { what: 'post-logout redirect URI', value: `${at}/signed-out` },
      ],
    }
  },
})
