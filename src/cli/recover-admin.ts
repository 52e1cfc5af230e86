// `gwanmun recover-admin`: break glass, by whoever runs the server. Works on the store directly, and tells everybody.
import { Command } from 'commander'
import { notMadeInWords } from '../flows/directory/bring-up.ts'
import type { NotRecovered } from '../flows/directory/recover-administrator.ts'
import { Problem } from '../problem.ts'
import { operator } from './apply.ts'
import { inHouse, type Shell } from './house.ts'
import { type PasswordOptions, passwordOf } from './password.ts'
import { example } from './print.ts'

type Options = PasswordOptions & {
  readonly tenancy: string
  readonly username?: string
  readonly link?: boolean
  readonly removeFactors?: boolean
  readonly removeRule: readonly string[]
  readonly force?: boolean
  readonly reason?: string
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]

const inWords = (not: NotRecovered): string => {
  switch (not.refused) {
    case 'administrator-works':
      return `${not.who.map((name) => `\`${name}\``).join(', ')} can sign in: let them do it, or give --force and --reason`
    case 'rule-unknown':
      return `there is no sign-on rule \`${not.rule}\` in the domain \`default\``
    case 'still-shut':
      return `nothing was changed, for ${not.because}: remove it with --remove-rule`
    default:
      return notMadeInWords(not)
  }
}

/** Why, although somebody works. */
const reasonOf = ({ force, reason }: Options): string | undefined => {
  if (force !== true) return undefined
  if (reason === undefined || reason.trim() === '')
    throw new Problem('request-malformed', '--force needs a --reason: it is told to every administrator')
  return reason.trim().slice(0, 500)
}

export const recoverAdminCommand = (shell: Shell, terminal = process.stdin): Command =>
  new Command('recover-admin')
    .description('open a way in for an administrator where none works any more; recorded, and told to all of them')
    .requiredOption('--tenancy <name>', 'the tenancy')
    .option('--username <name>', 'who, in its domain `default`; made if not there')
    .option('--link', 'print a set-up link for one hour and one administrator instead')
    .option('--password-file <path>', 'file with the new password; without it you are asked')
    .option('--password-env <name>', 'environment variable with the new password')
    .option('--remove-factors', 'remove second factors, recovery codes and trusted devices')
    .option('--remove-rule <name>', 'remove a sign-on rule that stands in the way; repeatable', collect, [])
    .option('--force', 'although an administrator could sign in')
    .option('--reason <text>', 'why, with --force')
    .addHelpText(
      'after',
      example(
        'gwanmun recover-admin --tenancy main --username admin --password-file /run/secrets/admin --remove-factors',
        'gwanmun recover-admin --tenancy main --link',
        'gwanmun recover-admin --tenancy main --username admin --force --reason "Kim has left, ticket 4711"',
      ),
    )
    .action((options: Options) =>
      inHouse(shell, async ({ store, flows }, { baseUrl }) => {
        const { username, link = false, removeFactors = false, removeRule: removeRules } = options
        if (link === (username !== undefined))
          throw new Problem('request-malformed', 'give either --username or --link')
        const reason = reasonOf(options)
        const tenancy = await store.read((tx) => tx.tenancies.byName(undefined, options.tenancy))
        if (!tenancy) throw new Problem('not-found', `there is no tenancy \`${options.tenancy}\``)
        if (username === undefined) {
          const made = await flows.recoveryLink(operator, tenancy.id, reason)
          if ('refused' in made) throw new Problem('not-permitted', inWords(made))
          shell.out(`open ${made.url} (once, until ${new Date(made.expiresAt).toISOString()})`)
          return
        }
        const password = await passwordOf(options, terminal, (text) => process.stderr.write(text))
        const wanted = { username, password, removeFactors, removeRules, reason }
        const done = await flows.recoverAdministrator(operator, tenancy.id, wanted)
        if ('refused' in done) throw new Problem('not-permitted', inWords(done))
        for (const what of done.opened) shell.out(`opened: ${what}`)
        shell.out(
          `\`${username}\` administers \`${tenancy.name}\` again, ${done.mailed} told by mail; sign in at ${baseUrl}/d/${tenancy.name}/default/account`,
        )
      }),
    )
