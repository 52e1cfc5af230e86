// People as paths name them, and what is said of one to conditions: their groups, and whether they administer with any of them.
import type { PersonId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Person } from '../../core/model/person.ts'
import type { Tenancy } from '../../core/model/tenancy.ts'
import type { Standing } from '../../flows/access/permits.ts'
import { isAdministrativePerson, liveGroupsOf } from '../../flows/directory/power.ts'
import type { Tx } from '../../ports/store.ts'
import { domainCalled } from './in-domain.ts'

export const personIn = async (tx: Tx, domainId: Person['domainId'], called: string): Promise<Person | undefined> => {
  const named = await tx.people.byUsername(domainId, called)
  if (named) return named
  const found = await tx.people.get(called as PersonId)
  return found?.domainId === domainId ? found : undefined
}

export const personCalled = async (
  tx: Tx,
  tenancy: Tenancy,
  domain: string,
  called: string,
): Promise<Person | undefined> => {
  const found = await domainCalled(tx, tenancy, domain)
  return found && personIn(tx, found.id, called)
}

export type PersonFacts = JsonObject & { readonly administrative: boolean }
export const personFacts = async (tx: Tx, person: Person, standing: Standing): Promise<PersonFacts> => {
  const groups = await liveGroupsOf(tx, person, standing, standing.asker?.now ?? 0)
  return {
    status: person.status,
    group: groups.flatMap((g) => [g.id, g.name]),
    administrative: isAdministrativePerson(person, groups, standing),
  }
}
/** The same where the resource is another: `target.user.…` by its whole name. */
export const asTargetUser = async (tx: Tx, person: Person, standing: Standing): Promise<JsonObject> => ({
  'target.user.id': person.id,
  'target.user.name': person.username,
  ...Object.fromEntries(
    Object.entries(await personFacts(tx, person, standing)).map(([key, value]) => [`target.user.${key}`, value]),
  ),
})
