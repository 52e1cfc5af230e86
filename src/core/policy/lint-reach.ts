// Where a condition cannot hold although the statement names the permission: for Lists, for Creates, for types in which a variable has no
// meaning, and, in a Deny, where nobody says what it asks for. What a variable is worth is asked of facts.ts, so that the two agree.
import type { Condition, Grant, Test } from './ast.ts'
import {
  type Catalogue,
  levelOf,
  type Need,
  needOf,
  type OperationKind,
  type Permission,
  type ResourceType,
} from './catalogue.ts'
import { otherVariables } from './check.ts'
import { variableOf, type Worth } from './facts.ts'
import { fold, matcherOf } from './glob.ts'
import type { Ask } from './question.ts'

const noPlace: Ask['place'] = {
  index: 0,
  id: '',
  name: '',
  chain: [0],
  end: 1,
  path: '',
  children: new Map(),
  tags: {},
}
const nothingSupplied: ReturnType<Ask['supplied']> = new Map()

/** A question of which nothing is known but what it needs: whatever then is `nothing` has no meaning, whoever asks. */
const blankAsk = (
  catalogue: Catalogue,
  need: Need,
  type: ResourceType | undefined = catalogue.all[need.types[0] ?? -1],
): Ask | undefined => {
  return (
    type && {
      principal: { id: '', name: '', groupIds: [] },
      need,
      type,
      place: noPlace,
      supplied: () => nothingSupplied,
      tagsKnown: false,
      catalogue,
      now: 0,
    }
  )
}

// of the caller, whom a linter does not know, and of compartments, which it does not see
const isOpen = (name: string): boolean =>
  name.startsWith('request.principal.') || name.includes('.compartment.tag.') || name === 'request.user.mfatotpverified'

const worthOf = (name: string, ask: Ask, permission: Permission): Worth =>
  isOpen(name) ? 'unknown' : variableOf(name).worth(ask, permission)

/** Of the operation and its permissions the values are known; everything else that has a meaning could be anything. */
const canHold = (condition: Condition, ask: Ask, permission: Permission): boolean => {
  if (condition.kind === 'group') {
    const held = condition.of.map((inner) => canHold(inner, ask, permission))
    return condition.quantifier === 'any' ? held.includes(true) : !held.includes(false)
  }
  if (condition.kind === 'absent') return true
  const name = fold(condition.variable.text)
  const worth = worthOf(name, ask, permission)
  if (worth === 'nothing') return false
  if (otherVariables(condition).some((other) => worthOf(other.text, ask, permission) === 'nothing')) return false
  const settled = name === 'request.permission' || name === 'request.operation'
  return !settled || typeof worth === 'string' || literallyHolds(condition, worth)
}
const literallyHolds = (test: Test, worth: readonly string[]): boolean => {
  if (test.kind !== 'compare' && test.kind !== 'in') return true
  const values = test.kind === 'compare' ? [test.value] : test.values
  if (values.some((v) => v.kind === 'variable')) return true
  const hit = worth.some((w) => values.some((v) => matcherOf(v.text)(w)))
  return hit !== (test.kind === 'compare' ? test.operator === '!=' : test.negated)
}

/** The permissions that a statement grants or removes, as far as the catalogue knows them. */
export const permissionsOf = ({ kind, action }: Grant, catalogue: Catalogue): readonly Permission[] => {
  const word = action.resourceType?.text
  const family = word === undefined ? undefined : catalogue.families.get(word)
  const type = word === undefined ? undefined : catalogue.types.get(word)
  const every = word === undefined || word === 'all-resources'
  const types = every ? catalogue.all : (family ?? (type ? [type.index] : [])).flatMap((n) => catalogue.all[n] ?? [])
  const all = types.flatMap((t) => t.permissions)
  if (action.kind === 'permissions') {
    const named = new Set(action.permissions.map((p) => p.text))
    return all.filter((p) => named.has(p.name))
  }
  if (action.verb === 'associate') return []
  const level = levelOf[action.verb]
  return all.filter((p) => (kind === 'allow' ? p.level <= level : p.level >= level))
}

const testsOf = (condition: Condition): readonly Test[] =>
  condition.kind === 'group' ? condition.of.flatMap(testsOf) : [condition]
const namesIn = (test: Test): readonly string[] => [
  fold(test.variable.text),
  ...otherVariables(test).map((o) => fold(o.text)),
]

/** An operation of another type may need the permission too: who joins a group is changed like the group, and the question names that. */
const abroad = (catalogue: Catalogue, permission: Permission): readonly { type: ResourceType; need: Need }[] =>
  catalogue.all.flatMap((type) =>
    type.index === permission.type
      ? []
      : [...type.operations.values()]
          .filter((need) => need.permissions.includes(permission))
          .map((need) => ({ type, need })),
  )

/** Whether the condition can hold for the permission where such an operation asks for it. */
const holdsAbroad = (where: Condition, permission: Permission, catalogue: Catalogue): boolean =>
  abroad(catalogue, permission).some(({ type, need }) => {
    const ask = blankAsk(catalogue, need, type)
    return ask !== undefined && canHold(where, ask, permission)
  })

