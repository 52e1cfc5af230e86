// `gwanmun idp`: test the way to an identity provider before people use it, check it without a browser, and see how long certificates last.
import { setTimeout as pause } from 'node:timers/promises'
import { Command, InvalidArgumentError } from 'commander'
import { systemClock } from '../adapters/system.ts'
import { type Certificate, daysLeft } from '../core/model/certificate.ts'
import type { Idp } from '../core/model/idp.ts'
import type { Report } from '../flows/connection/api.ts'
import type { Inspected } from '../ports/inspector.ts'
import { Problem } from '../problem.ts'
import { operator } from './apply.ts'
import { type House, inHouse, type Shell } from './house.ts'
import { idpAt } from './named.ts'
import { document, example, type Format, formatOption, printed, table } from './print.ts'

const POLL_MS = 1000
type Options = { readonly output: Format; readonly wait?: number }

const checkRows = (checks: readonly Inspected[]) =>
  checks.map(({ name, ok, warning, expected, received }) => ({
    check: name,
    result: ok ? (warning ? 'warning' : 'passed') : 'FAILED',
    expected,
    received,
  }))
const checkTable = (checks: readonly Inspected[]): string =>
  table(['check', 'result', 'expected', 'received'], checkRows(checks))

const certificateRows = (certificates: readonly Certificate[], now: number) =>
  certificates.map((c) => ({
    use: c.use,
    days: daysLeft(c, now),
    until: new Date(c.notAfter).toISOString().slice(0, 10),
    key: c.key,
    subject: c.subject,
    fingerprint: c.fingerprint,
  }))
const certificateColumns = ['use', 'days', 'until', 'key', 'subject', 'fingerprint'] as const

const reportText = ({ outcome, reason, detail, checks, account, level, groups, said }: Report): string => {
  const attributes = Object.entries(said?.attributes ?? {}).map(([name, values]) => ({
    name,
    values: values.join(', '),
  }))
  const parts = [
    checkTable(checks),
    account && `account: ${account.username} (${account.kind === 'new' ? 'would be made' : 'exists'})`,
    level && `level: ${level.level} (${level.because})`,
    groups && table(['group', 'rule', 'value'], groups.grants),
    groups && groups.unmatched.length > 0 && `values that no rule matched: ${groups.unmatched.join(', ')}`,
    said && table(['name', 'values'], attributes),
    `${outcome}${reason === null ? '' : `: ${reason}, ${detail}`}`,
  ]
  return parts.filter((part) => typeof part === 'string').join('\n\n')
}

/** Asks again and again until the browser came back, or the time is up. */
const waitFor = async ({ flows }: House, id: string, seconds: number): Promise<Report | undefined> => {
  for (const until = systemClock() + seconds * 1000; ; await pause(POLL_MS)) {
    const found = await flows.connections.result(id)
    if (found?.report || !found || systemClock() >= until) return found?.report
  }
}

const secondsIn = (text: string): number => {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('expected whole seconds, for example 300')
  return Number(text)
}

const named = (house: House, path: string): Promise<Idp> => house.store.read((tx) => idpAt(tx, path))

const test = (shell: Shell): Command =>
  new Command('test')
    .description(
      'print a link to open in a browser, wait for what comes of it, and print that; nobody is made or signed in',
    )
    .argument('<provider>', 'tenancy/domain/provider, enabled or not')
    .option('--wait <seconds>', 'how long to wait for the browser', secondsIn, 900)
    .addOption(formatOption())
    .addHelpText('after', example('gwanmun idp test acme/default/corp', 'gwanmun idp test acme/default/corp -o json'))
    .action((path: string, { output, wait = 0 }: Options) =>
      inHouse(shell, async (house) => {
        const { id, url } = await house.flows.connections.start(operator, await named(house, path))
        const say = output === 'table' ? shell.out : shell.err
        say(`open ${url}`)
        if (wait === 0) return
        const report = await waitFor(house, id, wait)
        if (!report) throw new Problem('not-found', 'nobody came back in time: begin another test')
        shell.out(output === 'table' ? reportText(report) : document(output, report))
        if (report.outcome === 'failed') shell.refuse()
      }),
    )

const check = (shell: Shell): Command =>
  new Command('check')
    .description(
      'check without a browser: documents, issuer, algorithms, clocks, certificates, and what to register there',
    )
    .argument('<provider>', 'tenancy/domain/provider')
    .addOption(formatOption())
    .addHelpText('after', example('gwanmun idp check acme/default/corp'))
    .action((path: string, { output }: Options) =>
      inHouse(shell, async (house) => {
        const { checks, certificates, register } = await house.flows.connections.inspect(await named(house, path))
        const now = systemClock()
        if (output !== 'table')
          shell.out(document(output, { checks, certificates: certificateRows(certificates, now), register }))
        else
          shell.out(
            [
              checkTable(checks),
              certificates.length > 0 && table(certificateColumns, certificateRows(certificates, now)),
              `to register there:\n${register.map(({ what, value }) => `  ${what}: ${value}`).join('\n')}`,
            ]
              .filter((part) => typeof part === 'string')
              .join('\n\n'),
          )
        if (checks.some((c) => !c.ok)) shell.refuse()
      }),
    )

const certificates = (shell: Shell): Command =>
  new Command('certificates')
    .description('print the certificates of all identity providers and the days they have left')
    .addOption(formatOption())
    .addHelpText('after', example('gwanmun idp certificates'))
    .action(({ output }: Options) =>
      inHouse(shell, async ({ store, flows }) => {
        const idps = await store.read(async (tx) => {
          const found: { readonly path: string; readonly idp: Idp }[] = []
          for (const tenancy of await tx.tenancies.list(undefined))
            for (const domain of await tx.domains.list(tenancy.id))
              for (const idp of await tx.idps.list(domain.id))
                found.push({ path: `${tenancy.name}/${domain.name}/${idp.name}`, idp })
          return found
        })
        const rows = idps.flatMap(({ path, idp }) =>
          certificateRows(flows.connections.certificates(idp), systemClock()).map((row) => ({
            provider: path,
            ...row,
          })),
        )
        shell.out(
          printed(
            output,
            ['provider', ...certificateColumns],
            rows.sort((a, b) => a.days - b.days),
          ),
        )
      }),
    )

export const idpCommand = (shell: Shell): Command =>
  new Command('idp')
    .description('identity providers: test and check the way to them, certificates by days left')
    .addCommand(test(shell))
    .addCommand(check(shell))
    .addCommand(certificates(shell))
