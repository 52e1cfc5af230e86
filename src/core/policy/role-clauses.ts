// What a role assignment grants, as clauses of the one evaluator: its holder is the subject, its compartment the place, its resource
// attributes and its end are conditions. It depends on the assignment, the roles and the catalogue alone.
import type { RoleAssignment } from '../model/role.ts'
import type { EpochMs } from '../model/time.ts'
import type { Action, Condition, Name, Test } from './ast.ts'
import { type Catalogue, levelOf, type ResourceType } from './catalogue.ts'
import { ANY_USER, type Clause } from './clause.ts'
import { predicateOf } from './condition.ts'
import { printCondition } from './print.ts'
import { appliesTo, choosesService, type Role, type RoleGrant, type Roles, withIncluded } from './roles.ts'

/** What of an assignment decides which permissions it grants on what. */
export type Narrowing = Pick<RoleAssignment, 'service' | 'resource'>

/** Permissions of types under one condition. `all`: every type there is, manage and below. */
type Share = {
  readonly types: Set<number> | 'all'
  readonly permissions: Set<string>
  readonly where: Condition | undefined
}

const nameOf = (text: string): Name => ({ text, at: 0 })
const equals = (variable: string, text: string): Test => ({
  kind: 'compare',
  variable: nameOf(variable),
  operator: '=',
  value: { kind: 'text', text, at: 0 },
})
const both = (conditions: readonly (Condition | undefined)[]): Condition | undefined => {
  const of = conditions.filter((c) => c !== undefined)
  return of.length > 1 ? { kind: 'group', quantifier: 'all', of } : of[0]
}

/** An assignment is itself of whatever it is for: who administers one thing may give roles on that thing. */
export const ASSIGNED = 'target.role-assignment.'

/**
 * The variable that an attribute means for a type; undefined: the type does not know it. `service-instance` means `target.<noun>.service-instance`,
 * and of service instances themselves the id; `tag.<namespace>.<key>` and `target.…` are taken as they are.
 */
export const variableFor = (attribute: string, type: ResourceType): string | undefined => {
  const name = attribute.toLowerCase()
  if (type.variables.has(`${ASSIGNED}role`)) return `${ASSIGNED}${name}`
  if (name.startsWith('tag.')) return `target.resource.${name}`
  if (/^target\.(?:resource|compartment)\./.test(name)) return name
  const candidates = name.startsWith('target.')
    ? [name]
    : [name === type.noun.toLowerCase() ? `target.${name}.id` : `target.${type.noun}.${name}`, `target.${name}.id`]
  return candidates.map((c) => c.toLowerCase()).find((c) => type.variables.has(c))
}

/** One resource is the attribute named like its noun: whatever says that it belongs to the resource is then within the assignment. */
export const attributesOf = (
  { resource }: Pick<Narrowing, 'resource'>,
  catalogue: Catalogue,
): readonly (readonly [name: string, value: string])[] => {
  const type = resource.type === undefined ? undefined : catalogue.types.get(resource.type.toLowerCase())
  const id = resource.id === undefined ? [] : [[type?.noun ?? 'target.resource.id', resource.id] as const]
  return [...id, ...Object.entries(resource.attributes)]
}

const isOfService = (type: ResourceType, service: string): boolean => type.service === service
const serviceVariable = (type: ResourceType): string => `target.${type.noun}.service`.toLowerCase()

/** The conditions under which the assignment reaches resources of the type; undefined: never. */
const reachOf = (type: ResourceType, narrowing: Narrowing, catalogue: Catalogue): readonly Condition[] | undefined => {
  const { service, resource } = narrowing
  const out: Condition[] = []
  if (service !== undefined && !isOfService(type, service)) {
    if (!type.variables.has(serviceVariable(type))) return undefined
    out.push(equals(serviceVariable(type), service))
  }
  if (
    resource.type !== undefined &&
    resource.id === undefined &&
    catalogue.types.get(resource.type.toLowerCase()) !== type
  )
    return undefined
  for (const [name, value] of attributesOf(narrowing, catalogue)) {
    const variable = variableFor(name, type)
    if (variable === undefined) return undefined
    out.push(equals(variable, value))
  }
  return out
}

