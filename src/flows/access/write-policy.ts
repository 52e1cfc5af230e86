// Writing policies: every statement is parsed, checked and bound to ids before anything changes, and all faults are told at once. The row,
// the new revision and the audit event are one transaction.
import type { Actor } from '../../core/model/audit.ts'
import { type DomainId, looksLikeId, type PolicyId, type TenancyId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Policy } from '../../core/model/policy.ts'
import { aliasesIn } from '../../core/policy/aliases.ts'
import type { World } from '../../core/policy/bind.ts'
import type { Catalogue } from '../../core/policy/catalogue.ts'
import { checkStatement } from '../../core/policy/check.ts'
import { isError, lineOf } from '../../core/policy/fault.ts'
import { defaultLimits, limitInWords, overLimit, type PolicyLimits } from '../../core/policy/limits.ts'
import { treeOf } from '../../core/policy/tree.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import { eventOf } from '../audit-event.ts'
import type { PolicyInput, PolicyWriter, PolicyWritten, PutPolicyIn, RemovePolicyIn } from './api.ts'
import type { Known } from './known.ts'
import { worldIn } from './known-world.ts'
import { type Snapshots, snapshots } from './snapshots.ts'

type Deps = {
  readonly store: Pick<Store, 'read' | 'write'>
  readonly clock: Clock
  readonly random: Pick<Random, 'id'>
  readonly catalogue: Catalogue
  readonly limits?: PolicyLimits
  /** Shared with whoever else asks in this process. */
  readonly known?: Snapshots
}

const nameShape = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,99}$/u

/** What names mean in the tenancy now. */
export const worldOf = async (tx: Tx, tenancyId: TenancyId): Promise<World> => {
  const domains = await tx.domains.list(tenancyId)
  const names = new Map(domains.map((d) => [d.id, d.name.toLowerCase()]))
  const groups = await tx.groups.ofTenancy(tenancyId)
  const dynamicGroups = await tx.dynamicGroups.ofTenancy(tenancyId)
  const called = (g: { readonly domainId: DomainId; readonly name: string }): string =>
    `${names.get(g.domainId) ?? ''}/${g.name.toLowerCase()}`
  return {
    domains: new Set(names.values()),
    groups: new Map(groups.map((g) => [called(g), g.id])),
    groupIds: new Set(groups.map((g) => g.id)),
    dynamicGroups: new Map(dynamicGroups.map((g) => [called(g), g.id])),
    dynamicGroupIds: new Set(dynamicGroups.map((g) => g.id)),
    tree: treeOf(await tx.compartments.list({ tenancyId })),
  }
}

type Checked = Pick<Policy, 'bindings'> & Pick<PolicyWritten, 'warnings'>

const checkShape = ({ name, statements }: PolicyInput): void => {
  if (!nameShape.test(name))
    throw new Problem(
      'config-invalid',
      `expected a policy name of 1 to 100 letters, digits, spaces, \`.\`, \`_\` or \`-\` that begins with a letter or digit, got \`${name.slice(0, 120)}\``,
    )
  // an id finds a policy as well as its name does: named like the id of another, it would answer in its place
  if (looksLikeId(name)) throw new Problem('config-invalid', `a policy name must not look like an id, got \`${name}\``)
  if (statements.length === 0) throw new Problem('config-invalid', 'a policy has at least one statement')
}

/** Throws what is wrong; says what the names mean, and what is to be warned of. */
export const checkPolicy = async (tx: Tx, input: PolicyInput, known: Known | undefined): Promise<Checked> => {
  checkShape(input)
  const tenancy = await tx.tenancies.get(input.tenancyId)
  if (!tenancy || !known) throw new Problem('not-found', 'there is no such tenancy')
  const world = worldIn(known)
  const { catalogue } = known.snapshot
  const attachedTo = world.tree.byId.get(input.compartmentId)
  if (!attachedTo) throw new Problem('not-found', `there is no compartment with the id \`${input.compartmentId}\``)
  const aliases = aliasesIn(input.statements)
  const setting = { catalogue, world, attachedTo, denyEnabled: tenancy.denyEnabled, aliases }
  const checked = input.statements.map((text) => checkStatement(text, setting))
  const all = checked.flatMap(({ faults }, n) => faults.map((f) => ({ ...f, statement: n + 1 })))
  const errors = all.filter(isError)
  if (errors.length > 0)
    throw new Problem(
      'config-invalid',
      `the statements have ${errors.length === 1 ? 'a fault' : `${errors.length} faults`}\n${errors
        .map((f) => `  statement ${f.statement}, ${lineOf(f)}`)
        .join('\n')}`,
      { reason: errors[0]?.code ?? 'policy-invalid' },
    )
  return { bindings: checked.map((c) => c.bindings), warnings: all }
}

