// A tenancy on paper with somebody on it: tags, dynamic groups and role assignments besides the statements, and the people and programs
// who are asked about. What is told of them is known, as if it came from a store. Whatever does not exist is a fault, never a No.

import type { DeclaredTenancy } from '../model/declared.ts'
import type { JsonObject } from '../model/json.ts'
import type { RoleAssignment } from '../model/role.ts'
import type { Tags } from '../model/tag.ts'
import type { Catalogue } from './catalogue.ts'
import { changed, type Unit } from './compile.ts'
import { matchesOf } from './dynamic-group.ts'
import { isError, lineOf } from './fault.ts'
import { fold } from './glob.ts'
import { parseRule } from './parse-rule.ts'
import { addTags, placeFacts, type Surroundings, workloadOf } from './program.ts'
import type { Principal } from './question.ts'
import { DEFAULT_DOMAIN } from './references.ts'
import { clausesOfAssignment, clausesOfEverybody } from './role-clauses.ts'
import type { Roles } from './roles.ts'
import { groupCalled, type Paper, type Sketch, sketchOf } from './sketch.ts'
import { placeCalled } from './tree.ts'

export type TrialPerson = {
  readonly kind: 'person'
  readonly id: string | undefined
  readonly groups: readonly string[]
  /** Identity domain; the Default one where nothing is said. */
  readonly domain: string | undefined
}
/** A service, an acting resource or a service ID by its name; any other type word is a workload. */
export type TrialProgram = {
  readonly kind: 'program'
  readonly type: string
  readonly id: string | undefined
  readonly compartment: string | undefined
  readonly tags: JsonObject
  readonly facts: JsonObject
}
export type TrialSubject = TrialPerson | TrialProgram

export type TrialAssignment = Pick<RoleAssignment, 'roles' | 'service' | 'resource' | 'expiresAt'> & {
  readonly name: string
  /** Of `people` or `programs`, who must be there; a group; or somebody a tenancy file speaks of, who need not be. */
  readonly holder: { readonly kind: 'one' | 'group' | 'declared'; readonly name: string }
  readonly compartment: string | undefined
}
/** What stands beside the statements. */
export type Cast = {
  readonly groupTags: { readonly [group: string]: Tags }
  readonly compartmentTags: { readonly [path: string]: Tags }
  readonly dynamicGroups: { readonly [name: string]: string }
  readonly subjects: { readonly [name: string]: TrialSubject }
  readonly assignments: readonly TrialAssignment[]
}
export type Stage = { readonly sketch: Sketch; readonly around: Surroundings; readonly faults: readonly string[] }
export const nobody: Cast = { groupTags: {}, compartmentTags: {}, dynamicGroups: {}, subjects: {}, assignments: [] }

const ROOT = 'root'
const qualified = (name: string): string => (name.includes('/') ? name : `${DEFAULT_DOMAIN}/${name}`)

const paperWith = (paper: Paper, { dynamicGroups, compartmentTags }: Cast): Paper => {
  const tags = new Map(Object.entries(compartmentTags).map(([path, own]) => [fold(path), own]))
  return {
    ...paper,
    dynamicGroups: [...paper.dynamicGroups, ...Object.keys(dynamicGroups).map(qualified)],
    rows: paper.rows.map((row) => {
      const own = tags.get(row.parentId === undefined ? ROOT : fold(row.id))
      return own === undefined ? row : { ...row, tags: own }
    }),
  }
}

const idOfSubject = (name: string, subject: TrialSubject): string => subject.id ?? name

const isCalled = (name: string, subject: TrialSubject, called: string): boolean =>
  fold(name) === fold(called) ||
  (subject.kind === 'person' && fold(`${subject.domain ?? DEFAULT_DOMAIN}/${name}`) === fold(qualified(called)))
/** Whoever is not asked about may hold what they hold. */
const idOfDeclared = (subjects: Cast['subjects'], called: string): string => {
  const found = Object.entries(subjects).find(([name, subject]) => isCalled(name, subject, called))
  return found ? idOfSubject(...found) : called
}

/** Tags, matching rules and role assignments of a tenancy file. */
export const castOf = ({ domains, roleAssignments }: DeclaredTenancy): Cast => ({
  ...nobody,
  groupTags: Object.fromEntries(domains.flatMap((d) => d.groups.map((g) => [`${d.name}/${g.name}`, g.tags]))),
  dynamicGroups: Object.fromEntries(
    domains.flatMap((d) => d.dynamicGroups.map((g) => [`${d.name}/${g.name}`, g.rule])),
  ),
  assignments: roleAssignments.map(({ holder, compartment, ...rest }) => ({
    ...rest,
    holder: { kind: holder.kind === 'group' ? 'group' : 'declared', name: holder.called },
    compartment: compartment.length === 0 ? undefined : compartment.join(':'),
  })),
})

/** What a policy test says of a group, compartment or dynamic group counts more than what the tenancy says. */
export const castTogether = (there: Cast, own: Cast): Cast => ({
  subjects: { ...there.subjects, ...own.subjects },
  groupTags: { ...there.groupTags, ...own.groupTags },
  compartmentTags: { ...there.compartmentTags, ...own.compartmentTags },
  dynamicGroups: { ...there.dynamicGroups, ...own.dynamicGroups },
  assignments: [...there.assignments, ...own.assignments],
})

