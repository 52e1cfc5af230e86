// SAML metadata that is named by a URL: fetched, checked, and kept only when it is sound. A bad or unreachable document changes
// nothing: yesterday's keys are better than a stranger's. Knows no XML; what sound means is the caller's function.

import type { App, SamlApp } from '../../core/model/app.ts'
import type { Actor } from '../../core/model/audit.ts'
import type { Idp, SamlTrust } from '../../core/model/idp.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Fetch } from '../../ports/fetcher.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { eventOf } from '../audit-event.ts'

type Soundness = 'sound' | { readonly fault: string }
/** `entityId`: what the document speaks for, known before it was fetched (applications declare it, providers keep their first). */
export type CheckMetadata = (q: {
  readonly role: 'idp' | 'sp'
  readonly xml: string
  readonly previousXml: string | undefined
  readonly entityId: string | undefined
}) => Soundness | Promise<Soundness>

type Deps = {
  readonly store: Store
  readonly fetch: Fetch
  readonly clock: Clock
  readonly random: Random
  readonly secrets: Pick<Secrets, 'digest'>
  readonly check: CheckMetadata
}
type SamlIdp = Idp & { readonly trust: SamlTrust & { readonly metadataUrl: string } }
type SamlClient = App & { readonly settings: SamlApp & { readonly metadataUrl: string } }
type Subject = { readonly role: 'idp'; readonly row: SamlIdp } | { readonly role: 'sp'; readonly row: SamlClient }

export type Refreshed = {
  readonly name: string
  readonly url: string
  readonly outcome: 'unchanged' | 'changed' | 'refused' | 'unreachable'
  readonly detail: string | undefined
}

const isSamlIdp = (idp: Idp): idp is SamlIdp =>
  idp.enabled && idp.trust.protocol === 'saml' && idp.trust.metadataUrl !== undefined
const isSamlClient = (app: App): app is SamlClient =>
  app.enabled && app.settings.protocol === 'saml' && app.settings.metadataUrl !== undefined
const urlOf = (s: Subject): string => (s.role === 'idp' ? s.row.trust.metadataUrl : s.row.settings.metadataUrl)
const xmlOf = (s: Subject): string | undefined =>
  (s.role === 'idp' ? s.row.trust.metadataXml : s.row.settings.metadataXml) || undefined

const subjectsIn = async (tx: Tx): Promise<readonly Subject[]> => {
  const subjects: Subject[] = []
  for (const tenancy of await tx.tenancies.list(undefined)) {
    for (const domain of await tx.domains.list(tenancy.id))
      subjects.push(...(await tx.idps.list(domain.id)).filter(isSamlIdp).map((row) => ({ role: 'idp' as const, row })))
    subjects.push(...(await tx.apps.list(tenancy.id)).filter(isSamlClient).map((row) => ({ role: 'sp' as const, row })))
  }
  return subjects
}

const download = async (
  request: Fetch,
  url: string,
): Promise<{ readonly xml: string } | { readonly failed: string }> => {
  try {
    const response = await request(url, {
      headers: { accept: 'application/samlmetadata+xml, application/xml, text/xml' },
    })
    if (!response.ok) return { failed: `it answered ${response.status}` }
    return { xml: await response.text() }
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown
    return { failed: thrown.message }
  }
}

const system: Actor = { kind: 'system', id: 'gwanmun', name: 'metadata refresh' }

const note = (
  deps: Deps,
  tx: Tx,
  subject: Subject,
  before: string | undefined,
  after: string,
  reason: string | undefined,
): Promise<void> => {
  const shown = (xml: string | undefined) => (xml === undefined ? undefined : `sha256:${deps.secrets.digest(xml)}`)
  return tx.audit.add(
    eventOf(deps.random, deps.clock(), {
      tenancyId: subject.row.tenancyId,
      domainId: subject.role === 'idp' ? subject.row.domainId : undefined,
      action: reason === undefined ? 'metadata.refreshed' : 'metadata.refused',
      reason: reason === undefined ? undefined : 'metadata-not-sound',
      actor: system,
      target: { type: subject.role === 'idp' ? 'idp' : 'app', id: subject.row.id, name: subject.row.name },
      before: shown(before),
      after: shown(after),
      details: { url: urlOf(subject), ...(reason === undefined ? {} : { detail: reason }) },
    }),
  )
}

/** Written only if the row still says what it said when the request went out: an administrator's change in between wins. */
const keep = (deps: Deps, subject: Subject, xml: string): Promise<boolean> =>
  deps.store.write(async (tx) => {
    if (subject.role === 'idp') {
      const now = await tx.idps.get(subject.row.id)
      if (!now || !isSamlIdp(now) || now.trust.metadataUrl !== urlOf(subject)) return false
      await tx.idps.put({ ...now, trust: { ...now.trust, metadataXml: xml } })
    } else {
      const now = await tx.apps.get(subject.row.id)
      if (!now || !isSamlClient(now) || now.settings.metadataUrl !== urlOf(subject)) return false
      await tx.apps.put({ ...now, settings: { ...now.settings, metadataXml: xml } })
    }
    await note(deps, tx, subject, xmlOf(subject), xml, undefined)
    return true
  })

const refreshOne = async (deps: Deps, subject: Subject): Promise<Refreshed> => {
  const url = urlOf(subject)
  const result = (outcome: Refreshed['outcome'], detail?: string): Refreshed => ({
    name: subject.row.name,
    url,
    outcome,
    detail,
  })
  const got = await download(deps.fetch, url)
  if ('failed' in got) return result('unreachable', got.failed)
  const previousXml = xmlOf(subject)
  if (got.xml === previousXml) return result('unchanged')
  const entityId = subject.role === 'sp' ? subject.row.settings.entityId : undefined
  const verdict = await deps.check({ role: subject.role, xml: got.xml, previousXml, entityId })
  if (verdict !== 'sound') {
    await deps.store.write((tx) => note(deps, tx, subject, previousXml, got.xml, verdict.fault))
    return result('refused', verdict.fault)
  }
  return result((await keep(deps, subject, got.xml)) ? 'changed' : 'unchanged')
}

/** `onlyMissing`: only what was never fetched, for quick retries after a start. */
export type RefreshMetadata = (q?: { readonly onlyMissing?: boolean }) => Promise<readonly Refreshed[]>
export const refreshMetadata =
  (deps: Deps): RefreshMetadata =>
  async ({ onlyMissing = false } = {}) => {
    const subjects = await deps.store.read(subjectsIn)
    const due = subjects.filter((s) => !onlyMissing || xmlOf(s) === undefined)
    return Promise.all(due.map((subject) => refreshOne(deps, subject)))
  }
