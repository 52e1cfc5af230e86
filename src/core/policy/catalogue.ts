// What can be permitted: resource-types, their atomic permissions with the level that first holds each, families, operations and the
// variables that have a meaning for them. All of it is data; this file checks it and makes it quick to ask. It reads no file.
import { type Verb, verbs } from './ast.ts'
import { marksFor } from './reach.ts'

export type OperationKind = 'list' | 'create' | 'other'
export type OperationData = { readonly needs: readonly string[]; readonly kind: OperationKind }
export type TypeData = {
  /** The word in `target.<noun>.id`. */
  readonly noun: string
  readonly permissions: { readonly [V in Verb]?: readonly string[] }
  /** `owner` means `target.<noun>.owner`; whole names are taken as they are. `target.<noun>.id` and `.name` need not be listed. */
  readonly variables: readonly string[]
  readonly operations: { readonly [name: string]: OperationData }
}
/** One source of definitions: a file of the configuration, or what an application registered. */
export type CatalogueData = {
  /** `request.service.name` of its types. */
  readonly service: string
  readonly types: { readonly [name: string]: TypeData }
  readonly families: { readonly [name: string]: readonly string[] }
  /** Other spelling → type or family. Declared one by one: plurals are never guessed. */
  readonly aliases: { readonly [name: string]: string }
  /** Short key → long name; both compare equal. */
  readonly regions: { readonly [key: string]: string }
  /** Type words of workloads, besides the nouns of the types. */
  readonly workloads?: readonly string[]
}
/** `path` leads to the value in the source, so that a loader can name the line. */
export type CatalogueFault = { readonly source: number; readonly path: readonly string[]; readonly message: string }

/** 0 inspect … 3 manage. */
export type Level = 0 | 1 | 2 | 3
export const levelOf: { readonly [V in Verb]: Level } = { inspect: 0, read: 1, use: 2, manage: 3 }

export type Permission = { readonly name: string; readonly type: number; readonly level: Level }
/** What one question needs: every permission listed. `types` are the types they belong to. */
export type Need = {
  readonly permissions: readonly Permission[]
  readonly types: readonly number[]
  /** Which clauses can matter (reach.ts): of those for all types, then for each of the types. */
  readonly marks: readonly number[]
  readonly operation: string | undefined
  readonly kind: OperationKind
}
export type ResourceType = {
  readonly index: number
  readonly name: string
  readonly service: string
  readonly noun: string
  readonly permissions: readonly Permission[]
  readonly variables: ReadonlySet<string> // whole names, lower case
  readonly operations: ReadonlyMap<string, Need> // by lower-case name
  readonly verbs: { readonly [V in Verb]: Need }
}
export type Catalogue = {
  /** What it was made of, so that another can be made of more. */
  readonly sources: readonly CatalogueData[]
  readonly types: ReadonlyMap<string, ResourceType> // by lower-case name and alias
  readonly all: readonly ResourceType[] // by index
  readonly families: ReadonlyMap<string, readonly number[]> // lower-case name or alias → type indexes
  /** Whatever a statement may call types by → their indexes: one set for all statements that say the same. */
  readonly named: ReadonlyMap<string, ReadonlySet<number>>
  readonly permissions: ReadonlyMap<string, Permission> // upper-case name
  readonly variables: ReadonlySet<string>
  readonly regions: ReadonlyMap<string, string> // lower-case key → long name
  readonly workloads: ReadonlySet<string> // lower-case type words
}

const fold = (text: string): string => text.toLowerCase()

export const needOf = (permissions: readonly Permission[], operation?: string, kind: OperationKind = 'other'): Need => {
  const types = [...new Set(permissions.map((p) => p.type))]
  const levels = (among: readonly Permission[]): readonly Level[] => among.map((p) => p.level)
  const marks = [permissions, ...types.map((type) => permissions.filter((p) => p.type === type))]
    .map(levels)
    .map(marksFor)
  return { permissions, types, marks, operation, kind }
}

