// What a noun with names is to the administrative API: where its list hangs, how a row is found, asked about, shown, written and removed. Its
// routes are made from this by noun-read.ts, noun-write.ts and noun-act.ts.
import { z } from 'zod'
import type { JsonObject } from '../../core/model/json.ts'
import type { Tenancy } from '../../core/model/tenancy.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Asking, Work } from '../../flows/access/administer.ts'
import type { Demand, Permission, Standing, Target } from '../../flows/access/permits.ts'
import type { Flows } from '../../flows/administration.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import type { Shown, Test } from './filter.ts'
import type { Candidate } from './page.ts'
import { type Call, notFound } from './route.ts'
import { reference } from './shapes.ts'

export type Params = { readonly [name: string]: string }
/** A list too long to be read at once: in an order of the source, from after a key. */
export type Many<R, S> = {
  readonly sortedBy: string
  /** Other orders that the source has. */
  readonly alsoBy?: readonly string[]
  /** Whether there are too many to be read all and sorted in an order that the source does not have. */
  readonly isLong?: (tx: Tx, scope: S) => Promise<boolean>
  readonly read: (
    tx: Tx,
    scope: S,
    page: {
      readonly after: string | undefined
      readonly limit: number
      readonly tests: readonly Test[]
      /** One of those orders; undefined: nobody asked for one. */
      readonly sort: string | undefined
    },
  ) => Promise<readonly Candidate<R>[]>
}
/** What a list hangs on, and where that is; undefined: the parent is not there. */
export type Scoped<S> = {
  readonly scope: S | undefined
  readonly place: Omit<Target, 'id' | 'name'>
  readonly missing?: string
}
export type Making<S, B> = {
  readonly tx: Tx
  readonly scope: S
  readonly body: B
  readonly params: Params
  readonly standing: Standing
}
export type Operation = string | Permission
export type Written<S, R, B> = {
  readonly scope: S
  readonly before: R | undefined
  readonly name: string
  readonly body: B
  readonly tenancy: Tenancy
  readonly flows: Flows
}
/** @typeParam R row, @typeParam S scope, @typeParam B body */
export type Noun<R, S, B> = {
  readonly tag: string
  readonly one: string // in sentences
  readonly path: string // of the list
  readonly itemPath: string // its last parameter is the name
  readonly resourceType: string
  /** Of its resource-type, or of another where the operation belongs to that. */
  readonly operations: {
    readonly list: Operation
    readonly get: Operation
    readonly create?: Operation
    readonly update?: Operation
    readonly delete?: Operation
  }
  readonly scope: (tx: Tx, params: Params, tenancy: Tenancy) => Promise<Scoped<S>>
  /** By name, else by id. */
  readonly find: (tx: Tx, scope: S, called: string, params: Params) => Promise<R | undefined>
  readonly rows: ((tx: Tx, scope: S) => Promise<readonly R[]>) | Many<R, S>
  /** Where there may be many of them, and still few enough to be sorted otherwise when somebody asks. */
  readonly paged?: Many<R, S>
  readonly idOf: (row: R) => string
  readonly nameOf: (row: R) => string
  readonly target: (tx: Tx, row: R, scope: S, standing: Standing) => Promise<Target> | Target
  /** What a document says of the thing that is not there yet: where it would be, say. */
  readonly making?: (making: Making<S, B>) => Promise<Partial<Target>> | Partial<Target>
  /** What a document says about the thing, for conditions: of what it would become as well as of what it is. */
  readonly wanted?: (body: B, before: R | undefined, params: Params) => JsonObject
  /** More that is demanded of a change: of the other side, say. */
  readonly also?: (tx: Tx, scope: S, before: R | undefined, body: B, standing: Standing) => Promise<readonly Demand[]>
  readonly view: z.ZodObject
  readonly show: (tx: Tx, row: R, scope: S, now: EpochMs) => Promise<Shown> | Shown
  /** Said beside the row, and no part of its entity tag: what depends on more than the row. */
  readonly beside?: (tx: Tx, row: R, scope: S, flows: Flows) => Promise<Shown>
  /** Members that a list shows; by default all. For nouns that may be listed by whoever may not read them. */
  readonly summary?: readonly string[]
  readonly nameShape?: z.ZodType<string>
  readonly fixedName?: boolean
  /** The document without its name; `members` where the shape does not say them itself. */
  readonly body?: z.ZodType<B>
  readonly members?: readonly string[]
  readonly write?: (work: Work, change: Written<S, R, B>) => Promise<R>
  readonly remove?: (work: Work, row: R, scope: S, flows: Flows) => Promise<void>
  readonly example: { readonly view: Shown; readonly body?: Shown }
}

