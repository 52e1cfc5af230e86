// `gwanmun sign-in explain`: what a sign-in would ask of somebody, step by step, and which rule and group want it. Of the store of this
// installation, or of a gateway that runs. Changes nothing.
import { isIP } from 'node:net'
import { Command, Option } from 'commander'
import { inRange } from '../adapters/fetch-guard.ts'
import { systemClock } from '../adapters/system.ts'
import type { Level } from '../core/assurance/level.ts'
import { explainSignIn, type SignInExplained } from '../flows/sign-in/explain.ts'
import type { Tx } from '../ports/store.ts'
import { Problem } from '../problem.ts'
import { inHouse, type Shell } from './house.ts'
import { personAt } from './named.ts'
import { connected, type Online, onlineOptions } from './policy/online.ts'
import { type Row, rowOf } from './policy/rows.ts'
import { document, example, type Format, formatOption } from './print.ts'
import { explainedInWords } from './sign-in-explained.ts'
import { replayCommand } from './sign-in-replay.ts'

type Options = Online & {
  readonly output: Format
  readonly app?: string
  readonly groups?: string
  readonly level: string
  readonly idp?: string
  readonly upstreamLevel?: string
  readonly trustedDevice?: string
  readonly address?: string
}

const levelIn = (text: string): Level => {
  const level = Number(text)
  if (level !== 0 && level !== 1 && level !== 2 && level !== 3)
    throw new Problem('request-malformed', `expected a level from 0 to 3, got \`${text}\``)
  return level
}
const daysIn = (text: string): number => {
  const days = Number(text)
  if (!Number.isInteger(days) || days < 0)
    throw new Problem('request-malformed', `expected a number of days, got \`${text}\``)
  return days
}

const addressIn = (text: string): string => {
  if (isIP(text) === 0) throw new Problem('request-malformed', `expected an IPv4 or IPv6 address, got \`${text}\``)
  return text
}

const askedOf = ({ groups, level, idp, upstreamLevel, trustedDevice, address }: Options) => ({
  groups: groups
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== ''),
  level: levelIn(level),
  idp,
  upstreamLevel: upstreamLevel === undefined ? undefined : levelIn(upstreamLevel),
  trustedDeviceDays: trustedDevice === undefined ? undefined : daysIn(trustedDevice),
  address: address === undefined ? undefined : addressIn(address),
})

const ask = async (tx: Tx, path: string, options: Options): Promise<SignInExplained> => {
  const person = await personAt(tx, path)
  const app = options.app === undefined ? undefined : await tx.apps.byName(person.tenancyId, options.app)
  if (options.app !== undefined && !app) throw new Problem('not-found', `there is no application \`${options.app}\``)
  const where = { domainId: person.domainId, personId: person.id, appId: app?.id }
  return explainSignIn(tx, { ...where, ...askedOf(options) }, systemClock(), inRange)
}

const askHere = (shell: Shell, path: string, options: Options): Promise<Row> =>
  inHouse(shell, async ({ store }) => {
    const told = await store.read((tx) => ask(tx, path, options))
    const { expiresAt } = told.passwordPolicy
    const expires = expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }
    return rowOf({ ...told, passwordPolicy: { ...told.passwordPolicy, ...expires } })
  })

/** The tenancy and the domain are those of the connection, unless they are named before the user. */
const askThere = async (path: string, options: Options): Promise<Row> => {
  const [user = '', domain, tenancy, ...more] = path.split('/').reverse()
  if (user === '' || domain === '' || tenancy === '' || more.length > 0)
    throw new Problem(
      'request-malformed',
      `expected \`tenancy/domain/user\`, \`domain/user\` or \`user\`, got \`${path}\``,
    )
  if (tenancy !== undefined && options.tenancy !== undefined && tenancy !== options.tenancy)
    throw new Problem('request-malformed', `\`${path}\` is not in the tenancy \`${options.tenancy}\`: name one of them`)
  const there = connected({ ...options, ...(tenancy === undefined ? {} : { tenancy }) })
  const at = `/domains/${encodeURIComponent(domain ?? there.domain)}/sign-ins/explain`
  return rowOf(await there.api.post(at, { user, app: options.app, ...askedOf(options) }))
}

export const signInCommand = (shell: Shell): Command =>
  new Command('sign-in')
    .description('what sign-ins ask, and why; and what they would ask')
    .addCommand(replayCommand(shell))
    .addCommand(
      onlineOptions(
        new Command('explain').description(
          'print every step a sign-in would have, and the rule and group behind each demand',
        ),
      )
        .argument('<user>', 'tenancy/domain/user; with `--online` the user is enough')
        .option('--app <name>', 'at this application')
        .option('--groups <names>', 'as if the person were in these groups, separated by commas')
        .addOption(new Option('--level <level>', 'the level the application asks for').default('0'))
        .option('--idp <name>', 'through this identity provider')
        .option('--upstream-level <level>', 'what that provider vouches for')
        .option('--address <address>', 'from this address, where providers are routed to by network')
        .option('--trusted-device <days>', 'from a device trusted so many days ago')
        .addOption(formatOption())
        .addHelpText(
          'after',
          example(
            'gwanmun sign-in explain acme/default/alice --app sample-oidc',
            'gwanmun sign-in explain acme/default/alice --groups finance --trusted-device 3',
            'gwanmun sign-in explain alice --online',
          ),
        )
        .action(async (path: string, options: Options) => {
          const told = options.online ? await askThere(path, options) : await askHere(shell, path, options)
          shell.out(options.output === 'table' ? explainedInWords(told) : document(options.output, told))
        }),
    )
