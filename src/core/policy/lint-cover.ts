// Statements of one set that say what another one says already, or that a Deny leaves nothing of. Names are compared as written, without
// case; an id and a name are never taken for the same. Only what holds for every request counts.
import type { Action, Grant, Place, Principal, Subject } from './ast.ts'
import type { Catalogue, Permission } from './catalogue.ts'
import { fold } from './glob.ts'
import { permissionsOf } from './lint-reach.ts'
import { printCondition } from './print.ts'
import { DEFAULT_DOMAIN, groupReference } from './references.ts'
import { ADMINISTRATORS } from './system.ts'

export type Entry = { readonly grant: Grant; readonly attachedTo: readonly string[] }
type Weighed = {
  readonly grant: Grant
  readonly permissions: ReadonlySet<Permission>
  readonly subjects: ReadonlySet<string> | undefined // undefined: of another kind than groups
  readonly place: readonly string[]
  readonly where: string | undefined
}
/** `by`: the number of the other statement in the list. */
export type Overlap = { readonly by: number; readonly kind: 'redundant' | 'shadowed' }

const isWithin = <T>(narrow: ReadonlySet<T>, wide: ReadonlySet<T>): boolean => {
  for (const one of narrow) if (!wide.has(one)) return false
  return true
}

const key = (p: Principal): string => (p.kind === 'id' ? `id ${p.id.text}` : groupReference(p))

const subjectsOf = (subject: Subject): ReadonlySet<string> | undefined => {
  switch (subject.kind) {
    case 'group':
    case 'dynamic-group':
      return new Set(subject.principals.map((p) => `${subject.kind} ${key(p)}`))
    case 'service':
      return new Set(subject.names.map((n) => `service ${fold(n.text)}`))
    default:
      return undefined
  }
}

const includesSubject = (wide: Weighed, narrow: Weighed): boolean => {
  const [w, n] = [wide.grant.subject.kind, narrow.grant.subject.kind]
  if (w === 'any-user') return true
  if (w === 'any-group') return n === 'any-group' || n === 'group' || n === 'dynamic-group'
  return (
    w === n && wide.subjects !== undefined && narrow.subjects !== undefined && isWithin(narrow.subjects, wide.subjects)
  )
}

const idMark = '#'
/** Steps from the root; the compartment that a policy is attached to may be called by its own name. */
const stepsOf = (place: Place, attachedTo: readonly string[]): readonly string[] => {
  if (place.kind === 'tenancy') return []
  if (place.kind === 'compartment-id') return [idMark, place.id.text]
  const path = place.path.map((name) => fold(name.text))
  const own = attachedTo.map(fold)
  return path.length === 1 && path[0] === own.at(-1) ? own : [...own, ...path]
}
const includesPlace = (wide: readonly string[], narrow: readonly string[]): boolean =>
  wide.every((step, n) => narrow[n] === step)

const isEvery = (action: Action): boolean => action.resourceType?.text === 'all-resources' && action.kind === 'verb'

/** Of types the catalogue does not know only the words can be compared. A list of permissions never stands in for a verb, which grows. */
const includesAction = (wide: Weighed, narrow: Weighed): boolean => {
  const [w, n] = [wide.grant.action, narrow.grant.action]
  if (w.kind === 'permissions' && n.kind === 'verb') return false
  if (narrow.permissions.size > 0) {
    const everyType = n.resourceType?.text === 'all-resources'
    return (!everyType || isEvery(w)) && isWithin(narrow.permissions, wide.permissions)
  }
  if (n.kind !== 'verb' || w.kind !== 'verb') return false
  return w.verb === n.verb && (isEvery(w) || w.resourceType.text === n.resourceType.text)
}

const saysAtLeast = (wide: Weighed, narrow: Weighed): boolean =>
  wide.grant.kind === narrow.grant.kind &&
  (wide.where === undefined || wide.where === narrow.where) &&
  includesSubject(wide, narrow) &&
  includesPlace(wide.place, narrow.place) &&
  includesAction(wide, narrow)

const administrators = `group group:${DEFAULT_DOMAIN}/${fold(ADMINISTRATORS)}`

/** Members of the default Administrators group are never denied: what they are allowed stays. */
const shadows = (deny: Weighed, allow: Weighed): boolean =>
  deny.grant.kind === 'deny' &&
  allow.grant.kind === 'allow' &&
  deny.where === undefined &&
  !allow.subjects?.has(administrators) &&
  allow.permissions.size > 0 &&
  includesSubject(deny, allow) &&
  includesPlace(deny.place, allow.place) &&
  isWithin(allow.permissions, deny.permissions)

/** For every entry the first other one that makes it idle. Of two that say the same, the later is the idle one. */
export const overlaps = (entries: readonly Entry[], catalogue: Catalogue): readonly (Overlap | undefined)[] => {
  const weighed = entries.map(
    ({ grant, attachedTo }): Weighed => ({
      grant,
      permissions: new Set(permissionsOf(grant, catalogue)),
      subjects: subjectsOf(grant.subject),
      place: stepsOf(grant.place, attachedTo),
      where: grant.where && printCondition(grant.where),
    }),
  )
  return weighed.map((one, n) => {
    const shadow = weighed.findIndex((other) => shadows(other, one))
    if (shadow >= 0) return { by: shadow, kind: 'shadowed' }
    const by = weighed.findIndex(
      (other, m) => m !== n && saysAtLeast(other, one) && (m < n || !saysAtLeast(one, other)),
    )
    return by < 0 ? undefined : { by, kind: 'redundant' }
  })
}
