// What an API answered, read without trusting it to be of our version: a missing text is told, not printed as `undefined`.
import { Problem } from '../../problem.ts'

export type Row = { readonly [key: string]: unknown }

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value)
export const rowOf = (value: unknown): Row => (isRow(value) ? value : {})

export const listOf = (row: Row, key: string): readonly Row[] => {
  const value = row[key]
  return Array.isArray(value) ? value.map(rowOf) : []
}
export const textIn = (row: Row, key: string): string => {
  const value = row[key]
  if (typeof value === 'string') return value
  throw new Problem('internal', `the gateway answered without \`${key}\`: is it of another version?`)
}
export const textsIn = (row: Row, key: string): readonly string[] => {
  const value = row[key]
  return Array.isArray(value) ? value.filter((v) => typeof v === 'string') : []
}