const typesIn = (action: Action, { types, families, all }: Catalogue): readonly ResourceType[] => {
  const word = action.resourceType?.text
  if (word === undefined || word === 'all-resources') return all
  const type = types.get(word)
  return type ? [type] : (families.get(word) ?? []).flatMap((n) => all[n] ?? [])
}
const permissionsIn = (action: Action, type: ResourceType): readonly string[] => {
  if (action.kind === 'verb')
    return action.verb === 'associate' ? [] : type.verbs[action.verb].permissions.map((p) => p.name)
  const named = new Set(action.permissions.map((p) => p.text))
  return type.permissions.filter((p) => named.has(p.name)).map((p) => p.name)
}

type Wanted = {
  readonly type: ResourceType
  readonly permissions: readonly string[]
  readonly where: Condition | undefined
}

const wantedOf = (grants: readonly RoleGrant[], catalogue: Catalogue): readonly Wanted[] =>
  grants.flatMap(({ action, where }) =>
    typesIn(action, catalogue).flatMap((type): readonly Wanted[] => {
      const permissions = permissionsIn(action, type)
      return permissions.length === 0 ? [] : [{ type, permissions, where }]
    }),
  )

/** The role's own grants, its table of each service, and its verb on the types of the services without one. */
const allWanted = (role: Role, service: string | undefined, catalogue: Catalogue): readonly Wanted[] => {
  const { everyType } = role
  const tables = service === undefined ? [...role.services.values()] : [role.services.get(service) ?? []]
  const every = everyType === undefined ? [] : catalogue.all.filter((type) => !role.services.has(type.service))
  return [
    ...wantedOf([...role.grants, ...tables.flat()], catalogue),
    ...every.map((type) => ({
      type,
      permissions: everyType === undefined ? [] : type.verbs[everyType].permissions.map((p) => p.name),
      where: undefined,
    })),
  ]
}

const isWhole = ({ service, resource }: Narrowing): boolean =>
  service === undefined &&
  resource.type === undefined &&
  resource.id === undefined &&
  Object.keys(resource.attributes).length === 0

const holdsAll = (role: Role): boolean =>
  (role.everyType === 'manage' && role.services.size === 0) ||
  role.grants.some(
    ({ action, where }) =>
      action.kind === 'verb' && action.verb === 'manage' && action.resourceType.text === 'all-resources' && !where,
  )

const sharesOf = (role: Role, narrowing: Narrowing, catalogue: Catalogue): readonly Share[] => {
  if (holdsAll(role) && isWhole(narrowing)) return [{ types: 'all', permissions: new Set(), where: undefined }]
  const shares = new Map<string, Share & { readonly types: Set<number> }>()
  for (const { type, permissions, where } of allWanted(role, narrowing.service, catalogue)) {
    const reach = reachOf(type, narrowing, catalogue)
    if (reach === undefined) continue
    const condition = both([where, ...reach])
    const key = condition === undefined ? '' : printCondition(condition)
    const share = shares.get(key) ?? { types: new Set(), permissions: new Set(), where: condition }
    shares.set(key, share)
    share.types.add(type.index)
    for (const name of permissions) share.permissions.add(name)
  }
  return [...shares.values()]
}

/** An end is a condition on the clock of each question, so that no snapshot has to be made anew when it comes. */
const untilOf = (expiresAt: EpochMs | undefined): Condition | undefined =>
  expiresAt === undefined
    ? undefined
    : { kind: 'before', variable: nameOf('request.utc-timestamp'), instant: nameOf(new Date(expiresAt).toISOString()) }

type Given = Pick<Clause, 'ref' | 'policyId' | 'policyName' | 'text' | 'subjects' | 'attachedTo'> & {
  readonly until: Condition | undefined
}

