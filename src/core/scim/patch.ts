// PATCH (RFC 7644 §3.5.2) of a resource, as the standard has it and as Entra ID and Okta send it: capitalised operations, operations without a
// path whose members are paths themselves, values of a complex attribute as plain text, `remove` with the values to remove, and `replace` of
// what is not there yet where the path says what it would be.
import type { Json, JsonObject } from '../model/json.ts'
import { holderOf, isObject, itemsOf, without, withValue } from './document.ts'
import type { Filter } from './filter.ts'
import { itemMatches, type Matches } from './match.ts'
import { type PatchPath, parsePath } from './parse-filter.ts'
import { coerce, coerceItem, MOST_ITEMS, missingIn } from './read-document.ts'
import {
  type Attribute,
  extensionNamed,
  fault,
  isFault,
  knownNames,
  named,
  type Place,
  placeOf,
  type ResourceType,
  type ScimFault,
} from './schema.ts'

export type PatchOp = 'add' | 'replace' | 'remove'
export type Operation = { readonly op: PatchOp; readonly path: string | undefined; readonly value: unknown }

type Step = {
  readonly op: PatchOp
  readonly place: Place
  readonly where: Filter | undefined
  readonly value: unknown
}

const sameItem = (a: Json, b: Json): boolean => {
  if (!isObject(a) || !isObject(b)) return a === b
  return a.value === undefined ? JSON.stringify(a) === JSON.stringify(b) : a.value === b.value && a.type === b.type
}

/** At most one is primary: the newest that says so. */
const onePrimary = (items: readonly Json[], newest: Json | undefined): readonly Json[] =>
  isObject(newest) && newest.primary === true
    ? items.map((item) =>
        item !== newest && isObject(item) && item.primary === true ? { ...item, primary: false } : item,
      )
    : items

const added = (items: readonly Json[], more: readonly Json[]): readonly Json[] => {
  let out = items
  for (const item of more) {
    const at = out.findIndex((one) => sameItem(one, item))
    const old = out[at]
    const put = isObject(old) && isObject(item) ? { ...old, ...item } : item
    out = onePrimary(at < 0 ? [...out, put] : out.with(at, put), put)
  }
  return out
}

const listOf = (value: Json | undefined): readonly Json[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly Json[]) : [value]

/** `members`/`emails` without `[…]`. */
const changeList = (
  { op, place: { attribute, sub }, value }: Step,
  items: readonly Json[],
): readonly Json[] | ScimFault => {
  if (sub) return changeItems(op, attribute, sub, value, items, () => true, {})
  if (op === 'remove' && (value === undefined || value === null)) return []
  const read = coerce(attribute, value)
  if (isFault(read)) return read
  const given = listOf(read.value)
  if (op === 'replace') return given
  if (op === 'add') return added(items, given)
  return items.filter((item) => !given.some((gone) => removes(gone, item)))
}
/** What is to go may say less than what is there. */
const removes = (gone: Json, item: Json): boolean =>
  isObject(gone) && isObject(item) ? Object.entries(gone).every(([key, value]) => item[key] === value) : gone === item

/** What `[type eq "work"]` says of a value that would be made for it; undefined: it does not say one thing. */
const constraintsOf = (attribute: Attribute, where: Filter): JsonObject | undefined => {
  if (where.kind === 'and') {
    const all = where.all.map((one) => constraintsOf(attribute, one))
    return all.some((one) => one === undefined) ? undefined : Object.assign({}, ...all)
  }
  if (where.kind !== 'compare' || where.op !== 'eq') return undefined
  const sub = named(attribute.sub, where.path.name)
  const read = sub && coerceItem(sub, where.value)
  return sub && read && !isFault(read) && read.value !== undefined ? { [sub.name]: read.value } : undefined
}

const changedItem = (
  op: PatchOp,
  attribute: Attribute,
  sub: Attribute | undefined,
  value: unknown,
  item: JsonObject,
): JsonObject | undefined | ScimFault => {
  if (sub) {
    if (op === 'remove') return leftOf(attribute, without(item, sub.name))
    const read = coerce(sub, value)
    return isFault(read) ? read : leftOf(attribute, withValue(item, sub.name, read.value))
  }
  if (op === 'remove') return undefined
  const read = coerceItem(attribute, op === 'add' && isObject(value) ? { ...item, ...value } : value)
  return isFault(read) ? read : (read.value as JsonObject | undefined)
}
/** A value that lost what it was about goes. */
const leftOf = (attribute: Attribute, item: JsonObject): JsonObject | undefined => {
  const read = coerceItem(attribute, item)
  return isFault(read) ? undefined : (read.value as JsonObject | undefined)
}

const changeItems = (
  op: PatchOp,
  attribute: Attribute,
  sub: Attribute | undefined,
  value: unknown,
  items: readonly Json[],
  matches: Matches,
  fresh: JsonObject | undefined,
): readonly Json[] | ScimFault => {
  let [out, found]: [readonly Json[], boolean] = [[], false]
  for (const item of items) {
    if (!isObject(item) || !matches(item)) {
      out = [...out, item]
      continue
    }
    found = true
    const changed = changedItem(op, attribute, sub, value, item)
    if (changed && isFault(changed)) return changed
    if (changed) out = onePrimary([...out, changed], changed)
  }
  if (found || op === 'remove') return out
  if (!fresh || (op === 'replace' && !sub))
    return fault('noTarget', `no value of \`${attribute.name}\` matches the path`)
  const made = changedItem('add', attribute, sub, value, fresh)
  if (made && isFault(made)) return made
  return made ? added(out, [made]) : out
}

