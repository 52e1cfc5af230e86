// People of a domain. Every lookup is by an index that begins with the domain, so a sign-in costs the same at any size.
import type { Person } from '../../core/model/person.ts'
import type { People } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { kept } from './kept.ts'
import { isTaken, removeById, upsert } from './nouns.ts'
import { fromBody, nameKey, toBody } from './text.ts'

const fromRow = ({ body }: { body: string }): Person => fromBody<Person>(body)

const byId = kept((db, key: { id: string }) => db.selectFrom('person').select('body').where('id', '=', key.id))
const byUsername = kept((db, key: { domain: string; username: string }) =>
  db.selectFrom('person').select('body').where('domain_id', '=', key.domain).where('username_key', '=', key.username),
)
const personIn = ([row]: readonly { body: string }[]): Person | undefined => row && fromRow(row)

export const people = (db: Db): People => {
  const rows = db.selectFrom('person').select('body')
  return {
    get: async (id) => personIn(await byId(db, { id })),
    byUsername: async (domain, username) => personIn(await byUsername(db, { domain, username: nameKey(username) })),
    byEmail: async (domain, email) =>
      (
        await rows
          .where('domain_id', '=', domain)
          .where('email_key', '=', nameKey(email))
          .orderBy('username_key')
          .execute()
      ).map(fromRow),
    byHandle: async (domain, handle) => {
      const row = await rows.where('domain_id', '=', domain).where('handle', '=', handle).executeTakeFirst()
      return row && fromRow(row)
    },
    list: async (domain, { after, limit }) => {
      const all = rows.where('domain_id', '=', domain).orderBy('username_key').limit(limit)
      const page = after === undefined ? all : all.where('username_key', '>', nameKey(after))
      return (await page.execute()).map(fromRow)
    },
    put: async (person) => {
      const { id, domainId, email, handle } = person
      const username_key = nameKey(person.username)
      if (await isTaken(db, 'person', id, [{ domain_id: domainId, username_key }])) return 'name-taken'
      const email_key = email === undefined ? null : nameKey(email)
      await upsert(db, 'person', { id, domain_id: domainId, username_key, email_key, handle, body: toBody(person) })
      return 'ok'
    },
    // Sessions have no foreign key into the directory, yet must not outlive the person.
    remove: async (id) => {
      await db.deleteFrom('session').where('person_id', '=', id).execute()
      return removeById(db, 'person', id)
    },
  }
}
