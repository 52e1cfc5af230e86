// Roles: bundles of actions of the statement language, as data (config/roles). This file checks them against the catalogue and says
// where a role may be given; what an assignment grants is in role-clauses.ts. It reads no file.
import type { Action, Condition, Verb } from './ast.ts'
import type { Catalogue } from './catalogue.ts'
import { isKnownType } from './check.ts'
import { parseStatement } from './parse.ts'
import { printCondition } from './print.ts'

export const roleKinds = [
  'account',
  'organisation',
  'space',
  'platform',
  'service-access',
  'permission-set',
  'domain-administrator',
] as const
export type RoleKind = (typeof roleKinds)[number]
export type InTwoLanguages = { readonly en: string; readonly ko: string }

/** As written: a grant is an action and perhaps a condition, `read users where target.user.id = request.user.id`. */
export type RoleData = {
  readonly kind: RoleKind
  readonly title: InTwoLanguages
  readonly description: InTwoLanguages
  /** Whatever the service. */
  readonly grants: readonly string[]
  /** This verb on every resource-type of each service that has no table below. */
  readonly everyType: Verb | undefined
  /** What it grants in one service beside `grants`; an empty list: that service does not use the role. */
  readonly services: { readonly [service: string]: readonly string[] }
  /** Whoever is given this role holds these as well. */
  readonly includes: readonly string[]
  /** Attributes that every assignment must name. */
  readonly requires: readonly string[]
  /** No Deny removes what it grants. */
  readonly aboveDeny: boolean
  /** May be chosen before the person has accepted an invitation. */
  readonly invitable: boolean
  /** Every person of the tenancy holds it, without an assignment. */
  readonly everybody: boolean
}
/** One source of roles: name → role. */
export type RolesData = { readonly [name: string]: RoleData }
export type RoleFault = { readonly source: number; readonly path: readonly string[]; readonly message: string }

export type RoleGrant = { readonly text: string; readonly action: Action; readonly where: Condition | undefined }
export type Role = Omit<RoleData, 'grants' | 'services'> & {
  readonly name: string
  readonly grants: readonly RoleGrant[]
  readonly services: ReadonlyMap<string, readonly RoleGrant[]>
}
/** By name; in the order of the files. */
export type Roles = ReadonlyMap<string, Role>

type Report = (path: readonly string[], message: string) => void

const SPLIT = /^([\s\S]*?)(?:\swhere\s([\s\S]*))?$/i

/** An action is a part of a statement: it is read as one, so that roles and policies have one grammar. */
const parseGrant = (text: string): RoleGrant | { readonly fault: string } => {
  const [, action = '', condition] = SPLIT.exec(text.trim()) ?? []
  const { statement, faults } = parseStatement(
    `Allow any-user to ${action} in tenancy${condition === undefined ? '' : ` where ${condition}`}`,
  )
  if (statement?.kind === 'allow' && statement.place.kind === 'tenancy')
    return { text: text.trim(), action: statement.action, where: statement.where }
  return { fault: faults[0]?.message ?? 'expected an action' }
}

const variablesIn = (condition: Condition): readonly string[] =>
  condition.kind === 'group' ? condition.of.flatMap(variablesIn) : [condition.variable.text.toLowerCase()]

const isKnownVariable = (name: string, { variables }: Catalogue): boolean =>
  name.startsWith('request.') || /^target\.(?:resource|compartment)\./.test(name) || variables.has(name)

const checkGrant = ({ action, where }: RoleGrant, catalogue: Catalogue, report: (message: string) => void): void => {
  const type = action.resourceType?.text
  if (action.kind === 'verb' && action.verb === 'associate') report('a role cannot `associate`')
  if (type !== undefined && !isKnownType(type, catalogue)) report(`no resource-type or family is called \`${type}\``)
  if (action.kind === 'permissions')
    for (const { text } of action.permissions)
      if (!catalogue.permissions.has(text)) report(`no resource-type has the permission \`${text}\``)
  for (const name of where === undefined ? [] : variablesIn(where))
    if (!isKnownVariable(name, catalogue)) report(`no resource-type has the variable \`${name}\``)
}

const grantsOf = (texts: readonly string[], path: readonly string[], catalogue: Catalogue, report: Report) =>
  texts.flatMap((text, n): readonly RoleGrant[] => {
    const say = (message: string): void => report([...path, String(n)], `\`${text}\`: ${message}`)
    const grant = parseGrant(text)
    if ('fault' in grant) {
      say(grant.fault)
      return []
    }
    checkGrant(grant, catalogue, say)
    return [grant]
  })

