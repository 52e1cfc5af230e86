// A sign-in that ends in "no" although its person proved who they are: written down with who, where and why.
import type { EpochMs } from '../../core/model/time.ts'
import type { Random } from '../../ports/random.ts'
import type { Tx } from '../../ports/store.ts'
import { actorOf, eventOf, targetOf } from '../audit-event.ts'
import type { Source } from './api.ts'
import { type Open, reasonOf } from './open-journey.ts'

type Ended = Pick<Open, 'journey' | 'step' | 'person' | 'app'>

/** Nothing for any other step, nor for somebody who proved nothing: that would be a name that was typed. */
export const noteRefusal = async (
  tx: Tx,
  random: Pick<Random, 'id'>,
  { journey, step, person, app }: Ended,
  source: Source,
  now: EpochMs,
): Promise<void> => {
  if (step.do !== 'refuse' || !person || journey.evidence.length === 0) return
  await tx.audit.add(
    eventOf(random, now, {
      tenancyId: journey.tenancyId,
      domainId: journey.domainId,
      action: 'sign-in.refused',
      reason: step.why,
      actor: actorOf(person),
      target: targetOf(person),
      details: {
        because: step.because ? reasonOf(step.because) : null,
        app: app?.name ?? null,
        address: source.address,
      },
      requestId: source.requestId,
    }),
  )
}
