// What a variable is worth in a question: values, nothing, or unknown. This file and condition.ts settle what is false and what is
// undecided: a variable without a meaning for the operation is nothing (the test is false), one that has a meaning and was not supplied
// is unknown (an Allow declines, a Deny applies). What the gateway knows itself cannot be supplied by a caller.
import type { EpochMs } from '../model/time.ts'
import type { Permission } from './catalogue.ts'
import { fold } from './glob.ts'
import type { Ask, Principal } from './question.ts'

/** Folded values; `nothing`: known to have none; `unknown`: nobody said. */
export type Worth = readonly string[] | 'nothing' | 'unknown'
export type Variable = {
  readonly name: string // lower case
  readonly worth: (ask: Ask, permission: Permission) => Worth
}

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const clock = (now: EpochMs): string => `${new Date(now).toISOString().slice(11, 19)}z`

const isUser = ({ type }: Principal): boolean => type === undefined || type === 'user'
/** Of a principal that was loaded all is known: what is not there is absent, and no caller can add it. */
const ofPrincipal =
  (name: string): Variable['worth'] =>
  ({ principal }) =>
    principal.facts?.get(name) ?? 'nothing'
const groupsOf = ({ principal }: Ask): Worth => {
  if (principal.type === 'service' || principal.type === 'resource') return 'nothing'
  const { groupIds, dynamicGroupIds } = principal
  return (dynamicGroupIds ? [...groupIds, ...dynamicGroupIds] : groupIds).map(fold)
}

const own: ReadonlyMap<string, Variable['worth']> = new Map<string, Variable['worth']>([
  ['request.permission', (_, permission) => [fold(permission.name)]],
  ['request.operation', ({ need }) => (need.operation === undefined ? 'unknown' : [fold(need.operation)])],
  ['request.service', ({ type }) => [fold(type.service)]],
  ['request.service.name', ({ type }) => [fold(type.service)]],
  ['request.user.id', ({ principal }) => (isUser(principal) ? [fold(principal.id)] : 'nothing')],
  ['request.user.name', ({ principal }) => (isUser(principal) ? [fold(principal.name)] : 'nothing')],
  ['request.principal.id', ({ principal }) => [fold(principal.id)]],
  ['request.principal.name', ({ principal }) => [fold(principal.name)]],
  ['request.principal.type', ({ principal }) => [fold(principal.type ?? 'user')]],
  ['request.groups.id', groupsOf],
  ['request.utc-timestamp', ({ now }) => [fold(new Date(now).toISOString())]],
  ['request.utc-timestamp.month-of-year', ({ now }) => [String(new Date(now).getUTCMonth() + 1)]],
  ['request.utc-timestamp.day-of-month', ({ now }) => [String(new Date(now).getUTCDate())]],
  ['request.utc-timestamp.day-of-week', ({ now }) => [weekdays[new Date(now).getUTCDay()] ?? '']],
  ['request.utc-timestamp.time-of-day', ({ now }) => [clock(now)]],
  // lists name no resource: neither does their compartment narrow them
  ['target.compartment.id', ({ need, place }) => (need.kind === 'list' ? 'nothing' : [fold(place.id)])],
  ['target.compartment.name', ({ need, place }) => (need.kind === 'list' ? 'nothing' : [fold(place.name)])],
])

const suppliedOr = (ask: Ask, name: string, otherwise: Worth): Worth => ask.supplied().get(name) ?? otherwise

/** Both spellings of a region are one: the long name stands for both. */
export const regionsIn = (values: readonly string[], { catalogue }: Ask): readonly string[] =>
  values.map((r) => catalogue.regions.get(r) ?? r)

const region: Variable['worth'] = (ask) => {
  const worth = suppliedOr(ask, 'request.region', 'unknown')
  return typeof worth === 'string' ? worth : regionsIn(worth, ask)
}

/** Whether the caller is in the group that the request is about. */
const memberOfTarget: Variable['worth'] = (ask) => {
  const group = target('target.group.id')(ask, noPermission)
  if (typeof group === 'string') return group
  const { groupIds, dynamicGroupIds = [] } = ask.principal
  return [String([...groupIds, ...dynamicGroupIds].some((id) => group.includes(fold(id))))]
}
const noPermission: Permission = { name: '', type: -1, level: 0 }

const target =
  (name: string): Variable['worth'] =>
  (ask) => {
    if (ask.need.kind === 'list') return 'nothing'
    const tag = name.startsWith('target.resource.tag.')
    // what is being created has no id and no tag yet
    if (
      ask.need.kind === 'create' &&
      (tag || name === `target.${ask.type.noun}.id`.toLowerCase() || name === 'target.resource.id')
    )
      return 'nothing'
    const meant = ask.type.variables.has(name) || name === 'target.resource.id' || (tag && !ask.tagsKnown)
    return suppliedOr(ask, name, meant ? 'unknown' : 'nothing')
  }

const compartmentTag = 'target.resource.compartment.tag.'
/** Of the compartment itself, not of those above it. Lists have one too, so a List can be granted by it. */
const tagOfCompartment =
  (key: string): Variable['worth'] =>
  ({ place }) => {
    const value = Object.hasOwn(place.tags, key) ? place.tags[key] : undefined
    return value === undefined ? 'nothing' : [fold(value)]
  }

export const variableOf = (written: string): Variable => {
  const name = fold(written)
  const known = own.get(name)
  if (known) return { name, worth: known }
  if (name === 'request.region') return { name, worth: region }
  if (name === 'target.group.member') return { name, worth: memberOfTarget }
  if (name.startsWith('request.principal.') || name.startsWith('request.domain.'))
    return { name, worth: ofPrincipal(name) }
  if (name.startsWith('request.user.')) {
    // what a session says of a person (`mfaTotpVerified`) has no meaning for a program
    return { name, worth: (ask) => (isUser(ask.principal) ? suppliedOr(ask, name, 'unknown') : 'nothing') }
  }
  if (name.startsWith('request.')) return { name, worth: (ask) => suppliedOr(ask, name, 'unknown') }
  if (name.startsWith(compartmentTag)) return { name, worth: tagOfCompartment(name.slice(compartmentTag.length)) }
  if (name.startsWith('target.resource.compartment.')) return { name, worth: () => 'nothing' } // ours to say, not the caller's
  if (name.startsWith('target.')) return { name, worth: target(name) }
  return { name, worth: () => 'nothing' }
}
