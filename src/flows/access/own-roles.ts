// What somebody was given, for that person to see: every role, through whom or which group, where, on what, until when, and what it permits.
// About oneself nobody has to be asked.
import type { PersonId, TenancyId } from '../../core/model/ids.ts'
import type { RoleAssignment } from '../../core/model/role.ts'
import type { EpochMs } from '../../core/model/time.ts'
import { type InTwoLanguages, permitsOf, type Role, type Roles, withIncluded } from '../../core/policy/roles.ts'
import { type Tree, treeOf } from '../../core/policy/tree.ts'
import { isLive } from '../../core/release/attribute-bag.ts'
import type { Tx } from '../../ports/store.ts'

export type OwnRole = {
  readonly role: string
  readonly title: InTwoLanguages
  readonly description: InTwoLanguages
  /** Actions of the policy language. */
  readonly permits: readonly string[]
  /** Undefined: everybody holds it. */
  readonly assignment: string | undefined
  readonly through: { readonly kind: 'person' | 'service-id' | 'group'; readonly name: string }
  readonly compartment: string // path from the root
  readonly service: string | undefined
  readonly resource: RoleAssignment['resource']
  readonly expiresAt: EpochMs | undefined
}
export type Holder = { readonly kind: 'person' | 'service-id'; readonly id: string; readonly name: string }

type Through = { readonly via: OwnRole['through']; readonly assignment: RoleAssignment }

const throughGroups = async (tx: Tx, person: PersonId, now: EpochMs): Promise<readonly Through[]> => {
  const live = (await tx.memberships.ofPerson(person)).filter((m) => isLive(m, now))
  const out: Through[] = []
  for (const id of new Set(live.map((m) => m.groupId))) {
    const group = await tx.groups.get(id)
    if (group)
      for (const assignment of await tx.roleAssignments.ofHolder({ kind: 'group', id }))
        out.push({ via: { kind: 'group', name: group.name }, assignment })
  }
  return out
}

const nothing: RoleAssignment['resource'] = { type: undefined, id: undefined, attributes: {} }
const about = ({ name, title, description }: Role) => ({ role: name, title, description })

const ofAssignment = ({ via, assignment }: Through, roles: Roles, tree: Tree): readonly OwnRole[] => {
  const { service, resource, expiresAt, compartmentId, name } = assignment
  const compartment = tree.byId.get(compartmentId)?.path ?? compartmentId
  const held = new Set(assignment.roles.flatMap((role) => withIncluded(roles, role)))
  return [...held].map((role) => ({
    ...about(role),
    permits: permitsOf(role, service),
    assignment: name,
    through: via,
    compartment,
    service,
    resource,
    expiresAt,
  }))
}

const ofEverybody = (roles: Roles, { kind, name }: Holder, tree: Tree): readonly OwnRole[] =>
  [...roles.values()]
    .filter((role) => role.everybody && kind === 'person')
    .map((role) => ({
      ...about(role),
      permits: permitsOf(role, undefined),
      assignment: undefined,
      through: { kind, name },
      compartment: tree.root?.path ?? '',
      service: undefined,
      resource: nothing,
      expiresAt: undefined,
    }))

export const ownRoles = async (
  tx: Tx,
  roles: Roles,
  tenancyId: TenancyId,
  holder: Holder,
  now: EpochMs,
): Promise<readonly OwnRole[]> => {
  const { kind, id, name } = holder
  const tree = treeOf(await tx.compartments.list({ tenancyId }))
  const direct = await tx.roleAssignments.ofHolder({ kind, id } as RoleAssignment['holder'])
  const held: readonly Through[] = [
    ...direct.map((assignment) => ({ via: { kind, name }, assignment })),
    ...(kind === 'person' ? await throughGroups(tx, id as PersonId, now) : []),
  ]
  const live = held.filter(
    ({ assignment: a }) => a.tenancyId === tenancyId && (a.expiresAt === undefined || now < a.expiresAt),
  )
  return [...ofEverybody(roles, holder, tree), ...live.flatMap((one) => ofAssignment(one, roles, tree))]
}
