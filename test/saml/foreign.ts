// SAML documents from the test suites of five other libraries, each judged as the party it was made for, at its own moment.
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { samlCheck, type Verdict } from '../../src/cli/saml-check.ts'
import { makePair, sign } from './make-response.ts'
import { parse, print } from './wrap.ts'

const folder = resolve(process.env.GWANMUN_SHARED ?? join(import.meta.dirname, '../../../shared'), 'data/saml')
export const present = existsSync(join(folder, 'manifest.json'))
export const skipped = `skipped: there is no ${join(folder, 'manifest.json')} (set GWANMUN_SHARED)`

type Signature = {
  readonly alg: string
  readonly digest: string
  readonly nrefs: number
  readonly transforms: readonly string[]
  readonly cert?: string
  readonly sig_ok?: boolean
  readonly digest_ok?: boolean
}
export type Foreign = {
  readonly file: string
  readonly expect: 'invalid' | 'valid-or-config'
  readonly why: string
  readonly root: string
  readonly issuer?: string | null
  readonly dest?: string | null
  readonly irt?: string | null
  readonly aud?: readonly string[]
  readonly sigs?: readonly Signature[]
}
export const documents: readonly Foreign[] = present
  ? (JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Foreign[])
  : []
export const bytesOf = ({ file }: Foreign): Buffer => readFileSync(join(folder, file))

const first = (text: string, pattern: RegExp): string | undefined => pattern.exec(text)?.[1]

/** Everything the document itself says of its circumstances; only its certificate comes from beside it. */
export const judgeForeign = (
  d: Foreign,
  message: Buffer = bytesOf(d),
  certificates = certificatesOf(d),
): Promise<Verdict> => {
  const text = bytesOf(d).toString('utf8')
  const moment = Date.parse(
    first(text, /NotBefore="([^"]+)"/) ?? first(text, /IssueInstant="([^"]+)"/) ?? '2020-01-01T00:00:00Z',
  )
  return samlCheck({
    message,
    idpMetadata: undefined,
    certificates,
    idpEntityId: d.issuer ?? first(text, /<(?:\w+:)?Issuer[^>]*>\s*([^<]*?)\s*</) ?? 'unknown',
    spEntityId: d.aud?.[0] ?? 'unknown',
    acsUrl: d.dest ?? 'unknown',
    requestId: d.irt ?? undefined,
    now: Number.isNaN(moment) ? 0 : moment + 1000,
    decryptionKeys: [],
    skewSeconds: 60,
    allowUnsolicited: d.irt === undefined || d.irt === null,
    requireSignedAssertion: false,
    allowUnsignedRequest: false,
  })
}

const certificatesOf = (d: Foreign): readonly string[] =>
  [...new Set((d.sigs ?? []).flatMap((s) => s.cert ?? []))]
    .map((id) => join(folder, 'certs', `${id}.pem`))
    .filter(existsSync)
    .map((file) => readFileSync(file, 'utf8'))

export const signaturesHold = (d: Foreign): boolean =>
  (d.sigs ?? []).length > 0 && (d.sigs ?? []).every((s) => s.sig_ok === true && s.digest_ok === true)

/** A response with an open assertion, every signature of which holds under an algorithm and in a shape that SAML and we allow. */
export const plainlyValid = (d: Foreign): boolean =>
  d.expect === 'valid-or-config' &&
  d.root === 'Response' &&
  (d.aud ?? []).length > 0 &&
  signaturesHold(d) &&
  (d.sigs ?? []).every(
    (s) => s.nrefs === 1 && !/sha1$|md5$|hmac/.test(`${s.alg} ${s.digest}`) && !s.alg.endsWith('sha1'),
  )

const pair = await makePair('today')
const saml = 'urn:oasis:names:tc:SAML:2.0'

/** The response with its old signatures taken off and one of today's put on; undefined where there is nothing to sign again. */
export const anew = async (d: Foreign): Promise<Verdict | undefined> => {
  if (d.expect === 'invalid' || d.root !== 'Response' || (d.aud ?? []).length === 0 || !signaturesHold(d))
    return undefined
  const document = parse(bytesOf(d).toString('utf8').trim())
  const root = document.documentElement
  for (const signature of Array.from(
    document.getElementsByTagNameNS('http://www.w3.org/2000/09/xmldsig#', 'Signature'),
  ))
    if ((signature.parentNode as Element).namespaceURI?.startsWith(saml)) signature.parentNode?.removeChild(signature)
  const hasIssuer = Array.from(root.childNodes).some((n) => (n as Element).localName === 'Issuer')
  const xml = sign(print(document), hasIssuer ? 'Response' : 'Assertion', pair)
  return judgeForeign(d, Buffer.from(xml), [pair.certificate])
}
