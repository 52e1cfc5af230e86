// Services that applications register at run time: their resource-types, permissions and operations, beside what ships with the gateway.
// Checked as the shipped ones are; what would change the meaning of anything that is there already is refused.
import type { RegisteredServiceId } from '../../core/model/ids.ts'
import type { RegisteredService } from '../../core/model/resource.ts'
import { type Catalogue, type CatalogueData, catalogueOf } from '../../core/policy/catalogue.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem, type ProblemField } from '../../problem.ts'
import type { Work } from '../access/administer.ts'
import { noteChange } from './note-change.ts'
import { same } from './reconcile.ts'

export const MOST_SERVICES = 100
const MOST_TYPES = 200

const note = (
  work: Work,
  verb: string,
  before: RegisteredService | undefined,
  after: RegisteredService | undefined,
) => {
  const { id, name } = after ?? before ?? { id: '', name: '' }
  return noteChange(work, {
    action: `service.${verb}`,
    target: { type: 'service', id, name },
    before,
    after,
    revision: { noun: 'service', id },
  })
}

const fold = (text: string): string => text.toLowerCase()

/** A family or another name for a type of somebody else would let whoever registers services add to what a policy means. */
const foreignWords = (data: CatalogueData): readonly ProblemField[] => {
  const own = new Set([...Object.keys(data.types), ...Object.keys(data.families)].map(fold))
  const expected = 'only resource-types and families of this service'
  const strange = (words: readonly string[], field: string): readonly ProblemField[] =>
    words.flatMap((word) => (own.has(fold(word)) ? [] : [{ field, expected, remedy: `leave \`${word}\` out` }]))
  return [
    ...Object.entries(data.families).flatMap(([family, members]) => strange(members, `families.${family}`)),
    ...Object.entries(data.aliases).flatMap(([alias, meant]) => strange([meant], `aliases.${alias}`)),
  ]
}

const refuseFaults = (fields: readonly ProblemField[]): void => {
  const [first] = fields
  if (first)
    throw new Problem('config-invalid', `\`${first.field}\`: ${first.expected}`, { reason: 'catalogue', fields })
}

/** Problem('config-invalid') with the fields at fault, 'name-taken' where one of that name ships with the gateway. */
export const checkService = (
  shipped: Catalogue,
  others: readonly Pick<RegisteredService, 'data'>[],
  data: CatalogueData,
): void => {
  if ([...shipped.sources, ...others.map((o) => o.data)].some((source) => fold(source.service) === fold(data.service)))
    throw new Problem('name-taken', `a service \`${data.service}\` ships with the gateway`)
  if (Object.keys(data.types).length > MOST_TYPES)
    refuseFaults([{ field: 'types', expected: `at most ${MOST_TYPES} resource-types` }])
  refuseFaults(foreignWords(data))
  const { faults } = catalogueOf([...shipped.sources, ...others.map((o) => o.data), data])
  refuseFaults(faults.map(({ path, message }) => ({ field: path.join('.'), expected: message })))
}

/** Resources of a type that goes would be of no type. `kept`: lower-case names of those that stay. */
export const refuseOrphans = async (tx: Tx, before: RegisteredService, kept: readonly string[]): Promise<void> => {
  const gone = Object.keys(before.data.types)
    .map(fold)
    .filter((type) => !kept.includes(type))
  const fields: ProblemField[] = []
  for (const type of gone) {
    const [row] = await tx.resources.list(before.tenancyId, { type, limit: 1 })
    if (row) fields.push({ field: `types.${type}`, expected: 'no registered resource of a type that goes' })
  }
  if (fields.length > 0)
    throw new Problem(
      'not-empty',
      `there are registered resources of ${fields.map((f) => `\`${f.field.slice('types.'.length)}\``).join(', ')}: delete them first`,
      { reason: 'service-not-empty', fields },
    )
}

export const putService = async (
  work: Work,
  before: RegisteredService | undefined,
  name: string,
  data: CatalogueData,
  shipped: Catalogue,
): Promise<RegisteredService> => {
  const { tx, who, now, random } = work
  const others = (await tx.services.list(who.tenancyId)).filter((s) => s.id !== before?.id)
  if (!before && others.length >= MOST_SERVICES)
    throw new Problem('config-invalid', `at most ${MOST_SERVICES} services can be registered in a tenancy`, {
      reason: 'limit-services',
    })
  checkService(shipped, others, data)
  if (before && before.name === name && same(before.data, data)) return before
  if (before) await refuseOrphans(tx, before, Object.keys(data.types).map(fold))
  const after: RegisteredService = {
    id: before?.id ?? (random.id() as RegisteredServiceId),
    tenancyId: who.tenancyId,
    name,
    data,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  }
  if ((await tx.services.put(after)) === 'name-taken')
    throw new Problem('name-taken', `a service \`${name}\` is registered already`)
  await note(work, before ? 'updated' : 'created', before, after)
  return after
}

export const removeService = async (work: Work, row: RegisteredService): Promise<void> => {
  await refuseOrphans(work.tx, row, [])
  await work.tx.services.remove(row.id)
  await note(work, 'removed', row, undefined)
}
