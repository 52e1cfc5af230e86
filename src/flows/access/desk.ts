// Where administrators' questions about decisions are answered: one consistent view of a tenancy, and the names of what its ids mean.
import type { PersonId, ServiceIdId, TenancyId } from '../../core/model/ids.ts'
import type { EpochMs } from '../../core/model/time.ts'
import { ANY_GROUP, ANY_USER } from '../../core/policy/clause.ts'
import type { KindOfSubject } from '../../core/policy/compare-points.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import type { Desk } from './asking.ts'
import type { Snapshots } from './snapshots.ts'

export const deskIn = async (tx: Tx, snapshots: Snapshots, tenancyId: TenancyId, now: EpochMs): Promise<Desk> => {
  const known = await snapshots(tx, tenancyId)
  if (!known) throw new Problem('not-found', 'there is no such tenancy')
  return { tx, snapshots, known, tenancyId, now }
}

/** Somebody or something that a statement is about. `name`: as a statement would say it. */
export type NamedSubject = { readonly kind: string; readonly id: string; readonly name: string }

export const subjectNamed = async ({ tx, known }: Desk, id: string): Promise<NamedSubject> => {
  if (id === ANY_USER || id === ANY_GROUP) return { kind: id.replace(' ', '-'), id, name: id.replace(' ', '-') }
  const group = known.groups.get(id)
  if (group !== undefined) return { kind: 'group', id, name: group }
  const dynamic = known.dynamicGroups.find((d) => d.id === id)
  if (dynamic) return { kind: 'dynamic-group', id, name: dynamic.name }
  const [, word, rest] = /^(service|resource) (.*)$/s.exec(id) ?? []
  if (word !== undefined && rest !== undefined) return { kind: word, id, name: rest }
  const person = await tx.people.get(id as PersonId)
  if (person) return { kind: 'user', id, name: `${known.domains.get(person.domainId) ?? ''}/${person.username}` }
  const serviceId = await tx.serviceIds.get(id as ServiceIdId)
  return serviceId ? { kind: 'service-id', id, name: serviceId.name } : { kind: 'gone', id, name: id }
}

/** What each subject of a statement is, for whoever makes up principals of them. */
export const kindsIn = async ({ tx, known, tenancyId }: Desk): Promise<KindOfSubject> => {
  const dynamicGroups: ReadonlySet<string> = new Set(known.dynamicGroups.map((d) => d.id))
  const serviceIds: ReadonlySet<string> = new Set((await tx.serviceIds.list(tenancyId)).map((s) => s.id))
  return (subject) => {
    if (known.groups.has(subject)) return 'group'
    if (dynamicGroups.has(subject)) return 'dynamic-group'
    if (serviceIds.has(subject)) return 'service-id'
    return subject.startsWith('service ') ? 'service' : subject.startsWith('resource ') ? 'resource' : 'user'
  }
}
