// Opening and saving a journey: bound to its browser, inside its time, by version. The hop says which answer is being given to what.
import { nextStep } from '../../core/journey/next-step.ts'
import type { Step } from '../../core/journey/step.ts'
import type { Journey } from '../../core/model/journey.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import type { JourneyRef } from './api.ts'
import { askingOf, type Loaded, loadFacts } from './load-facts.ts'

export type Open = Loaded & { readonly journey: Journey; readonly step: Step }

export const openJourney = async (tx: Tx, secrets: Secrets, ref: JourneyRef, now: EpochMs): Promise<Open> => {
  const journey = await tx.journeys.get(ref.journeyId)
  const mine =
    journey !== undefined &&
    journey.domainId === ref.domainId &&
    ref.browserToken !== undefined &&
    secrets.same(journey.browserHash, secrets.digest(ref.browserToken))
  // One answer for "never was", "is over" and "belongs to another browser": an id found in a log or a Referer tells nothing.
  if (!mine)
    throw new Problem(
      'journey-unknown',
      'this sign-in is over, or it was begun in another browser: start again from the application',
    )
  if (journey.expiresAt <= now)
    throw new Problem('journey-expired', 'this sign-in took too long: start again from the application')
  const loaded = await loadFacts(tx, askingOf(journey), now)
  return { ...loaded, journey, step: nextStep(loaded.facts, now) }
}

/**
 * A MAC over (journey, step, what is in evidence): an answer meant for one question cannot be given to another, and no other site can
 * make one. Not over the version: showing a page again (second tab) saves pending challenges without changing the question.
 */
export const hopOf = (secrets: Secrets, { journey, step }: Pick<Open, 'journey' | 'step'>): string =>
  secrets.mac(
    'hop',
    JSON.stringify([
      'journey',
      journey.id,
      step.do,
      journey.evidence.length,
      journey.username ?? null,
      journey.route ?? null,
    ]),
  )

/** A lost race is a lost tab: the other answer counted. */
export const saveJourney = async (tx: Tx, journey: Journey): Promise<void> => {
  if ((await tx.journeys.save(journey)) === 'stale')
    throw new Problem('changed-meanwhile', 'this step was answered in another tab')
}

export const walked = (journey: Journey, step: Step, outcome: string, at: EpochMs): Journey['path'] => {
  const because = 'because' in step && step.because ? reasonOf(step.because) : ''
  return [...journey.path, { at, asked: step.do, because, outcome }].slice(-50)
}
/** Who asked, in words for the audit. */
export const reasonOf = (winner: {
  by: string
  rule?: string
  group?: string | undefined
  app?: string | undefined
}): string =>
  [
    winner.by === 'rule' ? `rule ${winner.rule}` : winner.by,
    winner.group && `group ${winner.group}`,
    winner.app && `application ${winner.app}`,
  ]
    .filter(Boolean)
    .join(', ')
