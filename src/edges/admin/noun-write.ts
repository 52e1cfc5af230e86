// Making, changing and deleting rows of a noun. PUT is idempotent by name: the same document twice changes nothing, writes no audit event and
// gives the same entity tag. PATCH is a merge patch (RFC 7396) of the same document.
import { z } from 'zod'
import type { Work } from '../../flows/access/administer.ts'
import { Problem } from '../../problem.ts'
import { etagOf, refuseUnless } from './etag.ts'
import {
  aOf,
  calledIn,
  type Found,
  finding,
  lowerFirst,
  type Noun,
  nameParam,
  nothing,
  type Operation,
  operationName,
  type Params,
  paramsIn,
  permissionOf,
  type There,
  there,
} from './noun.ts'
import { getRoute, listRoute } from './noun-read.ts'
import { parsed } from './read-request.ts'
import { type Call, changing, type Edge, notFound, type Reply, type Route, route } from './route.ts'
import { name as nameShape } from './shapes.ts'

type Writable<R, S, B> = Noun<R, S, B> & Required<Pick<Noun<R, S, B>, 'write' | 'body'>>

const afterGet = ({ operations }: { readonly operations: { readonly get: Operation } }): string =>
  operationName(operations.get).replace(/^Get/, '')

const replyTo = async <R, S, B>(
  noun: Noun<R, S, B>,
  { secrets, flows }: Edge,
  { params, tenancy }: Pick<Call<Params>, 'params' | 'tenancy'>,
  { tx, now }: Work,
  row: R,
  made: string | undefined,
): Promise<Reply> => {
  const { scope } = await noun.scope(tx, params, tenancy) // as it is now
  if (scope === undefined) throw new Error(`${noun.one}: what it hangs on is gone`)
  const shown = await noun.show(tx, row, scope, now)
  const body = { ...shown, ...(await noun.beside?.(tx, row, scope, flows)) }
  const etag = etagOf(secrets.digest, shown)
  return { status: made === undefined ? 200 : 201, body, etag, ...(made === undefined ? {} : { location: made }) }
}
const etagNow = async <R, S, B>(
  noun: Noun<R, S, B>,
  { secrets }: Edge,
  { tx, now }: Work,
  { row, scope }: There<R, S>,
): Promise<string> => etagOf(secrets.digest, await noun.show(tx, row, scope, now))

const putRoute = <R, S, B>(noun: Writable<R, S, B>): Route => {
  const update = noun.operations.update ?? noun.operations.get
  const { create } = noun.operations
  const answer = { schema: noun.view, example: noun.example.view, etag: true }
  return route<Params, object, B>({
    method: 'PUT',
    path: noun.itemPath,
    operationId: `put${afterGet(noun)}`,
    tag: noun.tag,
    summary: create === undefined ? `Replace ${aOf(noun.one)}` : `Make ${aOf(noun.one)} of that name, or replace it`,
    description: 'Idempotent: the same document again changes nothing.',
    permissions: [permissionOf(noun, update), ...(create === undefined ? [] : [permissionOf(noun, create)])],
    params: paramsIn(noun.itemPath),
    query: nothing,
    body: noun.body,
    bodyExample: noun.example.body,
    conditional: true,
    answers: [
      { status: 200, description: 'It is as the document says', ...answer },
      ...(create === undefined ? [] : [{ status: 201, description: 'Made', ...answer }]),
    ],
    handle: (edge, call) =>
      changing<Found<R, S>>(edge, call, {
        ask: finding(noun, call, { there: update, absent: create ?? update }, call.body),
        change: async (work, { scope, row, missing }) => {
          if (scope === undefined) throw new Problem('not-found', missing)
          const called = calledIn(noun, call.params)
          if (row === undefined && create === undefined) throw notFound(noun.one, called)
          refuseUnless(call.conditions, row === undefined ? undefined : await etagNow(noun, edge, work, { row, scope }))
          const name =
            row === undefined ? parsed(noun.nameShape ?? nameShape, called, nameParam(noun)) : noun.nameOf(row)
          const { tenancy, body } = call
          const after = await noun.write(work, { scope, before: row, name, body, tenancy, flows: edge.flows })
          return replyTo(noun, edge, call, work, after, row === undefined ? call.at : undefined)
        },
      }),
  })
}

/** RFC 7396 §2; through a Map, so that `__proto__` is a member like any other. */
export const mergePatch = (target: unknown, patch: unknown): unknown => {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const isObject = typeof target === 'object' && target !== null && !Array.isArray(target)
  const out = new Map<string, unknown>(isObject ? Object.entries(target) : [])
  for (const [key, value] of Object.entries(patch))
    if (value === null) out.delete(key)
    else out.set(key, mergePatch(out.get(key), value))
  return Object.fromEntries(out)
}

