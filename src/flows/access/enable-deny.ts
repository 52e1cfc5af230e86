// Turning Deny on in a tenancy: once, for good, and only by a member of the default Administrators, whom no Deny applies to. With it, if
// wanted, the statement that keeps the writing of Deny statements to the one who turned it on.
import type { Actor } from '../../core/model/audit.ts'
import type { PersonId, TenancyId } from '../../core/model/ids.ts'
import type { Policy } from '../../core/model/policy.ts'
import type { Tenancy } from '../../core/model/tenancy.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import { eventOf } from '../audit-event.ts'
import { administrators } from '../directory/administrators.ts'
import type { PutPolicyIn } from './api.ts'

type Deps = {
  readonly store: Pick<Store, 'write'>
  readonly clock: Clock
  readonly random: Pick<Random, 'id'>
  readonly putPolicyIn: PutPolicyIn
}
export type EnableDenyInput = {
  readonly tenancyId: TenancyId
  /** Who turns it on: a signed-in person, or the person that an API key speaks for. */
  readonly personId: PersonId
  /** Also install the policy `deny-guard` in the root. */
  readonly guard: boolean
}
export type DenyEnabled = {
  readonly tenancy: Tenancy
  /** False: it was on already; nothing was written. */
  readonly changed: boolean
  readonly guard: Policy | undefined
}
export type EnableDenyIn = (tx: Tx, actor: Actor, input: EnableDenyInput, requestId?: string) => Promise<DenyEnabled>
export type EnableDeny = (actor: Actor, input: EnableDenyInput, requestId?: string) => Promise<DenyEnabled>

export const DENY_GUARD = 'deny-guard'
const guardFor = (personId: PersonId): string =>
  `Deny any-user to manage policies in tenancy where all { target.policy.type = 'deny', request.principal.id != '${personId}' }`

const refuseOthers = async (tx: Tx, { tenancyId, personId }: EnableDenyInput, now: number): Promise<void> => {
  const person = (await administrators(tx, tenancyId, now)).find((p) => p.id === personId)
  if (person?.status === 'active') return
  throw new Problem(
    'not-permitted',
    'only a member of the group `Administrators` of the Default domain may enable Deny statements',
    { reason: 'default-administrator-required' },
  )
}

export const denyEnabler = ({
  store,
  clock,
  random,
  putPolicyIn,
}: Deps): { readonly enableDeny: EnableDeny; readonly enableDenyIn: EnableDenyIn } => {
  const install = async (tx: Tx, actor: Actor, { tenancyId, personId }: EnableDenyInput, requestId?: string) => {
    const root = (await tx.compartments.list({ tenancyId })).find((c) => c.parentId === undefined)
    if (!root) throw new Problem('not-found', 'the tenancy has no root compartment')
    if (await tx.policies.byName({ tenancyId, compartmentId: root.id }, DENY_GUARD))
      throw new Problem('name-taken', `there is a policy \`${DENY_GUARD}\` in the root already: rename it first`)
    const { policy } = await putPolicyIn(
      tx,
      actor,
      {
        tenancyId,
        compartmentId: root.id,
        name: DENY_GUARD,
        description: 'Nobody but who enabled Deny, and the default Administrators, may write Deny statements.',
        statements: [guardFor(personId)],
      },
      requestId,
    )
    return policy
  }

  const enableDenyIn: EnableDenyIn = async (tx, actor, input, requestId) => {
    const { tenancyId } = input
    const before = await tx.tenancies.get(tenancyId)
    if (!before) throw new Problem('not-found', 'there is no such tenancy')
    const now = clock()
    await refuseOthers(tx, input, now)
    if (before.denyEnabled) return { tenancy: before, changed: false, guard: undefined }
    await tx.tenancies.put({ ...before, denyEnabled: true })
    await tx.audit.add(
      eventOf(random, now, {
        tenancyId,
        action: 'tenancy.deny-enabled',
        actor,
        target: { type: 'tenancy', id: tenancyId, name: before.name },
        before: { denyEnabled: false },
        after: { denyEnabled: true },
        details: { guard: input.guard },
        requestId,
      }),
    )
    const guard = input.guard ? await install(tx, actor, input, requestId) : undefined
    return { tenancy: (await tx.tenancies.get(tenancyId)) ?? before, changed: true, guard }
  }

  return {
    enableDenyIn,
    enableDeny: (actor, input, requestId) => store.write((tx) => enableDenyIn(tx, actor, input, requestId)),
  }
}
