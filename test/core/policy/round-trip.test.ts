// parse∘print = identity: on real statements, on generated trees, and on whatever mutated text is accepted.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lineOf } from '../../../src/core/policy/fault.ts'
import { parseStatement } from '../../../src/core/policy/parse.ts'
import { parseRule } from '../../../src/core/policy/parse-rule.ts'
import { printRule, printStatement } from '../../../src/core/policy/print.ts'
import { statementText } from './arbitrary.ts'
import { realLines, treeOf } from './language.ts'

/** Undefined when it does not parse; otherwise the same tree both times, or the test fails. */
const roundTrip = (text: string): boolean => {
  const { statement } = parseStatement(text)
  if (!statement) return false
  const printed = printStatement(statement)
  const again = parseStatement(printed)
  expect(again.faults.filter((f) => f.severity === 'error').map(lineOf)).toEqual([])
  expect(treeOf(again.statement)).toEqual(treeOf(statement))
  expect(again.statement && printStatement(again.statement)).toBe(printed)
  return true
}

const statements = realLines('oci-statements-sample.txt')
const rules = realLines('oci-dynamic-rules-sample.txt')
const absent = 'skipped: no sample of real statements beside the checkout'

describe('A1 real statements', () => {
  test.skipIf(!statements)(statements ? 'at most 0.5 % are refused, the rest round-trips' : absent, () => {
    const refused = (statements ?? []).filter((line) => !roundTrip(line))
    expect(refused.length).toBeLessThanOrEqual((statements ?? []).length * 0.005)
  })
  test.skipIf(!rules)(rules ? 'A8 dynamic-group rules: all but the broken ones round-trip' : absent, () => {
    const refused = (rules ?? []).filter((line) => {
      const { rule } = parseRule(line)
      if (!rule) return true
      expect(treeOf(parseRule(printRule(rule)).rule)).toEqual(treeOf(rule))
      return false
    })
    // smart quotes, escaped quotes glued to a link, and an unfilled template
    expect(refused.every((line) => /‘|\\'|format_/.test(line))).toBe(true)
  })
})

describe('A1 generated statements', () => {
  test('every generated statement parses and round-trips', () => {
    fc.assert(
      fc.property(statementText, (text) => {
        if (!roundTrip(text)) throw new Error(parseStatement(text).faults.map(lineOf).join('\n'))
      }),
      { numRuns: 2000, seed: 7 },
    )
  })
  test('what is accepted after random damage still round-trips, and nothing crashes', () => {
    const damage = fc.tuple(
      statementText,
      fc.nat(),
      fc.nat(12),
      fc.constantFrom(
        '',
        "'",
        '/',
        '{',
        '}',
        ' ',
        ',',
        '!',
        '= ',
        'to ',
        'in ',
        ' where ',
        'any{',
        ':',
        '\\',
        '"',
        '#',
        '관',
        '*',
      ),
    )
    fc.assert(
      fc.property(damage, ([text, at, remove, insert]) => {
        const place = at % (text.length + 1)
        roundTrip(text.slice(0, place) + insert + text.slice(place + remove))
      }),
      { numRuns: 5000, seed: 11 },
    )
  })
})

describe('A8 dynamic-group rules', () => {
  test.for([
    ["ALL {resource.type='managementagent'}", "all { resource.type = 'managementagent' }"],
    ["instance.compartment.id='X'", "instance.compartment.id = 'X'"],
    ["any {all {resource.type='a', tag.ns.k.value},}", "any { all { resource.type = 'a', tag.ns.k.value } }"],
    ["all {tag.ns.k.value != 'v'}", "all { tag.ns.k.value != 'v' }"],
  ] as const)('%s', ([written, printed]) => {
    const { rule } = parseRule(written)
    expect(rule && printRule(rule)).toBe(printed)
  })
  test.for([
    ["ALL{instance.id='a'}, ALL{instance.id='b'}", 'rule-list'],
    ["resource.compartment.name='x'", 'rule-variable-unknown'],
    ['all {}', 'rule-variable-unknown'],
    ["all {instance.id 'a'}", 'operator-unknown'],
    ["all {instance.id = 'a'", 'brace-unclosed'],
    [`${'all{'.repeat(100)}`, 'too-deep'],
  ] as const)('%s: %s', ([written, code]) => {
    const { rule, faults } = parseRule(written)
    expect(rule).toBeUndefined()
    expect(faults[0]?.code).toBe(code)
  })
})