/** Sub-attributes that are not named stay (§3.5.2.3); one that is null goes. */
const mergedMembers = (attribute: Attribute, whole: JsonObject, members: JsonObject): JsonObject | ScimFault => {
  let out = whole
  for (const [key, value] of Object.entries(members)) {
    const sub = named(attribute.sub, key)
    if (!sub || sub.mutability === 'readOnly') continue
    const read = coerce(sub, value)
    if (isFault(read)) return read
    out = withValue(out, sub.name, read.value)
  }
  return out
}

const changeSingle = (
  { op, place: { attribute, sub }, value }: Step,
  before: Json | undefined,
): Json | undefined | ScimFault => {
  const whole = isObject(before) ? before : {}
  if (sub) {
    const read = op === 'remove' ? { value: undefined } : coerce(sub, value)
    return isFault(read) ? read : withValue(whole, sub.name, read.value)
  }
  if (op === 'remove') return undefined
  if (attribute.kind === 'complex' && isObject(value)) return mergedMembers(attribute, whole, value)
  const read = coerce(attribute, value)
  return isFault(read) ? read : read.value
}

const refuseReadOnly = ({ attribute, sub }: Place): ScimFault | undefined => {
  const readOnly = [attribute, sub].find((a) => a?.mutability === 'readOnly')
  return readOnly && fault('mutability', `\`${readOnly.name}\` cannot be changed`)
}

const step = (document: JsonObject, one: Step): JsonObject | ScimFault => {
  const { place, where, op, value } = one
  const refused = refuseReadOnly(place)
  if (refused) return refused
  const { attribute, extension, sub } = place
  const holder = holderOf(document, extension)
  const put = (changed: Json | undefined): JsonObject => {
    const held = withValue(holder, attribute.name, changed)
    return extension === undefined ? held : withValue(document, extension, held)
  }
  if (!attribute.many) {
    if (where) return fault('invalidPath', `\`${attribute.name}\` has one value: \`[…]\` has nothing to choose from`)
    const changed = changeSingle(one, holder[attribute.name])
    return changed !== undefined && isObject(changed) && isFault(changed) ? changed : put(changed as Json | undefined)
  }
  const items = itemsOf(holder, attribute)
  const matches = where && itemMatches(attribute, where)
  if (matches && isFault(matches)) return matches
  const changed =
    where && matches
      ? changeItems(op, attribute, sub, value, items, matches, constraintsOf(attribute, where))
      : changeList(one, items)
  return isFault(changed) ? changed : put(changed)
}

const placed = (
  type: ResourceType,
  written: string,
): { readonly place: Place; readonly path: PatchPath } | ScimFault => {
  const path = parsePath(written)
  if (isFault(path)) return path
  const base = placeOf(type, path.path)
  if (!base?.attribute)
    return fault('invalidPath', `there is no attribute \`${written.slice(0, 200)}\`: known are ${knownNames(type)}`)
  if (path.sub === undefined) return { place: base, path }
  const sub = named(base.attribute.sub, path.sub)
  return sub
    ? { place: { ...base, sub }, path }
    : fault('invalidPath', `\`${base.attribute.name}\` has no \`${path.sub}\``)
}

/** Members of a value without a path: attributes, extensions, or paths. What is not ours to keep or cannot be changed is left out. */
const applyMembers = (
  type: ResourceType,
  document: JsonObject,
  op: PatchOp,
  members: JsonObject,
  prefix: string,
): JsonObject | ScimFault => {
  let out = document
  for (const [key, value] of Object.entries(members)) {
    const extension = prefix === '' ? extensionNamed(type, key) : undefined
    if (extension && isObject(value)) {
      const inner = applyMembers(type, out, op, value, `${extension.id}:`)
      if (isFault(inner)) return inner
      out = inner
      continue
    }
    const found = placed(type, `${prefix}${key}`)
    if (isFault(found) || refuseReadOnly(found.place)) continue
    const changed = step(out, { op, place: found.place, where: found.path.where, value })
    if (isFault(changed)) return changed
    out = changed
  }
  return out
}

const apply = (type: ResourceType, document: JsonObject, { op, path, value }: Operation): JsonObject | ScimFault => {
  if (path === undefined || path.trim() === '') {
    if (op === 'remove') return fault('noTarget', '`remove` needs a `path`')
    return isObject(value)
      ? applyMembers(type, document, op, value, '')
      : fault('invalidValue', `\`${op}\` without a \`path\` needs an object as \`value\``)
  }
  const extension = extensionNamed(type, path.trim())
  if (extension) {
    const removed = without(document, extension.id)
    if (op === 'remove') return removed
    return isObject(value)
      ? applyMembers(type, document, op, value, `${extension.id}:`)
      : fault('invalidValue', `\`${path}\`: expected an object`)
  }
  const found = placed(type, path)
  return isFault(found) ? found : step(document, { op, place: found.place, where: found.path.where, value })
}

/** All of them, or nothing with the reason. */
export const patched = (
  type: ResourceType,
  document: JsonObject,
  operations: readonly Operation[],
): JsonObject | ScimFault => {
  let out = document
  for (const operation of operations) {
    const changed = apply(type, out, operation)
    if (isFault(changed)) return changed
    out = changed
  }
  const missing = missingIn(type, out)
  if (missing) return fault('mutability', missing.detail)
  const long = type.core.attributes.find(({ name }) => listOf(out[name]).length > MOST_ITEMS)
  return long ? fault('invalidValue', `\`${long.name}\`: expected at most ${MOST_ITEMS} values`) : out
}
