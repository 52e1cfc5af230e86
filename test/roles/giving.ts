// The bed of roles with the flow that gives them, as wired: asked of the evaluator, on record, in one transaction.
import { keyEncryptionKey, secrets as sealing } from '../../src/adapters/secrets.ts'
import type { RoleHolder } from '../../src/core/model/role.ts'
import { administrating } from '../../src/flows/access/administer.ts'
import { roleAssigner } from '../../src/flows/access/assign-role.ts'
import { type Holder, ownRoles } from '../../src/flows/access/own-roles.ts'
import { type Administrator, standingOf } from '../../src/flows/access/permits.ts'
import type { Wish } from '../../src/flows/access/role-wish.ts'
import { Problem } from '../../src/problem.ts'
import { account, type Given, roles } from './bed.ts'

export const giving = async () => {
  const a = await account()
  const secrets = sealing([keyEncryptionKey(new Uint8Array(32).fill(7))])
  const administer = administrating({ ...a, secrets, standingOf: standingOf({ known: a.known }) })
  const assign = roleAssigner({ administer, roles })
  const who = (id: string, type = 'user'): Administrator => ({
    tenancyId: a.tenancyId,
    actor: { kind: type === 'user' ? 'person' : 'service-id', id, name: id },
    requestId: 'req-1',
    subject: { type, id, properties: {} },
    context: {},
    apiKeyId: undefined,
  })
  const inputOf = (holder: RoleHolder, names: readonly string[], given: Given = {}): Wish => ({
    holder: { kind: holder.kind, called: holder.id },
    roles: names,
    service: given.service,
    compartment: a.placeOf(given.at),
    resource: { type: given.type, id: given.id, attributes: given.attributes ?? {} },
    expiresAt: given.expiresAt,
  })
  const put = (by: string, name: string, wish: Wish) => assign.put(who(by), name, wish, async (_, row) => row)
  let count = 0
  /** What came of it: `ok`, or the slug and the reason. */
  const outcome = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work
      return 'ok'
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause
      return cause.reason === undefined || cause.reason === cause.slug ? cause.slug : `${cause.slug} ${cause.reason}`
    }
  }
  const tries = (by: string, holder: RoleHolder, names: readonly string[], given: Given = {}): Promise<string> => {
    count += 1
    return outcome(put(by, `by test ${count}`, inputOf(holder, names, given)))
  }
  return {
    ...a,
    assign,
    giveAs: put,
    who,
    inputOf,
    outcome,
    tries,
    own: (tenancy: typeof a.tenancyId, holder: Holder) =>
      a.store.read((tx) => ownRoles(tx, roles, tenancy, holder, a.clock())),
  }
}
export type Giving = Awaited<ReturnType<typeof giving>>
export const aPerson = (id: string): RoleHolder => ({ kind: 'person', id: id as never })
