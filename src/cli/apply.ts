// `gwanmun plan` and `gwanmun apply`: the declared tenancies against what is in the store.
import { Command } from 'commander'
import { readTenancies } from '../adapters/yaml/tenancy-file.ts'
import { type Config, configFault, readSecret } from '../config.ts'
import type { Actor } from '../core/model/audit.ts'
import type { Declared } from '../core/model/declared.ts'
import type { Change } from '../flows/directory/reconcile.ts'
import { inHouse, type Shell } from './house.ts'
import { document, example, type Format, formatOption, table } from './print.ts'

export const operator: Actor = { kind: 'operator', id: 'cli', name: 'command line' }

/** Throws Problem('config-invalid') with every fault of every file. */
export const declaredIn = (config: Pick<Config, 'tenanciesDir'>): readonly Declared[] => {
  const read = readTenancies(config.tenanciesDir, readSecret)
  if ('faults' in read) throw configFault(read.faults)
  return read.tenancies
}

type Listed = { readonly tenancy: string; readonly changes: readonly Change[]; readonly seeded: readonly string[] }

const print = (shell: Shell, output: Format, done: boolean, listed: readonly Listed[]): void => {
  if (output !== 'table') {
    shell.out(document(output, { tenancies: listed }))
    return
  }
  const rows = listed.flatMap((t) => [
    ...t.changes.map(({ action, noun, name }) => ({ tenancy: t.tenancy, change: action, noun, name })),
    ...t.seeded.map((name) => ({ tenancy: t.tenancy, change: 'create', noun: 'person', name })),
  ])
  const word = done ? 'changed' : 'would change'
  shell.out(
    rows.length === 0
      ? 'nothing to change'
      : `${table(['tenancy', 'change', 'noun', 'name'], rows)}\n${rows.length} ${word}`,
  )
}

export const planCommand = (shell: Shell): Command =>
  new Command('plan')
    .description('print what `apply` would change in the store, and whether it would be refused; changes nothing')
    .option('--detailed-exit-code', 'exit 1 when there is something to change')
    .addOption(formatOption())
    .addHelpText('after', example('gwanmun plan', 'gwanmun plan -o json --detailed-exit-code'))
    .action(({ output, detailedExitCode }: { readonly output: Format; readonly detailedExitCode?: boolean }) =>
      inHouse(shell, async (house, config) => {
        const listed: Listed[] = []
        for (const declared of declaredIn(config)) {
          const changes = await house.flows.planTenancy(operator, declared)
          listed.push({ tenancy: declared.document.tenancy.name, changes, seeded: [] })
        }
        print(shell, output, false, listed)
        if (detailedExitCode && listed.some((t) => t.changes.length > 0)) shell.refuse()
      }),
    )

export const applyCommand = (shell: Shell): Command =>
  new Command('apply')
    .description('bring the store to what config/tenancies declares; unchanged files change nothing')
    .addOption(formatOption())
    .addHelpText('after', example('gwanmun apply', 'gwanmun apply --set tenanciesDir=/etc/gwanmun/tenancies'))
    .action(({ output }: { readonly output: Format }) =>
      inHouse(shell, async (house, config) => {
        const { tenancies, warnings } = await house.flows.applyDeclared(operator, declaredIn(config))
        for (const warning of warnings) shell.err(`warning: ${warning}`)
        print(
          shell,
          output,
          true,
          tenancies.map(({ name, ...t }) => ({ tenancy: name, ...t })),
        )
      }),
    )
