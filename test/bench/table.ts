// What a bench has to say, and how it is printed: a table in Markdown, each figure beside the reference of the same run.
export type Row = {
  readonly what: string
  readonly ours: string
  readonly reference: string
  /** Ours over the reference, as `72 %` (of its speed) or `3.1 ×` (its time or size). */
  readonly ratio: string
  /** The same in processor time of the serving process alone: what a busy machine does not disturb. */
  readonly byProcessor?: string | undefined
  readonly budget?: { readonly text: string; readonly met: boolean } | undefined
}
export type Options = { readonly full: boolean }
export type Bench = (options: Options) => Promise<readonly Row[]>

export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`
export const times = (factor: number): string => `${factor.toFixed(factor < 10 ? 2 : 0)} ×`
export const micros = (us: number): string => (us < 1000 ? `${us.toFixed(us < 10 ? 2 : 0)} µs` : millis(us / 1000))
export const millis = (ms: number): string => `${ms.toFixed(ms < 10 ? 2 : 0)} ms`
export const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(0)} MB`

const columns = ['what', 'ours', 'reference', 'ratio', 'by CPU', 'budget', 'met'] as const

export const tableOf = (rows: readonly Row[]): string => {
  const lines = rows.map((r) => [
    r.what,
    r.ours,
    r.reference,
    r.ratio,
    r.byProcessor ?? '',
    r.budget?.text ?? '',
    r.budget ? (r.budget.met ? 'yes' : 'NO') : '',
  ])
  const widths = columns.map((name, n) => Math.max(...[name, ...lines.map((l) => l[n] ?? '')].map((t) => t.length)))
  const line = (cells: readonly string[]) => `| ${cells.map((c, n) => c.padEnd(widths[n] ?? 0)).join(' | ')} |`
  return [line(columns), `|${widths.map((w) => '-'.repeat(w + 2)).join('|')}|`, ...lines.map(line)].join('\n')
}
