// `gwanmun policy explain`: one question to a tenancy on paper, and the statements that settle it.
import { dirname, resolve } from 'node:path'
import { Command } from 'commander'
import { systemClock } from '../../adapters/system.ts'
import { parsePolicyTest } from '../../adapters/yaml/policy-test-file.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Explanation, Judgement } from '../../core/policy/explain.ts'
import { type Cast, nobody } from '../../core/policy/stage.ts'
import { decidersOf, explainOnPaper, type Result } from '../../core/policy/trial.ts'
import { Problem } from '../../problem.ts'
import type { Shell } from '../house.ts'
import { document, example, gatherSettings } from '../print.ts'
import { explainedInWords, explainedOnline, proposedIn } from './asked-online.ts'
import {
  catalogueFor,
  catalogueOption,
  catalogueWith,
  clean,
  groundOf,
  type Output,
  outputOption,
  parsedOr,
  rolesOption,
  soundStage,
  textOf,
} from './offline.ts'
import { connected, type Online, onlineOptions } from './online.ts'
import { timeOf } from './times.ts'

export const inWords: { readonly [reason in Result['reason']]: string } = {
  granted: 'allowed',
  'denied-by-policy': 'denied by a statement',
  'not-granted': 'not granted by any statement',
  'resource-type-unknown': 'there is no such resource-type in the catalogue',
  'action-unknown': 'the resource-type has no such operation, verb or permission',
  'compartment-unknown': 'there is no such compartment',
  'group-unknown': 'there is no such group',
  'subject-unknown': 'there is no such compartment to find the program in',
  'subject-type-unsupported': 'a program has a type word and a compartment',
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

type ExplainOptions = Online & {
  readonly file?: readonly string[]
  readonly cast?: string
  readonly as: string
  readonly asType?: string
  readonly asProperty?: Settings
  readonly groups: readonly string[]
  readonly action: string
  readonly type: string
  readonly id: string
  readonly compartment?: string
  readonly property?: Settings
  readonly tag?: Settings
  readonly context?: Settings
  readonly at?: number
  readonly catalogue?: string
  readonly roles?: string
  readonly output: Output
}
type Settings = { readonly [name: string]: string }

const asFacts = (given: Settings | undefined): JsonObject => ({ ...given })
/** People, programs, tags, dynamic groups and roles of a policy test, with the files it is about. */
const castIn = (file: string | undefined): { readonly cast: Cast; readonly files: readonly string[] } => {
  if (file === undefined) return { cast: nobody, files: [] }
  const { trial, files } = parsedOr(parsePolicyTest(textOf(file), file))
  return { cast: trial.cast, files: files.map((f) => resolve(dirname(file), f)) }
}

const explainOnline = async (shell: Shell, o: ExplainOptions): Promise<void> => {
  if (o.groups.length > 0 || o.cast !== undefined || o.at !== undefined)
    throw new Problem(
      'request-malformed',
      'a tenancy knows its people and the time: leave out `--groups`, `--cast` and `--at`',
    )
  const tags = o.tag === undefined ? {} : { tags: asFacts(o.tag) }
  const compartment = o.compartment === undefined ? {} : { compartment: o.compartment }
  const question = {
    subject: { type: o.asType ?? 'user', id: o.as, properties: asFacts(o.asProperty) },
    action: o.action,
    resource: { type: o.type, id: o.id, properties: { ...asFacts(o.property), ...tags, ...compartment } },
    context: asFacts(o.context),
  }
  const told = await explainedOnline(connected(o).api, question, proposedIn(o.file ?? []))
  if (o.output === 'json') shell.out(document('json', told))
  else for (const line of explainedInWords(told)) shell.out(line)
  if (told.allow !== true) shell.refuse()
}

const explainIn = async (shell: Shell, o: ExplainOptions): Promise<void> => {
  if (o.online || (o.file === undefined && o.cast === undefined)) return explainOnline(shell, o)
  const { cast, files } = castIn(o.cast)
  const more = o.file ?? []
  if (files.length + more.length === 0)
    throw new Problem('request-malformed', `\`${o.cast}\` names no files: expected some there, or \`--file\``)
  const known = Object.hasOwn(cast.subjects, o.as) ? cast.subjects[o.as] : undefined
  if (known && o.groups.length > 0)
    throw new Problem('request-malformed', `\`${o.as}\` is in the cast with groups of its own: leave out \`--groups\``)
  const ground = groundOf([...files, ...more], cast)
  const catalogue = catalogueWith(catalogueFor(shell, o.catalogue), ground.files)
  const stage = soundStage({ shell, catalogue, roles: o.roles }, ground.paper, ground.cast)
  const answer = explainOnPaper(stage, {
    name: o.as,
    subject: known ?? { kind: 'person', id: undefined, groups: o.groups, domain: undefined },
    action: o.action,
    resource: {
      type: o.type,
      id: o.id,
      compartment: o.compartment,
      properties: asFacts(o.property),
      tags: o.tag && asFacts(o.tag),
    },
    context: asFacts(o.context),
    now: o.at ?? systemClock(),
  })
  if (typeof answer === 'string') throw new Problem('request-malformed', inWords[answer])
  if (o.output === 'table') for (const line of told(answer)) shell.out(line)
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
  onlineOptions(
    new Command('explain').description(
      'print whether somebody may do something and which statement decides; exit 1 when not',
    ),
  )
    .option('--file <files...>', 'statements or a tenancy file; with `--online`: policies the tenancy would have, too')
    .option('--cast <file>', 'a policy test: its files, people, programs, tags, dynamic groups and roles')
    .requiredOption('--as <name>', 'user name of who asks, or a name out of the cast')
    .option('--as-type <word>', 'with `--online`: `service-id`, `service`, or the type word of a workload')
    .option(
      '--as-property <name=value>',
      'of a workload, with `--online`: `compartment=Prod`; may be repeated',
      gatherSettings,
    )
    .option('--groups <list>', 'their groups: `finance,partners/contractors`', groupList, [])
    .requiredOption('--action <name>', 'an operation, a verb, or `{PERMISSION, …}`')
    .requiredOption('--type <name>', 'resource-type')
    .option('--id <id>', 'id of the resource', '')
    .option('--compartment <path>', 'where the resource is: `Prod:Data`; otherwise the root')
    .option('--property <name=value>', 'a fact about the resource; may be repeated', gatherSettings)
    .option('--tag <namespace.key=value>', 'a tag of the resource; may be repeated', gatherSettings)
    .option('--context <name=value>', 'a fact about the request; may be repeated', gatherSettings)
    .option('--at <time>', 'when, in UTC; otherwise now', timeOf)
    .addOption(catalogueOption())
    .addOption(rolesOption())
    .addOption(outputOption())
    .addHelpText(
      'after',
      example(
        'gwanmun policy explain --file config/tenancies/acme.yaml --as kim --groups finance --action read --type reports --compartment Prod:Data',
        'gwanmun policy explain --as kim --action read --type reports --compartment Prod:Data',
        'gwanmun policy explain --cast docs/examples/acme.policy-test.yaml --as fay --action use --type reports --compartment Prod:Data',
      ),
    )
    .action((options: ExplainOptions) => explainIn(shell, options))
