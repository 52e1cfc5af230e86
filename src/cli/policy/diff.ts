// `gwanmun policy diff`: what a change of statements would newly allow, and what would be lost, each with a question that shows it.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { systemClock } from '../../adapters/system.ts'
import type { Comparison, Difference } from '../../core/policy/compare.ts'
import { compareStages, laidTogether } from '../../core/policy/papers.ts'
import { nobody, type Stage } from '../../core/policy/stage.ts'
import { Problem } from '../../problem.ts'
import type { Shell } from '../house.ts'
import { document, example } from '../print.ts'
import {
  bookOf,
  changesIn,
  comparedInWords,
  comparedOnline,
  keyOf,
  type ProposedPolicy,
  proposedIn,
} from './asked-online.ts'
import {
  catalogueFor,
  catalogueOption,
  catalogueWith,
  clean,
  groundOf,
  type Output,
  outputOption,
  rolesOption,
  soundStage,
} from './offline.ts'
import { connected, type Online, onlineOptions } from './online.ts'
import { rowOf, textIn, textsIn } from './rows.ts'
import { timeOf } from './times.ts'

/** A folder is its statements and tenancy files, without what is in folders of its own. */
const filesIn = (name: string): readonly string[] => {
  const isFolder = statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false
  if (!isFolder) return [name]
  const files = readdirSync(name)
    .filter((file) => /\.(?:txt|ya?ml|json)$/i.test(file) && !/\.policy-test\.ya?ml$/i.test(file))
    .sort()
  if (files.length === 0) throw new Problem('request-malformed', `there are no statements in \`${name}\``)
  return files.map((file) => join(name, file))
}

type Options = Online & {
  readonly whole?: boolean
  readonly detailedExitCode?: boolean
  readonly at?: number
  readonly catalogue?: string
  readonly roles?: string
  readonly output: Output
}

const whoOf = ({ principal }: Difference['witness'], called: (id: string) => string): string => {
  const { type, name, groupIds, dynamicGroupIds = [] } = principal
  const groups = [...groupIds, ...dynamicGroupIds].map(called)
  const isNamed = type === 'service' || type === 'resource'
  const kind = isNamed ? `${type} ${name}` : type === undefined || type === 'user' ? 'somebody' : `a ${type}`
  return groups.length === 0 ? kind : `${kind} in ${groups.join(' and ')}`
}

const quoted = ({ sketch }: Stage, ref: string): string => {
  const text = sketch.snapshot.clauses.find(({ clause }) => clause.ref === ref)?.clause.text
  return text === undefined ? ref : `${ref}: ${text}`
}

const looksAtClock = ({ sketch }: Stage, refs: readonly string[]): boolean =>
  sketch.snapshot.clauses.some(({ clause }) => refs.includes(clause.ref) && /\butc-timestamp\b/i.test(clause.text))

/** `yes`: the set that allows it; `no`: the one that does not. */
const linesOf = (
  change: 'gained' | 'lost',
  { permissions, witness, through, denied }: Difference,
  yes: Stage,
  no: Stage,
): readonly string[] => {
  const { world, snapshot } = yes.sketch
  const names = new Map([...world.groups, ...world.dynamicGroups].map(([name, id]) => [id, name]))
  const place = snapshot.tree.byId.get(witness.compartmentId)
  const where = !place || place === snapshot.tree.root ? 'the tenancy' : place.path
  const facts = Object.entries(witness.facts).map(
    ([name, values]) => `${name} = ${values.map((v) => `'${v}'`).join(', ')}`,
  )
  return [
    `${change} ${permissions.join(', ')}`,
    `  ${whoOf(witness, (id) => names.get(id) ?? id)}: ${witness.action} ${witness.resourceType} in ${where}`,
    ...(facts.length > 0 ? [`  when ${facts.join(' and ')}`] : []),
    ...(looksAtClock(yes, through) || looksAtClock(no, denied) ? [`  at ${new Date(witness.now).toISOString()}`] : []),
    ...through.map((ref) => `  ${change === 'gained' ? 'through' : 'was through'} ${quoted(yes, ref)}`),
    ...denied.map((ref) => `  ${change === 'gained' ? 'was denied by' : 'denied by'} ${quoted(no, ref)}`),
  ].map(clean)
}

const AGREEMENTS = 'agreements'
const notAll = (hit: readonly string[]): string => {
  const bounds = hit.filter((one) => one !== AGREEMENTS)
  return [
    ...(bounds.length === 0 ? [] : [`not everything was tried, there may be more (bounds met: ${bounds.join(', ')})`]),
    ...(hit.includes(AGREEMENTS)
      ? ['statements about other tenancies differ, and what that changes is not compared']
      : []),
  ].join('\n')
}

