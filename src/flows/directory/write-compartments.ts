// Compartments as administrators make, rename, tag, move and delete them. A tree of at most six levels below the root; what is deleted must be
// empty, and what moves takes everything below it along.
import type { CompartmentId } from '../../core/model/ids.ts'
import type { Tags } from '../../core/model/tag.ts'
import { type Compartment, MAX_COMPARTMENT_DEPTH } from '../../core/model/tenancy.ts'
import { limitInWords, limitsAfterMove, type MoveFault, type PolicyLimits } from '../../core/policy/limits.ts'
import { treeOf } from '../../core/policy/tree.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import type { Work } from '../access/administer.ts'
import { noteChange } from './note-change.ts'
import { same } from './reconcile.ts'

export type CompartmentInput = {
  /** Of a new one; what is there already is moved by itself. */
  readonly parentId: CompartmentId | undefined
  readonly name: string
  readonly description: string
  readonly tags: Tags
}

const note = (work: Work, verb: string, before: Compartment | undefined, after: Compartment | undefined) => {
  const { id, name } = after ?? before ?? { id: '', name: '' }
  return noteChange(work, {
    action: `compartment.${verb}`,
    target: { type: 'compartment', id, name },
    before,
    after,
    revision: { noun: 'compartment', id },
  })
}

const placed = async (tx: Tx, row: Compartment): Promise<void> => {
  if ((await tx.compartments.put(row)) === 'name-taken')
    throw new Problem('name-taken', `a compartment \`${row.name}\` is in that compartment already`)
}

/** Levels below the root. */
const depthOf = async (tx: Tx, id: CompartmentId): Promise<number> => {
  const row = await tx.compartments.get(id)
  return row?.parentId === undefined ? 0 : 1 + (await depthOf(tx, row.parentId))
}

export const putCompartment = async (
  work: Work,
  before: Compartment | undefined,
  { parentId, name, description, tags }: CompartmentInput,
): Promise<Compartment> => {
  const { tx, who, random } = work
  if (parentId !== undefined && (await depthOf(tx, parentId)) >= MAX_COMPARTMENT_DEPTH)
    throw new Problem(
      'config-invalid',
      `\`${name}\` would be ${MAX_COMPARTMENT_DEPTH + 1} levels below the root: at most ${MAX_COMPARTMENT_DEPTH} are allowed`,
      { reason: 'too-deep' },
    )
  if (before && before.parentId === undefined && name !== before.name)
    throw new Problem('not-permitted', 'the root compartment is named like the tenancy and keeps its name', {
      reason: 'root-compartment',
    })
  const after: Compartment = {
    id: before?.id ?? (random.id() as CompartmentId),
    tenancyId: who.tenancyId,
    parentId: before ? before.parentId : parentId,
    name,
    description,
    tags,
  }
  if (before && same({ ...before, tags: before.tags ?? {} }, after)) return before
  await placed(tx, after)
  await note(work, before ? 'updated' : 'created', before, after)
  return after
}

const moveRefusal = (fault: MoveFault, { name }: Compartment): Problem => {
  switch (fault.kind) {
    case 'root':
      return new Problem('not-permitted', 'the root compartment cannot be moved', { reason: 'root-compartment' })
    case 'no-compartment':
      return new Problem('not-found', 'there is no such compartment')
    case 'below-itself':
      return new Problem('config-invalid', `\`${name}\` cannot be moved below itself`, { reason: 'below-itself' })
    case 'name-taken':
      return new Problem('name-taken', `a compartment \`${name}\` is there already: rename one of them first`)
    case 'too-deep':
      return new Problem(
        'config-invalid',
        `\`${fault.where}\` would be ${fault.wanted} levels below the root: at most ${fault.allowed} are allowed`,
        { reason: 'too-deep' },
      )
    case 'limit':
      return new Problem('config-invalid', limitInWords(fault.over), { reason: 'limit-statements-per-path' })
  }
}

/** With everything below it. What policies say of it by name keeps its meaning: names were bound to ids when they were written. */
export const moveCompartment = async (
  work: Work,
  before: Compartment,
  parentId: CompartmentId,
  limits: PolicyLimits,
): Promise<Compartment> => {
  const { tx, who } = work
  const { tenancyId } = who
  if (before.parentId === parentId) return before
  const tree = treeOf(await tx.compartments.list({ tenancyId }))
  const counted = (await tx.policies.list({ tenancyId })).filter((p) => !p.system)
  const policies = counted.map((p) => ({ ...p, statements: p.statements.length }))
  const fault = limitsAfterMove(limits, tree, policies, { compartmentId: before.id, parentId })
  if (fault) throw moveRefusal(fault, before)
  const after = { ...before, parentId }
  await placed(tx, after)
  await note(work, 'moved', before, after)
  return after
}

const NAMED = 5
type Inside = { readonly what: string; readonly names: readonly string[] }

const insideOf = async (tx: Tx, { id, tenancyId }: Compartment): Promise<readonly Inside[]> => {
  const here = <T extends { readonly compartmentId: CompartmentId; readonly name: string }>(rows: readonly T[]) =>
    rows.filter((row) => row.compartmentId === id).map((row) => row.name)
  const resources = await tx.resources.list(tenancyId, { compartmentId: id, limit: NAMED })
  const more = (await tx.resources.count(tenancyId, id)) - resources.length
  const all: readonly Inside[] = [
    { what: 'compartments', names: (await tx.compartments.list({ tenancyId, parentId: id })).map((c) => c.name) },
    { what: 'domains', names: here(await tx.domains.list(tenancyId)) },
    { what: 'policies', names: (await tx.policies.list({ tenancyId, compartmentId: id })).map((p) => p.name) },
    { what: 'service IDs', names: here(await tx.serviceIds.list(tenancyId)) },
    { what: 'role assignments', names: here(await tx.roleAssignments.list(tenancyId)) },
    {
      what: 'resources',
      names: [...resources.map((r) => `${r.type}/${r.name}`), ...Array.from({ length: more }, () => '')],
    },
  ]
  return all.filter(({ names }) => names.length > 0)
}

const inWords = ({ what, names }: Inside): string => {
  const shown = names.slice(0, NAMED).map((n) => `\`${n}\``)
  return `${names.length} ${what} (${shown.join(', ')}${names.length > NAMED ? ', …' : ''})`
}

export const removeCompartment = async (work: Work, row: Compartment): Promise<void> => {
  if (row.parentId === undefined)
    throw new Problem('not-permitted', 'the root compartment cannot be deleted', { reason: 'root-compartment' })
  const inside = await insideOf(work.tx, row)
  if (inside.length > 0)
    throw new Problem(
      'not-empty',
      `\`${row.name}\` holds ${inside.map(inWords).join(', ')}: move or delete them first`,
      {
        reason: 'compartment-not-empty',
        fields: inside.map((one) => ({
          field: one.what,
          expected: 'nothing inside',
          remedy: `move or delete ${one.names
            .filter((n) => n !== '')
            .slice(0, NAMED)
            .map((n) => `\`${n}\``)
            .join(', ')}`,
        })),
      },
    )
  await work.tx.compartments.remove(row.id)
  await note(work, 'removed', row, undefined)
}
