// The second thread that folds the log back into the file: it comes when much is written, keeps the log short, and goes with the store.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'
import { folding } from '../../src/adapters/store-sql/folding.ts'
import { openWriter } from '../../src/adapters/store-sql/sqlite-connection.ts'
import { temporaryDirectory } from './open-test-store.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

const bed = () => {
  const directory = temporaryDirectory()
  cleanUps.push(directory.remove)
  const path = join(directory.path, 'gateway.db')
  const { exec, close } = openWriter(path)
  exec('create table text (n integer primary key, body text)')
  const sent: string[] = []
  const fold = folding(path, (text) => {
    sent.push(text)
    exec(text)
  })
  const commit = (): void => {
    exec(`begin immediate; insert into text (body) values ('${'x'.repeat(20_000)}'); commit`)
    fold.committed()
  }
  const turn = () => new Promise<void>((done) => setImmediate(done))
  cleanUps.push(close)
  return { path, sent, fold, commit, turn }
}
test('where little is written there is no second thread', async () => {
  const { sent, fold, commit } = bed()
  for (let n = 0; n < 99; n += 1) commit()
  await fold.close()
  expect(sent).toEqual([])
})

test('where much is written it folds the log, which stays short, and nothing is lost', async () => {
  const { path, sent, fold, commit, turn } = bed()
  let count = 0
  while (sent.length === 0 || statSync(path).size < 10_000_000) {
    commit()
    count += 1
    await turn()
  }
  expect(sent).toEqual(['pragma wal_autocheckpoint = 2000'])
  expect(statSync(`${path}-wal`).size).toBeLessThan(2500 * 4096)
  await fold.close()
  await fold.close()
  const database = new DatabaseSync(path, { readOnly: true })
  cleanUps.push(() => database.close())
  expect(database.prepare('select count(*) as n from text').get()?.n).toBe(count)
})

test('a thread that cannot do it is not tried again, and the log is folded where it was before', async () => {
  const { path, commit, turn } = bed()
  const sent: string[] = []
  const lost = folding(join(path, 'not a directory'), (text) => sent.push(text))
  const several = (): void => {
    for (let n = 0; n < 200; n += 1) lost.committed()
  }
  several()
  while (sent.length === 0) await turn()
  several()
  commit()
  await lost.close()
  expect(sent).toEqual(['pragma wal_autocheckpoint = 1000'])
})
