// What administrators may ask about decisions, in one piece: they share what is known of each tenancy with whoever decides.
import { type Explainer, explainer } from './explain.ts'
import { type Review, reviewer } from './reach.ts'
import { type Simulator, simulator } from './simulate.ts'
import type { Snapshots } from './snapshots.ts'

export type DecisionFlows = { readonly explain: Explainer; readonly simulate: Simulator; readonly review: Review }

export const decisionFlows = (deps: { readonly known: Snapshots }): DecisionFlows => ({
  explain: explainer(deps),
  simulate: simulator(deps),
  review: reviewer(deps),
})
