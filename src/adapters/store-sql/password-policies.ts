// Password policies of a domain.
import type { DomainId, PasswordPolicyId } from '../../core/model/ids.ts'
import type { PasswordPolicy } from '../../core/model/sign-on.ts'
import type { Tx } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { nouns } from './nouns.ts'

export const passwordPolicies = (db: Db): Tx['passwordPolicies'] =>
  nouns<PasswordPolicy, PasswordPolicyId, DomainId>(db, {
    table: 'password_policy',
    cells: (row) => ({ domain_id: row.domainId }),
    within: (domainId) => ({ domain_id: domainId }),
    siblings: (row) => ({ domain_id: row.domainId }),
  })
