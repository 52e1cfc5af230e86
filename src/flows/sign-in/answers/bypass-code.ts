// A code from an administrator, used: it is gone, its owner is told, and the audit log has who gave it.
import { isBypassCode } from '../../../core/assurance/bypass-code.ts'
import type { Credential } from '../../../core/model/credential.ts'
import type { Tx } from '../../../ports/store.ts'
import { actorOf, eventOf, targetOf } from '../../audit-event.ts'
import { notify } from '../../notice.ts'
import type { AnsweringDeps, Given } from './answering.ts'

/** In the transaction that made it evidence. */
export const spendBypassCode = async (
  tx: Tx,
  { random }: AnsweringDeps,
  { open, ref, now }: Given,
  credential: Credential,
): Promise<void> => {
  const { person, app } = open
  if (!person || !isBypassCode(credential)) return
  await tx.credentials.remove(credential.id)
  await notify(tx, random, person, 'bypass-code-used', now)
  await tx.audit.add(
    eventOf(random, now, {
      tenancyId: person.tenancyId,
      domainId: person.domainId,
      action: 'bypass-code.used',
      actor: actorOf(person),
      target: targetOf(person),
      details: {
        credential: credential.id,
        given: credential.label,
        app: app?.name ?? null,
        address: ref.source.address,
      },
      requestId: ref.source.requestId,
    }),
  )
}
