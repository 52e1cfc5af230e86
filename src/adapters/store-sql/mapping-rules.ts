// Group mapping rules of an identity provider. Those that name one upstream group are looked up by it: a provider may have very many.

import { lookedUpBy, valueKey } from '../../core/mapping/rule.ts'
import type { MappingRule } from '../../core/model/idp.ts'
import type { IdpId, MappingRuleId } from '../../core/model/ids.ts'
import type { Tx } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { nouns } from './nouns.ts'
import { exactKey, fromBody } from './text.ts'

const AT_ONCE = 100 // values per statement

export const mappingRules = (db: Db): Tx['mappingRules'] => {
  const keyOf = (row: MappingRule): string | null => {
    const key = lookedUpBy(row.match)
    return key === undefined ? null : exactKey(key)
  }
  const rows = db.selectFrom('mapping_rule').select('body')
  return {
    ...nouns<MappingRule, MappingRuleId, IdpId>(db, {
      table: 'mapping_rule',
      cells: (row) => ({ idp_id: row.idpId, value_key: keyOf(row) }),
      within: (idpId) => ({ idp_id: idpId }),
      siblings: (row) => ({ idp_id: row.idpId }),
    }),
    forValues: async (idp, values) => {
      const ofIdp = rows.where('idp_id', '=', idp)
      const found = await ofIdp.where('value_key', 'is', null).execute()
      const keys = [...new Set(values.map((value) => exactKey(valueKey(value))))]
      for (let from = 0; from < keys.length; from += AT_ONCE)
        found.push(...(await ofIdp.where('value_key', 'in', keys.slice(from, from + AT_ONCE)).execute()))
      return found.map((row) => fromBody<MappingRule>(row.body))
    },
  }
}
