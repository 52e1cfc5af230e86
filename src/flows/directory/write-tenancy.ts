// The tenancy itself: its display name. Its name is part of addresses and stays.
import type { Tenancy } from '../../core/model/tenancy.ts'
import type { Work } from '../access/administer.ts'
import { noteChange } from './note-change.ts'

export const renameTenancy = async (work: Work, before: Tenancy, displayName: string): Promise<Tenancy> => {
  if (before.displayName === displayName) return before
  const after: Tenancy = { ...before, displayName }
  await work.tx.tenancies.put(after)
  await noteChange(work, {
    action: 'tenancy.updated',
    target: { type: 'tenancy', id: before.id, name: before.name },
    before: { displayName: before.displayName },
    after: { displayName },
  })
  return after
}
