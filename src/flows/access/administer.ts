// Everything that is administered comes through here: the question goes to the evaluator and on record, and a write asks again inside its own
// transaction, so that neither a policy nor the thing itself can change between the answer and the deed. Knows no noun and no protocol.

import type { DecisionId } from '../../core/model/ids.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import { namingDecision } from '../audit-event.ts'
import type { Authorize } from './api.ts'
import {
  type Administrator,
  type Demand,
  type Permission,
  questionOf,
  type Standing,
  type StandingOf,
  type Target,
} from './permits.ts'

/** What a flow needs to make one administrative change; `tx` is the transaction that the permission was asked in. */
export type Work = {
  readonly tx: Tx
  readonly who: Administrator
  readonly standing: Standing
  readonly now: EpochMs
  readonly random: Random
  readonly secrets: Secrets
}
/** What is asked, and what was found on the way to asking it. Every demand must be granted. */
export type Asking<F> = { readonly demands: readonly [Demand, ...Demand[]]; readonly found: F }
export type Listing<F> = { readonly permission: Permission; readonly place: Target; readonly found: F }

/** With what a list looks at its rows. */
export type Eyes = {
  readonly standing: Standing
  readonly now: EpochMs
  /** The list as such is granted; else it is shown for the sake of the rows that may be seen, so those are to be looked for. */
  readonly whole: boolean
  readonly visible: (target: Target) => boolean
  /** Said of a page on which nothing may be seen, while there are rows that were not looked at. */
  readonly goesOn: () => void
}

export type Administer = {
  readonly read: <F, T>(
    who: Administrator,
    ask: (tx: Tx, standing: Standing) => Promise<Asking<F>>,
    show: (tx: Tx, found: F, now: EpochMs) => Promise<T>,
  ) => Promise<T>
  readonly list: <F, T>(
    who: Administrator,
    ask: (tx: Tx, standing: Standing) => Promise<Listing<F>>,
    show: (tx: Tx, found: F, eyes: Eyes) => Promise<T>,
  ) => Promise<T>
  readonly write: <F, T>(
    who: Administrator,
    ask: (tx: Tx, standing: Standing) => Promise<Asking<F>>,
    change: (work: Work, found: F) => Promise<T>,
  ) => Promise<T>
}
type Deps = {
  /** Guarded against lock-out: flows/directory/lock-out.ts. */
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly secrets: Secrets
  readonly authorize: Authorize
  readonly standingOf: StandingOf
}

const refusal = ({ permission }: Demand, decisionId: string): Problem =>
  new Problem(
    'not-permitted',
    `you lack the permission for \`${permission.operation}\` on \`${permission.resourceType}\` here; an administrator can look up why under decision \`${decisionId}\``,
    { reason: 'not-permitted' },
  )

type Outcome<T> = { readonly value: T } | { readonly thrown: unknown }
const outcomeOf = async <T>(work: Promise<T>): Promise<Outcome<T>> =>
  work.then(
    (value) => ({ value }),
    (thrown: unknown) => ({ thrown }),
  )
const settled = <T>(outcome: Outcome<T> | undefined): T => {
  if (!outcome) throw new Problem('not-permitted')
  if ('thrown' in outcome) throw outcome.thrown
  return outcome.value
}

/** Rows that are asked about are remembered by the first that may be seen: it is the one that goes on record. */
const looking = (standing: Standing, permission: Permission) => {
  let first: Target | undefined
  const visible = (target: Target): boolean => {
    const seen = standing.sees(permission, target)
    if (seen) first ??= target
    return seen
  }
  return { visible, first: () => first }
}

export const administrating = ({ store, clock, random, secrets, authorize, standingOf }: Deps): Administer => {
  const demand = async (who: Administrator, asked: Demand): Promise<DecisionId> => {
    const { allow, id } = await authorize(who, questionOf(who, asked))
    if (!allow) throw refusal(asked, id)
    return id
  }
  return {
    read: async (who, ask, show) => {
      await standingOf.prepare(who.tenancyId)
      const { demands, outcome } = await store.read(async (tx) => {
        const now = clock()
        const standing = await standingOf(tx, who, now)
        const { demands, found } = await ask(tx, standing)
        const mine = demands.every(standing.may)
        return { demands, outcome: mine ? await outcomeOf(show(tx, found, now)) : undefined }
      })
      for (const one of demands) await demand(who, one)
      return settled(outcome)
    },

    list: async (who, ask, show) => {
      await standingOf.prepare(who.tenancyId)
      const { asked, outcome, open } = await store.read(async (tx) => {
        const now = clock()
        const standing = await standingOf(tx, who, now)
        const { permission, place, found } = await ask(tx, standing)
        const asked: Demand = { permission, target: place }
        const whole = standing.may(asked)
        const { visible, first } = looking(standing, permission)
        let unfinished = false
        const goesOn = (): void => {
          unfinished = true
        }
        const outcome = await outcomeOf(show(tx, found, { standing, now, whole, visible, goesOn }))
        const seen = first()
        // Rows of one place: somebody who may see some of them there is not refused for those that come first.
        const open =
          unfinished && !whole && !seen && place.compartmentId !== undefined && standing.couldSee(permission, place)
        // Whoever may see some rows is not refused the list; the record then says which row showed it.
        if (whole || !seen) return { asked, outcome, open }
        return {
          asked: { permission: { ...permission, operation: standing.listed(permission) }, target: seen },
          outcome,
          open,
        }
      })
      if (open) await authorize(who, questionOf(who, asked))
      else await demand(who, asked)
      return settled(outcome)
    },

    write: async (who, ask, change) => {
      await standingOf.prepare(who.tenancyId)
      const { demands } = await store.read(async (tx) => ask(tx, await standingOf(tx, who, clock())))
      const [first, ...others] = demands
      const decisionId = await demand(who, first)
      for (const one of others) await demand(who, one)
      return store.write(async (bare) => {
        const now = clock()
        const tx = namingDecision(bare, decisionId, who.requestId)
        const standing = await standingOf(tx, who, now)
        const { demands, found } = await ask(tx, standing)
        const missing = demands.find((one) => !standing.may(one))
        if (missing) throw new Problem('changed-meanwhile', 'it or the policies about it changed meanwhile; try again')
        return change({ tx, who, standing, now, random, secrets }, found)
      })
    },
  }
}
