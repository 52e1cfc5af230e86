// What a tenancy file declared once and declares no longer. A list of ids kept with the tenancy says what the file owned at its last
// application; whatever people made by other means is never in it and never touched.
//   rules, password policies, mappings, policies    removed
//   identity providers, applications                disabled: people's links and tokens hang on them
//   groups, compartments, domains                   left as they are: people and things are in them
import type { AppId, IdpId, MappingRuleId, PasswordPolicyId, PolicyId, SignOnRuleId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { RemovePolicyIn } from '../access/api.ts'
import { revokeGranted } from './apply-idps.ts'
import { type Noun, type Run, record, same, shown } from './reconcile.ts'

const MODEL = 'declared'
const LIST = 'owned'
type Owned = { readonly [noun: string]: readonly string[] }

const ownedBefore = async (run: Run): Promise<Owned> => {
  const row = await run.tx.payloads.get(run.tenancyId, MODEL, LIST)
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

const retirements: readonly (readonly [Noun, Retire])[] = [
  ['policy', retirePolicy],
  ['sign-on-rule', retireSignOnRule],
  ['mapping-rule', retireMapping],
  ['idp', retireIdp],
  ['app', retireApp],
  ['password-policy', retirePasswordPolicy],
]

export const retire = async (run: Run, removePolicyIn: RemovePolicyIn): Promise<void> => {
  const before = await ownedBefore(run)
  for (const [noun, away] of retirements)
    for (const id of before[noun] ?? []) if (!run.declared.get(noun)?.has(id)) await away(run, id, removePolicyIn)
  const owned: JsonObject = Object.fromEntries(
    retirements.map(([noun]) => [noun, [...(run.declared.get(noun) ?? [])].sort()]),
  )
  if (!same(before, owned)) await keepOwned(run, owned)
}
