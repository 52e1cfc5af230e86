// What there is to say about statements and matching rules, each remark with its place in the file it stands in.
import type { PolicyFile, WrittenStatement } from '../../adapters/yaml/policy-file.ts'
import type { Catalogue } from '../../core/policy/catalogue.ts'
import { isError } from '../../core/policy/fault.ts'
import { type Finding, lint } from '../../core/policy/lint.ts'
import { lintRulesOf } from '../../core/policy/lint-dynamic.ts'
import { lintRules } from '../../core/policy/lint-rules.ts'
import { staleFinding } from '../../core/policy/lint-stale.ts'
import { parseRule } from '../../core/policy/parse-rule.ts'
import { nameOfPolicy, type Paper, sketchOf } from '../../core/policy/sketch.ts'
import type { StaleBinding } from '../../core/policy/stale.ts'
import { clean, paperFor } from './offline.ts'

export type Remark = {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly policy: string
  readonly statement: number // from 1
  readonly severity: 'error' | 'warning' | 'notice'
  readonly id: string
  readonly message: string
  readonly explanation: string | undefined
  readonly fix: string | undefined
}

type InText = { readonly line: number; readonly column: number }
/** Where a place in a statement is in the file; in text that was folded or escaped, where the statement begins. */
export const placed = (written: WrittenStatement, { line, column }: InText): InText =>
  written.isVerbatim && line === 1
    ? { line: written.line, column: written.column + column - 1 }
    : { line: written.line, column: written.column }

/** A warning that the lint list knows under a name of its own is said once. */
const saidByLint = new Set([
  'value-bare',
  'slash-in-quotes',
  'verb-access',
  'resource-type-unknown',
  'permission-unknown',
  'variable-unknown',
])

/** @param around what the statements are written in: a tenancy's own paper, with the policies of the file */
export const remarksOn = (
  file: PolicyFile,
  catalogue: Catalogue,
  around: Paper = paperFor([file]),
): readonly Remark[] => {
  const { faults } = sketchOf(around, catalogue)
  const all = file.policies.flatMap((policy, p) =>
    policy.statements.map((written, n) => ({ policy, written, n, faults: faults[p]?.[n] ?? [] })),
  )
  const findings = lint(
    all.map(({ policy, written }) => ({ text: written.text, attachedTo: policy.compartment })),
    catalogue,
  )
  return all.flatMap(({ policy, written, n, faults: own }, index) => {
    const base = {
      file: file.file,
      policy: nameOfPolicy({ ...policy, statements: [] }),
      statement: n + 1,
    }
    return [
      ...own
        .filter((f) => isError(f) || !saidByLint.has(f.code))
        .map(({ severity, code, message, fix, ...at }) => ({
          ...base,
          ...placed(written, at),
          severity,
          id: code,
          message,
          explanation: undefined,
          fix,
        })),
      ...findings
        .filter((f) => f.statement === index)
        .map(({ severity, id, message, explanation, fix, ...at }) => ({
          ...base,
          ...placed(written, at),
          severity,
          id,
          message,
          explanation,
          fix,
        })),
    ]
  })
}

export const lineOfRemark = ({ file, line, column, severity, id, message, fix }: Remark): string =>
  clean(`${file}:${line}:${column} ${severity} ${id}: ${message}${fix === undefined ? '' : `; ${fix}`}`)

type Entry = { readonly policy: string; readonly written: WrittenStatement; readonly n: number }

const remarksOnEntries = (file: string, entries: readonly Entry[], catalogue: Catalogue): readonly Remark[] => {
  const texts = entries.map(({ written }) => written.text)
  const findings = lintRulesOf(texts, catalogue)
  return entries.flatMap(({ policy, written, n }, index): readonly Remark[] => {
    const faults = parseRule(written.text).faults.map(({ code, ...fault }) => ({
      ...fault,
      id: code,
      explanation: undefined,
    }))
    return [...faults, ...findings.filter((f) => f.statement === index)].map(
      ({ severity, id, message, explanation, fix, ...at }) => ({
        file,
        policy,
        statement: n + 1,
        ...placed(written, at),
        severity,
        id,
        message,
        explanation,
        fix,
      }),
    )
  })
}

/** The file holds matching rules of dynamic groups, one where a statement would be. */
export const remarksOnRules = ({ file, policies }: PolicyFile, catalogue: Catalogue): readonly Remark[] => {
  const entries = policies.flatMap(({ name, statements }) =>
    statements.map((written, n) => ({ policy: name, written, n })),
  )
  return remarksOnEntries(file, entries, catalogue)
}
/** Rules of the dynamic groups that a tenancy file declares. */
export const remarksOnDeclared = ({ file, rules }: PolicyFile, catalogue: Catalogue): readonly Remark[] => {
  const entries = rules.map(({ group, written }) => ({ policy: group, written, n: 0 }))
  return remarksOnEntries(file, entries, catalogue)
}

/** Rules that stand in a tenancy: each is named by its group. */
export const remarksOnGroups = (
  place: string,
  rules: { readonly [group: string]: string },
  catalogue: Catalogue,
): readonly Remark[] => {
  const names = Object.keys(rules)
  return lintRulesOf(Object.values(rules), catalogue).map(({ statement, ...finding }) => ({
    ...finding,
    file: `${place}/${names[statement] ?? ''}`,
    policy: names[statement] ?? '',
    statement: 1,
  }))
}

export type ToldFinding = Pick<Finding, 'id' | 'severity' | 'line' | 'column' | 'message' | 'fix' | 'statement'>

/** Of a policy that stands in a tenancy: what the gateway says of it, and its names that no longer mean what they did. */
export const remarksFromServer = (
  place: string,
  policy: string,
  warnings: readonly ToldFinding[],
  stale: readonly StaleBinding[],
): readonly Remark[] => [
  ...warnings.map((warning) => ({
    ...warning,
    file: place,
    policy,
    explanation: Object.hasOwn(lintRules, warning.id) ? lintRules[warning.id].explanation : undefined,
  })),
  ...stale.map((binding) => ({ ...staleFinding(binding, binding.statement), file: place, policy })),
]
