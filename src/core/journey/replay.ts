// A sign-in that happened, played through under the rules it met and under others: what would be asked more, or less, and who would not get
// in. The same rehearsal for both sides, so that only the rules make the difference.
import type { EpochMs } from '../model/time.ts'
import type { Facts } from './facts.ts'
import { type Rehearsal, rehearse } from './rehearse.ts'
import type { Step } from './step.ts'

export type Played = {
  readonly steps: readonly Step[]
  readonly secondFactor: boolean
  readonly refused: boolean
}
export const played = (facts: Facts, how: Rehearsal, now: EpochMs): Played => {
  const steps = rehearse(facts, how, now)
  return {
    steps,
    secondFactor: steps.some((s) => s.do === 'challenge' || s.do === 'enrol'),
    refused: steps.at(-1)?.do !== 'done',
  }
}

export type Change = 'newly-refused' | 'newly-admitted' | 'newly-second-factor' | 'no-second-factor'
/** Being refused outweighs what would be asked on the way. */
export const changeOf = (before: Played, after: Played): Change | undefined => {
  if (before.refused !== after.refused) return after.refused ? 'newly-refused' : 'newly-admitted'
  if (before.secondFactor === after.secondFactor || after.refused) return undefined
  return after.secondFactor ? 'newly-second-factor' : 'no-second-factor'
}
