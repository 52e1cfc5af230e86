// What hangs on one person of a domain: the person in the path, and what is said of both to conditions.
import type { Person } from '../../core/model/person.ts'
import type { Domain, Tenancy } from '../../core/model/tenancy.ts'
import type { Standing, Target } from '../../flows/access/permits.ts'
import type { Tx } from '../../ports/store.ts'
import { inDomain, targetIn } from './in-domain.ts'
import type { Params, Scoped } from './noun.ts'
import { asTargetUser, personIn } from './people-facts.ts'

export type OfUser = { readonly domain: Domain; readonly person: Person }

/** For lists below `/domains/{domain}/users/{user}`. */
export const ofUser = async (tx: Tx, params: Params, tenancy: Tenancy): Promise<Scoped<OfUser>> => {
  const { scope: domain, place, missing } = await inDomain(tx, params, tenancy)
  if (!domain) return { scope: undefined, place, ...(missing === undefined ? {} : { missing }) }
  const called = params.user ?? ''
  const person = await personIn(tx, domain.id, called)
  if (!person) return { scope: undefined, place, missing: `there is no user \`${called.slice(0, 200)}\`` }
  return { scope: { domain, person }, place }
}

export const targetOfUser = async (
  tx: Tx,
  { domain, person }: OfUser,
  thing: { readonly id: string; readonly name: string },
  standing: Standing,
  facts: Target['facts'] = {},
): Promise<Target> => targetIn(domain, thing, { facts: { ...facts, ...(await asTargetUser(tx, person, standing)) } })
