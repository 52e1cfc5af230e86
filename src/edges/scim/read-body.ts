// Bodies of SCIM requests: their envelopes, by shape. What is inside a resource is for core/scim, which knows the schema.
import { z } from 'zod'
import type { JsonObject } from '../../core/model/json.ts'
import type { Operation } from '../../core/scim/patch.ts'
import type { ResourceType, ScimType } from '../../core/scim/schema.ts'
import { Problem } from '../../problem.ts'
import { MOST_RESULTS, type Query, USUAL_RESULTS } from './call.ts'

const MESSAGES = 'urn:ietf:params:scim:api:messages:2.0:'
export const PATCH_OP = `${MESSAGES}PatchOp`
export const SEARCH_REQUEST = `${MESSAGES}SearchRequest`
export const BULK_REQUEST = `${MESSAGES}BulkRequest`
export const MOST_OPERATIONS = 1000

export const malformed = (scimType: ScimType, detail: string): Problem =>
  new Problem('request-malformed', detail, { reason: scimType })

/** Names of members compare without case: these are spelled as the shapes spell them. */
const spelled = (body: unknown, names: readonly string[]): unknown => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  const known = new Map(names.map((name) => [name.toLowerCase(), name]))
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [known.get(key.toLowerCase()) ?? key, value]))
}

const read = <T>(shape: z.ZodType<T>, body: unknown): T => {
  const found = shape.safeParse(body)
  if (found.success) return found.data
  const [issue] = found.error.issues
  const place = issue?.path.map(String).join('.')
  throw malformed('invalidSyntax', `\`${place || 'body'}\`: ${issue?.message ?? 'not understood'}`)
}

/** A list of schemas that leaves out the one the message is of says that it is another message. */
const schemas = (id: string) =>
  z
    .array(z.string())
    .refine((all) => all.some((one) => one.toLowerCase() === id.toLowerCase()), `expected \`${id}\` among them`)

const object = z.record(z.string(), z.unknown(), 'expected a JSON object')

export const resourceBody = (type: ResourceType, body: unknown): JsonObject => {
  const members = read(object, body)
  read(z.object({ schemas: schemas(type.core.id) }), spelled(members, ['schemas']))
  return members as JsonObject
}

const operation = z.object({
  op: z
    .string()
    .transform((op) => op.toLowerCase())
    .pipe(z.enum(['add', 'replace', 'remove'], 'expected `add`, `replace` or `remove`')),
  path: z.string().max(4000).nullish(),
  value: z.unknown().optional(),
})
const patch = z.object({
  schemas: schemas(PATCH_OP).optional(),
  Operations: z
    .array(z.unknown())
    .min(1)
    .max(MOST_OPERATIONS, `expected at most ${MOST_OPERATIONS} operations`)
    .transform((all) => all.map((one) => spelled(one, ['op', 'path', 'value'])))
    .pipe(z.array(operation)),
})
export const patchBody = (body: unknown): readonly Operation[] =>
  read(patch, spelled(body, ['schemas', 'Operations'])).Operations.map(({ op, path, value }) => ({
    op,
    path: path ?? undefined,
    value,
  }))

const whole = (name: string) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^\s*-?\d{1,15}\s*$/.test(value) ? Number(value) : value),
    z.int(`\`${name}\`: expected a whole number`),
  )
const listing = {
  filter: z.string().max(4000).optional(),
  startIndex: whole('startIndex').default(1),
  count: whole('count').default(USUAL_RESULTS),
  cursor: z
    .string('`cursor`: expected `nextCursor` of the page before')
    .max(2000, '`cursor`: too long to be one')
    .optional(),
}
/** Below the least, the least is meant; above the most, the most (RFC 7644 §3.4.2.4). */
const queryOf = (found: {
  filter?: string | undefined
  cursor?: string | undefined
  startIndex: number
  count: number
}): Query => ({
  cursor: found.cursor,
  filter: found.filter?.trim() === '' ? undefined : found.filter,
  startIndex: Math.max(1, found.startIndex),
  count: Math.min(MOST_RESULTS, Math.max(0, found.count)),
})
const parameters = z.object(listing)
export const listQuery = (query: unknown): Query => {
  const found = parameters.safeParse(query)
  if (found.success) return queryOf(found.data)
  throw malformed('invalidValue', found.error.issues[0]?.message ?? 'the query was not understood')
}

const names = z.union([z.string().transform((text) => text.split(',')), z.array(z.string())]).optional()
const search = z.object({
  schemas: schemas(SEARCH_REQUEST),
  attributes: names,
  excludedAttributes: names,
  ...listing,
})
export type Search = Query & { readonly attributes: readonly string[]; readonly excludedAttributes: readonly string[] }
export const searchBody = (body: unknown): Search => {
  const found = read(search, spelled(body, Object.keys(search.shape)))
  return {
    ...queryOf(found),
    attributes: found.attributes ?? [],
    excludedAttributes: found.excludedAttributes ?? [],
  }
}

const bulkOperation = z.object({
  method: z
    .string()
    .transform((method) => method.toUpperCase())
    .pipe(z.enum(['POST', 'PUT', 'PATCH', 'DELETE'], 'expected POST, PUT, PATCH or DELETE')),
  path: z.string().max(300),
  bulkId: z.string().min(1).max(200).optional(),
  version: z.string().max(200).optional(),
  data: z.unknown().optional(),
})
export type BulkOperation = z.infer<typeof bulkOperation>
const bulk = z.object({
  schemas: schemas(BULK_REQUEST),
  failOnErrors: z.int().min(0).optional(),
  Operations: z
    .array(z.unknown())
    .transform((all) => all.map((one) => spelled(one, Object.keys(bulkOperation.shape))))
    .pipe(z.array(bulkOperation)),
})
export const bulkBody = (
  body: unknown,
): { readonly failOnErrors: number | undefined; readonly operations: readonly BulkOperation[] } => {
  const members = spelled(body, ['schemas', 'failOnErrors', 'Operations'])
  const { Operations: sent } = (members ?? {}) as { Operations?: unknown }
  if (Array.isArray(sent) && sent.length > MOST_OPERATIONS)
    throw new Problem('too-large', `expected at most ${MOST_OPERATIONS} operations, got ${sent.length}`)
  const { failOnErrors, Operations } = read(bulk, members)
  return { failOnErrors: failOnErrors === 0 ? undefined : failOnErrors, operations: Operations }
}
