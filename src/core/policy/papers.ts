// Two tenancies on paper laid upon each other: what either knows of compartments, groups and domains, both do, and each keeps its own
// policies. Only then is a difference one of the policies.
import { type Comparison, compare } from './compare.ts'
import type { KindOfSubject } from './compare-points.ts'
import { fold } from './glob.ts'
import type { Paper } from './sketch.ts'
import type { Stage } from './stage.ts'

const withoutCase = (names: readonly string[]): readonly string[] => [
  ...new Map(names.toReversed().map((name): [string, string] => [fold(name), name])).values(),
]

/** The root of the first counts; a compartment of both is the one of the first. */
export const laidTogether = (before: Paper, after: Paper): readonly [Paper, Paper] => {
  const [root, other] = [before, after].map(({ rows }) => rows.find((row) => row.parentId === undefined)?.id)
  const inFirst = (id: Paper['rows'][number]['parentId']) => (id !== undefined && id === other ? root : id)
  const rows = new Map(before.rows.map((row) => [fold(row.id), row]))
  for (const row of after.rows)
    if (row.parentId !== undefined && !rows.has(fold(row.id)))
      rows.set(fold(row.id), { ...row, parentId: rows.get(fold(inFirst(row.parentId) ?? ''))?.id ?? root })
  const shared = {
    rows: [...rows.values()],
    groups: withoutCase([...before.groups, ...after.groups]),
    groupIds: [...before.groupIds, ...after.groupIds],
    dynamicGroups: withoutCase([...before.dynamicGroups, ...after.dynamicGroups]),
    dynamicGroupIds: [...before.dynamicGroupIds, ...after.dynamicGroupIds],
    domains: withoutCase([...before.domains, ...after.domains]),
    ids: new Map([...(after.ids ?? []), ...(before.ids ?? [])]),
  }
  return [
    { ...before, ...shared },
    { ...after, ...shared },
  ]
}

/** Services and acting resources go by words, everybody else by an id. */
export const kindsOn = ({ sketch }: Stage): KindOfSubject => {
  const dynamic = new Set([...sketch.world.dynamicGroups.values(), ...sketch.world.dynamicGroupIds])
  return (subject) => {
    const word = /^(service|resource) /.exec(subject)?.[1]
    if (word === 'service' || word === 'resource') return word
    return dynamic.has(subject) ? 'dynamic-group' : 'group'
  }
}

export const compareStages = (before: Stage, after: Stage, now: number): Comparison =>
  compare({ before: before.sketch.snapshot, after: after.sketch.snapshot }, kindsOn(after), now)
