// Subjects that are programs. Services and acting resources go by their names alone; any other type word is a workload, whose compartment,
// tags and further facts are taken as its application says them: it vouches for them.
import type { JsonObject } from '../../core/model/json.ts'
import { workloadOf } from '../../core/policy/program.ts'
import type { Principal } from '../../core/policy/question.ts'
import type { DecisionReason, Question } from './api.ts'
import type { Known } from './snapshots.ts'

export type Subject = { readonly principal: Principal; readonly record: JsonObject }
export type NoSubject = Extract<DecisionReason, 'subject-unknown' | 'subject-type-unsupported' | 'subject-not-active'>
export type Found = Subject | NoSubject

const vouchedFor = (known: Known, asked: Question['subject']): Found => {
  const { dynamicGroups, groupTags } = known
  const found = workloadOf({ tree: known.snapshot.tree, dynamicGroups, groupTags }, asked)
  if (typeof found === 'string') return found
  const { principal, place, groups } = found
  return {
    principal,
    record: {
      id: principal.id,
      type: asked.type,
      compartmentId: place.id,
      groups: groups.map((g) => ({ id: g.id, name: g.name, because: ['matching rule'] })),
    },
  }
}

export const programOf = (known: Known, asked: Question['subject']): Found => {
  const { type, id } = asked
  if (type !== 'service' && type !== 'resource') return vouchedFor(known, asked)
  if (id.trim() === '') return 'subject-unknown'
  return { principal: { id, name: id, groupIds: [], type }, record: { id, type } }
}
