// Which subjects, resources, actions: candidates are read in a stable order, a bounded number for each page, and every one is put to the
// question that a decision answers, so that a result and a decision cannot disagree. Searches are no decisions and leave no record.
import type { DomainId, GroupId, PersonId, TenancyId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Person } from '../../core/model/person.ts'
import type { RegisteredResource } from '../../core/model/resource.ts'
import { ANY_GROUP, ANY_USER } from '../../core/policy/clause.ts'
import { askOf } from '../../core/policy/question.ts'
import { DEFAULT_DOMAIN } from '../../core/policy/references.ts'
import { actionsOf, grantees } from '../../core/policy/search.ts'
import type { Clock } from '../../ports/clock.ts'
import { Problem } from '../../problem.ts'
import type { Question } from './api.ts'
import { askedOf, askingOf, type Desk, weighed } from './asking.ts'
import { registeredFor } from './registered.ts'
import type { Snapshots } from './snapshots.ts'

/** Where the last page ended; of the searches themselves, to be handed back as it is. */
export type Position = readonly string[]
export type PageAsked = { readonly after: Position | undefined; readonly limit: number }
export type Page<T> = {
  readonly results: readonly T[]
  /** Undefined: that was all. */
  readonly next: Position | undefined
  /** Of all pages, where this is the only one. */
  readonly total: number | undefined
}
export type FoundEntity = { readonly type: string; readonly id: string }
export type SubjectWanted = Omit<Question, 'subject'> & { readonly subject: Omit<Question['subject'], 'id'> }
export type ResourceWanted = Omit<Question, 'resource'> & { readonly resource: Omit<Question['resource'], 'id'> }
export type ActionWanted = Omit<Question, 'action'>
export type Search = {
  readonly subjects: (tenancyId: TenancyId, wanted: SubjectWanted, page: PageAsked) => Promise<Page<FoundEntity>>
  readonly resources: (tenancyId: TenancyId, wanted: ResourceWanted, page: PageAsked) => Promise<Page<FoundEntity>>
  readonly actions: (tenancyId: TenancyId, wanted: ActionWanted, page: PageAsked) => Promise<Page<string>>
}
type Deps = { readonly clock: Clock; readonly known: Snapshots; readonly candidatesPerPage?: number }

const CANDIDATES = 500
const AT_ONCE = 100

/** Something that may be a result, and where it stands. */
type Candidate<T> = { readonly at: Position; readonly test: () => Promise<T | undefined> }
type Candidates<T> = AsyncGenerator<Candidate<T>>

/** One more than asked for is looked for, so that the end is told as such. */
const collect = async <T>(candidates: Candidates<T>, { after, limit }: PageAsked, most: number): Promise<Page<T>> => {
  const results: T[] = []
  let examined = 0
  let [lastResult, last]: [Position | undefined, Position | undefined] = [after, after]
  for await (const { at, test } of candidates) {
    if (examined >= most) return { results, next: last ?? [], total: undefined }
    examined++
    const found = await test()
    if (found !== undefined) {
      if (results.length >= limit) return { results, next: lastResult ?? [], total: undefined }
      results.push(found)
      lastResult = at
    }
    last = at
  }
  return { results, next: undefined, total: after === undefined ? results.length : undefined }
}

const isYes = async (desk: Desk, question: Question, found?: RegisteredResource): Promise<boolean> =>
  weighed(await askingOf(desk, question, found), desk)?.allow === true

// ── Subjects ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** How a person can be called; the first that means them and nobody else is told. */
const namesOf = (desk: Desk, person: Person, domain: JsonObject[string] | undefined): readonly string[] => {
  if (domain !== undefined) return [person.username]
  const name = desk.known.domains.get(person.domainId) ?? ''
  return [...(name === DEFAULT_DOMAIN ? [person.username] : []), `${name}/${person.username}`, person.id]
}

