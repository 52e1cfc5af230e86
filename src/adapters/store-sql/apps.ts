// Applications. Client ids and entity ids are names on a wire: whoever held another's would be handed its tokens.
import type { App } from '../../core/model/app.ts'
import type { AppId, TenancyId } from '../../core/model/ids.ts'
import type { Tx } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { kept } from './kept.ts'
import { type Cells, nouns } from './nouns.ts'
import { exactKey, fromBody } from './text.ts'

const wireNames = ({ settings }: App): Cells => ({
  client_id: settings.protocol === 'oidc' ? exactKey(settings.clientId) : null,
  entity_id: settings.protocol === 'saml' ? exactKey(settings.entityId) : null,
})

const byClientId = kept((db, key: { tenancy: string; clientId: string }) =>
  db.selectFrom('app').select('body').where('tenancy_id', '=', key.tenancy).where('client_id', '=', key.clientId),
)
const byEntityId = kept((db, key: { tenancy: string; entityId: string }) =>
  db.selectFrom('app').select('body').where('tenancy_id', '=', key.tenancy).where('entity_id', '=', key.entityId),
)
const appIn = ([row]: readonly { body: string }[]): App | undefined => row && fromBody<App>(row.body)

export const apps = (db: Db): Tx['apps'] => ({
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
  byClientId: async (tenancy, clientId) => appIn(await byClientId(db, { tenancy, clientId: exactKey(clientId) })),
  byEntityId: async (tenancy, entityId) => appIn(await byEntityId(db, { tenancy, entityId: exactKey(entityId) })),
})