/** Counted in the transaction that writes: two writers cannot each take the last place. */
const refuseOverLimit = ({ snapshot }: Known, limits: PolicyLimits, next: Policy): void => {
  const policies = [...snapshot.units.values()].filter(({ statements }) => statements > 0)
  const over = overLimit(limits, snapshot.tree, policies, { ...next, statements: next.statements.length })
  if (over) throw new Problem('config-invalid', limitInWords(over), { reason: `limit-${kebab(over.limit)}` })
}
const kebab = (name: string): string => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

const shownOf = (policy: Policy): JsonObject => ({
  name: policy.name,
  compartmentId: policy.compartmentId,
  description: policy.description,
  statements: policy.statements,
})

const refuseSystem = (policy: Policy | undefined): void => {
  if (policy?.system)
    throw new Problem('not-permitted', `\`${policy.name}\` is a system policy: it cannot be changed`, {
      reason: 'system-policy',
    })
}

export const policyWriter = ({
  store,
  clock,
  random,
  catalogue,
  limits = defaultLimits,
  known: shared,
}: Deps): PolicyWriter => {
  const known = shared ?? snapshots({ store, catalogue })
  const record = async (
    tx: Tx,
    actor: Actor,
    action: string,
    before: Policy | undefined,
    after: Policy | undefined,
    requestId: string | undefined,
  ): Promise<void> => {
    const policy = after ?? before
    if (!policy) return
    await tx.tenancies.bumpRevision(policy.tenancyId, { noun: 'policy', id: policy.id })
    await tx.audit.add(
      eventOf(random, clock(), {
        tenancyId: policy.tenancyId,
        action,
        actor,
        target: { type: 'policy', id: policy.id, name: policy.name },
        before: before && shownOf(before),
        after: after && shownOf(after),
        requestId,
      }),
    )
  }

  const putPolicyIn: PutPolicyIn = async (tx, actor, input, requestId) => {
    const { tenancyId, compartmentId, name, description, statements } = input
    const around = await known(tx, tenancyId)
    const { bindings, warnings } = await checkPolicy(tx, input, around)
    const before = await tx.policies.byName({ tenancyId, compartmentId }, name)
    refuseSystem(before)
    const now = clock()
    const policy: Policy = {
      id: before?.id ?? (random.id() as PolicyId),
      tenancyId,
      compartmentId,
      name,
      description,
      statements,
      bindings,
      system: false,
      createdAt: before?.createdAt ?? now,
      updatedAt: now,
    }
    if (before && same({ ...before, updatedAt: 0 }, { ...policy, updatedAt: 0 }))
      return { policy: before, changed: false, warnings }
    if (around) refuseOverLimit(around, limits, policy)
    if ((await tx.policies.put(policy)) === 'name-taken')
      throw new Problem('name-taken', `there is a policy \`${name}\` in this compartment already`)
    await record(tx, actor, before ? 'policy.updated' : 'policy.created', before, policy, requestId)
    return { policy, changed: true, warnings }
  }

  const removePolicyIn: RemovePolicyIn = async (tx, actor, policy, requestId) => {
    refuseSystem(policy)
    const gone = await tx.policies.remove(policy.id)
    if (gone) await record(tx, actor, 'policy.removed', policy, undefined, requestId)
    return gone
  }

  return {
    putPolicyIn,
    removePolicyIn,
    putPolicy: async (actor, input, requestId) => {
      await known.prepare(input.tenancyId) // nobody writes while it is read
      return store.write((tx) => putPolicyIn(tx, actor, input, requestId))
    },
  }
}
