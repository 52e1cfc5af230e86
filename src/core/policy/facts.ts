// What a variable is worth in a question: values, nothing, or unknown. This file and condition.ts settle what is false and what is
// undecided: a variable without a meaning for the operation is nothing (the test is false), one that has a meaning and was not supplied
// is unknown (an Allow declines, a Deny applies). What the gateway knows itself cannot be supplied by a caller.
import type { EpochMs } from '../model/time.ts'
import type { Permission } from './catalogue.ts'
import { fold } from './glob.ts'
import type { Ask } from './question.ts'

/** Folded values; `nothing`: known to have none; `unknown`: nobody said. */
export type Worth = readonly string[] | 'nothing' | 'unknown'
export type Variable = {
  readonly name: string // lower case
  readonly worth: (ask: Ask, permission: Permission) => Worth
}

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const clock = (now: EpochMs): string => `${new Date(now).toISOString().slice(11, 19)}z`

const ofPrincipal: Variable['worth'] = () => 'nothing'

const own: ReadonlyMap<string, Variable['worth']> = new Map<string, Variable['worth']>([
  ['request.permission', (_, permission) => [fold(permission.name)]],
  ['request.operation', ({ need }) => (need.operation === undefined ? 'unknown' : [fold(need.operation)])],
  ['request.service', ({ type }) => [fold(type.service)]],
  ['request.service.name', ({ type }) => [fold(type.service)]],
  ['request.user.id', ({ principal }) => [fold(principal.id)]],
  ['request.user.name', ({ principal }) => [fold(principal.name)]],
  ['request.principal.id', ({ principal }) => [fold(principal.id)]],
  ['request.principal.name', ({ principal }) => [fold(principal.name)]],
  ['request.principal.type', () => ['user']],
  ['request.groups.id', ({ principal }) => principal.groupIds.map(fold)],
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

const region: Variable['worth'] = (ask) => {
  const worth = suppliedOr(ask, 'request.region', 'unknown')
  return typeof worth === 'string' ? worth : worth.map((r) => ask.catalogue.regions.get(r) ?? r)
}

/** Whether the caller is in the group that the request is about. */
const memberOfTarget: Variable['worth'] = (ask) => {
  const group = target('target.group.id')(ask, noPermission)
  if (typeof group === 'string') return group
  return [String(ask.principal.groupIds.some((id) => group.includes(fold(id))))]
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

export const variableOf = (written: string): Variable => {
  const name = fold(written)
  const known = own.get(name)
  if (known) return { name, worth: known }
  if (name === 'request.region') return { name, worth: region }
  if (name === 'target.group.member') return { name, worth: memberOfTarget }
  if (name.startsWith('request.principal.')) return { name, worth: ofPrincipal } // loaded, so complete: what is not there is absent
  if (name.startsWith('request.')) return { name, worth: (ask) => suppliedOr(ask, name, 'unknown') }
  if (name.startsWith('target.resource.compartment.')) return { name, worth: () => 'nothing' } // ours to say, not the caller's
  if (name.startsWith('target.')) return { name, worth: target(name) }
  return { name, worth: () => 'nothing' }
}
