// A SAML identity provider looked at without a browser: its metadata as loaded and as its address has it today, its certificates, and what
// its administrator registers of us.
import { clocksAgree } from '../../core/assurance/clocks.ts'
import { type Certificate, daysLeft, warningOf } from '../../core/model/certificate.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { AskDocument, Inspected, Inspector, ReadCertificate } from '../../ports/inspector.ts'
import type { Metadata, SamlVerifier } from '../../ports/saml-verifier.ts'
import { placesOf } from './places.ts'
import { reachable } from './send.ts'
import { type SamlIdp, trustedMetadata } from './trusted-metadata.ts'

type Deps = Parameters<typeof placesOf>[0] & {
  readonly verifier: Pick<SamlVerifier, 'parseMetadata'>
  readonly ask: AskDocument
  readonly readCertificate: ReadCertificate
}
type Read = { readonly metadata: Metadata | undefined; readonly checks: readonly Inspected[] }

const ACCEPT = 'application/samlmetadata+xml, application/xml, text/xml'
const READABLE = 'metadata of one SAML 2.0 identity provider'

const readAs = (deps: Deps, name: string, xml: string, now: EpochMs): Read => {
  const read = deps.verifier.parseMetadata(xml, 'idp', now)
  if (!('refused' in read))
    return { metadata: read, checks: [{ name, ok: true, expected: READABLE, received: read.entityId }] }
  const received = read.received === undefined ? read.detail : `${read.detail}: ${read.received.slice(0, 120)}`
  return {
    metadata: undefined,
    checks: [{ name, ok: false, expected: READABLE, received: `${read.refused}: ${received}` }],
  }
}

const loaded = (deps: Deps, { trust }: SamlIdp, now: EpochMs): Read =>
  trust.metadataXml === undefined
    ? {
        metadata: undefined,
        checks: [{ name: 'metadata loaded', ok: false, expected: READABLE, received: 'not loaded yet' }],
      }
    : readAs(deps, 'metadata loaded', trust.metadataXml, now)

/** What the address of the metadata says today. Another entity there would be refused at the next refresh. */
const published = async (deps: Deps, { trust }: SamlIdp, kept: Metadata | undefined, now: EpochMs): Promise<Read> => {
  const { metadataUrl: url } = trust
  if (url === undefined) return { metadata: undefined, checks: [] }
  const answer = await deps.ask(url, ACCEPT)
  const reached = (ok: boolean, received: string): Inspected => ({
    name: 'metadata reachable',
    ok,
    expected: `200 from ${url}`,
    received,
  })
  if ('failed' in answer) return { metadata: undefined, checks: [reached(false, answer.failed)] }
  if (answer.status !== 200) return { metadata: undefined, checks: [reached(false, String(answer.status))] }
  const clock =
    answer.date === undefined ? [] : [{ name: 'clock', ...clocksAgree(answer.date, now, trust.clockSkewSeconds) }]
  const { metadata, checks } = readAs(deps, 'metadata published', answer.text, now)
  const same: readonly Inspected[] =
    metadata && kept
      ? [
          {
            name: 'entity id',
            ok: metadata.entityId === kept.entityId,
            expected: kept.entityId,
            received: metadata.entityId,
          },
        ]
      : []
  return { metadata, checks: [reached(true, '200'), ...clock, ...checks, ...same] }
}

const certificatesIn = ({ readCertificate }: Deps, metadata: Metadata): readonly Certificate[] => {
  const read = (texts: readonly string[], use: Certificate['use']) =>
    texts.flatMap((text) => readCertificate(text, use) ?? [])
  const signing = read(metadata.signingCertificates, 'signing')
  const known = new Set(signing.map((c) => c.fingerprint))
  return [...signing, ...read(metadata.encryptionCertificates, 'encryption').filter((c) => !known.has(c.fingerprint))]
}

const isStrong = (key: string): boolean => !/^RSA/.test(key) || Number(/\d+/.exec(key)?.[0] ?? 0) >= 2048

const ofCertificate = (certificate: Certificate, now: EpochMs): readonly Inspected[] => {
  const days = daysLeft(certificate, now)
  const which = `${certificate.use} certificate ${certificate.fingerprint.slice(0, 12)}`
  return [
    {
      name: which,
      ok: true, // trust does not look at the dates (SAML Metadata Interoperability Profile §2.5)
      warning: warningOf(days) !== undefined,
      expected: 'more than 30 days left',
      received: days < 0 ? `over since ${-days} days` : `${days} days left`,
    },
    {
      name: `key of ${which}`,
      ok: true,
      warning: !isStrong(certificate.key),
      expected: 'RSA of 2048 bits, or EC',
      received: certificate.key,
    },
  ]
}

const ofMetadata = (metadata: Metadata): readonly Inspected[] => {
  const target = reachable(metadata.singleSignOn)
  const until = metadata.validUntil
  return [
    {
      name: 'sign-on endpoint',
      ok: target !== undefined,
      expected: 'HTTP-Redirect or HTTP-POST',
      received: target?.location ?? metadata.singleSignOn.map((e) => e.binding).join(' '),
    },
    ...(until === undefined
      ? []
      : [{ name: 'metadata valid until', ok: true, received: new Date(until).toISOString() }]),
  ]
}

export const samlInspector = (deps: Deps): Inspector => {
  const metadataOf = trustedMetadata(deps.verifier) // looked at again and again
  const at = (idp: SamlIdp, now: EpochMs): readonly Certificate[] => {
    const metadata = metadataOf(idp, now)
    return 'refused' in metadata ? [] : certificatesIn(deps, metadata)
  }
  const isSaml = (idp: Parameters<Inspector['certificates']>[0]): idp is SamlIdp => idp.trust.protocol === 'saml'
  return {
    certificates: (idp, now) => (isSaml(idp) ? at(idp, now) : []),
    inspect: async (idp, now) => {
      if (!isSaml(idp)) return { checks: [], certificates: [], register: [] }
      const kept = loaded(deps, idp, now)
      const today = await published(deps, idp, kept.metadata, now)
      const metadata = kept.metadata ?? today.metadata
      const certificates = metadata ? certificatesIn(deps, metadata) : []
      const { entityId, acsUrl, sloUrl } = await placesOf(deps, idp)
      return {
        checks: [
          ...kept.checks,
          ...today.checks,
          ...(metadata ? ofMetadata(metadata) : []),
          ...certificates.flatMap((c) => ofCertificate(c, now)),
        ],
        certificates,
        register: [
          { what: 'entity id (audience)', value: entityId },
          { what: 'metadata', value: entityId },
          { what: 'assertion consumer service (HTTP-POST)', value: acsUrl },
          { what: 'single logout service (HTTP-Redirect)', value: sloUrl },
        ],
      }
    },
  }
}
