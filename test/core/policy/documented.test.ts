// Every statement and matching rule that the documentation shows is one.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lineOf } from '../../../src/core/policy/fault.ts'
import { parseStatement } from '../../../src/core/policy/parse.ts'
import { parseRule } from '../../../src/core/policy/parse-rule.ts'

const text = readFileSync(join(import.meta.dirname, '../../../docs/policies.md'), 'utf8')
const lines = [...text.matchAll(/^```\n([\s\S]*?)^```$/gm)].flatMap((m) => (m[1] ?? '').split('\n'))
const statements = lines.filter((line) => /^(?:Allow|Deny|Define|Endorse|Admit) [^<]*$/.test(line))
const rules = lines.filter((line) => /^(?:any|all) \{/.test(line))

test('A1 A8 there are examples of every kind', () => {
  expect(new Set(statements.map((s) => s.split(' ')[0]))).toEqual(
    new Set(['Allow', 'Deny', 'Define', 'Endorse', 'Admit']),
  )
  expect(rules).toHaveLength(2)
})
test.each(statements)('A1 %s', (line) => expect(parseStatement(line).faults.map(lineOf)).toEqual([]))
test.each(rules)('A8 %s', (line) => expect(parseRule(line).faults.map(lineOf)).toEqual([]))
