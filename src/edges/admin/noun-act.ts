// What is done to a row of a noun beside changing its document: `POST …/groups/{group}/move`. One operation, one permission.
import type { z } from 'zod'
import type { Asking, Work } from '../../flows/access/administer.ts'
import type { Demand, Standing } from '../../flows/access/permits.ts'
import type { Flows } from '../../flows/administration.ts'
import type { Tx } from '../../ports/store.ts'
import { etagOf, refuseUnless } from './etag.ts'
import {
  type Found,
  finding,
  lowerFirst,
  type Noun,
  nothing,
  type Params,
  paramsIn,
  type There,
  there,
} from './noun.ts'
import { type Answer, changing, type Method, type Reply, type Route, route } from './route.ts'

export type Action<R, S, A> = {
  readonly method?: Method
  /** Below the row's path. */
  readonly path: string
  readonly operation: string
  readonly operationId?: string
  readonly summary: string
  readonly description?: string
  readonly body?: z.ZodType<A>
  readonly bodyExample?: unknown
  readonly answers: readonly [Answer, ...Answer[]]
  readonly also?: (tx: Tx, on: There<R, S>, body: A, standing: Standing) => Promise<readonly Demand[]>
  readonly run: (
    work: Work,
    on: There<R, S> & { readonly body: A; readonly flows: Flows; readonly params: Params; readonly at: string },
  ) => Promise<Reply | R>
}

const isReply = (given: object): given is Reply => 'status' in given && typeof given.status === 'number'

export const actionRoute = <R extends object, S, B, A = undefined>(
  noun: Noun<R, S, B>,
  action: Action<R, S, A>,
): Route => {
  const path = `${noun.itemPath}${action.path}`
  const { operation } = action
  return route<Params, object, A>({
    method: action.method ?? 'POST',
    path,
    operationId: action.operationId ?? lowerFirst(operation),
    tag: noun.tag,
    summary: action.summary,
    ...(action.description === undefined ? {} : { description: action.description }),
    permissions: [{ operation, resourceType: noun.resourceType }],
    params: paramsIn(path),
    query: nothing,
    body: action.body,
    bodyExample: action.bodyExample,
    conditional: true,
    answers: action.answers,
    handle: (edge, call) => {
      const asking = finding(noun, call, { there: operation, absent: operation })
      const ask = async (tx: Tx, standing: Standing): Promise<Asking<Found<R, S>>> => {
        const seen = await asking(tx, standing)
        const { scope, row } = seen.found
        if (!action.also || scope === undefined || row === undefined) return seen
        const more = await action.also(tx, { scope, row }, call.body, standing)
        return { ...seen, demands: [...seen.demands, ...more] }
      }
      return changing(edge, call, {
        ask,
        change: async (work, found) => {
          const { scope, row } = there(noun, call.params, found)
          const { digest } = edge.secrets
          refuseUnless(call.conditions, etagOf(digest, await noun.show(work.tx, row, scope, work.now)))
          const { body, params, at } = call
          const result = await action.run(work, { scope, row, body, params, at, flows: edge.flows })
          if (isReply(result)) return result
          const after = await noun.scope(work.tx, call.params, call.tenancy)
          const shown = await noun.show(work.tx, result, after.scope ?? scope, work.now)
          return { status: 200, body: shown, etag: etagOf(digest, shown) }
        },
      })
    },
  })
}
