// `gwanmun plan` and `gwanmun apply`: the declared tenancies against what is in the store.
import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import { parseTenancy, readTenancies } from '../adapters/yaml/tenancy-file.ts'
import { type Config, configFault, readSecret } from '../config.ts'
import type { Actor } from '../core/model/audit.ts'
import type { Declared } from '../core/model/declared.ts'
import type { Planned } from '../flows/directory/apply.ts'
import type { Change } from '../flows/directory/reconcile.ts'
import { Problem } from '../problem.ts'
import { type House, inHouse, type Shell } from './house.ts'
import { changeLines, fieldsOf, painter, undeclaredLines } from './plan-text.ts'
import { document, example, type Format, formatOption, table } from './print.ts'

export const operator: Actor = { kind: 'operator', id: 'cli', name: 'command line' }

/** Throws Problem('config-invalid') with every fault of every file. */
export const declaredIn = (config: Pick<Config, 'tenanciesDir'>): readonly Declared[] => {
  const read = readTenancies(config.tenanciesDir, readSecret)
  if ('faults' in read) throw configFault(read.faults)
  return read.tenancies
}

const textOf = (file: string): string => {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (cause) {
    throw new Problem(
      'config-invalid',
      `\`${file}\` cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'error'})`,
    )
  }
}

type Source = { readonly file?: string }
const fileOption = (): Option =>
  new Option('-f, --file <file>', 'this tenancy file instead of those of config/tenancies; `-` reads standard input')
/** Tests lie beside the files of the folder: one file alone, from wherever it comes, has none. */
const declaredBy = async (shell: Shell, config: Config, { file }: Source): Promise<readonly Declared[]> => {
  if (file === undefined) {
    const { refuseFailingTests } = await import('./tests/before-apply.ts') // brings the language of policies along
    refuseFailingTests(shell, config)
    return declaredIn(config)
  }
  const read = parseTenancy(textOf(file), file === '-' ? 'standard-input.yaml' : file, readSecret)
  if ('faults' in read) throw configFault(read.faults)
  return [read]
}

/** Asked before a file is read: a store that was never migrated has nothing to compare with. */
const inMigrated = (shell: Shell, work: Parameters<typeof inHouse<void>>[1]): Promise<void> =>
  inHouse(shell, async (house, config) => {
    await house.store.ready().catch((thrown: unknown) => {
      if (!(thrown instanceof Problem) || !thrown.detail?.endsWith('run `gwanmun migrate up`')) throw thrown
      const more = 'then again what you ran now; docs/configuration-as-code.md#an-empty-store has the order'
      throw new Problem(thrown.slug, `${thrown.detail}, ${more}`, { cause: thrown })
    })
    return work(house, config)
  })

type Listed = { readonly tenancy: string; readonly changes: readonly Change[]; readonly seeded: readonly string[] }

const printApplied = (shell: Shell, output: Format, listed: readonly Listed[]): void => {
  if (output !== 'table') {
    shell.out(document(output, { tenancies: listed }))
    return
  }
  const rows = listed.flatMap((t) => [
    ...t.changes.map(({ action, noun, name }) => ({ tenancy: t.tenancy, change: action, noun, name })),
    ...t.seeded.map((name) => ({ tenancy: t.tenancy, change: 'create', noun: 'person', name })),
  ])
  shell.out(
    rows.length === 0
      ? 'nothing to change'
      : `${table(['tenancy', 'change', 'noun', 'name'], rows)}\n${rows.length} changed`,
  )
}

type Plan = Pick<Planned, 'changes' | 'waiting' | 'undeclared'> & { readonly tenancy: string }

const planLines = (shell: Shell, plans: readonly Plan[], strangers: readonly string[]): readonly string[] => {
  const paint = painter(shell.colours === true)
  const count = plans.reduce((sum, { changes }) => sum + changes.length, 0)
  return [
    ...plans.flatMap(({ tenancy, changes, undeclared }) => {
      const lines = [...changes.flatMap((c) => changeLines(paint, c)), ...undeclaredLines(paint, undeclared)]
      return lines.length === 0 ? [] : [`tenancy ${tenancy}`, ...lines]
    }),
    ...undeclaredLines(
      paint,
      strangers.map((name) => ({ noun: 'tenancy', name })),
    ),
    count === 0 ? 'nothing to change' : `${count} would change`,
  ]
}

const printPlan = (shell: Shell, output: Format, plans: readonly Plan[], strangers: readonly string[]): void => {
  if (output === 'table') {
    for (const line of planLines(shell, plans, strangers)) shell.out(line)
    return
  }
  const tenancies = plans.map(({ changes, ...plan }) => ({
    ...plan,
    changes: changes.map((change) => ({ ...change, fields: fieldsOf(change) })),
  }))
  shell.out(document(output, { tenancies, undeclaredTenancies: strangers }))
}

const undeclaredTenancies = async ({ store }: House, plans: readonly Plan[]): Promise<readonly string[]> => {
  const all = await store.read((tx) => tx.tenancies.list(undefined))
  return all.map((t) => t.name).filter((name) => !plans.some((p) => p.tenancy === name))
}

type PlanOptions = Source & { readonly output: Format; readonly detailedExitCode?: boolean }

export const planCommand = (shell: Shell): Command =>
  new Command('plan')
    .description(
      'print what `apply` would change in the store field by field, whether it would be refused, and what no file declares; changes nothing',
    )
    .option('--detailed-exit-code', 'exit 1 when there is something to change')
    .addOption(fileOption())
    .addOption(formatOption())
    .addHelpText('after', example('gwanmun plan', 'gwanmun plan -o json --detailed-exit-code'))
    .action((options: PlanOptions) =>
      inMigrated(shell, async (house, config) => {
        const plans: Plan[] = []
        for (const declared of await declaredBy(shell, config, options)) {
          const { changes, waiting, undeclared } = await house.flows.planTenancy(operator, declared)
          plans.push({ tenancy: declared.document.tenancy.name, changes, waiting, undeclared })
        }
        for (const { where, message } of plans.flatMap((p) => p.waiting)) shell.err(`warning: ${where}: ${message}`)
        printPlan(
          shell,
          options.output,
          plans,
          options.file === undefined ? await undeclaredTenancies(house, plans) : [],
        )
        if (options.detailedExitCode && plans.some((p) => p.changes.length > 0)) shell.refuse()
      }),
    )

export const applyCommand = (shell: Shell): Command =>
  new Command('apply')
    .description('bring the store to what config/tenancies declares; unchanged files change nothing')
    .addOption(fileOption())
    .addOption(formatOption())
    .addHelpText(
      'after',
      `${example('gwanmun apply', 'gwanmun apply --set tenanciesDir=/etc/gwanmun/tenancies')}\nTests beside the files (*.policy-test.yaml, *.mapping-test.yaml, *.sign-on-test.yaml) run first; one that fails refuses it.`,
    )
    .action((options: Source & { readonly output: Format }) =>
      inMigrated(shell, async (house, config) => {
        const declared = await declaredBy(shell, config, options)
        const { tenancies, warnings } = await house.flows.applyDeclared(operator, declared)
        for (const warning of warnings) shell.err(`warning: ${warning}`)
        printApplied(
          shell,
          options.output,
          tenancies.map(({ name, ...t }) => ({ tenancy: name, ...t })),
        )
      }),
    )
