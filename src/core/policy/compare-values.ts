// Which values are worth trying for the variables of some conditions: each one that a condition speaks of, another one, several at once
// and none. Two conditions that tell questions apart at all tell some of these apart.
import type { EpochMs } from '../model/time.ts'
import type { Test } from './ast.ts'
import { instantOf, type Predicate, timeOfDayOf } from './condition.ts'
import { fold } from './glob.ts'

/** Values of one variable; undefined: nobody says anything about it. */
export type Choice = readonly string[] | undefined
export type Choices = ReadonlyMap<string, readonly Choice[]>

const OTHER = 'another'
const SAME = 'the same'
const MOST_TOGETHER = 4

const testsIn = (predicate: Predicate): readonly Test[] =>
  predicate.kind === 'test' ? [predicate.test] : predicate.of.flatMap(testsIn)
export const testsOf = (conditions: readonly Predicate[]): readonly Test[] => conditions.flatMap(testsIn)

const isTime = (name: string): boolean => name.startsWith('request.utc-timestamp')

const literalsOf = (test: Test): readonly string[] => {
  if (test.kind === 'compare') return test.value.kind === 'variable' ? [] : [test.value.text]
  if (test.kind === 'in') return test.values.filter((v) => v.kind !== 'variable').map((v) => v.text)
  return test.kind === 'sets' && !('kind' in test.other) ? test.other.map((n) => n.text) : []
}
const othersOf = (test: Test): readonly string[] => {
  const values = test.kind === 'compare' ? [test.value] : test.kind === 'in' ? test.values : []
  const variables =
    test.kind === 'sets' && 'kind' in test.other ? [test.other] : values.filter((v) => v.kind === 'variable')
  return variables.map((v) => fold(v.text))
}

/** A text that the glob fits, and no shorter one does. */
const fitting = (glob: string): string => fold(glob).replaceAll('*', '') || OTHER
/** Two globs may fit one text that neither was made for: `a*` and `*b` fit `ab`. */
const joined = (globs: readonly string[]): readonly string[] =>
  globs.length > MOST_TOGETHER ? [] : globs.flatMap((a) => globs.filter((b) => a !== b).map((b) => fitting(`${a}${b}`)))

/** What a place settles is a value worth trying for whatever it is compared with. */
export type Settled = ReadonlyMap<string, readonly string[]>

const literals = (tests: readonly Test[], settled: Settled): Map<string, Set<string>> => {
  const out = new Map<string, Set<string>>()
  const of = (name: string): Set<string> => {
    const held = out.get(name) ?? new Set<string>()
    out.set(name, held)
    return held
  }
  for (const test of tests) {
    const own = of(fold(test.variable.text))
    for (const name of [fold(test.variable.text), ...othersOf(test)])
      for (const value of settled.get(name) ?? []) of(name).add(value)
    for (const literal of literalsOf(test)) own.add(literal)
    for (const other of othersOf(test)) {
      own.add(SAME)
      of(other).add(SAME)
    }
  }
  // what one side of a comparison is compared with elsewhere can be the value of the other side
  for (const test of tests)
    for (const other of othersOf(test)) {
      const [left, right] = [of(fold(test.variable.text)), of(other)]
      const both = [...left, ...right]
      for (const value of both) {
        left.add(value)
        right.add(value)
      }
    }
  return out
}

const choicesFor = (globs: readonly string[]): readonly Choice[] => {
  const values = [...new Set(globs.map(fitting))]
  const wild = globs.filter((g) => g.includes('*'))
  const singles = [...new Set([...values, ...joined(wild), OTHER])].map((v) => [v])
  const pairs = values.length > MOST_TOGETHER ? [] : values.flatMap((a, n) => values.slice(n + 1).map((b) => [a, b]))
  const all = values.length > 2 ? [values] : []
  return [...singles, ...pairs, ...all, values.length === 0 ? [] : [values[0] ?? OTHER, OTHER], undefined]
}

/** By lower-case variable; those of time are apart, see `momentsOf`. */
export const choicesOf = (tests: readonly Test[], settled: Settled): Choices =>
  new Map(
    [...literals(tests, settled)]
      .filter(([name]) => !isTime(name))
      .map(([name, globs]) => [name, choicesFor([...globs])]),
  )

const DAY = 86_400_000
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

const dayFor = (name: string, value: string, base: EpochMs): EpochMs | undefined => {
  const date = new Date(base)
  const number = Number(value)
  if (name.endsWith('.month-of-year') && number >= 1 && number <= 12)
    return Date.UTC(date.getUTCFullYear(), number - 1, 15)
  if (name.endsWith('.day-of-month') && number >= 1 && number <= 31) return Date.UTC(date.getUTCFullYear(), 0, number)
  const weekday = weekdays.indexOf(fold(value))
  return name.endsWith('.day-of-week') && weekday >= 0 ? base + ((weekday - date.getUTCDay() + 7) % 7) * DAY : undefined
}

/** Moments on either side of everything that the tests say about time. */
export const momentsOf = (tests: readonly Test[], base: EpochMs): readonly EpochMs[] => {
  const days = new Set<EpochMs>([Math.floor(base / DAY) * DAY])
  const times = new Set<number>([base % DAY])
  const exact = new Set<EpochMs>([base])
  for (const test of tests) {
    const name = fold(test.variable.text)
    if (!isTime(name)) continue
    const at = test.kind === 'before' || test.kind === 'after' ? instantOf(test.instant.text) : undefined
    if (at !== undefined) for (const moment of [at - 1000, at + 1000]) exact.add(moment)
    const edges = test.kind === 'between' ? [test.from, test.to].map((e) => timeOfDayOf(e.text)) : []
    for (const edge of edges)
      if (edge !== undefined)
        for (const second of [edge - 1, edge, edge + 1]) times.add((((second * 1000) % DAY) + DAY) % DAY)
    for (const literal of literalsOf(test)) {
      const day = dayFor(name, literal, base)
      if (day !== undefined) days.add(Math.floor(day / DAY) * DAY).add(Math.floor(day / DAY) * DAY + DAY)
    }
  }
  return [...new Set([...exact, ...[...days].flatMap((day) => [...times].map((time) => day + time))])]
}
