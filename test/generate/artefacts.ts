// The files that are generated from the OpenAPI document: types and paths for the SDK, names and examples for the command line. A test compares
// them with what lies in `src`, and `npm run generate` writes them.
import { apiDocuments } from '../../src/adapters/yaml/api-documents.ts'
import { openApiOf } from '../../src/edges/admin/openapi.ts'
import { tableOf } from '../../src/edges/admin/table.ts'
import { commandsOf, type Operation, operationsIn } from './operations.ts'
import { type Schema, typeOf } from './typescript.ts'

export type Artefact = { readonly path: string; readonly text: string }

const documentOf = (): unknown => openApiOf(tableOf(apiDocuments()), 'https://id.example.com', '1')

/** `getGroup` → `Group`, `putGroup` → `GroupDocument`. */
const namedShapes = (operations: readonly Operation[]): ReadonlyMap<string, string> => {
  const names = new Map<string, string>()
  for (const { id, method, answer, body } of operations) {
    const noun = id.replace(/^(?:get|put)/, '')
    const isNamed = (shape: Schema | undefined): shape is Schema => shape?.properties !== undefined
    if (id.startsWith('get') && method === 'GET' && isNamed(answer) && !names.has(JSON.stringify(answer)))
      names.set(JSON.stringify(answer), noun)
    if (id.startsWith('put') && isNamed(body) && !names.has(JSON.stringify(body)))
      names.set(JSON.stringify(body), `${noun}Document`)
  }
  return names
}

const membersOf = (members: readonly (readonly [name: string, type: string, optional: boolean])[]): string =>
  members.length === 0
    ? 'Nothing'
    : `{ ${members.map(([name, type, optional]) => `readonly ${name}${optional ? '?' : ''}: ${type}`).join('; ')} }`

const sdkTypes = (operations: readonly Operation[]): string => {
  const names = namedShapes(operations)
  const shapes = [...names].map(
    ([schema, name]) => `export type ${name} = ${typeOf(JSON.parse(schema) as Schema, names, name)}`,
  )
  const indented = (text: string): string => text.replaceAll('\n', '\n    ')
  const rows = operations.map((o) =>
    [
      `  /** ${o.summary.replaceAll('*/', '')}: \`${o.method} ${o.path}\`. Needs ${o.permissions.join(' or ')}. */`,
      `  readonly ${o.id}: {`,
      `    readonly path: ${membersOf(o.params.map((p) => [p, 'string', false]))}`,
      `    readonly query: ${membersOf(o.query.map((q) => [q.name, typeOf(q.schema, names), true]))}`,
      `    readonly body: ${o.body ? indented(typeOf(o.body, names)) : 'undefined'}`,
      `    readonly answer: ${o.answer ? indented(typeOf(o.answer, names)) : 'undefined'}`,
      '  }',
    ].join('\n'),
  )
  const paths = operations.map((o) => `  ${o.id}: ['${o.method}', '${o.path}'],`)
  return [
    '// Generated from the OpenAPI document by `npm run generate`: what the administrative API takes and answers. Not to be edited.',
    '',
    'type Nothing = { readonly [name: string]: never }',
    '',
    ...shapes.flatMap((shape) => [shape, '']),
    'export type Operations = {',
    ...rows,
    '}',
    '',
    '/** Method and path below `/api/v1/tenancies/{tenancy}`. */',
    'export const operations = {',
    ...paths,
    '} as const satisfies { readonly [id in keyof Operations]: readonly [method: string, path: string] }',
    '',
  ].join('\n')
}

/** What a table shows of a row: what fits into one line. */
const columnsOf = ({ answer }: Operation): readonly string[] => {
  const items = (answer?.properties as { items?: { items?: Schema } } | undefined)?.items?.items
  const properties = Object.entries((items?.properties ?? {}) as { readonly [name: string]: Schema })
  const short = properties.filter(
    ([, of]) => of.enum !== undefined || ['string', 'number', 'integer', 'boolean'].includes(String(of.type)),
  )
  return short.map(([name]) => name).filter((name) => name !== 'description')
}

const namesOf = (schema: Schema | undefined): readonly string[] =>
  Object.keys((schema?.properties ?? {}) as { readonly [name: string]: Schema })

const paging = ['limit', 'cursor', 'before', 'filter', 'sort']
const queryOf = ({ isList, query }: Operation) =>
  query
    .filter(({ name }) => !isList || !paging.includes(name))
    .map(({ name, description, schema }) => ({
      name,
      ...(description === undefined ? {} : { what: description }),
      ...(Array.isArray(schema.enum) ? { values: schema.enum } : {}),
    }))
const listOf = (o: Operation) => ({
  columns: columnsOf(o),
  ...(o.query.some((q) => q.name === 'filter') ? { filter: true } : {}),
  ...(o.query.some((q) => q.name === 'limit') ? { limit: true } : {}),
  ...(o.isPaged ? { next: 'cursor' } : o.query.some((q) => q.name === 'before') ? { next: 'before' } : {}),
})
/** What is shown and not taken: left out of a document that was printed, edited and sent back. */
const shownOnly = ({ answer, body }: Operation): readonly string[] =>
  namesOf(answer).filter((name) => !namesOf(body).includes(name))

const commandLine = (operations: readonly Operation[]): string => {
  const commands = commandsOf(operations)
  const rows = operations.map((o) => {
    const query = queryOf(o)
    const { name } = (o.answerExample ?? {}) as { readonly name?: unknown }
    return {
      ...commands.get(o.id),
      id: o.id,
      method: o.method,
      path: o.path,
      summary: o.summary,
      needs: o.permissions,
      params: o.params,
      ...(query.length > 0 ? { query } : {}),
      ...(o.isList ? { list: listOf(o) } : {}),
      ...(o.body ? { body: { example: o.bodyExample ?? {}, shownOnly: shownOnly(o) } } : {}),
      ...(o.conditional ? { conditional: true } : {}),
      ...(typeof name === 'string' ? { name } : {}),
    }
  })
  return `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n]\n`
}

export const artefacts = (): readonly Artefact[] => {
  const operations = operationsIn(documentOf())
  return [
    { path: 'src/sdk/admin.gen.ts', text: sdkTypes(operations) },
    { path: 'src/cli/nouns/operations.json', text: commandLine(operations) },
  ]
}
