// The OpenAPI 3.1 document, made from the table of routes: what is not in the table is not in the document, and the other way round.
import type { z } from 'zod'
import { catalogue, type Slug } from '../../problem.ts'
import { jsonSchemaOf } from './json-schema.ts'
import type { Answer, Route } from './route.ts'
import { API } from './router.ts'

type Json = { readonly [key: string]: unknown }

const propertiesOf = (shape: z.ZodType): { readonly [name: string]: Json } =>
  (jsonSchemaOf(shape, 'input').properties ?? {}) as { readonly [name: string]: Json }

const problem: Json = {
  type: 'object',
  description: 'RFC 9457',
  required: ['type', 'title', 'status', 'reference'],
  properties: {
    type: { type: 'string', examples: ['urn:gwanmun:problem:request-malformed'] },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'what is wrong, and what to do' },
    reason: { type: 'string', description: 'a stable code, finer than the type' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'expected'],
        properties: { field: { type: 'string' }, expected: { type: 'string' }, remedy: { type: 'string' } },
      },
    },
    reference: { type: 'string', description: 'the id of this request in the audit log' },
  },
}

const always: readonly Slug[] = [
  'request-malformed',
  'sign-in-required',
  'not-permitted',
  'not-found',
  'too-many-requests',
]
const ofWrites: readonly Slug[] = ['changed-meanwhile']
const ofBodies: readonly Slug[] = ['config-invalid', 'media-type-unsupported', 'too-large']

const problemsOf = ({ method, body, conditional }: Route): readonly Slug[] => [
  ...always,
  ...(method === 'GET' ? [] : ofWrites),
  ...(conditional ? (['precondition-failed'] as const) : []),
  ...(body ? ofBodies : []),
]

const refusals = (route: Route): Json =>
  Object.fromEntries(
    [...Map.groupBy(problemsOf(route), (slug) => catalogue[slug][0])].map(([status, slugs]) => [
      String(status),
      {
        description: slugs.map((slug) => catalogue[slug][1]).join('; '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  )

const etagHeader: Json = {
  ETag: { description: 'Send it back as `If-Match` to change only what you saw', schema: { type: 'string' } },
}
const answerOf = ({ description, schema, example, etag, streams }: Answer): Json => ({
  description,
  ...(streams ? { content: Object.fromEntries(streams.map((type) => [type, { schema: { type: 'string' } }])) } : {}),
  ...(etag ? { headers: etagHeader } : {}),
  ...(schema
    ? {
        content: {
          'application/json': { schema: jsonSchemaOf(schema, 'output'), ...(example === undefined ? {} : { example }) },
        },
      }
    : {}),
})

const tenancyParam: Json = {
  name: 'tenancy',
  in: 'path',
  required: true,
  description: 'Name of the tenancy',
  schema: { type: 'string' },
}
const conditionParams: readonly Json[] = [
  { name: 'If-Match', in: 'header', description: 'ETag as last seen', schema: { type: 'string' } },
  { name: 'If-None-Match', in: 'header', description: '`*`: only if it is not there', schema: { type: 'string' } },
]

/** What a GET takes and answers for it (RFC 9110 §13.1.2). */
const hasTag = ({ answers }: Route): boolean => answers.some(({ etag }) => etag)
const freshnessParam = (route: Route): Json => ({
  name: 'If-None-Match',
  in: 'header',
  description: hasTag(route)
    ? 'ETag as last seen: answered only if it is another'
    : '`*`: answered only if it is not there',
  schema: { type: 'string' },
})
const unchanged = (route: Route): Json => ({
  304: hasTag(route)
    ? { description: 'It is what `If-None-Match` names', headers: etagHeader }
    : { description: 'It is there, and `If-None-Match` is `*`' },
})

const parametersOf = (route: Route): readonly Json[] => [
  tenancyParam,
  ...Object.entries(propertiesOf(route.params)).map(([name, schema]) => ({ name, in: 'path', required: true, schema })),
  ...Object.entries(propertiesOf(route.query)).map(([name, schema]) => ({ name, in: 'query', schema })),
  ...(route.conditional ? conditionParams : []),
  ...(route.method === 'GET' ? [freshnessParam(route)] : []),
]

const operationOf = (route: Route): Json => ({
  operationId: route.operationId,
  tags: [route.tag],
  summary: route.summary,
  description: [
    ...(route.description === undefined ? [] : [route.description]),
    `Needs ${route.permissions.map((p) => `\`${p.operation}\` on \`${p.resourceType}\``).join(' or ')}.`,
  ].join('\n\n'),
  'x-gwanmun-permissions': route.permissions,
  parameters: parametersOf(route),
  ...(route.body
    ? {
        requestBody: {
          required: true,
          content: {
            [route.method === 'PATCH' ? 'application/merge-patch+json' : 'application/json']: {
              schema: jsonSchemaOf(route.body, 'input'),
              ...(route.bodyExample === undefined ? {} : { example: route.bodyExample }),
            },
          },
        },
      }
    : {}),
  responses: {
    ...Object.fromEntries(route.answers.map((answer) => [String(answer.status), answerOf(answer)])),
    ...(route.method === 'GET' ? unchanged(route) : {}),
    ...refusals(route),
  },
})

export const openApiOf = (routes: readonly Route[], baseUrl: string, version: string): Json => ({
  openapi: '3.1.0',
  info: {
    title: 'Gwanmun administration',
    version,
    summary: 'Everything that administrators do, for programs.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: new URL(API, baseUrl).href }],
  security: [{ bearer: [] }],
  tags: [...new Set(routes.map((r) => r.tag))].map((name) => ({ name })),
  paths: Object.fromEntries(
    [...Map.groupBy(routes, (r) => r.path)].map(([path, rows]) => [
      `/tenancies/{tenancy}${path}`,
      Object.fromEntries(rows.map((r) => [r.method.toLowerCase(), operationOf(r)])),
    ]),
  ),
  components: {
    securitySchemes: {
      bearer: {
        type: 'http',
        scheme: 'bearer',
        description: 'An API key (`gwm_…`) or an access token of `gwanmun-cli`, with the scope `admin`',
      },
    },
    schemas: { Problem: problem },
  },
})
