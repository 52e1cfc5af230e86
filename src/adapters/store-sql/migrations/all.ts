// Every migration this build knows, in order. A released one is never edited, renamed or removed.
import type { Migration } from 'kysely/migration'
import type { Engine } from '../dialect.ts'
import { first } from './0001-first.ts'

export const migrations = (engine: Engine): Readonly<Record<string, Migration>> => ({
  '0001-first': first(engine),
})
