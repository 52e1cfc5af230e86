// Upstream identity providers and the e-mail domains that lead to them. Removing one takes its links, its rules and
// the memberships it mapped along (foreign keys).

import type { Idp } from '../../core/model/idp.ts'
import type { DomainId, IdpId } from '../../core/model/ids.ts'
import type { Tx } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { nouns } from './nouns.ts'
import { fromBody, nameKey } from './text.ts'

export const idps = (db: Db): Tx['idps'] => {
  const all = nouns<Idp, IdpId, DomainId>(db, {
    table: 'idp',
    cells: (row) => ({ domain_id: row.domainId }),
    within: (domainId) => ({ domain_id: domainId }),
    siblings: (row) => ({ domain_id: row.domainId }),
  })
  const saveEmailDomains = async (idp: Idp): Promise<void> => {
    await db.deleteFrom('idp_email_domain').where('idp_id', '=', idp.id).execute()
    const keys = new Set(idp.emailDomains.map(nameKey))
    if (keys.size === 0) return
    const rows = [...keys].map((key) => ({ domain_id: idp.domainId, email_domain_key: key, idp_id: idp.id }))
    await db.insertInto('idp_email_domain').values(rows).execute()
  }
  return {
    ...all,
    put: async (idp) => {
      const answer = await all.put(idp)
      if (answer === 'ok') await saveEmailDomains(idp)
      return answer
    },
    byEmailDomain: async (domain, emailDomain) => {
      const rows = await db
        .selectFrom('idp_email_domain')
        .innerJoin('idp', 'idp.id', 'idp_email_domain.idp_id')
        .select('idp.body')
        .where('idp_email_domain.domain_id', '=', domain)
        .where('idp_email_domain.email_domain_key', '=', nameKey(emailDomain))
        .orderBy('idp.name_key')
        .execute()
      return rows.map((row) => fromBody<Idp>(row.body))
    },
  }
}
