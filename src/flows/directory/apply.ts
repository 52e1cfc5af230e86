// A declared tenancy becomes the stored one: idempotent, all or nothing, in an order in which every name is there before it is used.
// A plan is an application that is rolled back at the end, so that the two cannot disagree. Order: tenancy, compartments, domains with
// groups and password policies, applications, sign-on rules, identity providers with mappings, policies, then what is no longer declared.
import type { Actor } from '../../core/model/audit.ts'
import type { Declared } from '../../core/model/declared.ts'
import type { TenancyId } from '../../core/model/ids.ts'
import type { SessionLife, Tenancy } from '../../core/model/tenancy.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import type { PolicyWriter } from '../access/api.ts'
import { workingAdministrators } from './administrators.ts'
import { applyApps, applySignOnRules } from './apply-apps.ts'
import { applyCompartments, applyPolicies, compartmentsOf } from './apply-compartments.ts'
import { type AppliedDomain, applyDomain } from './apply-domain.ts'
import { applyIdps } from './apply-idps.ts'
import { createTenancyIn } from './create-tenancy.ts'
import { type Change, faultsAsProblem, type Noun, type Run, settle } from './reconcile.ts'
import { retire } from './retire.ts'
import { checkSeeds } from './seed-people.ts'

export type ApplyDeps = {
  readonly store: Store
  readonly random: Random
  readonly clock: Clock
  readonly secrets: Secrets
  readonly policies: Pick<PolicyWriter, 'putPolicyIn' | 'removePolicyIn'>
  readonly session: SessionLife
}
export type Applied = { readonly tenancyId: TenancyId; readonly changes: readonly Change[] }

const seenBySnapshots: ReadonlySet<Noun> = new Set<Noun>(['tenancy', 'compartment', 'domain', 'group'])

/** The tenancy itself: made when it is absent, else brought to its declared display name. */
const applyItself = async (
  deps: ApplyDeps,
  tx: Tx,
  actor: Actor,
  { document: { tenancy: declared } }: Declared,
): Promise<{ readonly tenancy: Tenancy; readonly created: boolean }> => {
  const found = await tx.tenancies.byName(undefined, declared.name)
  if (found) return { tenancy: found, created: false }
  const made = await createTenancyIn(
    tx,
    { random: deps.random, now: deps.clock(), session: deps.session, actor },
    { name: declared.name, displayName: declared.displayName ?? declared.name },
  )
  return { tenancy: made.tenancy, created: true }
}

const applyNouns = async (run: Run, deps: ApplyDeps, { document }: Declared, rootOf: TenancyId): Promise<void> => {
  const root = (await run.tx.compartments.list({ tenancyId: rootOf })).find((c) => c.parentId === undefined)
  if (!root) throw new Error(`tenancy ${rootOf} has no root compartment`)
  await applyCompartments(run, document.compartments, root.id)
  const compartments = await compartmentsOf(run)
  const domains: AppliedDomain[] = []
  for (const [index, declared] of document.domains.entries()) {
    const applied = await applyDomain(run, declared, index, compartments, deps.session)
    if (applied) domains.push(applied)
  }
  const apps = await applyApps(run, document.applications)
  for (const domain of domains) await applySignOnRules(run, domain, apps)
  for (const domain of domains) await applyIdps(run, domain)
  await checkSeeds(run, document.seed.people)
  await applyPolicies(run, deps.policies.putPolicyIn, document.policies, compartments)
  await retire(run, deps.policies.removePolicyIn)
}

/** In a transaction that the caller owns. Throws Problem('config-invalid') with every fault, Problem('not-permitted') on a lock-out. */
const applyIn = async (deps: ApplyDeps, tx: Tx, actor: Actor, declared: Declared): Promise<Applied> => {
  const now = deps.clock()
  const { tenancy, created } = await applyItself(deps, tx, actor, declared)
  const { random, secrets } = deps
  const run: Run = {
    tx,
    random,
    secrets,
    now,
    actor,
    tenancyId: tenancy.id,
    where: declared.where,
    changes: [],
    faults: [],
    declared: new Map(),
  }
  if (created)
    run.changes.push({
      noun: 'tenancy',
      name: tenancy.name,
      action: 'create',
      before: undefined,
      after: tenancy.displayName,
    })
  const before = await workingAdministrators(tx, tenancy.id, now)
  const displayName = declared.document.tenancy.displayName ?? tenancy.displayName
  const subject = { noun: 'tenancy' as const, name: tenancy.name, path: ['tenancy'] }
  await settle(run, subject, tx.tenancies.put, tenancy, { ...tenancy, displayName })
  await applyNouns(run, deps, declared, tenancy.id)
  if (run.faults.length > 0) throw faultsAsProblem(run.faults)
  if (before.length > 0 && (await workingAdministrators(tx, tenancy.id, now)).length === 0)
    throw new Problem(
      'not-permitted',
      `this would leave tenancy \`${tenancy.name}\` without an administrator who can sign in: ${before.map((p) => `\`${p.username}\``).join(', ')} could until now`,
      { reason: 'last-administrator' },
    )
  if (!created && run.changes.some((c) => seenBySnapshots.has(c.noun))) await tx.tenancies.bumpRevision(tenancy.id)
  return { tenancyId: tenancy.id, changes: run.changes }
}

export type ApplyTenancy = (actor: Actor, declared: Declared) => Promise<Applied>
export const applyTenancy =
  (deps: ApplyDeps): ApplyTenancy =>
  (actor, declared) =>
    deps.store.write((tx) => applyIn(deps, tx, actor, declared))

export type PlanTenancy = (actor: Actor, declared: Declared) => Promise<readonly Change[]>
/** What applying would change, and whether it would be refused; leaves nothing behind. */
export const planTenancy =
  (deps: ApplyDeps): PlanTenancy =>
  async (actor, declared) => {
    const rolledBack = Symbol('rolled back')
    let changes: readonly Change[] = []
    try {
      await deps.store.write(async (tx) => {
        changes = (await applyIn(deps, tx, actor, declared)).changes
        throw rolledBack
      })
    } catch (thrown) {
      if (thrown !== rolledBack) throw thrown
    }
    return changes
  }
