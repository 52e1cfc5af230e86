// Ties between people and corporate accounts. (idp, subject) is the primary key: one corporate account is one person.
import type { IdpId } from '../../core/model/ids.ts'
import type { Link } from '../../core/model/person.ts'
import type { Links } from '../../ports/store-people.ts'
import type { Db } from './dialect.ts'
import { exactKey, fromBody, toBody } from './text.ts'

const fromRow = (row: { body: string; last_sign_in_at: number }): Link => ({
  ...fromBody<Link>(row.body),
  lastSignInAt: row.last_sign_in_at,
})

export const links = (db: Db): Links => {
  const rows = db.selectFrom('link').select(['body', 'last_sign_in_at'])
  return {
    get: async (idp: IdpId, subject) => {
      const row = await rows.where('idp_id', '=', idp).where('subject_key', '=', exactKey(subject)).executeTakeFirst()
      return row && fromRow(row)
    },
    ofPerson: async (person) =>
      (await rows.where('person_id', '=', person).orderBy('idp_id').orderBy('subject_key').execute()).map(fromRow),
    // One statement: the update applies to the same person only, so a subject can never change hands.
    put: async (link) => {
      const done = await db
        .insertInto('link')
        .values({
          idp_id: link.idpId,
          subject_key: exactKey(link.subject),
          person_id: link.personId,
          last_sign_in_at: link.lastSignInAt,
          body: toBody(link),
        })
        .onConflict((clash) =>
          clash
            .columns(['idp_id', 'subject_key'])
            .doUpdateSet((eb) => ({
              last_sign_in_at: eb
                .case()
                .when('link.last_sign_in_at', '<', eb.ref('excluded.last_sign_in_at'))
                .then(eb.ref('excluded.last_sign_in_at'))
                .else(eb.ref('link.last_sign_in_at'))
                .end(),
            }))
            .whereRef('link.person_id', '=', 'excluded.person_id'),
        )
        .returning('link.person_id')
        .executeTakeFirst()
      return done ? 'ok' : 'taken'
    },
    remove: async (idp, subject) => {
      const gone = await db
        .deleteFrom('link')
        .where('idp_id', '=', idp)
        .where('subject_key', '=', exactKey(subject))
        .executeTakeFirst()
      return gone.numDeletedRows > 0n
    },
  }
}
