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
import { recoverAdminCommand } from './recover-admin.ts'
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
    what: 'check, format, compare, explain and test policies, in files or in a tenancy',
    load: async (shell) => (await import('./policy/command.ts')).policyCommand(shell),
  },
  {
    name: 'export',
    what: 'stored tenancies as the files that declare them',
    load: async (shell) => (await import('./export.ts')).exportCommand(shell),
  },
  {
    name: 'test',
    what: 'run the tests beside the tenancy files',
    load: async (shell) => (await import('./tests/command.ts')).testsCommand(shell),
  },
  {
    name: 'roles',
    what: 'roles and what they permit',
    load: async (shell) => (await import('./roles.ts')).rolesCommand(shell),
  },
  {
    name: 'idp',
    what: 'identity providers: test and check the way to them, certificates by days left',
    load: async (shell) => (await import('./idp.ts')).idpCommand(shell),
  },
  {
    name: 'audit',
    what: 'what was recorded: verify and export it',
    load: async (shell) => (await import('./audit.ts')).auditCommand(shell),
  },
  {
    name: 'sign-in',
    what: 'what sign-ins ask, and why; and what they would ask',
    load: async (shell) => (await import('./sign-in.ts')).signInCommand(shell),
  },
  {
    name: 'login',
    what: 'sign in as yourself, with a browser here or elsewhere',
    load: async (shell) => (await import('./account/commands.ts')).loginCommand(shell),
  },
  {
    name: 'logout',
    what: 'end the sign-in of a profile, here and at the gateway',
    load: async (shell) => (await import('./account/commands.ts')).logoutCommand(shell),
  },
  {
    name: 'whoami',
    what: 'who this command line is, where, and with which roles',
    load: async (shell) => (await import('./account/commands.ts')).whoamiCommand(shell),
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

/** The first word that is neither an option nor what one takes. */
const commandIn = (argv: readonly string[]): string | undefined => {
  for (let n = 0; n < argv.length; n++) {
    const word = argv[n] ?? ''
    if (!word.startsWith('-')) return word
    if (word === '--config' || word === '--set') n++
  }
  return undefined
}

const rareCommand = async (
  shell: Shell,
  argv: readonly string[],
  { name, what, load }: (typeof rare)[number],
): Promise<Command> =>
  argv.includes(name) || commandIn(argv) === 'completion' ? load(shell) : new Command(name).description(what)

/** Everything else that administrators do: a command for every noun of the API. `health` does not wait for it. */
const addNouns = async (root: Command, shell: Shell, named: string | undefined): Promise<void> => {
  const own = root.commands.find((c) => c.name() === named)
  if (own !== undefined && named !== 'roles' && named !== 'completion') return
  const [{ readNouns }, { addVerbs, nounCommands }] = await Promise.all([
    import('./nouns/operations.ts'),
    import('./nouns/commands.ts'),
  ])
  const nouns = readNouns()
  for (const command of nounCommands(shell, nouns, named, named === 'completion')) {
    const taken = root.commands.find((c) => c.name() === command.name())
    if (!taken) root.addCommand(command)
    else addVerbs(shell, taken, nouns.get(command.name()) ?? [])
  }
}

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
    recoverAdminCommand(shell),
    keysCommand(shell),
    mappingCommand(shell),
    healthCommand(shell),
  ]
  for (const command of usual) root.addCommand(command)
  for (const one of rare) root.addCommand(await rareCommand(shell, argv, one), { hidden: one.hidden ?? false })
  await addNouns(root, shell, commandIn(argv))
  const { completionCommand } = await import('./completion.ts')
  root.addCommand(completionCommand(shell, root))
  printingTo(shell, root)
  return root
}
