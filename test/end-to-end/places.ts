// Where the real program keeps what it knows: both stores, each time an empty one, with the settings and the environment that lead there.
import { migrate } from '../../src/adapters/store-sql/migrate-command.ts'
import type { Settings } from '../program.ts'
import { noPostgres, postgresSchema, postgresUrl } from '../stores/open-test-store.ts'

export type Place = {
  readonly settings: Settings
  readonly env: { readonly [name: string]: string }
  readonly close: () => Promise<void>
}
const embedded = async (): Promise<Place> => ({ settings: {}, env: {}, close: async () => undefined })
const postgres = async (): Promise<Place> => {
  const schema = await postgresSchema()
  await migrate({ kind: 'postgres', url: schema.url }, 'up')
  return {
    settings: { 'store.path': undefined },
    env: { GWANMUN_DATABASE_URL: schema.url },
    close: () => schema.remove(),
  }
}

/** Without PG_URL the second says why it is not there. */
export const places: readonly (readonly [name: string, open: (() => Promise<Place>) | undefined])[] = [
  ['embedded', embedded],
  postgresUrl === undefined ? [`PostgreSQL (skipped: ${noPostgres})`, undefined] : ['PostgreSQL', postgres],
]