const testPerson =
  (desk: Desk, wanted: SubjectWanted, person: Person, isTurn: (groupIds: readonly string[]) => boolean) =>
  async (): Promise<FoundEntity | undefined> => {
    const { type, properties } = wanted.subject
    for (const id of namesOf(desk, person, properties.domain)) {
      const asking = await askingOf(desk, { ...wanted, subject: { type, id, properties } })
      if (asking.kind !== 'own' || asking.ask.principal.id !== person.id) continue
      const mine = isTurn(asking.ask.principal.groupIds)
      return mine && weighed(asking, desk)?.allow ? { type, id } : undefined
    }
    return undefined
  }

/** Domains by id; people by user name. */
async function* everybody(desk: Desk, wanted: SubjectWanted, after: Position | undefined): Candidates<FoundEntity> {
  const { tx, known } = desk
  const [fromDomain = '', fromName] = after ?? []
  const named = wanted.subject.properties.domain
  const isMeant = (name: string): boolean =>
    named === undefined || (typeof named === 'string' && named.toLowerCase() === name.toLowerCase())
  const domains = [...known.domains].filter(([id, name]) => isMeant(name) && id >= fromDomain).map(([id]) => id)
  for (const domain of domains.sort() as DomainId[]) {
    let last = domain === fromDomain ? fromName : undefined
    for (;;) {
      const people = await tx.people.list(domain, { limit: AT_ONCE, ...(last === undefined ? {} : { after: last }) })
      for (const person of people)
        yield { at: [domain, person.username], test: testPerson(desk, wanted, person, () => true) }
      last = people.at(-1)?.username
      if (people.length < AT_ONCE || last === undefined) break
    }
  }
}

/** By id and in parts: a group may have very many. */
async function* membersOf({ tx }: Desk, group: GroupId, after: PersonId | undefined): AsyncGenerator<PersonId> {
  for (let last = after, more = true; more; ) {
    const ids = await tx.memberships.peopleOf(group, { limit: AT_ONCE, ...(last === undefined ? {} : { after: last }) })
    yield* ids
    last = ids.at(-1)
    more = ids.length === AT_ONCE
  }
}

/** Members of the groups, and people, that statements name; whoever is found twice is told the first time. */
async function* named(
  desk: Desk,
  wanted: SubjectWanted,
  keys: readonly string[],
  after: Position | undefined,
): Candidates<FoundEntity> {
  const { tx, known, tenancyId } = desk
  const [fromKey = '', fromPerson = ''] = after ?? []
  for (const key of keys.filter((k) => k >= fromKey)) {
    const from = key === fromKey && fromPerson !== '' ? (fromPerson as PersonId) : undefined
    for await (const id of known.groups.has(key) ? membersOf(desk, key as GroupId, from) : [key as PersonId]) {
      if (from !== undefined && id <= from) continue
      const person = await tx.people.get(id)
      if (person?.tenancyId !== tenancyId) continue
      const isTurn = (groups: readonly string[]): boolean => keys.find((k) => k === id || groups.includes(k)) === key
      yield { at: [key, id], test: testPerson(desk, wanted, person, isTurn) }
    }
  }
}

async function* serviceIds(desk: Desk, wanted: SubjectWanted, after: Position | undefined): Candidates<FoundEntity> {
  const { type, properties } = wanted.subject
  const [from] = after ?? []
  const rows = [...(await desk.tx.serviceIds.list(desk.tenancyId))].sort((a, b) => (a.id < b.id ? -1 : 1))
  for (const { id, name } of rows.filter((row) => from === undefined || row.id > from))
    yield {
      at: [id],
      test: async () => {
        for (const called of [name, id]) {
          const asking = await askingOf(desk, { ...wanted, subject: { type, id: called, properties } })
          if (asking.kind === 'own' && asking.ask.principal.id === id)
            return weighed(asking, desk)?.allow ? { type, id: called } : undefined
        }
        return undefined
      },
    }
}

