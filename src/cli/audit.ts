// `gwanmun audit`: verify what was recorded, export it, and print the checkpoints that are worth keeping elsewhere. Works on the store
// directly, because whoever doubts the records may doubt the server too.
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Finding } from '../core/audit/check.ts'
import { type CheckpointBody, checkpointBodyOf } from '../core/audit/trail.ts'
import type { Exported } from '../flows/audit/export-trail.ts'
import type { StoreReport } from '../flows/audit/verify-store.ts'
import type { AuditFilter } from '../ports/store-audit.ts'
import { Problem } from '../problem.ts'
import { inHouse, type Shell } from './house.ts'
import { document, example, type Format, formatOption, table } from './print.ts'

const SHOWN = 50

// ── verify ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** JSON lines that somebody kept: of `audit checkpoints`, or the log itself. Lines about other things are passed over. */
const checkpointsIn = (file: string): readonly CheckpointBody[] => {
  const kept = readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line): readonly CheckpointBody[] => {
      try {
        const read = JSON.parse(line) as { readonly checkpoint?: { readonly body?: unknown } } | null
        const body = read?.checkpoint?.body
        const found = typeof body === 'string' ? checkpointBodyOf({ body }) : undefined
        return found ? [found] : []
      } catch {
        return []
      }
    })
  if (kept.length === 0)
    throw new Problem(
      'request-malformed',
      `there is no checkpoint in \`${file}\`: expected lines of \`gwanmun audit checkpoints\``,
    )
  return kept
}

type Told = Finding & { readonly tenancy: string }
const allFindings = (report: StoreReport): readonly Told[] => [
  ...report.trails.flatMap((one) => one.findings.map((finding) => ({ ...finding, tenancy: one.tenancy }))),
  ...report.findings.map((finding) => ({ ...finding, tenancy: '' })),
]

const inWords = (report: StoreReport, findings: readonly Told[]): string => {
  const columns = ['tenancy', 'trail', 'seals', 'rows', 'unsealed', 'kept since', 'verdict']
  const rows = report.trails
    .filter((one) => one.checkpoint !== undefined || one.findings.length > 0 || one.unsealed > 0)
    .map((one) => ({
      tenancy: one.tenancy,
      trail: one.trail,
      seals: one.seals,
      rows: one.rows,
      unsealed: one.unsealed,
      'kept since': one.floor ? new Date(one.floor.before).toISOString() : '',
      verdict: one.findings.length === 0 ? 'intact' : `${one.findings.length} findings`,
    }))
  const told = findings.slice(0, SHOWN).map((one) => `${one.tenancy} ${one.trail}: ${one.detail}`.trim())
  const more = findings.length > SHOWN ? [`… and ${findings.length - SHOWN} more (\`-o json\` prints all)`] : []
  const verdict =
    findings.length === 0 ? 'intact' : `${findings.length} findings: this is not what the gateway recorded`
  return [table(columns, rows), ...told, ...more, verdict].join('\n')
}

const verifyCommand = (shell: Shell): Command =>
  new Command('verify')
    .description(
      'compare what is stored with what was sealed; exit 1 when anything was changed, removed, moved or put in',
    )
    .option('--tenancy <name>', 'only this one; otherwise all, those that were removed too')
    .option('--kept <file>', 'checkpoints that were kept elsewhere: what `audit checkpoints` printed, or the log')
    .addOption(formatOption())
    .addHelpText('after', example('gwanmun audit verify', 'gwanmun audit verify --kept checkpoints.jsonl -o json'))
    .action(({ tenancy, kept, output }: { tenancy?: string; kept?: string; output: Format }) =>
      inHouse(shell, async ({ flows }) => {
        const report = await flows.audit.verifyStore({
          only: tenancy,
          kept: kept === undefined ? [] : checkpointsIn(kept),
        })
        if (!report) throw new Problem('not-found', `there is no tenancy \`${tenancy}\``)
        const findings = allFindings(report)
        const { trails } = report
        shell.out(
          output === 'table'
            ? inWords(report, findings)
            : document(output, { intact: findings.length === 0, trails, findings }),
        )
        if (findings.length > 0) shell.refuse()
      }),
    )

