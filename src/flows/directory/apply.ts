// A declared tenancy becomes the stored one: idempotent, all or nothing, in an order in which every name is there before it is used.
// A plan is an application that is rolled back at the end, so that the two cannot disagree. Order: tenancy, services, compartments, domains
// with groups and password policies, applications, sign-on rules, identity providers with mappings, service IDs, role assignments, policies,
// then what is no longer declared.
import type { Actor } from '../../core/model/audit.ts'
import type { Declared, DeclaredFault } from '../../core/model/declared.ts'
import type { TenancyId } from '../../core/model/ids.ts'
import type { RegisteredService } from '../../core/model/resource.ts'
import type { Compartment, SessionLife, Tenancy } from '../../core/model/tenancy.ts'
import type { Catalogue } from '../../core/policy/catalogue.ts'
import type { Roles } from '../../core/policy/roles.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store, Tx } from '../../ports/store.ts'
import type { PolicyWriter } from '../access/api.ts'
import { eventOf } from '../audit-event.ts'
import { ensureOwnAppsIn } from '../upkeep/ensure-own-apps.ts'
import { applyAssignments, applyServiceIds, applyServices } from './apply-access.ts'
import { applyApps, applySignOnRules } from './apply-apps.ts'
import { applyCompartments, applyPolicies, compartmentsOf } from './apply-compartments.ts'
import { type AppliedDomain, applyDomain } from './apply-domain.ts'
import { applyIdps } from './apply-idps.ts'
import { createTenancyIn } from './create-tenancy.ts'
import { inNames, type Undeclared, undeclaredIn } from './drift.ts'
import { withoutLockOut } from './lock-out.ts'
import { bumpSeen, type Change, faultsAsProblem, type Run, settle, tagsFor } from './reconcile.ts'
import { retire } from './retire.ts'
import { checkSeeds } from './seed-people.ts'

export type ApplyDeps = {
  readonly store: Store
  readonly random: Random
  readonly clock: Clock
  readonly secrets: Secrets
  readonly policies: Pick<PolicyWriter, 'putPolicyIn' | 'removePolicyIn'>
  readonly session: SessionLife
  /** Where the gateway's own applications lead. */
  readonly baseUrl: string
  readonly roles: Roles
  /** What ships with the gateway, and on top of it what a tenancy registered. */
  readonly catalogueFor: (services: readonly RegisteredService[]) => Catalogue
}
export type Applied = {
  readonly tenancyId: TenancyId
  readonly changes: readonly Change[]
  /** What the file declares for people who are not there yet. */
  readonly waiting: readonly DeclaredFault[]
}

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

/** Once, and never back: a file that does not say so leaves it as it is. */
const enableDeny = async ({ tx, random, now, actor, changes }: Run, before: Tenancy): Promise<Tenancy> => {
  const after = { ...before, denyEnabled: true }
  await tx.tenancies.put(after)
  const sides = { before: { denyEnabled: false }, after: { denyEnabled: true } }
  changes.push({ noun: 'tenancy', name: before.name, action: 'update', ...sides })
  await tx.audit.add(
    eventOf(random, now, {
      tenancyId: before.id,
      action: 'tenancy.deny-enabled',
      actor,
      target: { type: 'tenancy', id: before.id, name: before.name },
      ...sides,
      details: { by: 'apply' },
    }),
  )
  return after
}

/** @returns the root compartment */
const applyTop = async (run: Run, { document }: Declared, before: Tenancy): Promise<Compartment> => {
  const { displayName = before.displayName, denyEnabled, root: declared } = document.tenancy
  const tenancy = denyEnabled && !before.denyEnabled ? await enableDeny(run, before) : before
  const subject = { noun: 'tenancy' as const, name: tenancy.name, path: ['tenancy'] }
  await settle(run, subject, run.tx.tenancies.put, tenancy, { ...tenancy, displayName })
  const root = (await run.tx.compartments.list({ tenancyId: tenancy.id })).find((c) => c.parentId === undefined)
  if (!root) throw new Error(`tenancy ${tenancy.id} has no root compartment`)
  if (!declared) return root
  const after = { ...root, description: declared.description, ...tagsFor(root.tags, declared.tags) }
  const place = { noun: 'compartment' as const, name: root.name, path: ['tenancy', 'root'] }
  await settle(run, place, run.tx.compartments.put, root, after)
  return after
}

const applyNouns = async (run: Run, deps: ApplyDeps, { document }: Declared, root: Compartment): Promise<void> => {
  await applyServices(run, deps.catalogueFor([]), document.services)
  await applyCompartments(run, document.compartments, root.id)
  const compartments = await compartmentsOf(run)
  const domains: AppliedDomain[] = []
  for (const [index, declared] of document.domains.entries()) {
    const applied = await applyDomain(run, declared, index, compartments, deps.session)
    if (applied) domains.push(applied)
  }
  await ensureOwnAppsIn(run.tx, deps, run.actor, run.tenancyId, run.now) // rules may name them
  const apps = await applyApps(run, document.applications)
  for (const domain of domains) await applySignOnRules(run, domain, apps)
  for (const domain of domains) await applyIdps(run, domain, apps)
  await applyServiceIds(run, document.serviceIds, compartments)
  await checkSeeds(run, document.seed.people)
  await bumpSeen(run) // what roles and policies speak of has its revision before they are written
  const catalogue = deps.catalogueFor(await run.tx.services.list(run.tenancyId))
  await applyAssignments(run, deps.roles, catalogue, document.roleAssignments)
  await applyPolicies(run, deps.policies, document.policies, compartments)
  await retire(run, deps.policies.removePolicyIn)
  await bumpSeen(run)
}

/** In a transaction that the caller owns. Throws Problem('config-invalid') with every fault, Problem('not-permitted') on a lock-out. */
const applyIn = async (deps: ApplyDeps, tx: Tx, actor: Actor, declared: Declared): Promise<Run> => {
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
    waiting: [],
    seen: [],
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
  await applyNouns(run, deps, declared, await applyTop(run, declared, tenancy))
  if (run.faults.length > 0) throw faultsAsProblem(run.faults)
  return run
}

const appliedOf = async (run: Run): Promise<Applied> => ({
  tenancyId: run.tenancyId,
  changes: await inNames(run),
  waiting: run.waiting,
})

export type ApplyTenancy = (actor: Actor, declared: Declared) => Promise<Applied>
export const applyTenancy =
  (deps: ApplyDeps): ApplyTenancy =>
  (actor, declared) =>
    deps.store.write((tx) =>
      withoutLockOut(tx, deps.clock, async (guarded) => appliedOf(await applyIn(deps, guarded, actor, declared))),
    )

export type Planned = Applied & { readonly undeclared: readonly Undeclared[] }
export type PlanTenancy = (actor: Actor, declared: Declared) => Promise<Planned>
/** What applying would change, what it would leave alone, and whether it would be refused; leaves nothing behind. */
export const planTenancy =
  (deps: ApplyDeps): PlanTenancy =>
  async (actor, declared) => {
    const rolledBack = Symbol('rolled back')
    const plan: Planned[] = []
    try {
      await deps.store.write(async (tx) => {
        plan.push(
          await withoutLockOut(tx, deps.clock, async (guarded) => {
            const run = await applyIn(deps, guarded, actor, declared)
            return { ...(await appliedOf(run)), undeclared: await undeclaredIn(run) }
          }),
        )
        throw rolledBack
      })
    } catch (thrown) {
      if (thrown !== rolledBack) throw thrown
    }
    const [planned] = plan
    if (!planned) throw new Error('the plan was not made')
    return planned
  }
