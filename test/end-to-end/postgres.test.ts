// The main job on PostgreSQL with two gateways behind a round-robin proxy: every step may land on the other node.
import { afterAll } from 'vitest'
import { migrate } from '../../src/adapters/store-sql/migrate-command.ts'
import { noPostgres, postgresSchema, postgresUrl } from '../stores/open-test-store.ts'
import { playAll } from './play.ts'

let schema: Awaited<ReturnType<typeof postgresSchema>> | undefined
if (postgresUrl === undefined) console.warn(`the end-to-end tests on PostgreSQL are skipped: ${noPostgres}`)
afterAll(() => schema?.remove())

playAll(
  'PostgreSQL, two nodes behind round-robin',
  async () => {
    schema = await postgresSchema()
    await migrate({ kind: 'postgres', url: schema.url }, 'up')
    return { url: schema.url, nodes: 2 }
  },
  postgresUrl === undefined,
)
