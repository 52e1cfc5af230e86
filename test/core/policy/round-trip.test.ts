// parse∘print = identity: on real statements, on generated trees, and on whatever mutated text is accepted.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lineOf } from '../../../src/core/policy/fault.ts'
import { parseStatement } from '../../../src/core/policy/parse.ts'
import { parseRule } from '../../../src/core/policy/parse-rule.ts'
import { printRule, printStatement } from '../../../src/core/policy/print.ts'
import { statementText, written, writtenRule } from './arbitrary.ts'
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

/** What real text is refused for, by the first fault of it; none of it is a statement to Oracle Cloud either. */
const reasons: { readonly [code: string]: string } = {
  'second-where': 'a statement has one condition; here two were appended one after the other',
  'character-unexpected':
    'notation of documentation: `[ tenancy | compartment … ]` for a choice, or Markdown around a placeholder',
  'trailing-text': 'a template put a whole condition, or prose, where the statement had ended',
}
const ruleReasons: { readonly [code: string]: string } = {
  'smart-quotes': 'a word processor made the quotes typographic',
  'character-unexpected': 'quotes escaped for a shell, and a link in place of a variable',
  'rule-variable-unknown': 'a template whose rule was never filled in',
}

describe('A1 real statements', () => {
  test.skipIf(!statements)(
    statements ? 'at most 0.5 % are refused, each for a known reason; the rest round-trips' : absent,
    () => {
      const refused = (statements ?? []).filter((line) => !roundTrip(line))
      expect(refused.length).toBeLessThanOrEqual((statements ?? []).length * 0.005)
      const codes = refused.map((line) => parseStatement(line).faults[0]?.code ?? '')
      expect(codes.filter((code) => !Object.hasOwn(reasons, code))).toEqual([])
    },
  )
  test.skipIf(!rules)(rules ? 'A8 dynamic-group rules: all but the broken ones round-trip' : absent, () => {
    const refused = (rules ?? []).filter((line) => {
      const { rule } = parseRule(line)
      if (!rule) return true
      expect(treeOf(parseRule(printRule(rule)).rule)).toEqual(treeOf(rule))
      return false
    })
    const codes = refused.map((line) => parseRule(line).faults[0]?.code ?? '')
    expect(codes.filter((code) => !Object.hasOwn(ruleReasons, code))).toEqual([])
    expect(refused.length).toBeLessThanOrEqual(3)
  })
})

describe('A1 generated statements', () => {
  test('every tree is read back from whatever hand wrote it, and printed once for all', () => {
    fc.assert(
      fc.property(written, ({ tree, text }) => {
        const { statement, faults } = parseStatement(text)
        expect(faults.filter((f) => f.severity === 'error').map(lineOf)).toEqual([])
        expect(treeOf(statement)).toEqual(treeOf(tree))
        expect(statement && printStatement(statement)).toBe(printStatement(tree))
        roundTrip(text)
      }),
      { numRuns: 4000, seed: 7 },
    )
  })
  test('A8 every rule too', () => {
    fc.assert(
      fc.property(writtenRule, ({ tree, text }) => {
        const { rule, faults } = parseRule(text)
        expect(faults.map(lineOf)).toEqual([])
        expect(treeOf(rule)).toEqual(treeOf(tree))
        const printed = printRule(tree)
        expect(treeOf(parseRule(printed).rule)).toEqual(treeOf(tree))
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
    [
      "ALL{instance.id='a'}, ALL{instance.id='b'}",
      ['rule-list 1:21 several rules must say how they are joined; write `any { …, … }` or `all { …, … }`'],
    ],
    [
      "resource.compartment.name='x'",
      [
        "rule-variable-unknown 1:1 expected `instance.id`, `instance.compartment.id`, `resource.id`, `resource.compartment.id`, `resource.type` or `tag.NAMESPACE.KEY.value`, found `resource.compartment.name`; write `resource.compartment.id = '…'`, with an id",
      ],
    ],
    ["tag.ns.k = 'x'", [expect.stringMatching(/^rule-variable-unknown 1:1 .*; write `tag\.ns\.k\.value`$/)]],
    ['', ['rule-missing 1:1 expected a rule, found the end']],
    ['all {}', ['group-empty 1:6 expected a rule, found `}`']],
    ["all {instance.id 'a'}", ["operator-unknown 1:18 expected `=` or `!=`, found `'a'`"]],
    [
      "all {instance.id = a, resource.id = 'b'",
      [
        "value-expected 1:20 expected a value in single quotes, found `a`; write `'a'`",
        'brace-unclosed 1:40 expected `}`, found the end; add `}`',
      ],
    ],
    ["all (instance.id = 'a')", ['parentheses 1:5 rules are grouped with braces; write `all { … }`']],
    [
      "{instance.id = 'a'}",
      [
        'group-kind-missing 1:2 expected `any` or `all` before the group, found `instance.id`; write `all { … }` or `any { … }`',
      ],
    ],
    ["instance.id = 'a' or instance.id = 'b'", ['infix 1:19 `or` does not join rules; write `any { …, … }`']],
    [
      "any {instance.id = 'a' instance.id = 'b'}",
      ['comma-missing 1:24 expected `,` or `}`, found `instance.id`; add `,`'],
    ],
    ['any {instance.id = ‘a’}', ["smart-quotes 1:20 expected a straight single quote, found `‘`; write `'a'`"]],
    [`${'all{'.repeat(100)}`, ['too-deep 1:133 rules nest at most 32 deep']],
  ] as const)('%s', ([written, lines]) => {
    const { rule, faults } = parseRule(written)
    expect(rule).toBeUndefined()
    expect(faults.map((f) => `${f.code} ${lineOf(f)}`)).toEqual(lines)
  })
})
