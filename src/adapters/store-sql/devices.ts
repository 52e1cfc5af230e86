// Devices that a person trusted, found by the hash of the cookie they carry.
import type { TrustedDevice } from '../../core/model/credential.ts'
import type { Devices } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { upsert } from './nouns.ts'
import { fromBody, toBody } from './text.ts'

const fromRow = ({ body }: { body: string }): TrustedDevice => fromBody<TrustedDevice>(body)

export const devices = (db: Db): Devices => {
  const rows = db.selectFrom('device').select('body')
  return {
    byToken: async (tokenHash) => {
      const row = await rows.where('token_hash', '=', tokenHash).executeTakeFirst()
      return row && fromRow(row)
    },
    ofPerson: async (person) =>
      (await rows.where('person_id', '=', person).orderBy('created_at', 'desc').orderBy('id', 'desc').execute()).map(
        fromRow,
      ),
    put: (device) =>
      upsert(db, 'device', {
        id: device.id,
        person_id: device.personId,
        token_hash: device.tokenHash,
        created_at: device.createdAt,
        expires_at: device.expiresAt,
        body: toBody(device),
      }),
    remove: async (id) => {
      const gone = await db.deleteFrom('device').where('id', '=', id).executeTakeFirst()
      return gone.numDeletedRows > 0n
    },
    removeOfPerson: async (person) => {
      const gone = await db.deleteFrom('device').where('person_id', '=', person).executeTakeFirst()
      return Number(gone.numDeletedRows)
    },
  }
}