/** Services and acting resources are not registered anywhere: those that a statement names are tried. */
async function* mentioned(
  desk: Desk,
  wanted: SubjectWanted,
  keys: readonly string[],
  after: Position | undefined,
): Candidates<FoundEntity> {
  const { type, properties } = wanted.subject
  const [from = ''] = after ?? []
  for (const key of keys.filter((k) => k.startsWith(`${type} `) && k > from)) {
    const id = key.slice(type.length + 1)
    yield {
      at: [key],
      test: async () =>
        (await isYes(desk, { ...wanted, subject: { type, id, properties } })) ? { type, id } : undefined,
    }
  }
}

async function* noCandidates(): Candidates<never> {}

const subjectCandidates = async (
  desk: Desk,
  wanted: SubjectWanted,
  after: Position | undefined,
): Promise<Candidates<FoundEntity>> => {
  const { type, properties } = wanted.subject
  const { snapshot } = desk.known
  if (properties.tenancy !== undefined) return noCandidates() // who there is in another tenancy is not ours to list
  const question = { ...wanted, subject: { type, id: '', properties } }
  const registered = await registeredFor(desk.tx, desk.tenancyId, snapshot.catalogue, wanted.resource)
  const ask = askOf(snapshot, { id: '', name: '', groupIds: [] }, askedOf(question), desk.now, registered)
  if (typeof ask === 'string') return noCandidates()
  const keys = grantees(snapshot, ask)
  const sorted = [...keys].sort()
  if (type === 'user')
    return keys.has(ANY_USER) || keys.has(ANY_GROUP)
      ? everybody(desk, wanted, after)
      : named(desk, wanted, sorted, after)
  if (type === 'service-id') return serviceIds(desk, wanted, after)
  return type === 'service' || type === 'resource' ? mentioned(desk, wanted, sorted, after) : noCandidates()
}

// ── Resources ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Registered ones: others are known to their applications alone. */
async function* resources(desk: Desk, wanted: ResourceWanted, after: Position | undefined): Candidates<FoundEntity> {
  const { tx, tenancyId, known } = desk
  const { type: word, properties } = wanted.resource
  const type = known.snapshot.catalogue.types.get(word.toLowerCase())?.name
  if (type === undefined) return
  let last = after?.[0] === undefined ? undefined : { type, name: after[0] }
  for (;;) {
    const rows = await tx.resources.list(tenancyId, { type, limit: AT_ONCE, ...(last ? { after: last } : {}) })
    for (const row of rows) {
      const resource = { type: word, id: row.name, properties }
      yield {
        at: [row.name],
        test: async () =>
          (await isYes(desk, { ...wanted, resource }, row)) ? { type: word, id: row.name } : undefined,
      }
    }
    const end = rows.at(-1)
    if (rows.length < AT_ONCE || !end) return
    last = { type, name: end.name }
  }
}

// ── Actions ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

async function* actions(desk: Desk, wanted: ActionWanted, after: Position | undefined): Candidates<string> {
  const type = desk.known.snapshot.catalogue.types.get(wanted.resource.type.toLowerCase())
  const from = Number(after?.[0] ?? -1)
  for (const [n, name] of (type ? actionsOf(type) : []).entries())
    if (n > from)
      yield {
        at: [String(n)],
        test: async () => ((await isYes(desk, { ...wanted, action: { name, properties: {} } })) ? name : undefined),
      }
}

export const searcher = ({ clock, known: snapshots, candidatesPerPage = CANDIDATES }: Deps): Search => {
  const at = <T>(
    tenancyId: TenancyId,
    page: PageAsked,
    candidates: (desk: Desk) => Candidates<T> | Promise<Candidates<T>>,
  ): Promise<Page<T>> => {
    const now = clock()
    return snapshots.read(tenancyId, async (tx, known) => {
      if (!known) throw new Problem('not-found', 'there is no such tenancy')
      return collect(await candidates({ tx, snapshots, known, tenancyId, now }), page, candidatesPerPage)
    })
  }
  return {
    subjects: (id, wanted, page) => at(id, page, (desk) => subjectCandidates(desk, wanted, page.after)),
    resources: (id, wanted, page) => at(id, page, (desk) => resources(desk, wanted, page.after)),
    actions: (id, wanted, page) => at(id, page, (desk) => actions(desk, wanted, page.after)),
  }
}
