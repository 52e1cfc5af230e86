// `gwanmun sign-in explain`: what a sign-in would ask of somebody, step by step, and which rule and group want it. Changes nothing.
import { Command, Option } from 'commander'
import { systemClock } from '../adapters/system.ts'
import type { Level } from '../core/assurance/level.ts'
import type { Requirement, Winner } from '../core/assurance/requirement.ts'
import type { Step } from '../core/journey/step.ts'
import { explainSignIn, type SignInExplained } from '../flows/sign-in/explain.ts'
import type { Tx } from '../ports/store.ts'
import { Problem } from '../problem.ts'
import { inHouse, type Shell } from './house.ts'
import { personAt } from './named.ts'
import { document, example, type Format, formatOption, table } from './print.ts'
import { replayCommand } from './sign-in-replay.ts'

type Options = {
  readonly output: Format
  readonly app?: string
  readonly groups?: string
  readonly level: string
  readonly idp?: string
  readonly upstreamLevel?: string
  readonly trustedDevice?: string
}

const because = (winner: Winner): string =>
  winner.by === 'rule'
    ? [`rule ${winner.rule}`, winner.group && `group ${winner.group}`, winner.app && `application ${winner.app}`]
        .filter((part) => part !== undefined)
        .join(', ')
    : winner.by === 'request'
      ? 'the application asked'
      : winner.by === 'administrator'
        ? `default for the group ${winner.group}`
        : 'default'

const demandRows = ({ denied, level, factors, maxAgeSeconds, trustedDevice }: Requirement) =>
  [
    { demand: 'denied', value: denied && 'yes', by: denied?.because },
    { demand: 'level', value: String(level.value), by: level.because },
    { demand: 'factors', value: factors?.value.join(', '), by: factors?.because },
    { demand: 'maxAgeSeconds', value: maxAgeSeconds && String(maxAgeSeconds.value), by: maxAgeSeconds?.because },
    {
      demand: 'trustedDevice',
      value: trustedDevice && `${trustedDevice.value.count} for ${trustedDevice.value.days} days`,
      by: trustedDevice?.because,
    },
  ].flatMap(({ demand, value, by }) => (value === undefined || !by ? [] : [{ demand, value, 'set by': because(by) }]))

const stepText = (step: Step): string => {
  switch (step.do) {
    case 'challenge':
    case 'enrol':
      return `${step.do}: ${step.offer.join(', ')} (level ${step.level}, ${because(step.because)})`
    case 'change-password':
      return `change-password: ${step.why}`
    case 'refuse':
      return `refuse: ${step.why}${step.because ? ` (${because(step.because)})` : ''}`
    case 'done':
      return `done: level ${step.level}, amr ${step.amr.join(' ')}`
    default:
      return step.do
  }
}

const inWords = ({ groups, enrolled, route, passwordPolicy, need, steps }: SignInExplained): string =>
  [
    `groups: ${groups.join(', ') || 'none'}`,
    `factors: ${enrolled.join(', ') || 'none'}`,
    `signs in: ${route.kind === 'idp' ? `at ${route.name}, which vouches for level ${route.level}` : 'here'}`,
    `password policy: ${passwordPolicy.name}${passwordPolicy.group === undefined ? '' : ` (group ${passwordPolicy.group})`}`,
    '',
    table(['demand', 'value', 'set by'], demandRows(need)),
    '',
    ...steps.map((step, n) => `${n + 1}. ${stepText(step)}`),
  ].join('\n')

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

const ask = async (tx: Tx, path: string, options: Options): Promise<SignInExplained> => {
  const person = await personAt(tx, path)
  const app = options.app === undefined ? undefined : await tx.apps.byName(person.tenancyId, options.app)
  if (options.app !== undefined && !app) throw new Problem('not-found', `there is no application \`${options.app}\``)
  return explainSignIn(
    tx,
    {
      domainId: person.domainId,
      personId: person.id,
      appId: app?.id,
      groups: options.groups
        ?.split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
      level: levelIn(options.level),
      idp: options.idp,
      upstreamLevel: options.upstreamLevel === undefined ? undefined : levelIn(options.upstreamLevel),
      trustedDeviceDays: options.trustedDevice === undefined ? undefined : daysIn(options.trustedDevice),
    },
    systemClock(),
  )
}

export const signInCommand = (shell: Shell): Command =>
  new Command('sign-in')
    .description('what sign-ins ask, and why; and what they would ask')
    .addCommand(replayCommand(shell))
    .addCommand(
      new Command('explain')
        .description('print every step a sign-in would have, and the rule and group behind each demand')
        .argument('<user>', 'tenancy/domain/user')
        .option('--app <name>', 'at this application')
        .option('--groups <names>', 'as if the person were in these groups, separated by commas')
        .addOption(new Option('--level <level>', 'the level the application asks for').default('0'))
        .option('--idp <name>', 'through this identity provider')
        .option('--upstream-level <level>', 'what that provider vouches for')
        .option('--trusted-device <days>', 'from a device trusted so many days ago')
        .addOption(formatOption())
        .addHelpText(
          'after',
          example(
            'gwanmun sign-in explain acme/default/alice --app sample-oidc',
            'gwanmun sign-in explain acme/default/alice --groups finance --trusted-device 3',
          ),
        )
        .action((path: string, options: Options) =>
          inHouse(shell, async ({ store }) => {
            const explained = await store.read((tx) => ask(tx, path, options))
            shell.out(options.output === 'table' ? inWords(explained) : document(options.output, explained))
          }),
        ),
    )
