// Dynamic groups: workloads belong to them by a matching rule. The rule is checked as it is written, with every fault told at once.
import type { DynamicGroupId } from '../../core/model/ids.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import type { DynamicGroup } from '../../core/model/workload.ts'
import { lineOf } from '../../core/policy/fault.ts'
import { parseRule } from '../../core/policy/parse-rule.ts'
import { Problem } from '../../problem.ts'
import type { Work } from '../access/administer.ts'
import { noteChange } from './note-change.ts'
import { same } from './reconcile.ts'

export type DynamicGroupInput = Pick<DynamicGroup, 'name' | 'description' | 'rule'>

const note = (
  work: Work,
  domain: Domain,
  verb: string,
  before: DynamicGroup | undefined,
  after: DynamicGroup | undefined,
) => {
  const { id, name } = after ?? before ?? { id: '', name: '' }
  return noteChange(work, {
    action: `dynamic-group.${verb}`,
    target: { type: 'dynamic-group', id, name: `${domain.name}/${name}` },
    domainId: domain.id,
    before,
    after,
    revision: { noun: 'dynamic-group', id },
  })
}

const refuseFaults = (rule: string): void => {
  const { faults } = parseRule(rule)
  const errors = faults.filter((f) => f.severity === 'error')
  const [first] = errors
  if (first)
    throw new Problem('config-invalid', `\`rule\`: ${lineOf(first)}`, {
      reason: first.code,
      fields: errors.map((f) => ({
        field: 'rule',
        expected: `${f.line}:${f.column} ${f.message}`,
        ...(f.fix === undefined ? {} : { remedy: f.fix }),
      })),
    })
}

export const putDynamicGroup = async (
  work: Work,
  domain: Domain,
  before: DynamicGroup | undefined,
  input: DynamicGroupInput,
): Promise<DynamicGroup> => {
  const { tx, now, random } = work
  refuseFaults(input.rule)
  const after: DynamicGroup = {
    id: before?.id ?? (random.id() as DynamicGroupId),
    tenancyId: domain.tenancyId,
    domainId: domain.id,
    ...input,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  }
  if (before && same({ ...before, updatedAt: now }, after)) return before
  if ((await tx.dynamicGroups.put(after)) === 'name-taken')
    throw new Problem('name-taken', `a group or dynamic group \`${input.name}\` is in this domain already`)
  await note(work, domain, before ? 'updated' : 'created', before, after)
  return after
}

export const removeDynamicGroup = async (work: Work, domain: Domain, row: DynamicGroup): Promise<void> => {
  await work.tx.dynamicGroups.remove(row.id)
  await note(work, domain, 'removed', row, undefined)
}
