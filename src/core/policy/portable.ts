// A statement as it can be written anywhere: with the names that things go by now in place of names they had and of ids, which mean
// something in one store only. What a statement was bound to and is gone says nothing any more and is left out, with the reason.
import type { Bindings } from '../model/policy.ts'
import type { FarPlace, Name, Principal, Statement, Subject, Place as Where } from './ast.ts'
import { pathFrom } from './bind.ts'
import { parseStatement } from './parse.ts'
import { printStatement } from './print.ts'
import { compartmentReference, DEFAULT_DOMAIN, groupReference } from './references.ts'
import { isWithin, type Place, type Tree } from './tree.ts'

export type Called = { readonly domain: string; readonly name: string }
export type Naming = {
  /** Groups of both kinds, by id. */
  readonly groups: ReadonlyMap<string, Called>
  readonly tree: Tree
  /** What the policy is attached to: paths are counted from there. */
  readonly attached: Place
}
/** `text` undefined: nothing of it is left. */
export type Portable = { readonly text: string | undefined; readonly left: readonly string[] }

type Kept<T> = { readonly value: T | undefined; readonly left: readonly string[] }

const word = (text: string): Name => ({ text, at: 0 })
const fold = (text: string): string => text.toLowerCase()

const principalNow = (
  principal: Principal,
  kind: 'group' | 'dynamic-group',
  bindings: Bindings,
  { groups }: Naming,
): Principal | undefined => {
  const id = principal.kind === 'id' ? principal.id.text : bindings[groupReference(principal, kind)]
  const now = id === undefined ? undefined : groups.get(id)
  if (!now) return undefined
  const isSame =
    principal.kind === 'name' &&
    fold(principal.name.text) === fold(now.name) &&
    fold(principal.domain?.text ?? DEFAULT_DOMAIN) === fold(now.domain)
  if (isSame) return principal
  return {
    kind: 'name',
    domain: fold(now.domain) === DEFAULT_DOMAIN ? undefined : word(now.domain),
    name: word(now.name),
  }
}
const calledIn = (p: Principal): string => (p.kind === 'id' ? p.id.text : p.name.text)

const subjectNow = (subject: Subject, bindings: Bindings, naming: Naming): Kept<Subject> => {
  if (subject.kind !== 'group' && subject.kind !== 'dynamic-group') return { value: subject, left: [] }
  const { kind } = subject
  const now = subject.principals.map((p) => principalNow(p, kind, bindings, naming))
  const left = subject.principals.flatMap((p, n) => (now[n] ? [] : [`${kind} \`${calledIn(p)}\` is gone`]))
  const principals = now.filter((p) => p !== undefined)
  if (principals.length === 0) return { value: undefined, left }
  const isSame = principals.length === now.length && principals.every((p, n) => p === subject.principals[n])
  return { value: isSame ? subject : { ...subject, principals }, left }
}

const pathTo = ({ tree, attached }: Naming, target: Place): readonly Name[] | undefined => {
  if (!isWithin(target, attached)) return undefined
  const above = new Set(attached.chain)
  const below = target.chain.filter((n) => !above.has(n)).map((n) => tree.places[n]?.name ?? '')
  const names = below.length === 0 ? [attached.name] : below.reverse()
  return pathFrom(tree, attached, names) === target ? names.map(word) : undefined
}

const placeNow = <P extends Where | FarPlace>(place: P, bindings: Bindings, naming: Naming): Kept<P> => {
  const same: Kept<P> = { value: place, left: [] }
  if (place.kind !== 'compartment' && place.kind !== 'compartment-id') return same
  const isPath = place.kind === 'compartment'
  const id = isPath ? bindings[compartmentReference(place.path)] : place.id.text
  if (id === undefined) return same // another tenancy's: not ours to look up
  const what = isPath ? place.path.map((n) => n.text).join(':') : id
  const target = naming.tree.byId.get(id)
  const path = target && pathTo(naming, target)
  if (!path)
    return target && !isPath
      ? same
      : { value: undefined, left: [`compartment \`${what}\` is gone from below the policy`] }
  if (isPath && compartmentReference(path) === compartmentReference(place.path)) return same
  const { id: _, ...rest } = place as P & { readonly id?: unknown }
  return { value: { ...rest, kind: 'compartment', path } as unknown as P, left: [] }
}

/** Of another tenancy, an id or an alias is not ours to look up; a path of ours was bound. */
const farNow = <P extends Where | FarPlace>(place: P, bindings: Bindings, naming: Naming): Kept<P> =>
  place.kind === 'compartment' && !('of' in place && place.of)
    ? placeNow(place, bindings, naming)
    : { value: place, left: [] }

const statementNow = (statement: Statement, bindings: Bindings, naming: Naming): Kept<Statement> => {
  if (statement.kind === 'define') return { value: statement, left: [] }
  const theirs = statement.kind === 'admit' // those whom an Admit lets in are another tenancy's
  const subject = theirs ? { value: statement.subject, left: [] } : subjectNow(statement.subject, bindings, naming)
  const place =
    statement.kind === 'endorse'
      ? farNow(statement.place, bindings, naming)
      : placeNow(statement.place, bindings, naming)
  const partner = 'partner' in statement ? statement.partner : undefined
  const far = partner && farNow(partner.place, bindings, naming)
  const left = [...subject.left, ...place.left, ...(far?.left ?? [])]
  if (!subject.value || !place.value || (far && !far.value)) return { value: undefined, left }
  const isSame = subject.value === statement.subject && place.value === statement.place && far?.value === partner?.place
  if (isSame) return { value: statement, left }
  const joined = partner && far ? { partner: { ...partner, place: far.value } } : {}
  return { value: { ...statement, subject: subject.value, place: place.value, ...joined } as Statement, left }
}

export const portable = (text: string, bindings: Bindings, naming: Naming): Portable => {
  const { statement } = parseStatement(text)
  if (!statement) return { text, left: [] } // nothing that could be looked at: as it was written
  const { value, left } = statementNow(statement, bindings, naming)
  if (!value) return { text: undefined, left }
  return { text: value === statement ? text : printStatement(value), left }
}
