// What people prove themselves with. The version column, not the body's, is the truth that a save is compared with.
import { sql } from 'kysely'
import type { Credential } from '../../core/model/credential.ts'
import type { Credentials } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { exactKey, fromBody, toBody } from './text.ts'

const fromRow = ({ body, version }: { body: string; version: number }): Credential => ({
  ...fromBody<Credential>(body),
  version,
})

export const credentials = (db: Db): Credentials => {
  const rows = db.selectFrom('credential').select(['body', 'version'])
  return {
    get: async (id) => {
      const row = await rows.where('id', '=', id).executeTakeFirst()
      return row && fromRow(row)
    },
    ofPerson: async (person) => (await rows.where('person_id', '=', person).orderBy('id').execute()).map(fromRow),
    byWebauthnId: async (domain, webauthnId) => {
      const row = await rows
        .where('domain_id', '=', domain)
        .where('webauthn_key', '=', exactKey(webauthnId))
        .executeTakeFirst()
      return row && fromRow(row)
    },
    // The unique indexes decide: id, WebAuthn id in the domain, and one password per person. A second password would be
    // a second way in that no page shows.
    add: async (credential) => {
      const { id, personId, version, data } = credential
      const domain_id = sql<string>`(select domain_id from person where id = ${personId})`
      const webauthn_key = data.kind === 'passkey' ? exactKey(data.webauthnId) : null
      const added = await db
        .insertInto('credential')
        .values({
          id,
          person_id: personId,
          domain_id,
          kind: data.kind,
          webauthn_key,
          version,
          body: toBody(credential),
        })
        .onConflict((clash) => clash.doNothing())
        .returning('id')
        .executeTakeFirst()
      return added ? 'ok' : 'duplicate'
    },
    // An update, never an upsert: an upsert would bring back a factor that was removed meanwhile.
    save: async (credential) => {
      const saved = await db
        .updateTable('credential')
        .set({ body: toBody(credential), version: credential.version + 1 })
        .where('id', '=', credential.id)
        .where('version', '=', credential.version)
        .returning('id')
        .executeTakeFirst()
      return saved ? 'saved' : 'stale'
    },
    remove: async (id) => {
      const gone = await db.deleteFrom('credential').where('id', '=', id).executeTakeFirst()
      return gone.numDeletedRows > 0n
    },
  }
}
