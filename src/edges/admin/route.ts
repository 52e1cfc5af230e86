// What a route of the administrative API is: a row of a table. Method, path, permission, shapes, examples and the flow; the router, the OpenAPI
// document and the architecture test read the same row. A route that works on one noun is made by noun.ts.
import type { z } from 'zod'
import type { Tenancy } from '../../core/model/tenancy.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Administer, Asking, Work } from '../../flows/access/administer.ts'
import type { Administrator, Permission, Standing } from '../../flows/access/permits.ts'
import type { Flows } from '../../flows/administration.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import { type Conditions, etagOf, isUnchanged } from './etag.ts'

export type Method = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'
export type { Permission }

/** A request that was authenticated and whose parts have their shapes. */
export type Call<P = unknown, Q = unknown, B = unknown> = {
  readonly who: Administrator
  readonly tenancy: Tenancy
  readonly params: P
  readonly query: Q
  readonly body: B
  readonly conditions: Conditions
  /** Path below the API, with the parameters in it: what a `Location` points at. */
  readonly at: string
}
export type Reply = {
  readonly status: number
  readonly body?: unknown
  readonly etag?: string
  /** Path below the tenancy of what was made. */
  readonly location?: string
  /** Instead of a body: piece by piece, as fast as it is read. */
  readonly stream?: { readonly type: string; readonly file: string; readonly pieces: AsyncGenerator<string> }
}
/** One of each thing that routes need; handed to them with every call, so that the table itself is a constant. */
export type Edge = {
  readonly administer: Administer
  readonly secrets: Secrets
  readonly flows: Flows
}

export type Answer = {
  readonly status: number
  readonly description: string
  readonly schema?: z.ZodType
  readonly example?: unknown
  /** Media types of a stream. */
  readonly streams?: readonly string[]
  readonly etag?: boolean
}
export type Described = {
  readonly method: Method
  /** Below `/api/v1/tenancies/{tenancy}`, parameters in braces. */
  readonly path: string
  readonly operationId: string
  readonly tag: string
  readonly summary: string
  readonly description?: string
  /** What the caller needs, by the catalogue; several where both sides change, or where making differs from changing. */
  readonly permissions: readonly [Permission, ...Permission[]]
  readonly answers: readonly [Answer, ...Answer[]]
  readonly bodyExample?: unknown
  /** Takes `If-Match`. */
  readonly conditional?: boolean
}
type Shapes<P, Q, B> = {
  readonly params: z.ZodType<P>
  readonly query: z.ZodType<Q>
  readonly body: z.ZodType<B> | undefined
}
export type Handle<P, Q, B> = (edge: Edge, call: Call<P, Q, B>) => Promise<Reply>
/** With the types of its parts forgotten: the router gives it only what passed its shapes. */
export type Route = Described & Shapes<unknown, unknown, unknown> & { readonly handle: Handle<never, never, never> }

export const route = <P, Q, B>(row: Described & Shapes<P, Q, B> & { readonly handle: Handle<P, Q, B> }): Route => row

// ── What handles are made of ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** What is shown of a row: with its tag, or nothing if the caller has it already. */
export const shownReply = ({ secrets }: Edge, { conditions }: Call, body: unknown, beside: object = {}): Reply => {
  const etag = etagOf(secrets.digest, body)
  if (isUnchanged(conditions.ifNoneMatch, etag)) return { status: 304, etag }
  return { status: 200, body: typeof body === 'object' ? { ...body, ...beside } : body, etag }
}

type Reading<F> = {
  readonly ask: (tx: Tx, standing: Standing) => Promise<Asking<F>>
  readonly show: (tx: Tx, found: F, now: EpochMs) => Promise<unknown>
}
export const reading = async <F>(edge: Edge, call: Call, { ask, show }: Reading<F>): Promise<Reply> =>
  shownReply(edge, call, await edge.administer.read(call.who, ask, show))

type Changing<F> = {
  readonly ask: (tx: Tx, standing: Standing) => Promise<Asking<F>>
  readonly change: (work: Work, found: F) => Promise<Reply>
}
export const changing = <F>(edge: Edge, call: Call, { ask, change }: Changing<F>): Promise<Reply> =>
  edge.administer.write(call.who, ask, change)

export const notFound = (what: string, named: string): Problem =>
  new Problem('not-found', `there is no ${what} \`${named.slice(0, 300)}\``)
