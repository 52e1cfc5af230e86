// The command line as one list. Exit codes: 0 done, 1 refused or failed, 2 used wrongly.
import { Command } from 'commander'
import { systemClock } from '../adapters/system.ts'
import { applyCommand, planCommand } from './apply.ts'
import { bootstrapAdminCommand } from './bootstrap-admin.ts'
import { configCommand } from './config.ts'
import { healthCommand } from './health.ts'
import type { Shell } from './house.ts'
import { keysCommand } from './keys.ts'
import { mappingCommand } from './mapping.ts'
import { migrateCommand } from './migrate.ts'
import { gatherSettings } from './print.ts'
import { serveCommand } from './serve.ts'

export type GlobalOptions = {
  readonly config?: string
  readonly set?: { readonly [name: string]: string }
  readonly debug?: boolean
}

/** Commands that bring large libraries: loaded when they are named, so that `health` stays quick. Others see a name and a line of help. */
const rare: readonly {
  readonly name: string
  readonly what: string
  readonly hidden?: true
  readonly load: (shell: Shell) => Promise<Command>
}[] = [
  {
    name: 'policy',
    what: 'check, format, explain and test policies in files',
    load: async (shell) => (await import('./policy/command.ts')).policyCommand(shell),
  },
  {
    name: 'saml',
    what: 'look at SAML messages',
    load: async (shell) => (await import('./saml-check.ts')).samlCommand({ ...shell, clock: systemClock }),
  },
  {
    name: 'demo',
    what: 'a gateway with stand-in identity providers and applications around it',
    load: async (shell) => (await import('./demo/command.ts')).demoCommand(shell),
  },
  {
    name: 'demo-stand-in',
    what: 'one of the stand-ins',
    hidden: true,
    load: async (shell) => (await import('./demo/command.ts')).standInCommand(shell),
  },
]

const rareCommand = async (
  shell: Shell,
  argv: readonly string[],
  { name, what, load }: (typeof rare)[number],
): Promise<Command> => (argv.includes(name) ? load(shell) : new Command(name).description(what))

const printingTo = (shell: Shell, command: Command): void => {
  command
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => shell.out(text.trimEnd()),
      writeErr: (text) => shell.err(text.trimEnd()),
    })
  for (const child of command.commands) printingTo(shell, child)
}

/** Parsing throws CommanderError for wrong usage and for --help instead of exiting. */
export const program = async (shell: Shell, version: string, argv: readonly string[]): Promise<Command> => {
  const root = new Command('gwanmun')
    .description('Gwanmun, a federated identity gateway')
    .version(version)
    .option('--config <file>', 'settings file instead of config/gwanmun.yaml')
    .option('--set <name=value>', 'one setting, over environment and file; may be repeated', gatherSettings)
    .option('--debug', 'print stack traces')
    .showHelpAfterError('(add --help for what is expected)')
  const usual = [
    serveCommand(shell),
    migrateCommand(shell),
    planCommand(shell),
    applyCommand(shell),
    configCommand(shell),
    bootstrapAdminCommand(shell),
    keysCommand(shell),
    mappingCommand(shell),
    healthCommand(shell),
  ]
  for (const command of usual) root.addCommand(command)
  for (const one of rare) root.addCommand(await rareCommand(shell, argv, one), { hidden: one.hidden ?? false })
  printingTo(shell, root)
  return root
}
