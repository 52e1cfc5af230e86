// Who can do this, what can this one do, where: by statements and compartments, with the condition wherever facts decide. For people and
// programs by name there is search.ts; this is for whoever reviews what was granted.
import type { TenancyId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { EpochMs } from '../../core/model/time.ts'
import { ANY_GROUP, ANY_USER, touches } from '../../core/policy/clause.ts'
import { type Ask, askOf, type Principal } from '../../core/policy/question.ts'
import { type IsOpen, mayApply, type Residual, residualOf } from '../../core/policy/residual.ts'
import { answersByPlace, grantees, type Reach, reachAt, withPartners } from '../../core/policy/search.ts'
import type { Place } from '../../core/policy/tree.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import type { Question } from './api.ts'
import { askedOf, askingOf, type Desk } from './asking.ts'
import { deskIn, type NamedSubject, subjectNamed } from './desk.ts'
import { registeredFor } from './registered.ts'
import type { Snapshots } from './snapshots.ts'
import { subjectOf } from './subject.ts'

export type Grantee = {
  readonly subject: NamedSubject
  readonly answer: Residual
}
export type Who = {
  readonly grantees: readonly Grantee[]
  /** Whoever is one of these as well is refused, or may be. */
  readonly except: readonly { readonly subject: NamedSubject; readonly through: string }[]
}
export type Where = { readonly compartment: string; readonly compartmentId: string; readonly answer: Residual }
export type What = { readonly compartment: string; readonly compartmentId: string; readonly may: readonly Reach[] }

type PlacesAsked = {
  readonly after: string | undefined
  readonly limit: number
  readonly compartmentId: string | undefined
}
export type Places<T> = { readonly items: readonly T[]; readonly next: string | undefined }
export type Review = {
  readonly who: (tx: Tx, tenancyId: TenancyId, question: Omit<Question, 'subject'>, now: EpochMs) => Promise<Who>
  /** The compartments where it is not ruled out, for resources that nothing more is said of than in `properties`. */
  readonly where: (
    tx: Tx,
    tenancyId: TenancyId,
    question: Omit<Question, 'resource'> & {
      readonly resource: { readonly type: string; readonly properties: JsonObject }
    },
    page: PlacesAsked,
    now: EpochMs,
  ) => Promise<Places<Where>>
  readonly what: (
    tx: Tx,
    tenancyId: TenancyId,
    subject: Question['subject'],
    types: readonly string[],
    page: PlacesAsked,
    now: EpochMs,
  ) => Promise<Places<What>>
}

const nobody: Principal = { id: '', name: '', groupIds: [] }

/** Of a member of a group nothing more is known than that. */
const isOpenFor =
  (kind: string): IsOpen =>
  (variable) => {
    if (variable === 'request.principal.type')
      return kind === 'any-user' || kind === 'any-group' || kind === 'dynamic-group'
    return /^request\.(?:user|principal|domain|groups|subject)\./.test(variable)
  }

const memberOf = ({ kind, id, name }: NamedSubject): Principal => {
  if (kind === 'group' || kind === 'any-group') return { id: '', name: '', groupIds: [id], type: 'user' }
  if (kind === 'dynamic-group') return { id: '', name: '', groupIds: [], type: 'workload', dynamicGroupIds: [id] }
  return kind === 'any-user' ? nobody : { id, name, groupIds: [], type: kind }
}

const compartments = ({ known }: Desk, { after, limit, compartmentId }: PlacesAsked) => {
  const { places, byId } = known.snapshot.tree
  const root = compartmentId === undefined ? places[0] : byId.get(compartmentId)
  if (!root) throw new Problem('not-found', 'there is no such compartment')
  const from = after === undefined ? root.index : (byId.get(after)?.index ?? root.end) + 1
  const chosen = places.slice(from, Math.min(root.end, from + limit))
  return { chosen, next: from + limit < root.end ? chosen.at(-1)?.id : undefined }
}
const pathOf = (place: Place): string => (place.index === 0 ? '' : place.path)

/** Every Deny about somebody in particular; what everybody is denied is in the answers already. */
const mayNot = async (desk: Desk, ask: Ask): Promise<Who['except']> => {
  const out: { readonly subject: NamedSubject; readonly through: string }[] = []
  for (const { clause, covers } of desk.known.snapshot.clauses) {
    if (clause.effect !== 'deny' || typeof covers !== 'number' || !ask.place.chain.includes(covers)) continue
    if (!ask.need.permissions.some((p) => touches(clause, p))) continue
    for (const key of clause.subjects) {
      if (key === ANY_USER || key === ANY_GROUP || out.length >= MOST) continue
      const subject = await subjectNamed(desk, key)
      if (mayApply(clause, { ...ask, principal: memberOf(subject) }, isOpenFor(subject.kind)))
        out.push({ subject, through: clause.ref })
    }
  }
  return out
}

const MOST = 1_000 // subjects

export const reviewer = ({ known: snapshots }: { readonly known: Snapshots }): Review => ({
  who: async (tx, tenancyId, rest, now) => {
    const desk = await deskIn(tx, snapshots, tenancyId, now)
    const { snapshot, groups } = desk.known
    const isGroup = (key: string): boolean => groups.has(key)
    const question = { ...rest, subject: { type: 'user', id: '', properties: {} } }
    const registered = await registeredFor(tx, tenancyId, snapshot.catalogue, rest.resource)
    const ask = askOf(snapshot, nobody, askedOf(question), now, registered)
    if (typeof ask === 'string') return { grantees: [], except: [] }
    const out: Grantee[] = []
    for (const key of [...grantees(snapshot, ask)].sort().slice(0, MOST)) {
      const subject = await subjectNamed(desk, key)
      const asked = { ...ask, principal: memberOf(subject) }
      const isOpen = isOpenFor(subject.kind)
      const alone = residualOf(snapshot, asked, isOpen)
      const answer =
        alone.kind === 'never' && subject.kind === 'group' ? withPartners(snapshot, asked, isGroup, isOpen) : alone
      if (answer.kind !== 'never') out.push({ subject, answer })
    }
    return { grantees: out, except: await mayNot(desk, ask) }
  },

  where: async (tx, tenancyId, question, page, now) => {
    const desk = await deskIn(tx, snapshots, tenancyId, now)
    const asking = await askingOf(desk, { ...question, resource: { ...question.resource, id: '' } })
    const { chosen, next } = compartments(desk, page)
    if (asking.kind !== 'own') return { items: [], next: undefined }
    const answers = answersByPlace(desk.known.snapshot, asking.ask, chosen)
    const items = answers
      .filter(({ answer }) => answer.kind !== 'never')
      .map(({ place, answer }) => ({ compartment: pathOf(place), compartmentId: place.id, answer }))
    return { items, next }
  },

  what: async (tx, tenancyId, subject, types, page, now) => {
    const desk = await deskIn(tx, snapshots, tenancyId, now)
    const { snapshot } = desk.known
    const found = await subjectOf(tx, tenancyId, subject, desk.known, now)
    const { chosen, next } = compartments(desk, page)
    if (typeof found === 'string') return { items: [], next: undefined }
    const wanted = types.map((type) => snapshot.catalogue.types.get(type.toLowerCase())).filter((t) => t !== undefined)
    const searcher = { principal: found.principal, facts: new Map(), now }
    const items = chosen.map((place) => ({
      compartment: pathOf(place),
      compartmentId: place.id,
      may: reachAt(snapshot, searcher, place, wanted.length > 0 ? wanted : snapshot.catalogue.all),
    }))
    return { items: items.filter(({ may }) => may.length > 0), next }
  },
})
