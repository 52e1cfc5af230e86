// What somebody calls a holder and a compartment, and whom and what that means: ids, names, `domain/name`, paths. One text never means two;
// what is not there is undefined, for the caller to say once it may be said.
import type { DomainId, GroupId, PersonId, ServiceIdId, TenancyId } from '../../core/model/ids.ts'
import type { RoleHolder } from '../../core/model/role.ts'
import { DEFAULT_DOMAIN } from '../../core/policy/references.ts'
import { placeCalled, type Tree } from '../../core/policy/tree.ts'
import type { Tx } from '../../ports/store.ts'
import type { AssignmentInput } from './role-input.ts'

export type Wish = Omit<AssignmentInput, 'holder' | 'compartmentId'> & {
  readonly holder: { readonly kind: RoleHolder['kind']; readonly called: string }
  readonly compartment: string | undefined // undefined: the root
}
/** What is not there is kept as it was called: asked about, and refused or not found afterwards. */
export type Understood = { readonly input: AssignmentInput; readonly missing: string | undefined }

const inDomains = async <T>(
  tx: Tx,
  tenancyId: TenancyId,
  called: string,
  find: (domain: DomainId, name: string) => Promise<T | undefined>,
): Promise<readonly (T | undefined)[]> => {
  const within = async (domain: string, name: string): Promise<T | undefined> => {
    const found = await tx.domains.byName(tenancyId, domain)
    return found && find(found.id, name)
  }
  const slash = called.indexOf('/')
  return [
    await within(DEFAULT_DOMAIN, called),
    slash > 0 ? await within(called.slice(0, slash), called.slice(slash + 1)) : undefined,
  ]
}

const candidates = async (
  tx: Tx,
  tenancyId: TenancyId,
  { kind, called }: Wish['holder'],
): Promise<readonly ({ readonly id: string; readonly tenancyId: TenancyId } | undefined)[]> => {
  if (kind === 'person')
    return [
      await tx.people.get(called as PersonId),
      ...(await inDomains(tx, tenancyId, called, (domain, name) => tx.people.byUsername(domain, name))),
    ]
  if (kind === 'group')
    return [
      await tx.groups.get(called as GroupId),
      ...(await inDomains(tx, tenancyId, called, (domain, name) => tx.groups.byName(domain, name))),
    ]
  return [await tx.serviceIds.get(called as ServiceIdId), await tx.serviceIds.byName(tenancyId, called)]
}

const holderCalled = async (tx: Tx, tenancyId: TenancyId, holder: Wish['holder']): Promise<RoleHolder | undefined> => {
  const all = await candidates(tx, tenancyId, holder)
  const ids = new Set(all.filter((c) => c?.tenancyId === tenancyId).map((c) => c?.id))
  const [id] = ids
  return ids.size === 1 && id !== undefined ? ({ kind: holder.kind, id } as RoleHolder) : undefined
}

export const understood = async (tx: Tx, tenancyId: TenancyId, wish: Wish, tree: Tree): Promise<Understood> => {
  const { holder: wanted, compartment, ...rest } = wish
  const holder = await holderCalled(tx, tenancyId, wanted)
  const place = placeCalled(tree, compartment)
  const missing = place
    ? holder
      ? undefined
      : `there is no ${wanted.kind} \`${wanted.called.slice(0, 100)}\``
    : `there is no compartment \`${(compartment ?? '').slice(0, 300)}\``
  const input = {
    ...rest,
    holder: holder ?? ({ kind: wanted.kind, id: wanted.called } as RoleHolder),
    // asked at the root about what is nowhere: only who may everywhere is told that it is not there
    compartmentId: (place ?? tree.root)?.id as AssignmentInput['compartmentId'],
  }
  return { input, missing }
}