type Building = {
  readonly sources: readonly CatalogueData[]
  readonly faults: CatalogueFault[]
  readonly types: Map<string, ResourceType>
  readonly all: ResourceType[]
  readonly permissions: Map<string, Permission>
  readonly families: Map<string, readonly number[]>
}

const permissionsOf = (
  b: Building,
  source: number,
  name: string,
  data: TypeData,
  type: number,
): readonly Permission[] => {
  const out: Permission[] = []
  for (const verb of verbs)
    for (const [n, permission] of (data.permissions[verb] ?? []).entries()) {
      const path = ['types', name, 'permissions', verb, String(n)]
      const say = (message: string): unknown => b.faults.push({ source, path, message })
      if (!/^[A-Z][A-Z0-9_]*$/.test(permission)) say(`\`${permission}\` is no permission name (capitals, digits and _)`)
      const other = b.permissions.get(permission)
      if (other) {
        const where =
          other.type === type ? 'at another level' : `by resource-type \`${b.all[other.type]?.name ?? name}\``
        say(`permission \`${permission}\` is already held ${where}; a permission has one type and one level`)
        continue
      }
      const made: Permission = { name: permission, type, level: levelOf[verb] }
      b.permissions.set(permission, made)
      out.push(made)
    }
  return out
}

const variablesOf = (data: TypeData): ReadonlySet<string> =>
  new Set(['id', 'name', ...data.variables].map((v) => fold(v.startsWith('target.') ? v : `target.${data.noun}.${v}`)))

const upTo = (permissions: readonly Permission[], level: Level): Need =>
  needOf(permissions.filter((p) => p.level <= level))

const addType = (b: Building, source: number, name: string, data: TypeData): void => {
  if (b.types.has(fold(name))) {
    b.faults.push({ source, path: ['types', name], message: `resource-type \`${name}\` is already defined` })
    return
  }
  if (fold(name) === 'all-resources')
    b.faults.push({ source, path: ['types', name], message: '`all-resources` means every type and cannot be one' })
  const index = b.all.length
  const permissions = permissionsOf(b, source, name, data, index)
  if (permissions.length === 0)
    b.faults.push({
      source,
      path: ['types', name, 'permissions'],
      message: `resource-type \`${name}\` has no permission`,
    })
  const made: ResourceType = {
    index,
    name: fold(name),
    service: b.sources[source]?.service ?? '',
    noun: data.noun,
    permissions,
    variables: variablesOf(data),
    operations: new Map(),
    verbs: {
      inspect: upTo(permissions, 0),
      read: upTo(permissions, 1),
      use: upTo(permissions, 2),
      manage: upTo(permissions, 3),
    },
  }
  b.all.push(made)
  b.types.set(made.name, made)
}

/** Second pass: an operation may need permissions of types defined later. */
const operationsOf = (b: Building, source: number, name: string, data: TypeData): ReadonlyMap<string, Need> => {
  const out = new Map<string, Need>()
  for (const [operation, { needs, kind }] of Object.entries(data.operations)) {
    const path = ['types', name, 'operations', operation]
    const found = needs.map((p) => b.permissions.get(p))
    for (const [n, permission] of needs.entries())
      if (!found[n])
        b.faults.push({
          source,
          path: [...path, 'needs', String(n)],
          message: `permission \`${permission}\` is not defined by any resource-type`,
        })
    // an operation that needs nothing would be allowed to everybody
    if (needs.length === 0) b.faults.push({ source, path, message: `operation \`${operation}\` needs no permission` })
    if (out.has(fold(operation)))
      b.faults.push({ source, path, message: `operation \`${operation}\` is defined twice` })
    out.set(
      fold(operation),
      needOf(
        found.filter((p) => p !== undefined),
        operation,
        kind,
      ),
    )
  }
  return out
}

