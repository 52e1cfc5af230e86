// `gwanmun bootstrap-admin`: the first administrator of a tenancy that has none, by whoever runs the server.
import { Command } from 'commander'
import { notMadeInWords } from '../flows/directory/bring-up.ts'
import { Problem } from '../problem.ts'
import { operator } from './apply.ts'
import { inHouse, type Shell } from './house.ts'
import { type PasswordOptions, passwordOf } from './password.ts'
import { example } from './print.ts'

type Options = PasswordOptions & {
  readonly tenancy: string
  readonly username: string
  readonly email?: string
}

export const bootstrapAdminCommand = (shell: Shell): Command =>
  new Command('bootstrap-admin')
    .description('make the first administrator of a tenancy that has none')
    .requiredOption('--tenancy <name>', 'the tenancy')
    .requiredOption('--username <name>', 'the user name in its domain `default`')
    .option('--email <address>', 'the e-mail address')
    .option('--password-file <path>', 'file with the password')
    .option('--password-env <name>', 'environment variable with the password')
    .addHelpText(
      'after',
      example('gwanmun bootstrap-admin --tenancy main --username admin --password-file /run/secrets/admin'),
    )
    .action((options: Options) =>
      inHouse(shell, async ({ store, flows }) => {
        const password = await passwordOf(options)
        const tenancy = await store.read((tx) => tx.tenancies.byName(undefined, options.tenancy))
        if (!tenancy) throw new Problem('not-found', `there is no tenancy \`${options.tenancy}\``)
        const { username, email } = options
        const made = await flows.bootstrapAdministrator(operator, tenancy.id, { username, password, email })
        if ('refused' in made)
          throw new Problem('not-permitted', `\`${username}\` was not made administrator: ${notMadeInWords(made)}`)
        shell.out(
          `\`${username}\` administers \`${tenancy.name}\`; sign in at ${shell.config().config.baseUrl}/d/${tenancy.name}/default/account`,
        )
      }),
    )
