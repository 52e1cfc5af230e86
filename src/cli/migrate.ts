// `gwanmun migrate`: what the schema of the store is, what would change, and the change.
import { Command } from 'commander'
import type { MigrateCommand, MigrationReport } from '../adapters/store-sql/migrate-command.ts'
import { migrateStore, type Shell } from './house.ts'
import { document, example, type Format, formatOption } from './print.ts'

const inWords = (command: MigrateCommand, { place, ran, pending, unknown, applied }: MigrationReport): string => {
  const list = (names: readonly string[]) => names.map((n) => `  ${n}`).join('\n')
  if (unknown.length > 0) return `${place} was migrated by a newer gwanmun:\n${list(unknown)}`
  if (command === 'up') return ran.length === 0 ? `${place}: nothing to do` : `${place}: done\n${list(ran)}`
  if (pending.length > 0) return `${place}: \`gwanmun migrate up\` would run\n${list(pending)}`
  return `${place}: up to date (${applied.length} applied)`
}

const sub = (shell: Shell, name: MigrateCommand, description: string): Command =>
  new Command(name)
    .description(description)
    .addOption(formatOption())
    .addHelpText('after', example(`gwanmun migrate ${name}`))
    .action(async ({ output }: { readonly output: Format }) => {
      const report = await migrateStore(shell.config().config.store, name)
      shell.out(output === 'table' ? inWords(name, report) : document(output, report))
      const isBehind = name === 'status' && report.pending.length > 0
      if (report.unknown.length > 0 || isBehind) shell.refuse()
    })

export const migrateCommand = (shell: Shell): Command =>
  new Command('migrate')
    .description('the schema of the store')
    .addCommand(sub(shell, 'plan', 'print what `up` would do'))
    .addCommand(sub(shell, 'up', 'bring the schema up to date; several nodes may do it at once'))
    .addCommand(sub(shell, 'status', 'exit 0 when it is up to date, 1 when it is behind or of a newer release'))