const roleOf = (name: string, data: RoleData, catalogue: Catalogue, report: Report): Role => {
  const services = new Map(
    Object.entries(data.services).map(([service, texts]): [string, readonly RoleGrant[]] => {
      const path = [name, 'services', service]
      if (!isService(service, catalogue)) report(path, `no service is called \`${service}\``)
      return [service, grantsOf(texts, path, catalogue, report)]
    }),
  )
  const grants = grantsOf(data.grants, [name, 'grants'], catalogue, report)
  const nothing =
    grants.length === 0 && data.everyType === undefined && [...services.values()].every((g) => g.length === 0)
  if (nothing && data.includes.length === 0) report([name], `role \`${name}\` grants nothing`)
  if (data.everybody && data.requires.length > 0)
    report([name, 'requires'], 'what everybody holds is not assigned, so that nothing can be required of an assignment')
  if (!choosesService(data) && (data.everyType !== undefined || services.size > 0))
    report([name, 'kind'], `only roles of kind \`platform\` and \`service-access\` have actions per service`)
  return { ...data, name, grants, services }
}

const checkIncludes = (roles: Roles, role: Role, report: Report): void => {
  const visit = (name: string, trail: readonly string[]): void => {
    for (const inner of roles.get(name)?.includes ?? [])
      if (inner === role.name) report([role.name, 'includes'], `role \`${role.name}\` includes itself`)
      else if (!trail.includes(inner)) visit(inner, [...trail, inner])
  }
  for (const [n, inner] of role.includes.entries())
    if (!roles.has(inner)) report([role.name, 'includes', String(n)], `there is no role \`${inner}\``)
  visit(role.name, [role.name])
}

/** Checks and compiles. With faults, the roles must not be used. */
export const rolesOf = (
  sources: readonly RolesData[],
  catalogue: Catalogue,
): { readonly roles: Roles; readonly faults: readonly RoleFault[] } => {
  const faults: RoleFault[] = []
  const roles = new Map<string, Role>()
  const reporting =
    (source: number): Report =>
    (path, message) => {
      faults.push({ source, path, message })
    }
  for (const [source, data] of sources.entries())
    for (const [name, role] of Object.entries(data)) {
      const report = reporting(source)
      if (!/^[a-z][a-z0-9-]{0,62}$/.test(name))
        report([name], `\`${name}\` is no role name (lower-case letters, digits, \`-\`)`)
      if (roles.has(name)) report([name], `role \`${name}\` is already defined`)
      else roles.set(name, roleOf(name, role, catalogue, report))
    }
  for (const [source, data] of sources.entries())
    for (const name of Object.keys(data)) {
      const role = roles.get(name)
      if (role) checkIncludes(roles, role, reporting(source))
    }
  return { roles, faults }
}

export const isService = (service: string, { all }: Catalogue): boolean => all.some((type) => type.service === service)

/** Whether a service is chosen before the role. */
export const choosesService = ({ kind }: Pick<RoleData, 'kind'>): boolean =>
  kind === 'platform' || kind === 'service-access'

/** Whether the role may be given for the service; undefined: for all of them, or the role is of none. */
export const appliesTo = (role: Role, service: string | undefined, catalogue: Catalogue): boolean => {
  if (service === undefined) return true
  if (!choosesService(role) || !isService(service, catalogue)) return false
  const table = role.services.get(service)
  return table === undefined ? role.everyType !== undefined || role.grants.length > 0 : table.length > 0
}

/** How far below the root a role of the kind is given: the account is the tenancy, organisations lie in it, spaces in organisations. */
const depths: { readonly [K in RoleKind]: readonly [least: number, most: number] } = {
  account: [0, 0],
  organisation: [1, Number.POSITIVE_INFINITY],
  space: [2, Number.POSITIVE_INFINITY],
  platform: [0, Number.POSITIVE_INFINITY],
  'service-access': [0, Number.POSITIVE_INFINITY],
  'permission-set': [0, Number.POSITIVE_INFINITY],
  'domain-administrator': [0, Number.POSITIVE_INFINITY],
}
export const fitsDepth = ({ kind }: Pick<Role, 'kind'>, depth: number): boolean =>
  depth >= depths[kind][0] && depth <= depths[kind][1]

/** The role and all that it includes, each once. */
export const withIncluded = (roles: Roles, name: string, seen: readonly string[] = []): readonly Role[] => {
  const role = roles.get(name)
  if (!role || seen.includes(name)) return []
  return [...new Set([role, ...role.includes.flatMap((inner) => withIncluded(roles, inner, [...seen, name]))])]
}

const grantInWords = ({ action, where }: RoleGrant): string => {
  const what =
    action.kind === 'verb'
      ? `${action.verb} ${action.resourceType.text}`
      : `{${action.permissions.map((p) => p.text).join(', ')}}`
  return where === undefined ? what : `${what} where ${printCondition(where)}`
}

/** All that the role permits, in actions of the language; of one service, or of all. */
export const permitsOf = (role: Role, service: string | undefined): readonly string[] => {
  const tables = service === undefined ? [...role.services.values()].flat() : (role.services.get(service) ?? [])
  const named = service !== undefined && role.services.has(service)
  const every =
    role.everyType === undefined || named
      ? []
      : [
          `${role.everyType} every resource-type of ${service === undefined ? 'services without a table' : `\`${service}\``}`,
        ]
  return [...every, ...[...role.grants, ...tables].map(grantInWords)]
}
