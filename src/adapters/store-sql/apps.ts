// Applications. Client ids and entity ids are names on a wire: whoever held another's would be handed its tokens.
import type { App } from '../../core/model/app.ts'
import type { AppId, TenancyId } from '../../core/model/ids.ts'
import type { Tx } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { type Cells, nouns } from './nouns.ts'
import { exactKey, fromBody } from './text.ts'

const wireNames = ({ settings }: App): Cells => ({
  client_id: settings.protocol === 'oidc' ? exactKey(settings.clientId) : null,
  entity_id: settings.protocol === 'saml' ? exactKey(settings.entityId) : null,
})

export const apps = (db: Db): Tx['apps'] => {
  const rows = db.selectFrom('app').select('body')
  return {
    ...nouns<App, AppId, TenancyId>(db, {
      table: 'app',
      cells: (row) => ({ tenancy_id: row.tenancyId, ...wireNames(row) }),
      within: (tenancyId) => ({ tenancy_id: tenancyId }),
      siblings: (row) => ({ tenancy_id: row.tenancyId }),
      alsoUnique: (row) => {
        const held = Object.entries(wireNames(row)).filter(([, value]) => value !== null)
        return [{ tenancy_id: row.tenancyId, ...Object.fromEntries(held) }]
      },
    }),
    byClientId: async (tenancy, clientId) => {
      const row = await rows
        .where('tenancy_id', '=', tenancy)
        .where('client_id', '=', exactKey(clientId))
        .executeTakeFirst()
      return row && fromBody<App>(row.body)
    },
    byEntityId: async (tenancy, entityId) => {
      const row = await rows
        .where('tenancy_id', '=', tenancy)
        .where('entity_id', '=', exactKey(entityId))
        .executeTakeFirst()
      return row && fromBody<App>(row.body)
    },
  }
}
