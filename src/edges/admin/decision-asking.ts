// How questions about decisions are asked: whoever asks is shown statements and groups of the whole tenancy, so it takes the permissions to
// read both decisions and policies, at the root.
import type { EpochMs } from '../../core/model/time.ts'
import type { Tx } from '../../ports/store.ts'
import type { Call, Edge, Permission, Reply } from './route.ts'
import { instant } from './shapes.ts'

export const needed: readonly [Permission, ...Permission[]] = [
  { operation: 'ExplainDecision', resourceType: 'audit-events' },
  { operation: 'ListPolicies', resourceType: 'policies' },
]
const wholeTenancy = { id: '', name: '', compartmentId: undefined }

/** Answered from one view of the store; nothing of it is cached, so it has no tag. */
export const asking = async (
  edge: Edge,
  call: Call,
  answer: (tx: Tx, now: EpochMs) => Promise<unknown>,
  [first, ...others]: readonly [Permission, ...Permission[]] = needed,
): Promise<Reply> => {
  const demands = others.map((permission) => ({ permission, target: wholeTenancy }))
  const body = await edge.administer.read(
    call.who,
    async () => ({ demands: [{ permission: first, target: wholeTenancy }, ...demands], found: undefined }),
    (tx, _found, now) => answer(tx, now),
  )
  return { status: 200, body }
}

export const period = {
  from: instant.optional(),
  to: instant.optional(),
}
export const at = (when: string | undefined): EpochMs | undefined => (when === undefined ? undefined : Date.parse(when))
