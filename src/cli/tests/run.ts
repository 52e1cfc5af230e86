// Golden cases in files beside the tenancies: who may do what, which groups come of which, what a sign-in asks. Each file is held against the
// tenancy file it names, without a store. What fails says which case, what was expected, what came, and which rule did it.
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseMappingTest, parseSignOnTest, type TestKind, testKindOf } from '../../adapters/yaml/golden-file.ts'
import { parsePolicyTest } from '../../adapters/yaml/policy-test-file.ts'
import { parseTenancy } from '../../adapters/yaml/tenancy-file.ts'
import { runSignOnTrial, type SignOnExpectation, type SignOnResult } from '../../core/journey/sign-on-trial.ts'
import { type MappingExpectation, type MappingResult, runMappingTrial } from '../../core/mapping/mapping-trial.ts'
import type { DeclaredTenancy } from '../../core/model/declared.ts'
import type { Catalogue } from '../../core/policy/catalogue.ts'
import { type Result, runTrial } from '../../core/policy/trial.ts'
import { Problem } from '../../problem.ts'
import type { Shell } from '../house.ts'
import { inWords } from '../policy/explain.ts'
import { catalogueFor, catalogueWith, groundOf, parsedOr, soundStage, textOf } from '../policy/offline.ts'

export type Failure = {
  readonly where: string
  readonly expected: string
  readonly got: string
  /** Rules or statements that decided, or that came nearest. */
  readonly because: readonly string[]
}
export type Report = { readonly file: string; readonly passed: number; readonly failures: readonly Failure[] }

/** A catalogue is read when the first policy test needs it. */
export type Running = { readonly shell: Shell; readonly catalogue: () => Catalogue }
export const runningIn = (shell: Shell): Running => {
  let read: Catalogue | undefined
  return {
    shell,
    catalogue: () => {
      read ??= catalogueFor(shell, undefined)
      return read
    },
  }
}

/** Secrets are not looked up: a test asks about rules. */
const tenancyOf = (file: string, tenancy: string): DeclaredTenancy => {
  const path = resolve(dirname(file), tenancy)
  return parsedOr(parseTenancy(textOf(path), path, () => ({ value: 'not looked up' }))).document
}

const policyFailure = ({ who, action, on, expected, reason, decided }: Result, where: string): Failure => ({
  where,
  expected: `${who} ${expected ? 'may' : 'may not'} ${action} ${on}`,
  got: inWords[reason],
  because: decided.map((d) => `${reason === 'not-granted' ? 'nearest ' : ''}${d.ref}: ${d.statement}`),
})

const runPolicies = ({ shell, catalogue }: Running, file: string): Report => {
  const { trial, files, where } = parsedOr(parsePolicyTest(textOf(file), file))
  const {
    paper,
    cast,
    files: read,
  } = groundOf(
    files.map((f) => resolve(dirname(file), f)),
    trial.cast,
  )
  const staging = { shell, catalogue: catalogueWith(catalogue(), read), roles: undefined }
  const results = runTrial(soundStage(staging, paper, cast), trial)
  return {
    file,
    passed: results.filter((r) => r.passed).length,
    failures: results.filter((r) => !r.passed).map((r) => policyFailure(r, where(['expect', r.row - 1]))),
  }
}

const listed = (names: readonly string[]): string => names.join(', ') || 'none'

const mappingFailure = (expected: MappingExpectation | undefined, result: MappingResult, where: string): Failure => {
  const { reason, groups, rules, because } = result
  const wanted =
    reason === 'other-rules' ? `rules ${listed(expected?.rules ?? [])}` : `groups ${listed(expected?.groups ?? [])}`
  const got = reason === 'other-rules' ? `rules ${listed(rules)}` : `groups ${listed(groups)}`
  return {
    where,
    expected: `${expected?.provider}, upstream ${listed(expected?.upstream ?? [])}: ${wanted}`,
    got: reason === 'provider-unknown' ? 'there is no such provider in the file' : got,
    because: because.map(({ group, rule, value }) => `rule ${rule} gives ${group} for ${value}`),
  }
}

const runMappings = (file: string): Report => {
  const { tenancy, expect, where } = parsedOr(parseMappingTest(textOf(file), file))
  const results = runMappingTrial(tenancyOf(file, tenancy), expect)
  return {
    file,
    passed: results.filter((r) => r.passed).length,
    failures: results
      .filter((r) => !r.passed)
      .map((r) => mappingFailure(expect[r.row - 1], r, where(['expect', r.row - 1]))),
  }
}

const unknown: { readonly [reason: string]: string } = {
  'domain-unknown': 'there is no such domain in the file',
  'group-unknown': 'one of the groups is not in the file',
  'application-unknown': 'there is no such application in the file',
  'provider-unknown': 'there is no such enabled provider in the file',
}
const endOf = ({ reaches, refused }: Pick<SignOnResult, 'reaches' | 'refused'>): string =>
  refused === undefined ? `level ${reaches ?? 'none'}` : `refused ${refused}`
const caseText = ({ domain, groups, app, provider }: SignOnExpectation): string =>
  [`groups ${listed(groups)} in ${domain}`, app && `at ${app}`, provider && `through ${provider}`]
    .filter(Boolean)
    .join(', ')

const signOnFailure = (expected: SignOnExpectation | undefined, result: SignOnResult, where: string): Failure => {
  const { reason, steps, rules } = result
  const wanted: { readonly [reason: string]: string } = {
    'other-steps': `steps ${listed(expected?.steps ?? [])}`,
    'other-end': expected ? endOf(expected) : '',
    'other-rule': `rule ${expected?.because}`,
  }
  return {
    where,
    expected: `${expected ? caseText(expected) : ''}: ${wanted[reason] ?? 'an answer'}`,
    got: unknown[reason] ?? `steps ${listed(steps)}, ${endOf(result)}`,
    because: rules.map((rule) => `rule ${rule}`),
  }
}

const runSignOns = (file: string): Report => {
  const { tenancy, expect, where } = parsedOr(parseSignOnTest(textOf(file), file))
  const results = runSignOnTrial(tenancyOf(file, tenancy), expect)
  return {
    file,
    passed: results.filter((r) => r.passed).length,
    failures: results
      .filter((r) => !r.passed)
      .map((r) => signOnFailure(expect[r.row - 1], r, where(['expect', r.row - 1]))),
  }
}

const runners: { readonly [K in TestKind]: (running: Running, file: string) => Report } = {
  policy: runPolicies,
  mapping: (_, file) => runMappings(file),
  'sign-on': (_, file) => runSignOns(file),
}

export const runFile = (running: Running, file: string): Report => {
  const kind = testKindOf(file)
  if (!kind)
    throw new Problem(
      'request-malformed',
      `expected a file that ends in \`.policy-test.yaml\`, \`.mapping-test.yaml\` or \`.sign-on-test.yaml\`, got \`${file}\``,
    )
  return runners[kind](running, file)
}

/** In order of name; a folder that is not there has none. */
export const testFilesIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => testKindOf(name) !== undefined)
        .sort()
        .map((name) => join(folder, name))
    : []
