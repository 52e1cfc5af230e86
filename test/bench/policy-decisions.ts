// How long decisions take in worlds of different sizes. They take turns, a short round each, so that whatever else the machine does hits
// all of them alike; what is told of two sizes is the ratio within a round. No question is asked twice.

import type { Snapshot } from '../../src/core/policy/compile.ts'
import { evaluate } from '../../src/core/policy/evaluate.ts'
import { found } from '../../src/core/policy/find-rows.ts'
import { askOf } from '../../src/core/policy/question.ts'
import { askedOf, principalOf, type Random, randomFrom, requestFrom, requestsOf, type World } from './policy-world.ts'

export type Subject = { readonly world: World; readonly snapshot: Snapshot }
/** In microseconds. `rounds`: the median of each. */
export type Times = {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly rounds: readonly number[]
}
/** `whole`: the question is put together within the time, too. `reaching`: rows of the index that fit a question and are weighed. */
export type Decisions = { readonly decision: Times; readonly whole: Times; readonly reaching: number }

const PER_ROUND = 2000
export const noon = Date.UTC(2030, 0, 16, 12)

export const quantile = (values: readonly number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0
}
const now = (): number => performance.now() * 1000
const clockCost = (): number => {
  const readings = Array.from({ length: 10_000 }, now)
  return quantile(
    readings.slice(1).map((at, n) => at - (readings[n] ?? at)),
    0.5,
  )
}

/** Each question is new, as if just read from a socket, and asked once. */
const round = ({ world, snapshot }: Subject, random: Random, whole: boolean, clock: number): readonly number[] => {
  const samples: number[] = []
  for (let n = 0; n < PER_ROUND; n++) {
    const request = requestFrom(world, random, n)
    const [principal, asked] = [principalOf(request), askedOf(request)]
    const ready = whole ? undefined : askOf(snapshot, principal, asked, noon)
    const start = now()
    const ask = ready ?? askOf(snapshot, principal, asked, noon)
    if (typeof ask !== 'string') evaluate(snapshot, ask)
    samples.push(Math.max(0, now() - start - clock))
  }
  return samples
}

const timesOf = (rounds: readonly (readonly number[])[]): Times => {
  const samples = rounds.flat()
  return {
    perSecond: 1e6 / (samples.reduce((sum, us) => sum + us, 0) / samples.length),
    p50: quantile(samples, 0.5),
    p99: quantile(samples, 0.99),
    rounds: rounds.map((one) => quantile(one, 0.5)),
  }
}

const reachingOf = ({ world, snapshot }: Subject): number => {
  const requests = requestsOf(world, 5000)
  const rows = requests.map((request) => {
    const ask = askOf(snapshot, principalOf(request), askedOf(request), noon)
    return typeof ask === 'string'
      ? 0
      : found(snapshot.index, ask.subjects?.numbers ?? [], ask.need, ask.place.chain).length / 3
  })
  return rows.reduce((sum, count) => sum + count, 0) / rows.length
}

/** The first fifth of the rounds warms up. */
export const decisionsOf = (subjects: readonly Subject[], rounds: number): readonly Decisions[] => {
  const all = subjects.map((subject, n) => ({
    subject,
    random: randomFrom(99 + n),
    alone: [] as (readonly number[])[],
    whole: [] as (readonly number[])[],
  }))
  const clock = clockCost()
  for (let n = 0; n < rounds; n++)
    for (const { subject, random, alone, whole } of all) {
      alone.push(round(subject, random, false, clock))
      whole.push(round(subject, random, true, clock))
    }
  return all.map(({ subject, alone, whole }) => ({
    decision: timesOf(alone.slice(rounds / 5)),
    whole: timesOf(whole.slice(rounds / 5)),
    reaching: reachingOf(subject),
  }))
}

/** Of one size to another, in the middle of all rounds and at the tenth and ninetieth of a hundred. */
export const ratioOf = (large: Times, small: Times): string => {
  const ratios = large.rounds.map((us, n) => us / (small.rounds[n] ?? us))
  const [middle, low, high] = [0.5, 0.1, 0.9].map((q) => quantile(ratios, q).toFixed(2))
  return `${middle} × (${low}–${high})`
}
