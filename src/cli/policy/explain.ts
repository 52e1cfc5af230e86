// `gwanmun policy explain` and `gwanmun policy test`: one question, or a table of them, to a tenancy on paper.
import { dirname, resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { systemClock } from '../../adapters/system.ts'
import { parsePolicyTest } from '../../adapters/yaml/policy-test-file.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Catalogue } from '../../core/policy/catalogue.ts'
import { instantOf } from '../../core/policy/condition.ts'
import type { Explanation, Judgement } from '../../core/policy/explain.ts'
import { isError, lineOf } from '../../core/policy/fault.ts'
import { nameOfPolicy, type Paper, type Sketch, sketchOf } from '../../core/policy/sketch.ts'
import { decidersOf, explainOnPaper, type Result, runTrial } from '../../core/policy/trial.ts'
import { Problem } from '../../problem.ts'
import type { Shell } from '../house.ts'
import { document, example, gatherSettings } from '../print.ts'
import {
  catalogueFor,
  catalogueOption,
  type Output,
  outputOption,
  paperFor,
  parsedOr,
  readPolicyFiles,
  textOf,
} from './offline.ts'

/** Statements that could not be written grant nothing, so an answer without them would be one about something else. */
const soundSketch = (paper: Paper, catalogue: Catalogue): Sketch => {
  const sketch = sketchOf(paper, catalogue)
  const wrong = sketch.faults.flatMap((policy, p) =>
    policy.flatMap((faults, n) =>
      faults
        .filter(isError)
        .map(
          (f) =>
            `  ${nameOfPolicy(paper.policies[p] ?? { name: '', compartment: [], statements: [] })}#${n + 1}, ${lineOf(f)}`,
        ),
    ),
  )
  if (wrong.length > 0) throw new Problem('config-invalid', `the statements have faults\n${wrong.join('\n')}`)
  return sketch
}

const clean = (text: string): string => text.replace(/\p{Cc}+/gu, ' ')
const inWords: { readonly [reason in Result['reason']]: string } = {
  granted: 'allowed',
  'denied-by-policy': 'denied by a statement',
  'not-granted': 'not granted by any statement',
  'resource-type-unknown': 'there is no such resource-type in the catalogue',
  'action-unknown': 'the resource-type has no such operation, verb or permission',
  'compartment-unknown': 'there is no such compartment',
  'group-unknown': 'there is no such group',
  'person-unknown': 'there is no such entry in `people`',
  'resource-unknown': 'there is no such entry in `resources`',
  'other-statement': 'decided, but not by the statement expected',
}

const words: { readonly [result in Judgement['result']]: string } = {
  matched: 'matched',
  subject: 'is about somebody else',
  compartment: 'covers another compartment',
  'compartment-gone': 'covers a compartment that is gone',
  'moved-away': 'covers a compartment outside its policy',
  'resource-type': 'is about other resource-types',
  verb: 'does not hold what is needed',
  condition: 'has a condition that does not hold',
}
const failedTests = ({ tests }: Judgement): readonly string[] => [
  ...new Set(
    tests
      .filter((t) => t.truth !== 'true')
      .map(
        (t) =>
          `      ${t.test}: ${t.why === 'not-supplied' ? `nobody supplied \`${t.variable}\`` : t.why === 'missing' ? `\`${t.variable}\` has no value here` : 'has another value'}`,
      ),
  ),
]

const told = (e: Explanation): readonly string[] => {
  const decided = new Set(decidersOf(e).map((d) => d.ref))
  const near = e.judgements.filter(
    (j) => !decided.has(j.ref) && (j.result === 'condition' || j.result === 'verb' || j.result === 'matched'),
  )
  const lines = (list: readonly Judgement[]) =>
    list.flatMap((j) => [
      `  ${j.ref} ${e.reason === 'not-granted' && j.result === 'matched' ? 'grants a part of it' : words[j.result]}: ${j.statement}`,
      ...(j.result === 'matched' ? [] : failedTests(j)),
    ])
  return [
    inWords[e.reason],
    ...e.permissions.map((p) => `  ${p.permission}: ${p.outcome}`),
    ...(decided.size > 0 ? [e.reason === 'not-granted' ? 'nearest:' : 'decided by:'] : []),
    ...lines(e.judgements.filter((j) => decided.has(j.ref))),
    ...(near.length > 0 ? ['also looked at:', ...lines(near)] : []),
  ].map(clean)
}

type ExplainOptions = {
  readonly file: readonly string[]
  readonly as: string
  readonly groups: readonly string[]
  readonly action: string
  readonly type: string
  readonly id: string
  readonly compartment?: string
  readonly property?: { readonly [name: string]: string }
  readonly context?: { readonly [name: string]: string }
  readonly at?: number
  readonly catalogue?: string
  readonly output: Output
}

const asFacts = (given: { readonly [name: string]: string } | undefined): JsonObject => ({ ...given })
const timeOf = (text: string): number => {
  const at = instantOf(text)
  if (at === undefined) throw new InvalidArgumentError('expected a time in UTC such as 2030-01-16T12:00:00Z')
  return at
}

const explainFiles = (shell: Shell, o: ExplainOptions): void => {
  const sketch = soundSketch(paperFor(readPolicyFiles(o.file)), catalogueFor(shell, o.catalogue))
  const answer = explainOnPaper(sketch, {
    name: o.as,
    person: { id: undefined, groups: o.groups },
    action: o.action,
    resource: { type: o.type, id: o.id, compartment: o.compartment, properties: asFacts(o.property) },
    context: asFacts(o.context),
    now: o.at ?? systemClock(),
  })
  if (typeof answer === 'string') throw new Problem('request-malformed', inWords[answer])
  if (o.output === 'text') for (const line of told(answer)) shell.out(line)
  else {
    const { allow, reason, permissions, exempt, judgements } = answer
    shell.out(document('json', { allow, reason, permissions, exempt, decidedBy: decidersOf(answer), judgements }))
  }
  if (!answer.allow) shell.refuse()
}

const groupList = (text: string): readonly string[] =>
  text
    .split(',')
    .map((t) => t.trim())
    .filter((t) => t !== '')

export const explainCommand = (shell: Shell): Command =>
  new Command('explain')
    .description('print whether somebody may do something and which statement decides; exit 1 when not')
    .requiredOption('--file <files...>', 'statements or a tenancy file; statements beside a tenancy are added to it')
    .requiredOption('--as <name>', 'user name of who asks')
    .option('--groups <list>', 'their groups: `finance,partners/contractors`', groupList, [])
    .requiredOption('--action <name>', 'an operation, a verb, or `{PERMISSION, …}`')
    .requiredOption('--type <name>', 'resource-type')
    .option('--id <id>', 'id of the resource', '')
    .option('--compartment <path>', 'where the resource is: `Prod:Data`; otherwise the root')
    .option('--property <name=value>', 'a fact about the resource; may be repeated', gatherSettings)
    .option('--context <name=value>', 'a fact about the request; may be repeated', gatherSettings)
    .option('--at <time>', 'when, in UTC; otherwise now', timeOf)
    .addOption(catalogueOption())
    .addOption(outputOption())
    .addHelpText(
      'after',
      example(
        'gwanmun policy explain --file config/tenancies/acme.yaml --as kim --groups finance --action read --type reports --compartment Prod:Data',
      ),
    )
    .action((options: ExplainOptions) => explainFiles(shell, options))

type Report = {
  readonly file: string
  readonly passed: number
  readonly failures: readonly (Result & { readonly where: string })[]
}

const runFile = (file: string, catalogue: Catalogue): Report => {
  const { trial, files, where } = parsedOr(parsePolicyTest(textOf(file), file))
  const sketch = soundSketch(paperFor(readPolicyFiles(files.map((f) => resolve(dirname(file), f)))), catalogue)
  const results = runTrial(sketch, trial)
  return {
    file,
    passed: results.filter((r) => r.passed).length,
    failures: results.filter((r) => !r.passed).map((r) => ({ ...r, where: where(['expect', r.row - 1]) })),
  }
}

const failureLines = ({
  where,
  who,
  action,
  on,
  expected,
  reason,
  decided,
}: Report['failures'][number]): readonly string[] =>
  [
    `${where} ${who} ${expected ? 'may' : 'may not'} ${action} ${on}: ${inWords[reason]}`,
    ...decided.map((d) => `  ${reason === 'not-granted' ? 'nearest ' : ''}${d.ref}: ${d.statement}`),
  ].map(clean)

export const testCommand = (shell: Shell): Command =>
  new Command('test')
    .description('run policy tests (`*.policy-test.yaml`); exit 1 when an expectation does not hold')
    .argument('<files...>', 'policy tests')
    .addOption(catalogueOption())
    .addOption(outputOption())
    .addHelpText('after', example('gwanmun policy test docs/examples/acme.policy-test.yaml'))
    .action((files: readonly string[], options: { readonly catalogue?: string; readonly output: Output }) => {
      const catalogue = catalogueFor(shell, options.catalogue)
      const reports = files.map((file) => runFile(file, catalogue))
      const failed = reports.reduce((sum, r) => sum + r.failures.length, 0)
      if (options.output === 'json') shell.out(document('json', { reports }))
      else {
        for (const line of reports.flatMap((r) => r.failures).flatMap(failureLines)) shell.out(line)
        shell.out(`${reports.reduce((sum, r) => sum + r.passed, 0)} passed, ${failed} failed`)
      }
      if (failed > 0) shell.refuse()
    })
