// People of a domain. Every lookup is by an index that begins with the domain, so a sign-in costs the same at any size.

import { sql } from 'kysely'
import type { DomainId } from '../../core/model/ids.ts'
import type { Person } from '../../core/model/person.ts'
import type { People, PeoplePage } from '../../ports/store-people.ts'
import type { Db } from './dialect.ts'
import { kept } from './kept.ts'
import { isTaken, removeById, upsert } from './nouns.ts'
import { beginningWith, exactKey, fromBody, nameKey, textKey, toBody } from './text.ts'

const fromRow = ({ body }: { body: string }): Person => fromBody<Person>(body)

/** Sorted here: asked for an order, SQLite walks the index that has it, past everybody of the domain. */
const inOrder = (found: readonly { body: string }[]): readonly Person[] =>
  found
    .map(fromRow)
    .map((person) => ({ person, key: nameKey(person.username) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ person }) => person)

const byId = kept((db, key: { id: string }) => db.selectFrom('person').select('body').where('id', '=', key.id))
const byUsername = kept((db, key: { domain: string; username: string }) =>
  db.selectFrom('person').select('body').where('domain_id', '=', key.domain).where('username_key', '=', key.username),
)
const personIn = ([row]: readonly { body: string }[]): Person | undefined => row && fromRow(row)

/** Display names are not unique: within one, by user name. */
const behind = ({ by, down, after }: PeoplePage) => {
  if (after === undefined) return sql``
  const [more, most] = down ? [sql`<`, sql`<=`] : [sql`>`, sql`>=`]
  const username = nameKey(after.username)
  if (by === 'username') return sql`and username_key ${more} ${username}`
  const key = textKey(after.displayName)
  return sql`and display_key ${most} ${key} and (display_key ${more} ${key} or username_key ${more} ${username})` // one range of the index in both engines
}
const pageOf = (domain: DomainId, page: PeoplePage) => {
  const { by, down, beginning, status, limit } = page
  const way = down ? sql`desc` : sql`asc`
  const key = by === 'username' ? sql`username_key` : sql`display_key`
  const [from, to] = beginningWith(textKey(beginning ?? ''))
  const begins = beginning === undefined ? sql`` : sql`and ${key} >= ${from} and ${key} < ${to}`
  const only = status === undefined || by !== 'username' ? sql`` : sql`and status = ${status}`
  const order = by === 'username' ? sql`username_key ${way}` : sql`display_key ${way}, username_key ${way}`
  return sql<{ body: string }>`select body from person where domain_id = ${domain} ${only} ${begins} ${behind(page)}
    order by ${order} limit ${limit}`
}

export const people = (db: Db): People => {
  const rows = db.selectFrom('person').select('body')
  const withEmail: People['byEmail'] = async (domain, email) => {
    const found = rows.where('domain_id', '=', domain).where('email_key', '=', nameKey(email))
    return inOrder(await found.execute())
  }
  return {
    get: async (id) => personIn(await byId(db, { id })),
    byUsername: async (domain, username) => personIn(await byUsername(db, { domain, username: nameKey(username) })),
    byEmail: withEmail,
    byAddress: async (domain, email) => {
      const others = await db
        .selectFrom('person_address')
        .innerJoin('person', 'person.id', 'person_address.person_id')
        .select('person.body')
        .where('person_address.domain_id', '=', domain)
        .where('person_address.email_key', '=', nameKey(email))
        .execute()
      const all = [...(await withEmail(domain, email)), ...others.map(fromRow)]
      return [...new Map(all.map((person) => [person.id, person])).values()]
    },
    byExternalId: async (domain, externalId) => {
      const found = rows.where('domain_id', '=', domain).where('external_key', '=', exactKey(externalId))
      return inOrder(await found.execute())
    },
    byHandle: async (domain, handle) => {
      const row = await rows.where('domain_id', '=', domain).where('handle', '=', handle).executeTakeFirst()
      return row && fromRow(row)
    },
    list: async (domain, { after, skip = 0, limit }) => {
      const all = rows.where('domain_id', '=', domain).orderBy('username_key').limit(limit)
      const page = after === undefined ? all : all.where('username_key', '>', nameKey(after))
      // counted off in the index alone: the rows that are passed over are not read
      const first = db.selectFrom('person').select('username_key').where('domain_id', '=', domain)
      const from = first.orderBy('username_key').limit(1).offset(skip)
      return (await (skip > 0 ? page.where('username_key', '>=', from) : page).execute()).map(fromRow)
    },
    page: async (domain, page) => (await pageOf(domain, page).execute(db)).rows.map(fromRow),
    count: async (domain) => {
      const all = db.selectFrom('person').select((is) => is.fn.countAll<number | string>().as('n'))
      const row = await all.where('domain_id', '=', domain).executeTakeFirst()
      return Number(row?.n ?? 0)
    },
    put: async (person) => {
      const { id, domainId, email, handle } = person
      const username_key = nameKey(person.username)
      if (await isTaken(db, 'person', id, [{ domain_id: domainId, username_key }])) return 'name-taken'
      const email_key = email === undefined ? null : nameKey(email)
      const external_key = person.externalId === undefined ? null : exactKey(person.externalId)
      const body = toBody(person)
      const shown = { display_key: textKey(person.displayName), status: person.status }
      const cells = { id, domain_id: domainId, username_key, ...shown, email_key, external_key, handle, body }
      await upsert(db, 'person', cells)
      await db.deleteFrom('person_address').where('person_id', '=', id).execute()
      for (const key of new Set((person.otherEmails ?? []).map(nameKey)))
        await db.insertInto('person_address').values({ person_id: id, domain_id: domainId, email_key: key }).execute()
      return 'ok'
    },
    // Sessions have no foreign key into the directory, yet must not outlive the person.
    remove: async (id) => {
      await db.deleteFrom('session').where('person_id', '=', id).execute()
      return removeById(db, 'person', id)
    },
  }
}
