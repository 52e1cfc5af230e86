// Names that no longer mean what they meant: told with what the id is called now and what the name means now.
import { expect, test } from 'vitest'
import type { CompartmentId, PolicyId, TenancyId } from '../../../src/core/model/ids.ts'
import type { Policy } from '../../../src/core/model/policy.ts'
import type { World } from '../../../src/core/policy/bind.ts'
import { checkStatement } from '../../../src/core/policy/check.ts'
import { staleBindings } from '../../../src/core/policy/stale.ts'
import { treeOf } from '../../../src/core/policy/tree.ts'
import { catalogue, compartments, world } from './kit.ts'

const statements = [
  'Allow group Ops, Default/Devs to read instances in compartment Prod:Web',
  'Allow dynamic-group Fleet to read instances in compartment id c-Db',
  'Allow group id g-Interns to read instances in tenancy',
  'Allow any-user to read instances in compartment acme',
]
const attachedTo = world.tree.root
const policy: Policy = {
  id: 'p' as PolicyId,
  tenancyId: 't' as TenancyId,
  compartmentId: 'c-acme' as CompartmentId,
  name: 'p',
  description: '',
  statements,
  bindings: statements.map((text) =>
    attachedTo ? checkStatement(text, { catalogue, world, attachedTo, denyEnabled: true }).bindings : {},
  ),
  system: false,
  createdAt: 0,
  updatedAt: 0,
}
const without = <V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> =>
  new Map([...map].filter(([k]) => k !== key))
const told = (now: Partial<World>) =>
  staleBindings(policy, { ...world, ...now }).map((s) => [s.statement, s.reference, s.state, s.nowCalled, s.nowMeans])

test('A1 nothing is stale while everything is called what it was', () => {
  expect(told({})).toEqual([])
})
test('A1 a group that was renamed, one that was deleted, and one made anew under the name', () => {
  const renamed = new Map([...without(world.groups, 'default/ops'), ['default/operators', 'g-Ops']])
  expect(told({ groups: renamed })).toEqual([[1, 'group:default/ops', 'renamed', 'default/operators', undefined]])
  const again = new Map([...world.groups, ['default/devs', 'g-new']])
  const ids = new Set([...world.groupIds, 'g-new'])
  ids.delete('g-Devs')
  expect(told({ groups: again, groupIds: ids })).toEqual([[1, 'group:default/devs', 'gone', undefined, 'g-new']])
})
test('A8 the same of dynamic groups; ids that a statement names itself are there or not', () => {
  const dynamicGroups = without(world.dynamicGroups, 'default/fleet')
  const dynamicGroupIds = new Set([...world.dynamicGroupIds].filter((id) => id !== 'dg-Fleet'))
  const groupIds = new Set([...world.groupIds].filter((id) => id !== 'g-Interns'))
  expect(told({ dynamicGroups, dynamicGroupIds, groupIds })).toEqual([
    [2, 'dynamic-group:default/fleet', 'gone', undefined, undefined],
    [3, 'group id g-Interns', 'gone', undefined, undefined],
  ])
})
test('A6 a compartment that moved, was renamed, or is gone', () => {
  const rows = (change: (c: (typeof compartments)[number]) => (typeof compartments)[number] | undefined) => ({
    tree: treeOf(compartments.map(change).filter((c) => c !== undefined)),
  })
  expect(told(rows((c) => (c.name === 'Web' ? { ...c, parentId: 'c-Dev' as CompartmentId } : c)))).toEqual([
    [1, 'compartment:prod:web', 'renamed', 'Dev:Web', undefined],
  ])
  expect(told(rows((c) => (c.name === 'Prod' ? { ...c, name: 'Live' } : c)))).toEqual([
    [1, 'compartment:prod:web', 'renamed', 'Live:Web', undefined],
  ])
  expect(told(rows((c) => (c.name === 'Web' || c.name === 'Blue' || c.name === 'Db' ? undefined : c)))).toEqual([
    [1, 'compartment:prod:web', 'gone', undefined, undefined],
    [2, 'compartment id c-Db', 'gone', undefined, undefined],
  ])
})
