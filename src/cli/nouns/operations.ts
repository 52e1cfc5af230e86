// What can be asked of the administrative API, as `npm run generate` wrote it down beside this file. Read when a noun is named: `health` and its kind
// do without.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Query = { readonly name: string; readonly what?: string; readonly values?: readonly string[] }
export type Operation = {
  readonly noun: string
  readonly verb: string
  readonly id: string
  readonly method: string
  /** Below the tenancy, parameters in braces. */
  readonly path: string
  readonly summary: string
  readonly needs: readonly string[]
  readonly params: readonly string[]
  readonly query?: readonly Query[]
  readonly list?: {
    readonly columns: readonly string[]
    readonly filter?: true
    readonly limit?: true
    /** The query member that takes `next` of the page before. */
    readonly next?: string
  }
  readonly body?: { readonly example: unknown; readonly shownOnly: readonly string[] }
  readonly conditional?: true
  /** Of the example. */
  readonly name?: string
}
export type Nouns = ReadonlyMap<string, readonly Operation[]>

export const readNouns = (): Nouns => {
  const text = readFileSync(join(import.meta.dirname, 'operations.json'), 'utf8')
  return Map.groupBy(JSON.parse(text) as readonly Operation[], (o) => o.noun)
}

const owners: readonly (readonly [place: string, noun: string])[] = [
  ['domain', 'domains'],
  ['compartment', 'compartments'],
]
/** Where things usually are is an option, unless it is the thing itself. */
export const placesOf = ({ params, noun }: Pick<Operation, 'params' | 'noun'>): readonly string[] =>
  owners.filter(([place, owner]) => params.includes(place) && noun !== owner).map(([place]) => place)
export const argumentsOf = (operation: Operation): readonly string[] => {
  const places = placesOf(operation)
  return operation.params.filter((param) => !places.includes(param))
}

export const wordOf = (name: string): string => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)
