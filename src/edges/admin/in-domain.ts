// What hangs on an identity domain: the domain in the path, and what is said of it to conditions.
import type { DomainId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Domain, Tenancy } from '../../core/model/tenancy.ts'
import type { Target } from '../../flows/access/permits.ts'
import type { Tx } from '../../ports/store.ts'
import type { Params, Scoped } from './noun.ts'

export const domainFacts = ({ id, name }: Domain): JsonObject => ({
  'target.domain.id': id,
  'target.domain.name': name,
})

export const domainCalled = async (tx: Tx, tenancy: Tenancy, called: string): Promise<Domain | undefined> => {
  const named = await tx.domains.byName(tenancy.id, called)
  if (named) return named
  const found = await tx.domains.get(called as DomainId)
  return found?.tenancyId === tenancy.id ? found : undefined
}

/** For lists below `/domains/{domain}`. */
export const inDomain = async (tx: Tx, { domain: called = '' }: Params, tenancy: Tenancy): Promise<Scoped<Domain>> => {
  const domain = await domainCalled(tx, tenancy, called)
  return domain
    ? { scope: domain, place: { compartmentId: domain.compartmentId, facts: domainFacts(domain) } }
    : {
        scope: undefined,
        // whoever may only act in one domain is told the same of a missing one as of a foreign one
        place: { compartmentId: undefined, facts: { 'target.domain.name': called } },
        missing: `there is no domain \`${called.slice(0, 100)}\``,
      }
}

export const targetIn = (
  domain: Domain,
  { id, name }: { readonly id: string; readonly name: string },
  more: Pick<Target, 'tags' | 'facts'> = {},
): Target => ({
  id,
  name,
  compartmentId: domain.compartmentId,
  tags: more.tags,
  facts: { ...domainFacts(domain), ...more.facts },
})
