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
  const all = [...table.entries()]
  const groups = {
    groups: new Map(all.map(([id, name]) => [name.toLowerCase(), id])),
    groupIds: new Set(all.map(([id]) => id)),
  }
  made.set(table, groups)
  return groups
}

export const worldIn = ({ snapshot, groups, dynamicGroups, domains }: Known): World => ({
  ...groupsIn(groups),
  domains: new Set([...domains.values()].map((name) => name.toLowerCase())),
  dynamicGroups: new Map(dynamicGroups.map(({ id, name }) => [name.toLowerCase(), id])),
  dynamicGroupIds: new Set(dynamicGroups.map(({ id }) => id)),
  tree: snapshot.tree,
})