export type Found<R, S> = {
  readonly scope: S | undefined
  readonly row: R | undefined
  readonly missing: string | undefined
}
export type There<R, S> = { readonly scope: S; readonly row: R }

/** With its article, as it is said: `an API key`, `a user`. */
export const aOf = (one: string): string => `${/^(?:[aeio]|u(?!ser|sage|ni))/i.test(one) ? 'an' : 'a'} ${one}`
export const lowerFirst = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`
export const permissionOf = ({ resourceType }: { readonly resourceType: string }, operation: Operation): Permission =>
  typeof operation === 'string' ? { operation, resourceType } : operation
export const operationName = (operation: Operation): string =>
  typeof operation === 'string' ? operation : operation.operation
const parameters = (path: string): readonly string[] => [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? '')
export const paramsIn = (path: string): z.ZodType<Params> =>
  z.strictObject(Object.fromEntries(parameters(path).map((p) => [p, reference]))) as z.ZodType<Params>
export const nothing = z.strictObject({})
/** What the path calls the thing. */
export const calledIn = ({ itemPath }: { readonly itemPath: string }, params: Params): string =>
  params[parameters(itemPath).at(-1) ?? ''] ?? ''
export const nameParam = ({ itemPath }: { readonly itemPath: string }): string => parameters(itemPath).at(-1) ?? ''

/** Finds the row and asks about it; what is not there is asked about where it would be, so that nobody learns what exists by trying. */
export const finding =
  <R, S, B>(
    noun: Noun<R, S, B>,
    call: Pick<Call<Params>, 'params' | 'tenancy'>,
    operations: { readonly there: Operation; readonly absent: Operation },
    body?: B,
  ) =>
  async (tx: Tx, standing: Standing): Promise<Asking<Found<R, S>>> => {
    const { params, tenancy } = call
    const called = calledIn(noun, params)
    const { scope, place, missing } = await noun.scope(tx, params, tenancy)
    const row = scope === undefined ? undefined : await noun.find(tx, scope, called, params)
    const isThere = scope !== undefined && row !== undefined
    const made =
      isThere || scope === undefined || body === undefined
        ? {}
        : await noun.making?.({ tx, scope, body, params, standing })
    const target: Target = isThere
      ? await noun.target(tx, row, scope, standing)
      : { ...place, id: called, name: called, ...made, facts: { ...place.facts, ...made?.facts } }
    const facts = { ...target.facts, ...(body === undefined ? {} : noun.wanted?.(body, row, params)) }
    const operation = isThere ? operations.there : operations.absent
    const first: Demand = { permission: permissionOf(noun, operation), target: { ...target, facts } }
    const more = body === undefined || scope === undefined ? [] : await noun.also?.(tx, scope, row, body, standing)
    return { demands: [first, ...(more ?? [])], found: { scope, row, missing } }
  }

export const there = <R, S, B>(noun: Noun<R, S, B>, params: Params, found: Found<R, S>): There<R, S> => {
  const { scope, row, missing } = found
  if (scope === undefined) throw new Problem('not-found', missing)
  if (row === undefined) throw notFound(noun.one, calledIn(noun, params))
  return { scope, row }
}