export type Unreached = { readonly operations: readonly string[]; readonly types: readonly string[] }

/**
 * Operations of one kind for which a condition cannot hold, though the same condition could if the operation named a resource, or can
 * for another operation that asks for the same type.
 * An operation counts only when the statement is about all it needs: one that needs more is not this statement's promise.
 */
export const unreached = (
  grant: Grant,
  where: Condition,
  kind: Exclude<OperationKind, 'other'>,
  catalogue: Catalogue,
): Unreached => {
  if (!testsOf(where).some((t) => namesIn(t).some((n) => n.startsWith('target.')))) return { operations: [], types: [] }
  const meant = new Set(permissionsOf(grant, catalogue))
  const types = new Set([...meant].map((p) => p.type))
  const out = [...types].flatMap((index) => {
    const type = catalogue.all[index]
    return [...(type?.operations.values() ?? [])].flatMap((need) => {
      if (need.kind !== kind || !need.permissions.every((p) => meant.has(p))) return []
      const holds = (as: OperationKind): boolean => {
        const ask = blankAsk(catalogue, { ...need, kind: as })
        return ask === undefined || need.permissions.every((p) => canHold(where, ask, p))
      }
      const elsewhere = (): boolean => [...meant].some((p) => p.type === index && holdsAbroad(where, p, catalogue))
      return !holds(kind) && (holds('other') || elsewhere())
        ? [{ operation: need.operation ?? '', type: type?.name ?? '' }]
        : []
    })
  })
  return { operations: out.map((o) => o.operation), types: [...new Set(out.map((o) => o.type))] }
}

/** The types that a question may name which asks for one of the permissions. */
export const typesAskingFor = (permissions: readonly Permission[], catalogue: Catalogue): readonly ResourceType[] => [
  ...new Set(
    permissions.flatMap((p) => [catalogue.all[p.type] ?? [], abroad(catalogue, p).map(({ type }) => type)].flat()),
  ),
]

/** Whether no permission of the statement can meet the condition: its variables have no meaning for any of the types. */
export const isMeaningless = (grant: Grant, where: Condition, catalogue: Catalogue): boolean => {
  const permissions = permissionsOf(grant, catalogue)
  return (
    permissions.length > 0 &&
    permissions.every((p) => {
      // the operation is not known here, so what it would be is left open
      const ask = blankAsk(catalogue, needOf([p]))
      return ask !== undefined && !canHold(where, ask, p) && !holdsAbroad(where, p, catalogue)
    })
  )
}

export type Gap = {
  readonly test: Test
  readonly variable: string
  /**
   * `meaningless`: for these types the Deny does not apply; `unsaid`: it applies to everybody whose request does not say; `principal`,
   * `untagged`: it does not apply to who, or where, there is no such fact.
   */
  readonly why: 'meaningless' | 'unsaid' | 'principal' | 'untagged'
  readonly types: readonly string[]
}

/** Not every principal has it: people have no compartment and programs no `request.user`. */
const isOfPrincipal = (variable: string, { subject }: Grant): boolean =>
  variable.startsWith('request.user.')
    ? subject.kind !== 'group'
    : variable.startsWith('request.principal.') && !/^request\.principal\.(?:id|name|type)$/.test(variable)

/** Variables of a Deny that may be missing, without a test of their absence beside them. */
export const gapsOf = (grant: Grant, where: Condition, catalogue: Catalogue): readonly Gap[] => {
  const tests = testsOf(where)
  const guarded = new Set(
    tests.filter((t) => t.kind === 'absent' || t.kind === 'present').map((t) => fold(t.variable.text)),
  )
  const asks = [...Map.groupBy(permissionsOf(grant, catalogue), (p) => p.type)].flatMap(([type, [first]]) => {
    const ask = first && blankAsk(catalogue, needOf([first]))
    return ask && first ? [{ ask, first, type: catalogue.all[type]?.name ?? '' }] : []
  })
  const seen = new Set<string>()
  return tests.flatMap((test) =>
    namesIn(test).flatMap((variable): readonly Gap[] => {
      if (guarded.has(variable) || seen.has(variable) || variable === 'request.operation') return []
      seen.add(variable)
      if (isOfPrincipal(variable, grant)) return [{ test, variable, why: 'principal', types: [] }]
      if (variable.startsWith('target.resource.compartment.tag.'))
        return [{ test, variable, why: 'untagged', types: [] }]
      const worths = asks.map(({ ask, first, type }) => ({ type, worth: variableOf(variable).worth(ask, first) }))
      const without = worths.filter((w) => w.worth === 'nothing').map((w) => w.type)
      if (without.length > 0) return [{ test, variable, why: 'meaningless', types: without }]
      // a target's facts come with the question about it; the surroundings of a request are easily left out
      const silent = variable.startsWith('request.') && worths.some((w) => w.worth === 'unknown')
      return silent ? [{ test, variable, why: 'unsaid', types: [] }] : []
    }),
  )
}
