// Sign-on rules of a domain.
import type { DomainId, SignOnRuleId } from '../../core/model/ids.ts'
import type { SignOnRule } from '../../core/model/sign-on.ts'
import type { Tx } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { nouns } from './nouns.ts'

export const signOnRules = (db: Db): Tx['signOnRules'] =>
  nouns<SignOnRule, SignOnRuleId, DomainId>(db, {
    table: 'sign_on_rule',
    cells: (row) => ({ domain_id: row.domainId }),
    within: (domainId) => ({ domain_id: domainId }),
    siblings: (row) => ({ domain_id: row.domainId }),
  })
