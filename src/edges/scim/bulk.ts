// Many operations in one request (RFC 7644 §3.7), each a transaction of its own. What one makes, others may speak of as `bulkId:…`, before it
// in the list too: whatever waits for another is done after it.
import type { Json, JsonObject } from '../../core/model/json.ts'
import { Problem } from '../../problem.ts'
import type { Call, Reply, Resource } from './call.ts'
import { scimError, statusOf } from './error-form.ts'
import { type BulkOperation, bulkBody, malformed } from './read-body.ts'

export type BulkDeps = {
  readonly resources: { readonly [endpoint: string]: Resource }
  readonly problemOf: (thrown: unknown) => Problem
  /** What is no Problem is a bug: it is not lost in the answer to the others. */
  readonly report: (what: string, thrown: unknown) => void
}

const REFERENCE = /^bulkId:(.+)$/
const MOST_DEPTH = 20

/** Every `bulkId:…` in it replaced by what it stands for; `missing` collects those that stand for nothing yet. */
const resolved = (value: Json, ids: ReadonlyMap<string, string>, missing: Set<string>, depth = 0): Json => {
  if (depth > MOST_DEPTH) throw malformed('invalidSyntax', `\`data\`: expected at most ${MOST_DEPTH} levels`)
  if (typeof value === 'string') {
    const name = REFERENCE.exec(value)?.[1]
    if (name === undefined) return value
    const id = ids.get(name)
    if (id === undefined) missing.add(name)
    return id ?? value
  }
  if (Array.isArray(value)) return value.map((one) => resolved(one, ids, missing, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, resolved(one as Json, ids, missing, depth + 1)]),
  )
}

type Ready = { readonly endpoint: string; readonly id: string | undefined; readonly data: Json }
const readyOf = (operation: BulkOperation, ids: ReadonlyMap<string, string>, missing: Set<string>): Ready => {
  const at = /^\/(Users|Groups)(?:\/([^/?#]+))?$/.exec(operation.path)
  if (!at) throw malformed('invalidPath', '`path`: expected `/Users`, `/Groups`, or one of them with an id')
  const id = at[2] === undefined ? undefined : resolved(at[2], ids, missing)
  const data = resolved((operation.data ?? null) as Json, ids, missing)
  return { endpoint: `/${at[1]}`, id: typeof id === 'string' ? id : undefined, data }
}

const run = (resource: Resource, call: Call, method: BulkOperation['method'], { id, data }: Ready): Promise<Reply> => {
  if (method === 'POST') {
    if (id !== undefined) throw malformed('invalidPath', '`path`: expected no id in a POST')
    return resource.create(call, data)
  }
  if (id === undefined) throw malformed('invalidPath', `\`path\`: expected an id in a ${method}`)
  if (method === 'DELETE') return resource.remove(call, id)
  return method === 'PUT' ? resource.replace(call, id, data) : resource.patch(call, id, data)
}

const about = ({ method, bulkId }: BulkOperation): JsonObject => ({
  method,
  ...(bulkId === undefined ? {} : { bulkId }),
})

const refused = (
  { resources: _, problemOf, report }: BulkDeps,
  operation: BulkOperation,
  thrown: unknown,
): JsonObject => {
  const problem = problemOf(thrown)
  if (problem.slug === 'internal') report('a bulk operation failed', thrown)
  return { ...about(operation), status: String(statusOf(problem)), response: scimError(problem) }
}

type Job = {
  readonly deps: BulkDeps
  readonly call: Call
  readonly ids: Map<string, string>
  readonly names: ReadonlySet<string>
}

/** Undefined: it waits for what another is to make. */
const attempt = async (job: Job, operation: BulkOperation, isLast: boolean): Promise<JsonObject | undefined> => {
  const { deps, call, ids, names } = job
  const { method, bulkId, version } = operation
  try {
    if (method === 'POST' && bulkId === undefined) throw malformed('invalidSyntax', '`bulkId`: a POST needs one')
    const missing = new Set<string>()
    const ready = readyOf(operation, ids, missing)
    const [first] = missing
    if (first !== undefined && !names.has(first))
      throw malformed('invalidValue', `no operation of this request has the \`bulkId\` \`${first.slice(0, 100)}\``)
    if (first !== undefined && !isLast) return undefined
    if (first !== undefined)
      throw new Problem('changed-meanwhile', `\`bulkId:${first.slice(0, 100)}\` was not made, or waits for this one`)
    const resource = deps.resources[ready.endpoint]
    if (!resource) throw malformed('invalidPath', '`path`: expected `/Users` or `/Groups`')
    const conditions = { ifMatch: version, ifNoneMatch: undefined }
    const { status, location, etag } = await run(resource, { ...call, conditions }, method, ready)
    const made = location ?? `${call.base}${ready.endpoint}/${ready.id ?? ''}`
    if (bulkId !== undefined && method === 'POST') ids.set(bulkId, made.slice(made.lastIndexOf('/') + 1))
    return {
      ...about(operation),
      location: made,
      ...(etag === undefined ? {} : { version: etag }),
      status: String(status),
    }
  } catch (thrown) {
    return refused(deps, operation, thrown)
  }
}

export const bulk =
  (deps: BulkDeps) =>
  async (call: Call, body: unknown): Promise<Reply> => {
    const { failOnErrors = Number.POSITIVE_INFINITY, operations } = bulkBody(body)
    const named = operations.flatMap(({ bulkId }) => bulkId ?? [])
    if (new Set(named).size < named.length) throw malformed('invalidValue', '`bulkId`: expected each only once')
    const job: Job = { deps, call, ids: new Map(), names: new Set(named) }
    const done = new Map<number, JsonObject>()
    let [waiting, errors, isLast] = [operations.map((operation, n) => ({ operation, n })), 0, false]
    while (waiting.length > 0 && errors < failOnErrors) {
      const still: typeof waiting = []
      for (const one of waiting) {
        if (errors >= failOnErrors) break
        const result = await attempt(job, one.operation, isLast)
        if (result) done.set(one.n, result)
        else still.push(one)
        if (result?.response !== undefined) errors += 1
      }
      isLast = still.length === waiting.length
      waiting = still
    }
    const Operations = [...done].sort(([a], [b]) => a - b).map(([, result]) => result)
    return { status: 200, body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkResponse'], Operations } }
  }
