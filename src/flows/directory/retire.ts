// What a tenancy file declared once and declares no longer. A list of ids kept with the tenancy says what the file owned at its last
// application; whatever people made by other means is never in it and never touched.
//   rules, password policies, mappings, policies,
//   dynamic groups, role assignments, services      removed; a service only when no resource of its types is registered
//   identity providers, applications, service IDs   disabled: people's links, tokens and keys hang on them
//   groups, compartments, domains                   left as they are: people and things are in them
import type {
  AppId,
  DynamicGroupId,
  IdpId,
  MappingRuleId,
  PasswordPolicyId,
  PolicyId,
  RegisteredServiceId,
  RoleAssignmentId,
  ServiceIdId,
  SignOnRuleId,
  TenancyId,
} from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Tx } from '../../ports/store.ts'
import type { RemovePolicyIn } from '../access/api.ts'
import { removeAssignment } from '../access/role-rows.ts'
import { revokeGranted } from './apply-idps.ts'
import { type Noun, type Run, record, recordingOf, same, shown } from './reconcile.ts'
import { refuseOrphans } from './write-service-catalogue.ts'

const MODEL = 'declared'
const LIST = 'owned'
type Owned = { readonly [noun: string]: readonly string[] }

export const ownedIn = async (tx: Tx, tenancyId: TenancyId): Promise<Owned> => {
  const row = await tx.payloads.get(tenancyId, MODEL, LIST)
  return (row?.body ?? {}) as Owned
}
const keepOwned = (run: Run, owned: JsonObject): Promise<void> =>
  run.tx.payloads.put({
    scope: run.tenancyId,
    model: MODEL,
    id: LIST,
    body: owned,
    grantId: undefined,
    uid: undefined,
    userCode: undefined,
    consumedAt: undefined,
    expiresAt: undefined,
  })

type Retire = (run: Run, id: string, removePolicyIn: RemovePolicyIn) => Promise<void>

const retireMapping: Retire = async (run, id) => {
  const before = await run.tx.mappingRules.get(id as MappingRuleId)
  const idp = before && (await run.tx.idps.get(before.idpId))
  if (!before || !idp) return
  await revokeGranted(run, idp, before, before.groups)
  await run.tx.mappingRules.remove(before.id)
  await record(
    run,
    { noun: 'mapping-rule', id, name: `${idp.name}/${before.name}`, domainId: idp.domainId },
    'remove',
    { before, after: undefined },
  )
}
const retireIdp: Retire = async (run, id) => {
  const before = await run.tx.idps.get(id as IdpId)
  if (!before?.enabled) return
  const after = { ...before, enabled: false }
  await run.tx.idps.put(after)
  await record(run, { noun: 'idp', id, name: before.name, domainId: before.domainId }, 'disable', { before, after })
}
const retireApp: Retire = async (run, id) => {
  const before = await run.tx.apps.get(id as AppId)
  if (!before?.enabled) return
  const after = { ...before, enabled: false }
  await run.tx.apps.put(after)
  await record(run, { noun: 'app', id, name: before.name }, 'disable', { before, after })
}
const retirePolicy: Retire = async (run, id, removePolicyIn) => {
  const policy = await run.tx.policies.get(id as PolicyId)
  if (policy && (await removePolicyIn(run.tx, run.actor, policy)))
    run.changes.push({
      noun: 'policy',
      name: policy.name,
      action: 'remove',
      before: shown(policy, run.secrets.digest),
      after: undefined,
    })
}
const retireSignOnRule: Retire = async (run, id) => {
  const before = await run.tx.signOnRules.get(id as SignOnRuleId)
  if (!before || !(await run.tx.signOnRules.remove(before.id))) return
  await record(run, { noun: 'sign-on-rule', id, name: before.name, domainId: before.domainId }, 'remove', {
    before,
    after: undefined,
  })
}
const retirePasswordPolicy: Retire = async (run, id) => {
  const before = await run.tx.passwordPolicies.get(id as PasswordPolicyId)
  if (!before || !(await run.tx.passwordPolicies.remove(before.id))) return
  await record(run, { noun: 'password-policy', id, name: before.name, domainId: before.domainId }, 'remove', {
    before,
    after: undefined,
  })
}

const retireDynamicGroup: Retire = async (run, id) => {
  const before = await run.tx.dynamicGroups.get(id as DynamicGroupId)
  if (!before || !(await run.tx.dynamicGroups.remove(before.id))) return
  await record(run, { noun: 'dynamic-group', id, name: before.name, domainId: before.domainId }, 'remove', {
    before,
    after: undefined,
  })
}
const retireServiceId: Retire = async (run, id) => {
  const before = await run.tx.serviceIds.get(id as ServiceIdId)
  if (before?.status !== 'active') return
  const after = { ...before, status: 'inactive' as const, updatedAt: run.now }
  await run.tx.serviceIds.put(after)
  await record(run, { noun: 'service-id', id, name: before.name }, 'disable', { before, after })
}
const retireAssignment: Retire = async (run, id) => {
  const before = await run.tx.roleAssignments.get(id as RoleAssignmentId)
  if (!before) return
  await removeAssignment(recordingOf(run), before)
  run.changes.push({
    noun: 'role-assignment',
    name: before.name,
    action: 'remove',
    before: shown(before, run.secrets.digest),
    after: undefined,
  })
}

/** Ahead of the services that are declared: their types may go from one to another. */
export const retireServices = async (run: Run, kept: ReadonlySet<string>): Promise<void> => {
  const owned = await ownedIn(run.tx, run.tenancyId)
  for (const id of owned.service ?? []) {
    const before = kept.has(id) ? undefined : await run.tx.services.get(id as RegisteredServiceId)
    if (!before) continue
    await refuseOrphans(run.tx, before, [])
    await run.tx.services.remove(before.id)
    await record(run, { noun: 'service', id, name: before.name }, 'remove', { before, after: undefined })
  }
}

const retirements: readonly (readonly [Noun, Retire])[] = [
  ['policy', retirePolicy],
  ['sign-on-rule', retireSignOnRule],
  ['mapping-rule', retireMapping],
  ['idp', retireIdp],
  ['app', retireApp],
  ['password-policy', retirePasswordPolicy],
  ['dynamic-group', retireDynamicGroup],
  ['role-assignment', retireAssignment],
  ['service-id', retireServiceId],
]
const ownable: readonly Noun[] = [...retirements.map(([noun]) => noun), 'service']

/** Ahead of the policies that are declared: a policy that goes makes room for one that comes, at the limit too. */
export const retirePolicies = async (
  run: Run,
  removePolicyIn: RemovePolicyIn,
  kept: ReadonlySet<string>,
): Promise<void> => {
  const owned = await ownedIn(run.tx, run.tenancyId)
  for (const id of owned.policy ?? []) if (!kept.has(id)) await retirePolicy(run, id, removePolicyIn)
}

export const retire = async (run: Run, removePolicyIn: RemovePolicyIn): Promise<void> => {
  const before = await ownedIn(run.tx, run.tenancyId)
  for (const [noun, away] of retirements)
    for (const id of before[noun] ?? []) if (!run.declared.get(noun)?.has(id)) await away(run, id, removePolicyIn)
  const owned: JsonObject = Object.fromEntries(
    ownable.map((noun) => [noun, [...(run.declared.get(noun) ?? [])].sort()]),
  )
  if (!same(before, owned)) await keepOwned(run, owned)
}
