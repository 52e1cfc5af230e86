// `gwanmun sign-in replay`: the sign-ins of the last days against the rules of a tenancy file that was not applied yet. Changes nothing.
import { readFileSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { systemClock } from '../adapters/system.ts'
import { parseTenancy } from '../adapters/yaml/tenancy-file.ts'
import { configFault } from '../config.ts'
import type { DeclaredDomain } from '../core/model/declared.ts'
import type { Domain } from '../core/model/tenancy.ts'
import { replaySignIns, type SignInsReplayed } from '../flows/sign-in/replay.ts'
import type { SignInProposal } from '../flows/sign-in/replay-proposal.ts'
import type { Tx } from '../ports/store.ts'
import { Problem } from '../problem.ts'
import { inHouse, type Shell } from './house.ts'
import { document, example, type Format, formatOption, table } from './print.ts'

type Options = { readonly output: Format; readonly file: string; readonly days: number; readonly limit: number }

const numberIn = (text: string): number => {
  if (!/^\d{1,6}$/.test(text) || Number(text) === 0) throw new InvalidArgumentError('expected a whole number above 0')
  return Number(text)
}

const domainAt = async (tx: Tx, path: string): Promise<Domain> => {
  const [tenancyName = '', domainName = '', ...more] = path.split('/')
  if (domainName === '' || more.length > 0)
    throw new Problem('request-malformed', `expected \`tenancy/domain\`, got \`${path}\``)
  const tenancy = await tx.tenancies.byName(undefined, tenancyName)
  const domain = tenancy && (await tx.domains.byName(tenancy.id, domainName))
  if (!domain) throw new Problem('not-found', `there is no domain \`${path}\``)
  return domain
}

/** Of the file only the rules are looked at, so its secrets need not be here. */
const declaredIn = (file: string, domain: string): DeclaredDomain => {
  const parsed = parseTenancy(readFileSync(file, 'utf8'), file, () => ({ value: 'not looked at' }))
  if ('faults' in parsed) throw configFault(parsed.faults)
  const found = parsed.document.domains.find((d) => d.name === domain)
  if (!found) throw new Problem('not-found', `\`${file}\` declares no domain \`${domain}\``)
  return found
}

/** Rules of the same name are replaced; those that the file does not name stay, as they do when it is applied. */
const proposalOf = async (tx: Tx, domain: Domain, declared: DeclaredDomain): Promise<SignInProposal> => {
  const there = new Set((await tx.idps.list(domain.id)).map((idp) => idp.name))
  const mappings = declared.idps
    .filter(({ name }) => there.has(name)) // nobody came through one that is new
    .map(({ name, mappings: put }) => [name, { put, remove: [] }] as const)
  return { signOnRules: { put: declared.signOnRules, remove: [] }, mappings: Object.fromEntries(mappings) }
}

const changes = {
  'newly-refused': 'fails',
  'newly-admitted': 'gets in',
  'newly-second-factor': 'needs MFA',
  'no-second-factor': 'needs no MFA',
}

const inWords = (told: SignInsReplayed, days: number): string => {
  const groups = [
    ...told.lost.map((g) => `${g.signIns} (${g.people} people) would lose the group ${g.group}`),
    ...told.gained.map((g) => `${g.signIns} (${g.people} people) would gain the group ${g.group}`),
  ]
  const examples = told.examples.slice(0, 20).map((one) => ({
    when: new Date(one.at).toISOString().slice(0, 16).replace('T', ' '),
    user: one.username,
    application: one.app ?? '',
    change: one.change ? changes[one.change] : '',
    loses: one.lost.join(', '),
    gains: one.gained.join(', '),
  }))
  return [
    `of ${told.signIns} sign-ins in ${days} days${told.whole ? '' : ' (the newest)'}`,
    `  ${told.newlySecondFactor} would newly need a second factor, ${told.noSecondFactor} none any more`,
    `  ${told.newlyRefused} would fail, ${told.newlyAdmitted} would newly get in`,
    ...groups.map((line) => `  ${line}`),
    ...(told.groupsUnknown > 0 ? [`  of ${told.groupsUnknown} the groups of the provider are not known`] : []),
    ...(examples.length > 0 ? ['', table(['when', 'user', 'application', 'change', 'loses', 'gains'], examples)] : []),
  ].join('\n')
}

const DAY_MS = 86_400_000
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export const replayCommand = (shell: Shell): Command =>
  new Command('replay')
    .description(
      'play recent sign-ins through under the sign-on and mapping rules of a tenancy file; exit code 1 when somebody would fail',
    )
    .argument('<domain>', 'tenancy/domain')
    .requiredOption('-f, --file <file>', 'a tenancy file')
    .option('--days <n>', 'how far back', numberIn, 30)
    .option('--limit <n>', 'at most so many sign-ins, the newest first', numberIn, 5000)
    .addOption(formatOption())
    .addHelpText('after', example('gwanmun sign-in replay acme/default -f config/tenancies/acme.yaml --days 14'))
    .action((path: string, { output, file, days, limit }: Options) =>
      inHouse(shell, async ({ store }) => {
        const now = systemClock()
        const told = await store.read(async (tx) => {
          const domain = await domainAt(tx, path)
          const proposal = await proposalOf(tx, domain, declaredIn(file, domain.name))
          const period = { from: now - days * DAY_MS, to: now + 1, limit }
          return replaySignIns(tx, domain, proposal, period, { now, pause: turn })
        })
        shell.out(output === 'table' ? inWords(told, days) : document(output, told))
        if (told.newlyRefused > 0) shell.refuse()
      }),
    )
