// Rows and documents of the administrative API on a screen: a table of what fits into a line, or name and value; for programs as they are.
import { document, type Format, type Row, table } from '../print.ts'

type Loose = { readonly [name: string]: unknown }
const isObject = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** One line: lists of words with commas, everything else that has parts as JSON. */
const cellOf = (value: unknown): string => {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value) && value.every((v) => typeof v !== 'object' || v === null)) return value.join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
const rowsOf = (columns: readonly string[], items: readonly unknown[]): readonly Row[] =>
  items.map((item) => Object.fromEntries(columns.map((c) => [c, cellOf(isObject(item) ? item[c] : undefined)])))

export const listText = (format: Format, columns: readonly string[], items: readonly unknown[]): string =>
  format === 'table' ? table(columns, rowsOf(columns, items)) : document(format, items)

const isList = (value: unknown): value is readonly Loose[] =>
  Array.isArray(value) && value.length > 0 && value.every(isObject)

const scalars = (rows: readonly Loose[]): readonly string[] => [
  ...new Set(
    rows.flatMap((row) => Object.keys(row).filter((key) => typeof row[key] !== 'object' || row[key] === null)),
  ),
]

/** A document for people: its members line by line, and below them its lists of things, each as a table. */
const pageOf = (body: Loose, more: Loose): string => {
  const entries = [...Object.entries(body), ...Object.entries(more)]
  const plain = entries.filter(([, value]) => !isList(value))
  const lists = entries.filter((entry): entry is [string, readonly Loose[]] => isList(entry[1]))
  const head = table(
    ['field', 'value'],
    plain.map(([field, value]) => ({ field, value: cellOf(value) })),
  )
  const tables = lists.map(([name, rows]) => `${name}:\n${table(scalars(rows), rowsOf(scalars(rows), rows))}`)
  return [...(plain.length > 0 ? [head] : []), ...tables].join('\n\n')
}

/** @param more shown to people beside it, and no part of it */
export const documentText = (format: Format, body: unknown, more: Loose = {}): string => {
  if (format !== 'table') return document(format, body)
  return isObject(body) ? pageOf(body, more) : cellOf(body)
}
