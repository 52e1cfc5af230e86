// What stands beside a declaration: changes told in names instead of ids, and what the store holds that no file declares. Reads only;
// people and what hangs on them are nobody's to declare and are not looked at.

import type { Json } from '../../core/model/json.ts'
import { isOwnApp } from '../../core/model/own-apps.ts'
import { type Tree, treeOf } from '../../core/policy/tree.ts'
import type { Change, Noun, Run } from './reconcile.ts'

export type Undeclared = { readonly noun: Noun; readonly name: string }

type Row = { readonly id: string; readonly name: string; readonly noun: Noun; readonly free?: boolean }

const inDomains = async ({ tx, tenancyId }: Run): Promise<readonly Row[]> => {
  const out: Row[] = []
  for (const domain of await tx.domains.list(tenancyId)) {
    const named =
      (noun: Noun, within = domain.name) =>
      (row: { readonly id: string; readonly name: string; readonly system?: boolean }): Row => ({
        id: row.id,
        name: `${within}/${row.name}`,
        noun,
        free: row.system === true,
      })
    out.push({ id: domain.id, name: domain.name, noun: 'domain', free: domain.name === 'default' })
    out.push(...(await tx.groups.list(domain.id)).map(named('group')))
    out.push(...(await tx.dynamicGroups.list(domain.id)).map(named('dynamic-group')))
    out.push(...(await tx.passwordPolicies.list(domain.id)).map(named('password-policy')))
    out.push(...(await tx.signOnRules.list(domain.id)).map(named('sign-on-rule')))
    for (const idp of await tx.idps.list(domain.id)) {
      out.push(named('idp')(idp))
      const rules = await tx.mappingRules.list(idp.id)
      out.push(...rules.map(named('mapping-rule', `${domain.name}/${idp.name}`)))
    }
  }
  return out
}

const pathIn = (tree: Tree, id: string): string => tree.byId.get(id)?.path.replaceAll(':', '/') ?? ''

/** What rows name each other by. */
const nounsOf = async (run: Run): Promise<readonly Row[]> => {
  const { tx, tenancyId } = run
  const tree = treeOf(await tx.compartments.list({ tenancyId }))
  const plain =
    (noun: Noun) =>
    ({ id, name }: { readonly id: string; readonly name: string }): Row => ({ id, name, noun })
  return [
    ...(await tx.services.list(tenancyId)).map(plain('service')),
    ...tree.places.map(
      ({ id, index }): Row => ({ id, name: pathIn(tree, id), noun: 'compartment', free: index === 0 }),
    ),
    ...(await inDomains(run)),
    ...(await tx.apps.list(tenancyId)).map((app): Row => ({ ...plain('app')(app), free: isOwnApp(app) })),
    ...(await tx.serviceIds.list(tenancyId)).map(plain('service-id')),
  ]
}

/** What nobody names. */
const grantsOf = async ({ tx, tenancyId }: Run): Promise<readonly Row[]> => {
  const tree = treeOf(await tx.compartments.list({ tenancyId }))
  return [
    ...(await tx.roleAssignments.list(tenancyId)).map(({ id, name }): Row => ({ id, name, noun: 'role-assignment' })),
    ...(await tx.policies.list({ tenancyId })).map(
      ({ id, name, compartmentId, system }): Row => ({
        id,
        name: compartmentId === tree.root?.id ? name : `${pathIn(tree, compartmentId)}/${name}`,
        noun: 'policy',
        free: system,
      }),
    ),
  ]
}

/** Left alone by every application: somebody made it by other means. What a tenancy is born with is not in it. */
export const undeclaredIn = async (run: Run): Promise<readonly Undeclared[]> =>
  [...(await nounsOf(run)), ...(await grantsOf(run))]
    .filter(({ id, noun, free }) => free !== true && !run.declared.get(noun)?.has(id))
    .map(({ noun, name }) => ({ noun, name }))

const renamed = (value: Json, names: ReadonlyMap<string, string>, top: boolean): Json => {
  if (typeof value === 'string') return names.get(value) ?? value
  if (Array.isArray(value)) return value.map((item: Json) => renamed(item, names, false))
  if (typeof value !== 'object' || value === null) return value
  // the row's own id stays: it is how a program finds the row again
  const entries = Object.entries(value).map(([key, v]): readonly [string, Json] => [
    key,
    top && key === 'id' ? v : renamed(v, names, false),
  ])
  return Object.fromEntries(entries)
}

/** The changes with names where rows name each other by id, which nobody can read. */
export const inNames = async (run: Run): Promise<readonly Change[]> => {
  if (run.changes.length === 0) return run.changes
  const names = new Map((await nounsOf(run)).map(({ id, name }) => [id, name]))
  const told = (side: Json | undefined): Json | undefined =>
    side === undefined ? undefined : renamed(side, names, true)
  return run.changes.map((change) => ({ ...change, before: told(change.before), after: told(change.after) }))
}
