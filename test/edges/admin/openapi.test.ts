// The OpenAPI document: complete, unambiguous, with examples that its own schemas accept, and true about what needs which permission.
import { expect, test } from 'vitest'
import { apiDocuments } from '../../../src/adapters/yaml/api-documents.ts'
import { openApiOf } from '../../../src/edges/admin/openapi.ts'
import { tableOf } from '../../../src/edges/admin/table.ts'
import { catalogue } from '../../flows/access/office.ts'
import { openBed } from './bed.ts'

const table = tableOf(apiDocuments())

type Operation = {
  operationId: string
  summary: string
  parameters: { name: string; in: string; required?: boolean; schema?: object }[]
  requestBody?: { content: Record<string, { schema: object; example?: unknown }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: object; example?: unknown }> }>
}
type Document = {
  openapi: string
  servers: { url: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> }
  security: Record<string, unknown>[]
}
const document = JSON.parse(JSON.stringify(openApiOf(table, 'https://id.example', '1.0.0'))) as Document
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)

test('every route is in the document once, under an operationId of its own', () => {
  expect(document.openapi).toBe('3.1.0')
  expect(document.servers).toEqual([{ url: 'https://id.example/api/v1' }])
  expect(operations).toHaveLength(table.length)
  const ids = operations.map(({ operation }) => operation.operationId)
  expect(ids.filter((id, n) => ids.indexOf(id) !== n)).toEqual([])
  expect(ids.filter((id) => !/^[a-z][A-Za-z0-9]*$/.test(id))).toEqual([])
})

test.each(operations)('$method $path is described', ({ path, method, operation }) => {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1])
  const described = operation.parameters.filter((p) => p.in === 'path')
  expect(described.map((p) => p.name).sort()).toEqual(inPath.sort())
  expect(described.every((p) => p.required)).toBe(true)
  expect(operation.summary).not.toBe('')
  const statuses = Object.keys(operation.responses)
  expect(statuses.some((s) => s.startsWith('2'))).toBe(true)
  for (const status of ['400', '401', '403', '404']) expect(statuses).toContain(status)
  if (method !== 'get') expect(statuses).toContain('409')
  if (operation.requestBody) for (const status of ['413', '415', '422']) expect(statuses).toContain(status)
  for (const [status, { description, content }] of Object.entries(operation.responses)) {
    expect(description).not.toBe('')
    if (status.startsWith('4'))
      expect(content).toEqual({ 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } })
  }
})

test('every reference leads somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((m) => m[1] ?? '')
  expect(references.length).toBeGreaterThan(0)
  const lost = references.filter(
    (ref) =>
      !ref.startsWith('#/components/schemas/') ||
      !(ref.slice('#/components/schemas/'.length) in document.components.schemas),
  )
  expect(lost).toEqual([])
})

test('examples are what the shapes accept', () => {
  const wrong = table.flatMap((route) => {
    const what = `${route.method} ${route.path}`
    const ofBody = route.body && (route.bodyExample === undefined || !route.body.safeParse(route.bodyExample).success)
    return [
      ...(ofBody
        ? [`${what}: the body ${JSON.stringify(route.body?.safeParse(route.bodyExample).error?.issues)}`]
        : []),
      ...route.answers.flatMap(({ status, schema, example }) => {
        if (!schema) return []
        const read = schema.safeParse(example)
        return read.success ? [] : [`${what}: ${status} ${JSON.stringify(read.error.issues)}`]
      }),
    ]
  })
  expect(wrong).toEqual([])
})

test('every permission that a route names is an operation of the catalogue', () => {
  const unknown = table.flatMap(({ permissions }) =>
    permissions.filter((p) => {
      const operation = catalogue.types.get(p.resourceType)?.operations.get(p.operation.toLowerCase())
      return operation === undefined || operation.permissions.length === 0
    }),
  )
  expect(unknown).toEqual([])
})

test('the document is served to anybody, and says how to authenticate', async () => {
  const bed = await openBed()
  const response = await fetch(`${bed.url}/api/v1/openapi.json`)
  expect(response.status).toBe(200)
  const served = (await response.json()) as Document
  expect(served.security).toEqual([{ bearer: [] }])
  expect(served.components.securitySchemes.bearer).toMatchObject({ type: 'http', scheme: 'bearer' })
  expect(Object.keys(served.paths)).toEqual(Object.keys(document.paths))
  await bed.close()
})