const familyMembers = (
  b: Building,
  all: ReadonlyMap<string, Family>,
  family: Family,
  seen: readonly string[],
): readonly number[] => {
  const out = new Set<number>()
  for (const [n, member] of family.members.entries()) {
    const key = fold(member)
    const say = (message: string): unknown =>
      b.faults.push({ source: family.source, path: ['families', family.name, String(n)], message })
    const type = b.types.get(key)
    const inner = all.get(key)
    if (type) out.add(type.index)
    else if (!inner) say(`family \`${family.name}\` names \`${member}\`, which is neither a resource-type nor a family`)
    else if (seen.includes(key)) say(`family \`${family.name}\` contains itself through \`${member}\``)
    else for (const index of familyMembers(b, all, inner, [...seen, key])) out.add(index)
  }
  return [...out]
}
type Family = { readonly source: number; readonly name: string; readonly members: readonly string[] }

const addFamilies = (b: Building): void => {
  const all = new Map<string, Family>()
  for (const [source, { families }] of b.sources.entries())
    for (const [name, members] of Object.entries(families)) {
      if (all.has(fold(name)) || b.types.has(fold(name)))
        b.faults.push({
          source,
          path: ['families', name],
          message: `\`${name}\` is already the name of a family or type`,
        })
      if (members.length === 0)
        b.faults.push({ source, path: ['families', name], message: `family \`${name}\` has no member` })
      all.set(fold(name), { source, name, members })
    }
  for (const [key, family] of all) b.families.set(key, familyMembers(b, all, family, [key]))
}

const addAliases = (b: Building): void => {
  const named = { types: new Map(b.types), families: new Map(b.families) } // an alias of an alias is a fault
  for (const [source, { aliases }] of b.sources.entries())
    for (const [alias, meant] of Object.entries(aliases)) {
      const key = fold(alias)
      const type = named.types.get(fold(meant))
      const family = named.families.get(fold(meant))
      const path = ['aliases', alias]
      if (b.types.has(key) || b.families.has(key))
        b.faults.push({ source, path, message: `\`${alias}\` already means something` })
      else if (type) b.types.set(key, type)
      else if (family) b.families.set(key, family)
      else
        b.faults.push({
          source,
          path,
          message: `alias \`${alias}\` means \`${meant}\`, which is neither a resource-type nor a family`,
        })
    }
}

/** Checks and compiles. With faults, the catalogue must not be used. */
export const catalogueOf = (
  sources: readonly CatalogueData[],
): { readonly catalogue: Catalogue; readonly faults: readonly CatalogueFault[] } => {
  const b: Building = { sources, faults: [], types: new Map(), all: [], permissions: new Map(), families: new Map() }
  for (const [source, { types }] of sources.entries())
    for (const [name, data] of Object.entries(types)) addType(b, source, name, data)
  for (const [source, { types }] of sources.entries())
    for (const [name, data] of Object.entries(types)) {
      const type = b.types.get(fold(name))
      if (type && type.operations.size === 0) {
        const whole = { ...type, operations: operationsOf(b, source, name, data) }
        b.all[type.index] = whole
        b.types.set(fold(name), whole)
      }
    }
  addFamilies(b)
  addAliases(b)
  return {
    catalogue: {
      sources,
      types: b.types,
      all: b.all,
      families: b.families,
      named: new Map<string, ReadonlySet<number>>([
        ...[...b.families].map(([name, types]) => [name, new Set(types)] as const),
        ...[...b.types].map(([name, { index }]) => [name, new Set([index])] as const),
      ]),
      permissions: b.permissions,
      variables: new Set(b.all.flatMap((type) => [...type.variables])),
      regions: new Map(
        sources.flatMap(({ regions }) => Object.entries(regions).map(([key, long]) => [fold(key), fold(long)])),
      ),
      workloads: new Set([
        ...b.all.map(({ noun }) => fold(noun.replaceAll('-', ''))),
        ...sources.flatMap(({ workloads = [] }) => workloads.map(fold)),
      ]),
    },
    faults: b.faults,
  }
}
