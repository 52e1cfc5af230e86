// Memberships, one row per (person, group, source): the same group from two sources is held twice and lost twice.
import { type Membership, sourceOf } from '../../core/model/group.ts'
import type { PersonId } from '../../core/model/ids.ts'
import type { Memberships } from '../../ports/store-people.ts'
import type { Db } from './dialect.ts'
import { kept } from './kept.ts'
import { fromBody, toBody } from './text.ts'

const fromRow = ({ body }: { body: string }): Membership => fromBody<Membership>(body)

const ofPerson = kept((db, key: { person: string }) =>
  db.selectFrom('membership').select('body').where('person_id', '=', key.person).orderBy('group_id').orderBy('source'),
)

export const memberships = (db: Db): Memberships => {
  return {
    ofPerson: async (person) => (await ofPerson(db, { person })).map(fromRow),
    ofGroup: async (group) =>
      (
        await db
          .selectFrom('membership')
          .select('body')
          .where('group_id', '=', group)
          .orderBy('person_id')
          .orderBy('source')
          .execute()
      ).map(fromRow),
    peopleOf: async (group, { after, limit }) => {
      let rows = db.selectFrom('membership').select('person_id').distinct().where('group_id', '=', group)
      if (after !== undefined) rows = rows.where('person_id', '>', after)
      const page = await rows.orderBy('person_id').limit(limit).execute()
      return page.map((row) => row.person_id as PersonId)
    },
    put: async (membership) => {
      const { personId, groupId, provenance } = membership
      const body = toBody(membership)
      const idp_id = provenance.kind === 'mapped' ? provenance.idpId : null
      await db
        .insertInto('membership')
        .values({ person_id: personId, group_id: groupId, source: sourceOf(provenance), idp_id, body })
        .onConflict((clash) => clash.columns(['person_id', 'group_id', 'source']).doUpdateSet({ idp_id, body }))
        .execute()
    },
    remove: async (person, group, source) => {
      const gone = await db
        .deleteFrom('membership')
        .where('person_id', '=', person)
        .where('group_id', '=', group)
        .where('source', '=', source)
        .executeTakeFirst()
      return gone.numDeletedRows > 0n
    },
  }
}
