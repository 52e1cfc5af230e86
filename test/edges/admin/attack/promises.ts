// What every answer of the administrative API must be, whoever asks for whatever: of a declared status, with a body of its declared shape, and
// without anything that is nobody's to know.
import { z } from 'zod'
import { openApiOf } from '../../../../src/edges/admin/openapi.ts'
import type { Route } from '../../../../src/edges/admin/route.ts'
import type { Got } from './send.ts'
import { table } from './world.ts'

type Described = { readonly paths: Record<string, Record<string, { readonly responses: object }>> }
const document = openApiOf(table, 'https://id.example', '1') as Described

export const declared = ({ method, path }: Route): readonly number[] =>
  Object.keys(document.paths[`/tenancies/{tenancy}${path}`]?.[method.toLowerCase()]?.responses ?? {}).map(Number)

export const problem = z.strictObject({
  type: z.string().regex(/^urn:gwanmun:problem:[a-z-]+$/),
  title: z.string().min(1),
  status: z.int(),
  detail: z.string().optional(),
  reason: z.string().optional(),
  errors: z
    .array(z.strictObject({ field: z.string(), expected: z.string(), remedy: z.string().optional() }))
    .optional(),
  reference: z.string().min(1),
})
const faultsIn = (what: string, shape: z.ZodType, value: unknown): readonly string[] => {
  const read = shape.safeParse(value)
  return read.success ? [] : [`${what}: ${JSON.stringify(read.error.issues).slice(0, 600)}`]
}
const jsonOf = (text: string): { readonly value?: unknown; readonly faults: readonly string[] } => {
  try {
    return { value: JSON.parse(text) as unknown, faults: [] }
  } catch {
    return { faults: [`no JSON: ${text.slice(0, 200)}`] }
  }
}

const isJson = (got: Got, kind: 'json' | 'problem+json'): readonly string[] =>
  String(got.headers['content-type']).startsWith(`application/${kind}`)
    ? []
    : [`content type \`${got.headers['content-type']}\` with status ${got.status}`]

const refusalFaults = (got: Got): readonly string[] => {
  const { value, faults } = jsonOf(got.text)
  if (faults.length > 0) return faults
  const said = (value as { status?: unknown } | null)?.status
  return [
    ...isJson(got, 'problem+json'),
    ...faultsIn('problem', problem, value),
    ...(said === got.status ? [] : [`says status ${said} with status ${got.status}`]),
  ]
}
const answerFaults = (route: Route, got: Got): readonly string[] => {
  const answer = route.answers.find((a) => a.status === got.status)
  const tag = got.headers.etag
  const noTag = answer?.etag === true && typeof tag !== 'string' ? ['no ETag, as promised'] : []
  if (!answer?.schema)
    return got.text === '' || String(got.headers['content-type']).startsWith('application/json') === false
      ? noTag
      : [`a body where none is declared: ${got.text.slice(0, 200)}`]
  const { value, faults } = jsonOf(got.text)
  return faults.length > 0
    ? faults
    : [...isJson(got, 'json'), ...noTag, ...faultsIn(`answer ${got.status}`, answer.schema, value)]
}

/** @returns what is wrong with the answer; empty: it keeps every promise */
export const broken = (route: Route, got: Got): readonly string[] => {
  const { status, headers } = got
  return [
    ...(declared(route).includes(status) ? [] : [`status ${status} is not declared: ${got.text.slice(0, 300)}`]),
    ...(headers['cache-control'] === 'no-store' ? [] : [`may be cached: ${headers['cache-control']}`]),
    ...(headers['set-cookie'] === undefined ? [] : ['sets a cookie']),
    ...(status === 304
      ? got.text === ''
        ? []
        : ['304 with a body']
      : status >= 400
        ? refusalFaults(got)
        : answerFaults(route, got)),
  ]
}

/** Words in the answer that must not be there; what the request itself said may be said back. */
export const leaks = (got: Got, words: readonly string[], asked = ''): readonly string[] =>
  words.filter((word) => got.text.includes(word) && !asked.includes(word))
