// What the names in a statement mean now, taken from what is at hand instead of from rows: a tenancy may have very many groups.
import type { World } from '../../core/policy/bind.ts'
import type { Table } from '../../core/policy/table.ts'
import type { Known } from './known.ts'

type Groups = Pick<World, 'groups' | 'groupIds'>
/** Made once for as long as no group changes. */
const made = new WeakMap<Table<string>, Groups>()

const groupsIn = (table: Known['groups']): Groups => {
  const known = made.get(table)
  if (known) return known
  const [groups, groupIds] = [new Map<string, string>(), new Set<string>()]
  for (const [id, name] of table.entries()) {
    groups.set(name.toLowerCase(), id)
    groupIds.add(id)
  }
  made.set(table, { groups, groupIds })
  return { groups, groupIds }
}

export const worldIn = ({ snapshot, groups, dynamicGroups, domains }: Known): World => ({
  ...groupsIn(groups),
  domains: new Set([...domains.values()].map((name) => name.toLowerCase())),
  dynamicGroups: new Map(dynamicGroups.map(({ id, name }) => [name.toLowerCase(), id])),
  dynamicGroupIds: new Set(dynamicGroups.map(({ id }) => id)),
  tree: snapshot.tree,
})
