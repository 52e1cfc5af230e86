// The lock-out guard: a store for everyone who administers. Whatever is written through it, a tenancy that had an administrator who could
// sign in has one afterwards, or nothing was written. It watches the rows instead of trusting each flow to ask, so none can forget;
// both looks happen in the transaction that writes, so two writes cannot pass together what neither could pass alone.
import type { TenancyId } from '../../core/model/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import { workingAdministrators } from './administrators.ts'

type Working = readonly { readonly username: string }[]
type Watch = {
  /** Before the first dangerous write of a tenancy: who could administer it until now. */
  readonly about: (tenancyId: TenancyId | undefined) => Promise<void>
  readonly seen: ReadonlyMap<TenancyId, Working>
}

const watchOf = (tx: Tx, clock: Clock): Watch => {
  const seen = new Map<TenancyId, Working>()
  return {
    seen,
    about: async (tenancyId) => {
      if (tenancyId !== undefined && !seen.has(tenancyId))
        seen.set(tenancyId, await workingAdministrators(tx, tenancyId, clock()))
    },
  }
}

type Rows = { readonly [method: string]: unknown }
type Method = (...args: readonly never[]) => Promise<unknown>

/** The same rows, whose dangerous methods first say which tenancy they touch. */
const watched = <T extends object>(
  rows: T,
  about: Watch['about'],
  touched: {
    readonly [M in keyof T]?: T[M] extends (...args: infer A) => unknown
      ? (...args: A) => Promise<TenancyId | undefined>
      : never
  },
): T => {
  const dangerous = Object.entries(touched as Rows).map(([name, tenancyOf]) => [
    name,
    async (...args: readonly never[]): Promise<unknown> => {
      await about((await (tenancyOf as Method)(...args)) as TenancyId | undefined)
      return ((rows as Rows)[name] as Method)(...args)
    },
  ])
  return { ...rows, ...Object.fromEntries(dangerous) }
}

const guardedTx = (tx: Tx, { about }: Watch): Tx => {
  const own = async (row: { readonly tenancyId: TenancyId }): Promise<TenancyId> => row.tenancyId
  const ofPerson = async (id: Parameters<Tx['people']['get']>[0]) => (await tx.people.get(id))?.tenancyId
  const ofGroup = async (id: Parameters<Tx['groups']['get']>[0]) => (await tx.groups.get(id))?.tenancyId
  const ofDomain = async (id: Parameters<Tx['domains']['get']>[0]) => (await tx.domains.get(id))?.tenancyId
  const ofIdp = async (id: Parameters<Tx['idps']['get']>[0]) => (await tx.idps.get(id))?.tenancyId
  return Object.create(tx, {
    people: { value: watched(tx.people, about, { put: own, remove: ofPerson }) },
    groups: { value: watched(tx.groups, about, { put: own, remove: ofGroup }) },
    memberships: {
      value: watched(tx.memberships, about, { put: (m) => ofGroup(m.groupId), remove: (_, group) => ofGroup(group) }),
    },
    credentials: {
      value: watched(tx.credentials, about, {
        remove: async (id) => {
          const credential = await tx.credentials.get(id)
          return credential && ofPerson(credential.personId)
        },
      }),
    },
    links: { value: watched(tx.links, about, { remove: ofIdp }) },
    domains: { value: watched(tx.domains, about, { put: own, remove: ofDomain }) },
    idps: { value: watched(tx.idps, about, { put: own, remove: ofIdp }) },
    mappingRules: {
      value: watched(tx.mappingRules, about, {
        put: (rule) => ofIdp(rule.idpId),
        remove: async (id) => {
          const rule = await tx.mappingRules.get(id)
          return rule && ofIdp(rule.idpId)
        },
      }),
    },
    signOnRules: {
      value: watched(tx.signOnRules, about, {
        put: (rule) => ofDomain(rule.domainId),
        remove: async (id) => {
          const rule = await tx.signOnRules.get(id)
          return rule && ofDomain(rule.domainId)
        },
      }),
    },
    keys: {
      value: watched(tx.keys, about, {
        setStatus: async (id) => {
          const key = await tx.keys.get(id)
          return key && ofDomain(key.domainId)
        },
      }),
    },
  }) as Tx
}

const refuseLockOut = async (tx: Tx, { seen }: Watch, clock: Clock): Promise<void> => {
  for (const [tenancyId, before] of seen) {
    if (before.length === 0 || (await workingAdministrators(tx, tenancyId, clock())).length > 0) continue
    const tenancy = await tx.tenancies.get(tenancyId)
    if (!tenancy) continue // it went as a whole
    throw new Problem(
      'not-permitted',
      `this would leave tenancy \`${tenancy.name}\` without an administrator who can sign in: ${before.map((p) => `\`${p.username}\``).join(', ')} could until now; give somebody else a working way into \`Administrators\` first`,
      { reason: 'last-administrator' },
    )
  }
}

/** Does the work in a transaction that the caller owns; Problem('not-permitted', 'last-administrator') when it locked a tenancy out. */
export const withoutLockOut = async <T>(tx: Tx, clock: Clock, work: (tx: Tx) => Promise<T>): Promise<T> => {
  const watch = watchOf(tx, clock)
  const result = await work(guardedTx(tx, watch))
  await refuseLockOut(tx, watch, clock)
  return result
}

/** Everything as the store itself, save that no write locks a tenancy out. */
export const guardedStore = (store: Store, clock: Clock): Store => ({
  ...store,
  write: (work, flush) => store.write((tx) => withoutLockOut(tx, clock, work), flush),
})
