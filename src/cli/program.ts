// The command line as one list. Exit codes: 0 done, 1 refused or failed, 2 used wrongly.
import { Command } from 'commander'
import { systemClock } from '../adapters/system.ts'
import { applyCommand, planCommand } from './apply.ts'
import { bootstrapAdminCommand } from './bootstrap-admin.ts'
import { configCommand } from './config.ts'
import { demoCommand, standInCommand } from './demo/command.ts'
import { healthCommand } from './health.ts'
import type { Shell } from './house.ts'
import { keysCommand } from './keys.ts'
import { mappingCommand } from './mapping.ts'
import { migrateCommand } from './migrate.ts'
import { gatherSettings } from './print.ts'
import { samlCommand } from './saml-check.ts'
import { serveCommand } from './serve.ts'

export type GlobalOptions = {
  readonly config?: string
  readonly set?: { readonly [name: string]: string }
  readonly debug?: boolean
}

/** Throws CommanderError for wrong usage and for --help instead of exiting. */
export const program = (shell: Shell, version: string): Command => {
  const commands = [
    serveCommand(shell),
    demoCommand(shell),
    standInCommand(shell),
    migrateCommand(shell),
    planCommand(shell),
    applyCommand(shell),
    configCommand(shell),
    bootstrapAdminCommand(shell),
    keysCommand(shell),
    mappingCommand(shell),
    samlCommand({ ...shell, clock: systemClock }),
    healthCommand(shell),
  ]
  const root = new Command('gwanmun')
    .description('Gwanmun, a federated identity gateway')
    .version(version)
    .option('--config <file>', 'settings file instead of config/gwanmun.yaml')
    .option('--set <name=value>', 'one setting, over environment and file; may be repeated', gatherSettings)
    .option('--debug', 'print stack traces')
    .showHelpAfterError('(add --help for what is expected)')
  for (const command of commands) root.addCommand(command, { hidden: command.name() === 'demo-stand-in' })
  const quiet = (command: Command): void => {
    command
      .exitOverride()
      .configureOutput({ writeOut: (text) => shell.out(text.trimEnd()), writeErr: (text) => shell.err(text.trimEnd()) })
    for (const child of command.commands) quiet(child)
  }
  quiet(root)
  return root
}
