// Stores for tests of every room: migrated, empty, closed by the caller. PostgreSQL needs PG_URL and gets a schema of its
// own per store, so that test files running side by side never meet.
import { openSqlite } from '../../src/adapters/store-sql/sqlite.ts'
import type { Store } from '../../src/ports/store.ts'

/** In memory; nothing to clean up but `close()`. */
export const testStore = (): Promise<Store> => openSqlite({ path: ':memory:' })
