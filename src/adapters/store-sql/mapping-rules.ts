// Group mapping rules of an identity provider.

import type { MappingRule } from '../../core/model/idp.ts'
import type { IdpId, MappingRuleId } from '../../core/model/ids.ts'
import type { Tx } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { nouns } from './nouns.ts'

export const mappingRules = (db: Db): Tx['mappingRules'] =>
  nouns<MappingRule, MappingRuleId, IdpId>(db, {
    table: 'mapping_rule',
    cells: (row) => ({ idp_id: row.idpId }),
    within: (idpId) => ({ idp_id: idpId }),
    siblings: (row) => ({ idp_id: row.idpId }),
  })
