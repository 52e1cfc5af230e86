// Lint on real statements and matching rules: each kind is found where it stands in the text, and nowhere else. Skipped, with a word, where
// there is no sample beside the checkout.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readCatalogue } from '../../../src/adapters/yaml/catalogue-file.ts'
import { lint } from '../../../src/core/policy/lint.ts'
import { lintRulesOf } from '../../../src/core/policy/lint-dynamic.ts'
import type { LintId } from '../../../src/core/policy/lint-rules.ts'
import { parseStatement } from '../../../src/core/policy/parse.ts'
import { realLines } from './language.ts'

const read = readCatalogue(join(import.meta.dirname, '../../../config/catalogue'))
if ('faults' in read) throw new Error(JSON.stringify(read.faults))
const { catalogue } = read
const sample = realLines('oci-statements-sample.txt')
const rules = realLines('oci-dynamic-rules-sample.txt')
const absent = 'skipped: no sample of real statements beside the checkout'

describe('A14 real statements', () => {
  test.skipIf(!sample)(sample ? 'statements' : absent, () => {
    const lines = (sample ?? []).filter((line) => parseStatement(line).statement)
    const all = lint(
      lines.map((text) => ({ text })),
      catalogue,
    )
    const having = (id: LintId) => new Set(all.filter((f) => f.id === id).map((f) => lines[f.statement]))
    const matching = (pattern: RegExp) => new Set(lines.filter((line) => pattern.test(line)))
    expect(having('any-user-without-where')).toEqual(
      matching(/^\s*(?:allow|endorse|admit)\s+any-user\b(?!.*\bwhere\b)/i),
    )
    expect(having('manage-all-in-tenancy')).toEqual(
      matching(/^\s*allow\b.*\bto\s+manage\s+all-resources\s+in\s+tenancy\s*$/i),
    )
    expect(having('deprecated-variable')).toEqual(matching(/request\.user\.mfaTotpVerified/i))
    expect(having('single-element-group')).toEqual(matching(/\b(?:any|all)\s*\{[^{},]*(?:\([^)]*\))?[^{},]*\}/i))
    expect(having('always-true-condition')).toEqual(matching(/\bany\s*\{[^{}]*(\S+)\s*!=[^{},]*,\s*\1\s*!=/i))
    expect(having('bare-value')).toEqual(matching(/=\s*(?!(?:request|target)\.)[\w.]+(?=\s|,|\}|$)/i))
    expect(having('alias')).toEqual(
      matching(/\b(?:inspect|read|use|manage)\s+(?:object|bucket|instance|log|key|vault)\s+in\b/i),
    )
    expect(having('slash-in-quotes')).toEqual(matching(/\bgroup\s+'[^']*\/[^']*'/i))
    expect(having('template-left').size).toBe(0) // interpolations were made identifiers
  })
  test.skipIf(!rules)(rules ? 'A8 rules of dynamic groups' : absent, () => {
    const lines = rules ?? []
    const all = lintRulesOf(lines, catalogue)
    const having = (id: LintId) => lines.filter((_, n) => all.some((f) => f.id === id && f.statement === n))
    expect(having('never-matching-rule')).toEqual(
      lines.filter(
        (l) =>
          /^all/i.test(l) &&
          (/instance\.compartment\.id.*instance\.compartment\.id/.test(l) || /resource\.type.*instance\./.test(l)),
      ),
    )
    expect(having('unknown-type-word').filter((l) => !/each_value/.test(l))).toEqual(
      lines.filter((l) => /'fnfun'/.test(l)),
    )
  })
})
