// node test/fuzz/policy.ts [count] [seed]: random and damaged statements and dynamic-group rules, against four promises: nothing crashes,
// nothing takes longer than 50 ms, what is accepted is read back from its printed form as the same tree, and no word of it was dropped.
import fc from 'fast-check'
import type { World } from '../../src/core/policy/bind.ts'
import { catalogueOf } from '../../src/core/policy/catalogue.ts'
import { checkStatement } from '../../src/core/policy/check.ts'
import { matchesOf } from '../../src/core/policy/dynamic-group.ts'
import { isError } from '../../src/core/policy/fault.ts'
import { lex } from '../../src/core/policy/lex.ts'
import { lint } from '../../src/core/policy/lint.ts'
import { parseStatement } from '../../src/core/policy/parse.ts'
import { parseRule } from '../../src/core/policy/parse-rule.ts'
import { printRule, printStatement } from '../../src/core/policy/print.ts'
import { treeOf as placesOf } from '../../src/core/policy/tree.ts'
import { written, writtenRule } from '../core/policy/arbitrary.ts'
import { realLines, treeOf } from '../core/policy/language.ts'
import { diceOf, textOf } from '../core/policy/writer.ts'
import { type Dice, damaged, noise, pickFrom } from './damage.ts'

const LIMIT_MS = 50
const count = Number(process.argv[2] ?? 1_000_000)
const seed = Number(process.argv[3] ?? 20_300_116)
if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed)) {
  console.error('usage: node test/fuzz/policy.ts [count] [seed]')
  process.exit(2)
}

const { catalogue } = catalogueOf([])
const tree = placesOf([
  { id: 'root' as never, name: 'acme', parentId: undefined },
  { id: 'prod' as never, name: 'Prod', parentId: 'root' as never },
])
const root = tree.byId.get('root')
if (!root) throw new Error('the tree of the fuzz script has no root')
const world: World = {
  domains: new Set(['default']),
  groups: new Map([['default/a', 'g-a']]),
  groupIds: new Set(['g-a']),
  dynamicGroups: new Map(),
  dynamicGroupIds: new Set(),
  tree,
}
const setting = { catalogue, world, attachedTo: root, denyEnabled: true }
const workload = { id: 'w', type: 'instance', compartmentId: 'prod', tags: new Map([['ns.k', ['v']]]) }

const same = (a: unknown, b: unknown): boolean => JSON.stringify(treeOf(a)) === JSON.stringify(treeOf(b))

/** The letters of a text in their order, without words and marks that the canonical form adds or leaves out. */
const added = ['allow', 'not', 'id', 'to']
const wordsOf = (text: string): string =>
  lex(text)
    .tokens.flatMap((t) => t.text.toLowerCase().split(':'))
    .filter((word) => !added.includes(word))
    .join('')
    .replaceAll(/[!(),]/g, '')
    .replaceAll('access', 'inspect')

type Verdict = { readonly accepted: boolean; readonly wrong: string | undefined }
const refused: Verdict = { accepted: false, wrong: undefined }
const judged = (
  text: string,
  printed: string,
  first: unknown,
  again: unknown,
  reprinted: string | undefined,
): Verdict => ({
  accepted: true,
  wrong: !same(first, again)
    ? `the printed form is read as another tree: ${printed}`
    : reprinted !== printed
      ? `the canonical form is not stable: ${printed}`
      : wordsOf(text) !== wordsOf(printed)
        ? `words were dropped: ${printed}`
        : undefined,
})

const statementVerdict = (text: string): Verdict => {
  const { statement, faults } = parseStatement(text)
  if (!statement) return faults.some(isError) ? refused : { accepted: false, wrong: 'refused without an error' }
  checkStatement(text, setting)
  lint([{ text }], catalogue)
  const printed = printStatement(statement)
  const again = parseStatement(printed).statement
  return judged(text, printed, statement, again, again && printStatement(again))
}
const ruleVerdict = (text: string): Verdict => {
  const { rule, faults } = parseRule(text)
  if (!rule) return faults.some(isError) ? refused : { accepted: false, wrong: 'refused without an error' }
  matchesOf(rule)(workload)
  const printed = printRule(rule)
  const again = parseRule(printed).rule
  return judged(text, printed, rule, again, again && printRule(again))
}

