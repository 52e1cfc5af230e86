// Variables that a statement probably does not mean: nobody knows them, or they have no meaning for its resource-types. What a caller
// may say under `request.` has no bounds, so there only what is nearly a known name is taken for a slip.
import type { Condition, Grant, Name, Test } from './ast.ts'
import type { Catalogue, ResourceType } from './catalogue.ts'
import { isKnownTarget, otherVariables } from './check.ts'
import { fold } from './glob.ts'
import { permissionsOf, typesAskingFor } from './lint-reach.ts'
import { nearest } from './near.ts'

export type StrangeVariable = { readonly name: Name; readonly message: string; readonly fix: string | undefined }

const known: readonly string[] = [
  ...['user.id', 'user.name', 'user.mfatotpverified', 'groups.id', 'operation', 'permission', 'region', 'ad'],
  ...['principal.id', 'principal.name', 'principal.type', 'principal.compartment.id', 'principal.namespace'],
  ...['principal.service_account', 'principal.cluster_id', 'networksource.name', 'service', 'service.name'],
  ...['gateway.id', 'gateway.type', 'domain.id', 'domain.name', 'utc-timestamp', 'utc-timestamp.month-of-year'],
  ...['utc-timestamp.day-of-month', 'utc-timestamp.day-of-week', 'utc-timestamp.time-of-day'],
].map((name) => `request.${name}`)

/** What the gateway knows of every resource. */
const always = /^target\.(?:compartment\.(?:id|name)|group\.member|resource\..*)$/

const testsOf = (condition: Condition): readonly Test[] =>
  condition.kind === 'group' ? condition.of.flatMap(testsOf) : [condition]
const listed = (words: readonly string[]): string =>
  words
    .slice(0, 5)
    .map((word) => `\`${word}\``)
    .join(', ')

const slip = (name: string): string | undefined => {
  if (known.includes(name) || name.includes('.tag.')) return undefined
  return nearest(name, known, 2)
}

/** A variable with a meaning for some types only is left to what is said of Denies; here it has none for any of them. */
const strangeTarget = (
  name: string,
  types: readonly ResourceType[],
  meant: readonly ResourceType[],
  catalogue: Catalogue,
): string | undefined => {
  // of types the catalogue does not know it does not know the variables either
  if (types.length === 0 || always.test(name)) return undefined
  if (!isKnownTarget(name, catalogue)) return `no resource-type has the variable \`${name}\``
  if (meant.some((t) => t.variables.has(name))) return undefined
  return `\`${name}\` has no meaning for ${listed(types.map((t) => t.name))}`
}

const strange = (
  name: Name,
  types: readonly ResourceType[],
  meantTypes: readonly ResourceType[],
  catalogue: Catalogue,
): StrangeVariable | undefined => {
  const folded = fold(name.text)
  if (!/^(?:request|target)\./.test(folded)) return undefined // refused when it is written
  if (folded.startsWith('request.')) {
    const meant = slip(folded)
    const message = `nothing in here supplies \`${name.text}\``
    return meant === undefined ? undefined : { name, message, fix: `did you mean \`${meant}\`` }
  }
  const message = strangeTarget(folded, types, meantTypes, catalogue)
  if (message === undefined) return undefined
  const own = types.flatMap((t) => [...t.variables])
  const meant = nearest(folded, own, 2) ?? nearest(folded, catalogue.variables, 2)
  const few = types.length < 4 && own.length > 0 ? `use one of ${listed([...new Set(own)])}` : undefined
  return { name, message, fix: meant === undefined || meant === folded ? few : `did you mean \`${meant}\`` }
}

/** `associate` and types that the catalogue does not know have no variables to hold a test against. */
export const strangeVariables = (grant: Grant, where: Condition, catalogue: Catalogue): readonly StrangeVariable[] => {
  const permissions = permissionsOf(grant, catalogue)
  const indexes = new Set(permissions.map((p) => p.type))
  const asking = typesAskingFor(permissions, catalogue)
  const types = catalogue.all.filter((t) => indexes.has(t.index))
  const names = testsOf(where).flatMap((test) => [test.variable, ...otherVariables(test)])
  const first = new Map(names.map((name) => [fold(name.text), name] as const).toReversed())
  return [...first.values()]
    .toSorted((a, b) => a.at - b.at)
    .flatMap((name) => strange(name, types, asking, catalogue) ?? [])
}
