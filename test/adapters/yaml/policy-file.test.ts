// Statements in files: where they stand, and writing them anew without touching anything else.
import { describe, expect, test } from 'vitest'
import { type PolicyFile, parsePolicyFile, rewritten } from '../../../src/adapters/yaml/policy-file.ts'
import { parsePolicyTest } from '../../../src/adapters/yaml/policy-test-file.ts'

const parsed = (text: string, file: string): PolicyFile => {
  const read = parsePolicyFile(text, file)
  if ('faults' in read) throw new Error(JSON.stringify(read.faults))
  return read
}
const places = (file: PolicyFile) =>
  file.policies.flatMap((p) => p.statements.map((s) => `${p.name} ${s.line}:${s.column} ${s.text}`))
const shout = (text: string): string => text.toUpperCase()

describe('A14 files of statements', () => {
  test('one per line', () => {
    const file = parsed('\n  allow a\r\n\nallow b', 'dir/ops.txt')
    expect(places(file)).toEqual(['ops 2:3 allow a', 'ops 4:1 allow b'])
    expect(rewritten(file, shout)).toBe('\n  ALLOW A\r\n\nALLOW B')
  })
  test('a list, in every spelling of YAML; comments stay', () => {
    const text = `# mine\n- allow a # one\n- 'it''s b'\n- "allow c"\n- >-\n  allow d\n  and e\n\n- |\n  allow f\n# end\n`
    const file = parsed(text, 'ops.yaml')
    expect(places(file)).toEqual([
      'ops 2:3 allow a',
      "ops 3:3 it's b",
      'ops 4:4 allow c',
      'ops 5:3 allow d and e',
      'ops 9:3 allow f\n',
    ])
    expect(rewritten(file, shout)).toBe(
      `# mine\n- ALLOW A # one\n- "IT'S B"\n- "ALLOW C"\n- "ALLOW D AND E"\n\n- "ALLOW F\\n"\n# end\n`,
    )
  })
  test('what YAML would read otherwise is put in quotes', () => {
    const file = parsed('- allow a\n- allow b\n- allow c\n', 'x.yml')
    const to: { readonly [from: string]: string } = {
      'allow a': 'a: b',
      'allow b': 'to {X, Y}',
      'allow c': "c # d 'e'",
    }
    const out = rewritten(file, (text) => to[text] ?? text)
    expect(places(parsed(out, 'x.yml')).map((p) => p.replace(/^x \S+ /, ''))).toEqual(Object.values(to))
  })
  test('a flow list stays one', () => {
    const out = rewritten(parsed('statements: [allow a, allow b]\n', 'x.yaml'), (text) => `${text}, {c}`)
    expect(out).toBe('statements: ["allow a, {c}", "allow b, {c}"]\n')
  })
  test('unchanged is untouched', () => {
    const text = "- 'allow a'   # x\n-   >-\n    b\n    c\n"
    expect(rewritten(parsed(text, 'x.yaml'), (s) => s)).toBe(text)
  })
  test.each([
    ['a: 1\n', '1:1: expected a list of statements'],
    ['- 1\n', '1:1: expected a list of statements'],
    ['- a\n- [b]\n', '1:1: expected a list of statements'],
    ['statements: x\n', '1:13: expected a list of statements'],
    ['- "a\n', 'not valid yaml'],
    ['tenancy: {}\n', 'is required'],
  ])('%j is refused with its place', (text, message) => {
    const read = parsePolicyFile(text, 'x.yaml')
    expect('faults' in read ? read.faults.map((f) => `${f.where}: ${f.message}`).join('\n') : 'accepted').toContain(
      message,
    )
  })
})

describe('A14 files of policy tests', () => {
  const whole = {
    tenancy: 't.yaml',
    now: '2030-01-16T12:00:00Z',
    people: {},
    resources: {},
    expect: [{ who: 'a', on: 'b', may: ['read'] }],
  }
  const faultsOf = (value: unknown): string => {
    const read = parsePolicyTest(JSON.stringify(value), 'x.yaml')
    return 'faults' in read ? read.faults.map((f) => f.message).join('\n') : ''
  }
  test('the least', () => expect(faultsOf(whole)).toBe(''))
  test.each<[string, object]>([
    ['expected a time in UTC', { ...whole, now: 'noon' }],
    ['expected a time in UTC', { ...whole, now: '2030-01-16T12:00:00+02:00' }],
    ['expected `may` or `mayNot`', { ...whole, expect: [{ who: 'a', on: 'b' }] }],
    ['unknown key `expect[0].might`', { ...whole, expect: [{ who: 'a', on: 'b', may: ['read'], might: [] }] }],
    ['`expect` must be at least 1', { ...whole, expect: [] }],
  ])('%s', (message, value) => expect(faultsOf(value)).toContain(message))
})