const tally = { inputs: 0, accepted: 0, slowestMs: 0, slowest: '', wrong: 0 }
const tell = (text: string, what: string): void => {
  tally.wrong++
  if (tally.wrong <= 20) console.error(`${what}\n  input (${text.length}): ${JSON.stringify(text.slice(0, 600))}`)
}
const timed = (text: string): { readonly ms: number; readonly verdicts: readonly Verdict[] } => {
  const before = performance.now()
  const verdicts = [statementVerdict(text), ruleVerdict(text)]
  return { ms: performance.now() - before, verdicts }
}
const run = (text: string): void => {
  tally.inputs++
  try {
    const first = timed(text)
    // a pause of the machine is no hang: what is slow is slow every time
    const again = first.ms > LIMIT_MS / 2 ? Array.from({ length: 5 }, () => timed(text).ms) : []
    const ms = Math.min(first.ms, ...again)
    if (ms > tally.slowestMs) Object.assign(tally, { slowestMs: ms, slowest: text.slice(0, 120) })
    if (ms > LIMIT_MS) tell(text, `took ${ms.toFixed(1)} ms`)
    for (const { wrong } of first.verdicts) if (wrong !== undefined) tell(text, wrong)
    if (first.verdicts.some((v) => v.accepted)) tally.accepted++
  } catch (thrown) {
    tell(text, `crashed: ${thrown instanceof Error ? thrown.stack : String(thrown)}`)
  }
}

const start = 'Allow group A to read users in tenancy where '
const huge = 1024 * 1024
const deep = 10_000
const extremes: readonly string[] = [
  ...[
    'any{',
    'all {',
    '(',
    '{',
    '!',
    'not ',
    "a.b = 'c', ",
    'any{a.b,',
    "'",
    '/',
    '\\',
    ':',
    ' ',
    '\n',
    '가',
    '💥',
    '\ud800',
    '${',
    '<',
    '#',
    '"',
    '‘',
  ].flatMap((unit) => {
    const many = (n: number): string => unit.repeat(Math.ceil(n / unit.length))
    const nested = `${start}${unit.repeat(deep)}${'}'.repeat(deep)}`
    return [many(huge), start + many(huge), start + many(16_000), many(16_384), unit.repeat(deep), nested]
  }),
  `${start}${'any{'.repeat(deep)}a.b${'}'.repeat(deep)}`,
  `${start}${'any{'.repeat(2_000)}a.b${'}'.repeat(2_000)}`,
  `${'all{'.repeat(deep)}instance.id='a'${'}'.repeat(deep)}`,
  `${'all{'.repeat(2_000)}instance.id='a'${'}'.repeat(2_000)}`,
  `Allow group ${'A,'.repeat(8_000)}B to read users in tenancy`,
  `Allow group A to {${'P,'.repeat(8_000)}P} in tenancy`,
  `Allow group A to read users in compartment ${'A:'.repeat(8_000)}B`,
  `${start}any{${"request.operation != 'a',".repeat(640)}a.b}`,
  `${start}all{${'request.operation != /a*b*c*d*/,'.repeat(480)}a.b}`,
  `${start}request.operation in (${"'a',".repeat(3_500)}'b')`,
  `${start}request.operation = '${'*a'.repeat(8_000)}'`,
  `Allow group A to read users in tenancy ${'Allow group A to read users in tenancy '.repeat(400)}`,
]

const dice: Dice = diceOf(seed)
const trees = fc.sample(written, { numRuns: 4_000, seed })
const rules = fc.sample(writtenRule, { numRuns: 1_000, seed })
const real = [...(realLines('oci-statements-sample.txt') ?? []), ...(realLines('oci-dynamic-rules-sample.txt') ?? [])]
if (real.length === 0) console.log('no sample of real statements beside the checkout: generated ones only')
const pool = [...real, ...real, ...trees.map((t) => t.text), ...rules.map((r) => r.text)]

const rewritten = (): string => {
  const hand = Math.floor(dice() * 2 ** 31)
  return dice() < 0.8
    ? textOf.statement(pickFrom(dice, trees).tree, hand)
    : textOf.rule(pickFrom(dice, rules).tree, hand)
}
const next = (): string => {
  const kind = dice()
  if (kind < 0.15) return noise(dice)
  if (kind < 0.3) return rewritten()
  return damaged(kind < 0.5 ? rewritten() : pickFrom(dice, pool), dice, pool)
}

const began = performance.now()
for (const text of extremes.slice(0, count)) run(text)
while (tally.inputs < count) {
  run(next())
  if (tally.inputs % 100_000 === 0)
    console.log(
      `${tally.inputs} inputs, ${tally.accepted} accepted, ${tally.wrong} wrong, slowest ${tally.slowestMs.toFixed(1)} ms`,
    )
}
const seconds = (performance.now() - began) / 1000
console.log(
  `${tally.inputs} inputs in ${seconds.toFixed(0)} s (seed ${seed}): ${tally.accepted} accepted, ${tally.inputs - tally.accepted} refused, ${tally.wrong} wrong, slowest ${tally.slowestMs.toFixed(1)} ms: ${JSON.stringify(tally.slowest)}`,
)
process.exit(tally.wrong > 0 ? 1 : 0)
