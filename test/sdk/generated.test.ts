// I2, I3: what is generated from the OpenAPI document is what lies in `src`, every operation has one command and no two have the same.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { artefacts } from '../generate/artefacts.ts'
import { commandsOf, type Operation } from '../generate/operations.ts'
import { typeOf } from '../generate/typescript.ts'

describe('I3 generated', () => {
  test.each(artefacts())('$path is as `npm run generate` writes it', ({ path, text }) => {
    const found = readFileSync(join(import.meta.dirname, '../..', path), 'utf8')
    expect(found === text, `\`${path}\` is not of today: run \`npm run generate\` and commit it`).toBe(true)
  })

  test('every operation has a command, and each command is one operation', () => {
    const file = join(import.meta.dirname, '../../src/cli/nouns/operations.json')
    const rows = JSON.parse(readFileSync(file, 'utf8')) as readonly { noun: string; verb: string; id: string }[]
    const names = rows.map((r) => `${r.noun} ${r.verb}`)
    expect(names.filter((name, n) => names.indexOf(name) !== n)).toEqual([])
    expect(names.filter((name) => !/^[a-z-]+ [a-z-]+$/.test(name))).toEqual([])
  })
})

test.each([
  ['GET', '/domains/{d}/groups', true, 'groups list'],
  ['GET', '/domains/{d}/groups/{g}', false, 'groups get'],
  ['POST', '/domains/{d}/groups', false, 'groups create'],
  ['DELETE', '/domains/{d}/groups', false, 'groups delete-all'],
  ['POST', '/domains/{d}/groups/{g}/move', false, 'groups move'],
  ['GET', '/domains/{d}/groups/{g}/test/{t}', false, 'groups get-test'],
  ['PUT', '/elsewhere/{e}/groups/{g}', false, 'groups put'],
  ['POST', '/groups/simulate', false, 'groups simulate'],
  ['GET', '/me/groups', true, 'me groups'],
  ['PATCH', '', false, 'tenancy patch'],
  ['POST', '/enable', false, 'tenancy enable'],
])('%s %s is a command', (method, path, isList, expected) => {
  const operation = (id: string, m: string, p: string, list: boolean) =>
    ({ id, method: m, path: p, isList: list }) as unknown as Operation
  const found = commandsOf([
    operation('list', 'GET', '/domains/{d}/groups', true),
    operation('x', method, path, isList),
  ])
  expect(Object.values(found.get('x') ?? {}).join(' ')).toBe(expected)
})

test.each([
  [{ type: 'string', enum: ['a', 'b'] }, '"a" | "b"'],
  [{ type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'null' }] } }, 'readonly (string | null)[]'],
  [{ type: ['string', 'null'] }, 'string | null'],
  [{ type: 'object', additionalProperties: { type: 'integer' } }, '{ readonly [name: string]: number }'],
  [{ type: 'object', properties: { 'a-b': {} }, required: ['a-b'] }, '{\n  readonly "a-b": unknown\n}'],
  [{ const: true }, 'true'],
  [{}, 'unknown'],
])('a shape is a type: %j', (schema, type) => {
  expect(typeOf(schema, new Map())).toBe(type)
})