const membersOf = <R, S, B>({ body, members }: Writable<R, S, B>): readonly string[] =>
  members ?? (body instanceof z.ZodObject ? Object.keys(body.shape) : [])

/** The document of a row, changed by a patch. */
const patched = async <R, S, B>(
  noun: Writable<R, S, B>,
  { tx, now }: Pick<Work, 'tx' | 'now'>,
  { row, scope }: There<R, S>,
  patch: object,
): Promise<B> => {
  const shown = await noun.show(tx, row, scope, now)
  const document = Object.fromEntries(Object.entries(shown).filter(([key]) => membersOf(noun).includes(key)))
  return parsed(noun.body, mergePatch(document, patch))
}

const patchShape = <R, S, B>(noun: Writable<R, S, B>) => {
  const members = membersOf(noun).map((key) => [key, z.unknown().optional()] as const)
  const renaming = noun.fixedName ? {} : { name: (noun.nameShape ?? nameShape).optional() }
  return z.strictObject({ ...Object.fromEntries(members), ...renaming }) as z.ZodType<{
    readonly [member: string]: unknown
  }>
}

const patchRoute = <R, S, B>(noun: Writable<R, S, B>): Route => {
  const update = noun.operations.update ?? noun.operations.get
  const operations = { there: update, absent: update }
  return route<Params, object, { readonly [member: string]: unknown }>({
    method: 'PATCH',
    path: noun.itemPath,
    operationId: `patch${afterGet(noun)}`,
    tag: noun.tag,
    summary: `Change a part of ${aOf(noun.one)}${noun.fixedName ? '' : ', or its name'}`,
    description: 'A merge patch (RFC 7396): members that are left out stay, `null` puts one back to its default.',
    permissions: [permissionOf(noun, update)],
    params: paramsIn(noun.itemPath),
    query: nothing,
    body: patchShape(noun),
    bodyExample: noun.example.body,
    conditional: true,
    answers: [{ status: 200, description: 'Changed', schema: noun.view, example: noun.example.view, etag: true }],
    handle: (edge, call) => {
      const { name, ...members } = call.body
      return changing<Found<R, S>>(edge, call, {
        ask: async (tx, standing) => {
          const seen = await finding(noun, call, operations)(tx, standing)
          const { scope, row } = seen.found
          // who may not change it is not told what its document would become
          if (scope === undefined || row === undefined || !seen.demands.every(standing.may)) return seen
          const body = await patched(noun, { tx, now: standing.asker?.now ?? 0 }, { scope, row }, members)
          const would = await finding(noun, call, operations, body)(tx, standing)
          return { ...would, demands: [...seen.demands, ...would.demands] }
        },
        change: async (work, found) => {
          const { scope, row } = there(noun, call.params, found)
          refuseUnless(call.conditions, await etagNow(noun, edge, work, { row, scope }))
          const after = await noun.write(work, {
            scope,
            before: row,
            name: typeof name === 'string' ? name : noun.nameOf(row),
            body: await patched(noun, work, { scope, row }, members),
            tenancy: call.tenancy,
            flows: edge.flows,
          })
          return replyTo(noun, edge, call, work, after, undefined)
        },
      })
    },
  })
}

const deleteRoute = <R, S, B>(noun: Noun<R, S, B> & Required<Pick<Noun<R, S, B>, 'remove'>>): Route => {
  const operation = noun.operations.delete ?? noun.operations.get
  return route<Params, object, undefined>({
    method: 'DELETE',
    path: noun.itemPath,
    operationId: lowerFirst(operationName(operation)),
    tag: noun.tag,
    summary: `Delete ${aOf(noun.one)}`,
    permissions: [permissionOf(noun, operation)],
    params: paramsIn(noun.itemPath),
    query: nothing,
    body: undefined,
    conditional: true,
    answers: [{ status: 204, description: 'Deleted' }],
    handle: (edge, call) =>
      changing<Found<R, S>>(edge, call, {
        ask: finding(noun, call, { there: operation, absent: operation }),
        change: async (work, found) => {
          const { scope, row } = there(noun, call.params, found)
          refuseUnless(call.conditions, await etagNow(noun, edge, work, { row, scope }))
          await noun.remove(work, row, scope, edge.flows)
          return { status: 204 }
        },
      }),
  })
}

const isWritable = <R, S, B>(noun: Noun<R, S, B>): noun is Writable<R, S, B> =>
  noun.write !== undefined && noun.body !== undefined

/** The routes that the description of a noun makes possible. */
export const nounRoutes = <R, S, B>(noun: Noun<R, S, B>): readonly Route[] => [
  listRoute(noun),
  getRoute(noun),
  ...(isWritable(noun) ? [putRoute(noun), patchRoute(noun)] : []),
  ...(noun.remove === undefined ? [] : [deleteRoute({ ...noun, remove: noun.remove })]),
]