const holderOf = (sketch: Sketch, { subjects }: Cast, { holder }: TrialAssignment): string | undefined => {
  if (holder.kind === 'group') return groupCalled(sketch, holder.name)
  if (holder.kind === 'declared') return idOfDeclared(subjects, holder.name)
  const one = Object.hasOwn(subjects, holder.name) ? subjects[holder.name] : undefined
  return one && idOfSubject(holder.name, one)
}

type Told = (fault: string) => undefined

const unitOfAssignment = (
  sketch: Sketch,
  cast: Cast,
  given: TrialAssignment,
  roles: Roles,
  catalogue: Catalogue,
  tell: Told,
): Unit | undefined => {
  const { name, compartment, holder } = given
  const id = holderOf(sketch, cast, given)
  const place = placeCalled(sketch.snapshot.tree, compartment)
  const missing = given.roles.find((role) => !roles.has(role))
  if (id === undefined) return tell(`role assignment \`${name}\`: nobody is called \`${holder.name}\``)
  if (!place) return tell(`role assignment \`${name}\`: there is no compartment \`${compartment}\``)
  if (missing !== undefined) return tell(`role assignment \`${name}\`: there is no role \`${missing}\``)
  const clauses = clausesOfAssignment(
    {
      ...given,
      id: name as RoleAssignment['id'],
      tenancyId: '' as RoleAssignment['tenancyId'],
      holder: { kind: 'person', id: id as never },
      compartmentId: place.id as RoleAssignment['compartmentId'],
      createdBy: '',
      createdAt: 0,
      updatedAt: 0,
    },
    roles,
    catalogue,
  )
  return { id: `assignment:${name}`, compartmentId: place.id, statements: 0, clauses }
}

/** Everybody has roles in a tenancy; on paper only where roles are spoken of at all. */
const withRoles = (sketch: Sketch, cast: Cast, roles: Roles, catalogue: Catalogue, tell: Told): Sketch => {
  if (cast.assignments.length === 0) return sketch
  const { snapshot } = sketch
  const root = snapshot.tree.root?.id ?? ''
  const everybody = { id: 'role:everybody', compartmentId: root, statements: 0 }
  const units = [
    { ...everybody, clauses: clausesOfEverybody(roles, root, catalogue) },
    ...cast.assignments.flatMap((given) => unitOfAssignment(sketch, cast, given, roles, catalogue, tell) ?? []),
  ]
  const { revision, administrators } = snapshot
  return { ...sketch, snapshot: changed(snapshot, { revision, administrators, units }) }
}

export const stageOf = (paper: Paper, cast: Cast, catalogue: Catalogue, roles: Roles): Stage => {
  const faults: string[] = []
  const tell: Told = (fault) => {
    faults.push(fault)
    return undefined
  }
  const plain = sketchOf(paperWith(paper, cast), catalogue)
  const sketch = withRoles(plain, cast, roles, catalogue, tell)
  const dynamicGroups = Object.entries(cast.dynamicGroups).flatMap(([name, text]) => {
    const { rule, faults: found } = parseRule(text)
    for (const fault of found.filter(isError)) tell(`dynamic group \`${name}\`: ${lineOf(fault)}`)
    const id = sketch.world.dynamicGroups.get(fold(qualified(name))) ?? fold(qualified(name))
    return rule ? [{ id, name, matches: matchesOf(rule) }] : []
  })
  const groupTags = new Map<string, Tags>()
  for (const [name, tags] of Object.entries(cast.groupTags)) {
    const own = sketch.world.dynamicGroups.get(fold(qualified(name))) ?? groupCalled(sketch, name)
    if (own === undefined) tell(`tags of group \`${name}\`: there is no such group`)
    else groupTags.set(own, tags)
  }
  for (const path of Object.keys(cast.compartmentTags))
    if (path !== ROOT && !placeCalled(sketch.snapshot.tree, path))
      tell(`tags of compartment \`${path}\`: there is no such compartment`)
  return { sketch, around: { tree: sketch.snapshot.tree, dynamicGroups, groupTags }, faults }
}

export type NoPrincipal = 'group-unknown' | 'subject-unknown' | 'subject-type-unsupported'

const person = ({ sketch, around }: Stage, name: string, subject: TrialPerson): Principal | NoPrincipal => {
  const groups = subject.groups.map((group) => groupCalled(sketch, group))
  const groupIds = groups.filter((g) => g !== undefined)
  if (groupIds.length < groups.length) return 'group-unknown'
  const domain = fold(subject.domain ?? DEFAULT_DOMAIN)
  const facts = new Map<string, readonly string[]>([
    ['request.domain.id', [domain]],
    ['request.domain.name', [domain]],
  ])
  for (const id of groupIds) addTags(facts, 'request.principal.group.tag', around.groupTags.get(id as never))
  return { id: idOfSubject(name, subject), name, groupIds, type: 'user', facts }
}

export const principalOn = (stage: Stage, name: string, subject: TrialSubject): Principal | NoPrincipal => {
  if (subject.kind === 'person') return person(stage, name, subject)
  const { type, compartment, tags, facts } = subject
  const id = idOfSubject(name, subject)
  if (type === 'service' || type === 'resource') return { id, name: id, groupIds: [], type }
  if (type === 'service-id') {
    const place = placeCalled(stage.around.tree, compartment)
    return place ? { id, name, groupIds: [], type, facts: placeFacts(place) } : 'subject-unknown'
  }
  const properties = { ...facts, tags, ...(compartment === undefined ? {} : { compartment }) }
  const found = workloadOf(stage.around, { type, id, properties })
  return typeof found === 'string' ? found : found.principal
}
