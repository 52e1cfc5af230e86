// A statement that is compiled once: slots take the values of the call, constants stay, and each engine has its own spelling.
import { expect, test } from 'vitest'
import { type Engine, kyselyOver } from '../../src/adapters/store-sql/dialect.ts'
import { kept } from '../../src/adapters/store-sql/kept.ts'

const spoken = (engine: Engine) => {
  const said: (readonly [string, readonly unknown[]])[] = []
  const db = kyselyOver(engine, async (text, parameters) => {
    said.push([text, parameters])
    return { rows: [{ body: 'b' }], changes: 1 }
  })
  return { db, said }
}
let built = 0
const find = kept((db, q: { group: string; at: number; uid: string | null }) => {
  built += 1
  return db
    .updateTable('payload')
    .set({ uid: q.uid, consumed_at: q.at })
    .where('scope', '=', 'always')
    .where('grant_id', '=', q.group)
    .where('expires_at', '<', q.at)
    .returning('body')
})

test('values go where they were meant to, null and zero too, and the text is made once per engine', async () => {
  const lite = spoken('sqlite')
  const post = spoken('postgres')
  expect(await find(lite.db, { group: 'g', at: 7, uid: null })).toEqual([{ body: 'b' }])
  await find(lite.db, { uid: "o'; drop table payload", at: 0, group: '' })
  await find(post.db, { group: 'g', at: 7, uid: 'u' })
  await find(spoken('sqlite').db, { group: 'g', at: 7, uid: null })
  expect(built).toBe(2)
  expect(lite.said.map(([, values]) => values)).toEqual([
    [null, 7, 'always', 'g', 7],
    ["o'; drop table payload", 0, 'always', '', 0],
  ])
  expect(new Set(lite.said.map(([text]) => text)).size).toBe(1)
  expect(lite.said[0]?.[0]).toContain('"grant_id" = ?')
  expect(post.said[0]?.[0]).toContain('"grant_id" = $4')
  expect(post.said[0]?.[1]).toEqual(['u', 7, 'always', 'g', 7])
})
