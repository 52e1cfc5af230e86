// Lists and documents as a table for people, or as JSON or YAML for programs.
import { InvalidArgumentError, Option } from 'commander'
import { stringify } from 'yaml'

export type Format = 'table' | 'json' | 'yaml'
export const formatOption = (): Option =>
  new Option('-o, --output <format>', 'how to print').choices(['table', 'json', 'yaml']).default('table')

type Cell = string | number | boolean | undefined | null
export type Row = { readonly [column: string]: Cell }

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u
const widthOf = (text: string): number => [...text].reduce((sum, c) => sum + (wide.test(c) ? 2 : 1), 0)
// A name may hold anything: no escape sequence of ours or theirs reaches a terminal.
const clean = (cell: Cell): string => String(cell ?? '').replace(/\p{Cc}/gu, '·')

export const table = (columns: readonly string[], rows: readonly Row[]): string => {
  const lines = [columns.map((c) => c.toUpperCase()), ...rows.map((row) => columns.map((c) => clean(row[c])))]
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => widthOf(line[i] ?? ''))))
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - widthOf(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export const printed = (format: Format, columns: readonly string[], rows: readonly Row[]): string =>
  format === 'table' ? table(columns, rows) : document(format, rows)
export const document = (format: Exclude<Format, 'table'>, value: unknown): string =>
  format === 'json' ? JSON.stringify(value, null, 2) : stringify(value).trimEnd()

/** `name=value`, gathered over repetitions. */
export const gatherSettings = (
  text: string,
  before: { readonly [name: string]: string } | undefined,
): { readonly [name: string]: string } => {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('expected `name=value`, for example `listen.port=8443`')
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}

export const example = (...lines: readonly string[]): string => `\nExample:\n${lines.map((l) => `  $ ${l}`).join('\n')}`
