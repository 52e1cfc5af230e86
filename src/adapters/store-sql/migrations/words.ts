// How each engine spells a column, for migrations after the first (which is frozen with its own copy): the same text for both.
import type { Engine } from '../dialect.ts'

export type Words = { readonly t: string; readonly n: string; readonly serial: string; readonly end: string }

// Collation "C": both engines then order and compare text byte by byte, whatever the database's locale is.
export const words: Record<Engine, Words> = {
  sqlite: { t: 'text', n: 'integer', serial: 'integer primary key autoincrement', end: 'strict' },
  postgres: { t: 'text collate "C"', n: 'bigint', serial: 'bigint generated always as identity primary key', end: '' },
}