// ── checkpoints ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const checkpointsCommand = (shell: Shell): Command =>
  new Command('checkpoints')
    .description(
      'print the signed checkpoint of every chain, one JSON line each: keep them where nobody can change them',
    )
    .addHelpText('after', example('gwanmun audit checkpoints >> /mnt/elsewhere/checkpoints.jsonl'))
    .action(() =>
      inHouse(shell, async ({ flows }) => {
        for (const checkpoint of await flows.audit.checkpoints()) shell.out(JSON.stringify({ checkpoint }))
      }),
    )

// ── export ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

type ExportOptions = {
  readonly tenancy: string
  readonly what: 'events' | 'decisions' | 'seals'
  readonly format: 'jsonl' | 'csv'
  readonly out?: string
  readonly from?: number
  readonly to?: number
  readonly action?: string
  readonly actor?: string
  readonly target?: string
  readonly outcome?: 'success' | 'failure'
  readonly requestId?: string
}

const time = (text: string): number => {
  const at = Date.parse(text)
  if (!/^\d{4}-\d{2}-\d{2}(T.*(Z|[+-]\d{2}:\d{2}))?$/.test(text) || Number.isNaN(at))
    throw new InvalidArgumentError('expected a time such as `2030-01-31` or `2030-01-31T09:30:00Z`')
  return at
}
const kindOf = ({ what, format }: ExportOptions): Exported => {
  if (what === 'events') return format === 'csv' ? 'events-csv' : 'events-jsonl'
  if (format === 'csv')
    throw new Problem('request-malformed', `\`${what}\` are exported as JSON lines: leave out \`--format csv\``)
  return what === 'decisions' ? 'decisions-jsonl' : 'seals-jsonl'
}
const filterOf = ({ from, to, action, actor, target, outcome, requestId }: ExportOptions): AuditFilter => ({
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
  ...(action === undefined ? {} : { action }),
  ...(actor === undefined ? {} : { actorId: actor }),
  ...(target === undefined ? {} : { targetId: target }),
  ...(outcome === undefined ? {} : { outcome }),
  ...(requestId === undefined ? {} : { requestId }),
})

const exportInto = async (pieces: AsyncIterable<string>, put: (text: string) => void): Promise<void> => {
  for await (const piece of pieces) put(piece)
}
/** Refuses a file that is there: an export is evidence, and overwriting one is rarely meant. */
const intoFile = async (pieces: AsyncIterable<string>, file: string): Promise<void> => {
  const fd = openSync(file, 'wx', 0o600)
  try {
    await exportInto(pieces, (text) => writeSync(fd, text))
  } finally {
    closeSync(fd)
  }
}

const exportCommand = (shell: Shell): Command =>
  new Command('export')
    .description('print events, decision records or seals of a tenancy, oldest first')
    .requiredOption('--tenancy <name>', 'whose')
    .addOption(new Option('--what <records>', 'which').choices(['events', 'decisions', 'seals']).default('events'))
    .addOption(
      new Option('--format <format>', 'JSON lines, or CSV for events').choices(['jsonl', 'csv']).default('jsonl'),
    )
    .option('--out <file>', 'into a file that is not there yet, instead of printing')
    .option('--from <time>', 'no earlier than', time)
    .option('--to <time>', 'earlier than', time)
    .option('--action <action>', 'only this action, such as `sign-in.refused`')
    .option('--actor <id>', 'only what this one did')
    .option('--target <id>', 'only what was done to this one')
    .addOption(new Option('--outcome <outcome>', 'only these').choices(['success', 'failure']))
    .option('--request-id <id>', 'only of this request')
    .addHelpText(
      'after',
      example('gwanmun audit export --tenancy acme --format csv --from 2030-01-01 --out january.csv'),
    )
    .action((options: ExportOptions) =>
      inHouse(shell, async ({ store, flows }) => {
        const what = kindOf(options)
        const tenancy = await store.read((tx) => tx.tenancies.byName(undefined, options.tenancy))
        if (!tenancy) throw new Problem('not-found', `there is no tenancy \`${options.tenancy}\``)
        const pieces = flows.audit.exportTrail(tenancy.id, what, filterOf(options))
        if (options.out !== undefined) await intoFile(pieces, options.out)
        else await exportInto(pieces, (text) => shell.out(text.replace(/\n$/, '')))
      }),
    )

export const auditCommand = (shell: Shell): Command =>
  new Command('audit')
    .description('what was recorded: verify and export it')
    .addCommand(verifyCommand(shell))
    .addCommand(checkpointsCommand(shell))
    .addCommand(exportCommand(shell))
