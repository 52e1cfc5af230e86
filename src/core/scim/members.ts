// What a PATCH of a group says of its members, apart from what it says of the group: a group may have a hundred thousand of them, and who is
// to come or go is told without knowing who is there.
import type { JsonObject } from '../model/json.ts'
import { isObject } from './document.ts'
import { lookupsIn } from './lookups.ts'
import { parsePath } from './parse-filter.ts'
import type { Operation } from './patch.ts'
import { fault, isFault, placeOf, type ResourceType, type ScimFault } from './schema.ts'

/** `all`: whoever is in the group. */
export type MemberChange =
  | { readonly op: 'add' | 'replace' | 'remove'; readonly ids: readonly string[] }
  | { readonly op: 'clear' }
export type Split = { readonly rest: readonly Operation[]; readonly members: readonly MemberChange[] }

const MEMBERS = 'members'
const MOST_MEMBERS = 10_000

const idOf = (value: unknown): string | ScimFault => {
  if (typeof value === 'string' && value !== '') return value
  const id = isObject(value) ? Object.entries(value).find(([key]) => key.toLowerCase() === 'value')?.[1] : undefined
  const kind = isObject(value) ? value.type : undefined
  if (typeof kind === 'string' && kind.toLowerCase() === 'group')
    return fault('invalidValue', '`members`: a group cannot be in a group here; put its people in')
  return typeof id === 'string' && id !== ''
    ? id
    : fault('invalidValue', '`members`: expected objects with `value`, the id of a person')
}

export const memberIds = (value: unknown): readonly string[] | ScimFault => {
  if (value === undefined || value === null) return []
  const all = Array.isArray(value) ? value : [value]
  if (all.length > MOST_MEMBERS) return fault('tooMany', `\`members\`: expected at most ${MOST_MEMBERS} in one request`)
  const ids = new Set<string>()
  for (const one of all) {
    const id = idOf(one)
    if (typeof id !== 'string') return id
    ids.add(id)
  }
  return [...ids]
}

const changeOf = (op: Operation['op'], value: unknown): MemberChange | ScimFault => {
  if (op === 'remove' && (value === undefined || value === null)) return { op: 'clear' }
  const ids = memberIds(value)
  return isFault(ids) ? ids : { op, ids }
}

/** Undefined: the path is not about members. */
const atPath = (
  type: ResourceType,
  op: Operation['op'],
  written: string,
  value: unknown,
): MemberChange | ScimFault | undefined => {
  const path = parsePath(written)
  if (isFault(path) || placeOf(type, path.path)?.attribute?.name !== MEMBERS) return undefined
  if (!path.where) return path.path.sub === undefined ? changeOf(op, value) : immutable
  if (op !== 'remove' || path.sub !== undefined) return immutable
  const found = lookupsIn(type, { kind: 'some', path: path.path, where: path.where, test: undefined }, [
    'members.value',
  ])
  return found
    ? { op: 'remove', ids: found.map((one) => one.value) }
    : fault('invalidFilter', '`members[…]`: expected `value eq "…"`, the id of a person')
}
const immutable = fault('mutability', 'a member cannot be changed: remove it, and add another')

const splitOne = (type: ResourceType, operation: Operation): Split | ScimFault => {
  const { op, path, value } = operation
  if (path !== undefined && path.trim() !== '') {
    const change = atPath(type, op, path, value)
    if (!change) return { rest: [operation], members: [] }
    return isFault(change) ? change : { rest: [], members: [change] }
  }
  if (!isObject(value)) return { rest: [operation], members: [] }
  const rest: [string, JsonObject[string]][] = []
  const members: MemberChange[] = []
  for (const [key, member] of Object.entries(value)) {
    const change = atPath(type, op, key, member)
    if (change && isFault(change)) return change
    if (change) members.push(change)
    else rest.push([key, member])
  }
  return { rest: [{ ...operation, value: Object.fromEntries(rest) }], members }
}

export const splitMembers = (type: ResourceType, operations: readonly Operation[]): Split | ScimFault => {
  const rest: Operation[] = []
  const members: MemberChange[] = []
  for (const operation of operations) {
    const split = splitOne(type, operation)
    if (isFault(split)) return split
    rest.push(...split.rest)
    members.push(...split.members)
  }
  return { rest, members }
}