const print = (shell: Shell, { gained, lost, complete, hit }: Comparison, before: Stage, after: Stage): void => {
  for (const difference of gained) for (const line of linesOf('gained', difference, after, before)) shell.out(line)
  for (const difference of lost) for (const line of linesOf('lost', difference, before, after)) shell.out(line)
  shell.out(`${gained.length} gained, ${lost.length} lost`)
  if (!complete) shell.err(notAll(hit))
}

/** Times as the API tells them. */
const asJson = ({ gained, lost, ...rest }: Comparison) => {
  const shown = (one: Difference) => ({
    ...one,
    witness: { ...one.witness, now: new Date(one.witness.now).toISOString() },
  })
  return { ...rest, gained: gained.map(shown), lost: lost.map(shown) }
}

const diffFiles = (shell: Shell, [first, second]: readonly string[], options: Options): number => {
  if (first === undefined || second === undefined)
    throw new Problem('request-malformed', 'expected two files or folders, or `--online` and one')
  const [one, other] = [groundOf(filesIn(first), nobody), groundOf(filesIn(second), nobody)]
  const catalogue = catalogueWith(catalogueFor(shell, options.catalogue), [...one.files, ...other.files])
  const staging = { shell, catalogue, roles: options.roles }
  const papers = laidTogether(one.paper, other.paper)
  const before = soundStage(staging, papers[0], one.cast)
  // statements alone say nothing of tags and roles: those stay as they are
  const isTenancy = other.files.some(({ tenancy }) => tenancy !== undefined)
  const after = soundStage(staging, papers[1], isTenancy ? other.cast : one.cast)
  const comparison = compareStages(before, after, options.at ?? systemClock())
  if (options.output === 'json') shell.out(document('json', asJson(comparison)))
  else print(shell, comparison, before, after)
  return comparison.gained.length + comparison.lost.length
}

/** The gateway compares: it knows its people, its roles and what its names are bound to. */
const diffOnline = async (shell: Shell, [file, more]: readonly string[], options: Options): Promise<number> => {
  if (file === undefined || more !== undefined || options.at !== undefined)
    throw new Problem('request-malformed', 'of a tenancy, expected one file or folder and no `--at`')
  const put = proposedIn(filesIn(file))
  const isPut = (policy: Omit<ProposedPolicy, 'statements'>): boolean => put.some((p) => keyOf(p) === keyOf(policy))
  const { api } = connected(options)
  const there = options.whole ? await api.all('/policies') : []
  const remove = there
    .map(rowOf)
    .filter((row) => row.system !== true)
    .map((row) => ({ compartment: textIn(row, 'compartment'), name: textIn(row, 'name') }))
    .filter((policy) => !isPut(policy))
  const told = await comparedOnline(api, put, remove)
  if (options.output === 'json') shell.out(document('json', told))
  else for (const line of comparedInWords(told, await bookOf(api, put))) shell.out(line)
  if (options.output !== 'json' && told.complete === false) shell.err(notAll(textsIn(told, 'hit')))
  return changesIn(told)
}
const diff = async (shell: Shell, files: readonly string[], options: Options): Promise<void> => {
  const changes = options.online ? await diffOnline(shell, files, options) : diffFiles(shell, files, options)
  if (options.detailedExitCode && changes > 0) shell.refuse()
}

export const diffCommand = (shell: Shell): Command =>
  onlineOptions(
    new Command('diff')
      .description(
        'print what a change of statements newly allows and what it takes away, each with a question that shows it',
      )
      .argument('[before]', 'a file or folder of statements; with `--online`, what to change the tenancy to')
      .argument('[after]', 'another one')
      .option('--whole', 'with `--online`: the file is all policies there will be, not some of them')
      .option('--detailed-exit-code', 'exit 1 when something changes')
      .option('--at <time>', 'the moment that is asked about, in UTC; otherwise now', timeOf),
  )
    .addOption(catalogueOption())
    .addOption(rolesOption())
    .addOption(outputOption())
    .addHelpText(
      'after',
      example(
        'gwanmun policy diff policies-now/ policies-next/',
        'gwanmun policy diff --online next.txt',
        'gwanmun policy diff --tenancy acme --server https://id.example.com next.txt --detailed-exit-code',
      ),
    )
    .action((before: string | undefined, after: string | undefined, options: Options) =>
      diff(
        shell,
        [before, after].filter((name) => name !== undefined),
        options,
      ),
    )
