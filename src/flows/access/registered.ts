// What the gateway itself knows of the resource of a question, where it was registered under the id that its application uses.
import type { TenancyId } from '../../core/model/ids.ts'
import type { Catalogue } from '../../core/policy/catalogue.ts'
import type { Registered } from '../../core/policy/question.ts'
import type { Tx } from '../../ports/store.ts'
import type { Question } from './api.ts'

export const registeredFor = async (
  tx: Tx,
  tenancyId: TenancyId,
  { types }: Catalogue,
  { type, id }: Pick<Question['resource'], 'type' | 'id'>,
): Promise<Registered | undefined> => {
  const name = types.get(type.toLowerCase())?.name // an alias means the type it stands for
  return name === undefined || id === '' ? undefined : tx.resources.byName(tenancyId, name, id)
}