const clausesOfRole = (role: Role, narrowing: Narrowing, given: Given, catalogue: Catalogue): readonly Clause[] =>
  sharesOf(role, narrowing, catalogue).map(({ types, permissions, where }, n): Clause => {
    const { until, ...who } = given
    const condition = both([where, until])
    return {
      ...who,
      ref: n === 0 ? given.ref : `${given.ref}/${n + 1}`,
      text: condition === undefined ? given.text : `${given.text} where ${printCondition(condition)}`,
      kind: 'local',
      effect: 'allow',
      system: role.aboveDeny,
      types,
      level: types === 'all' ? levelOf.manage : undefined,
      permissions: types === 'all' ? undefined : permissions,
      compartmentId: given.attachedTo,
      where: condition && predicateOf(condition, catalogue),
    }
  })

/** Exact values only: a `*` would be a wildcard. */
const hasWildcard = ({ resource, service }: Narrowing): boolean =>
  [service, resource.id, ...Object.values(resource.attributes)].some((value) => value?.includes('*'))

const inWords = (role: Role, { holder, service, resource }: RoleAssignment): string =>
  [
    `role \`${role.name}\` for ${holder.kind} ${holder.id}`,
    ...(service === undefined ? [] : [`on service \`${service}\``]),
    ...(resource.type === undefined ? [] : [`on \`${resource.type}\``]),
  ].join(' ')

/** Roles that are gone, do not apply to the service, or lack what they require grant nothing. */
export const clausesOfAssignment = (
  assignment: RoleAssignment,
  roles: Roles,
  catalogue: Catalogue,
): readonly Clause[] => {
  if (hasWildcard(assignment)) return []
  const attributes = new Set(attributesOf(assignment, catalogue).map(([name]) => name))
  const held = new Set(assignment.roles.flatMap((name) => withIncluded(roles, name)))
  return [...held].flatMap((role) => {
    if (!appliesTo(role, assignment.service, catalogue) || role.requires.some((name) => !attributes.has(name)))
      return []
    const given = {
      ref: `assignment:${assignment.id}#${role.name}`,
      policyId: assignment.id,
      policyName: assignment.name,
      text: inWords(role, assignment),
      subjects: [assignment.holder.id],
      attachedTo: assignment.compartmentId,
      until: untilOf(assignment.expiresAt),
    }
    return clausesOfRole(role, assignment, given, catalogue)
  })
}

const everything: Narrowing = { service: undefined, resource: { type: undefined, id: undefined, attributes: {} } }
const aPerson = equals('request.principal.type', 'user')

/** What every person of the tenancy may do, without an assignment; workloads are nobody's members. */
export const clausesOfEverybody = (roles: Roles, root: string, catalogue: Catalogue): readonly Clause[] =>
  [...roles.values()]
    .filter((role) => role.everybody)
    .flatMap((role) => {
      const given = {
        ref: `role:${role.name}`,
        policyId: `role:${role.name}`,
        policyName: role.name,
        text: `role \`${role.name}\` for everybody`,
        subjects: [ANY_USER],
        attachedTo: root,
        until: aPerson,
      }
      return clausesOfRole(role, everything, given, catalogue)
    })

/** What a role grants under a narrowing: whoever gives it must hold each of these, unless he was named as one who may give it. */
export const permissionsOfRole = (role: Role, narrowing: Narrowing, catalogue: Catalogue): ReadonlySet<string> =>
  new Set(
    sharesOf(role, narrowing, catalogue).flatMap(({ types, permissions }) =>
      types === 'all' ? [...catalogue.permissions.keys()] : [...permissions],
    ),
  )

/** What may narrow an assignment for the service: attributes that its types know, in the short form. */
export const attributesFor = (role: Role, service: string | undefined, catalogue: Catalogue): readonly string[] => {
  const types = new Set(
    allWanted(role, choosesService(role) ? service : undefined, catalogue)
      .map((w) => w.type)
      .filter((type) => service === undefined || isOfService(type, service)),
  )
  const names = [...types].flatMap((type) =>
    [...type.variables].map((v) => (v.startsWith(`target.${type.noun}.`) ? v.slice(`target.${type.noun}.`.length) : v)),
  )
  return [...new Set(names)].filter((name) => name !== 'id' && name !== 'name' && name !== 'service').sort()
}
