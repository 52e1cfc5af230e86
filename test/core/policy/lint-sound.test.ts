// What lint says of conditions holds in the evaluator: `always` is true and `never` is not, whatever values the variables have. Wildcards
// are held against every short text.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { holds, predicateOf } from '../../../src/core/policy/condition.ts'
import { matcherOf } from '../../../src/core/policy/glob.ts'
import { covers, intersects } from '../../../src/core/policy/glob-sets.ts'
import { lint } from '../../../src/core/policy/lint.ts'
import { doomOf } from '../../../src/core/policy/lint-condition.ts'
import { parseStatement } from '../../../src/core/policy/parse.ts'
import { statementText } from './arbitrary.ts'
import { ask, catalogue, snapshot } from './kit.ts'

const grown = (letters: string, length: number): readonly string[] =>
  length === 0
    ? ['']
    : grown(letters, length - 1).flatMap((t, _, all) =>
        t.length === length - 1 ? [t, ...[...letters].map((l) => t + l)] : all.length > 0 ? [t] : [],
      )

test('two wildcards have a text in common exactly when one is found', () => {
  const texts = grown('ab', 6)
  const globs = grown('ab*', 3)
  const fitting = new Map(globs.map((g) => [g, texts.filter(matcherOf(g))]))
  const wrong = globs.flatMap((a) =>
    globs
      .filter((b) => {
        const both = (fitting.get(a) ?? []).some((t) => fitting.get(b)?.includes(t))
        const every = (fitting.get(b) ?? []).every((t) => fitting.get(a)?.includes(t))
        return intersects(a, b) !== both || (covers(a, b) && !every)
      })
      .map((b) => `${a} ${b}`),
  )
  expect([texts.length, wrong]).toEqual([127, []])
})

const variables = ['request.v.name', 'request.w', 'request.groups.id', 'request.region'] as const
const values = ['a', 'b', 'ab', 'iad', 'us-ashburn-1', 'g-x', 'g-y'] as const
const written = fc.constantFrom(...values, 'a*', '*b', '*', 'us*').map((v) => `'${v}'`)
const right = fc.oneof(
  { arbitrary: written, weight: 5 },
  { arbitrary: fc.constantFrom('request.w', 'request.user.name'), weight: 1 },
)
const leaf = fc.oneof(
  fc.tuple(fc.constantFrom(...variables), fc.constantFrom('=', '!='), right).map((t) => t.join(' ')),
  fc
    .tuple(fc.constantFrom(...variables), fc.constantFrom('in', 'not in'), written, written)
    .map(([v, op, x, y]) => `${v} ${op} (${x}, ${y})`),
  fc.constantFrom(...variables).map((v) => `not ${v}`),
  fc
    .tuple(fc.constantFrom('before', 'after'), fc.constantFrom('2030-01-15Z', '2030-01-17Z'))
    .map(([k, at]) => `request.utc-timestamp ${k} '${at}'`),
)
const { condition } = fc.letrec<{ condition: string; group: string }>((tie) => ({
  condition: fc.oneof({ maxDepth: 3 }, leaf, tie('group')),
  group: fc
    .tuple(
      fc.constantFrom('any', 'all'),
      fc.array(fc.oneof({ maxDepth: 3 }, { arbitrary: leaf, weight: 3 }, { arbitrary: tie('group'), weight: 1 }), {
        minLength: 1,
        maxLength: 4,
      }),
    )
    .map(([q, of]) => `${q} { ${of.join(', ')} }`),
}))

test('always and never are what the evaluator says, over every value', () => {
  const on = snapshot([])
  const days = [14, 16, 18].map((day) => Date.UTC(2030, 0, day))
  let settled = 0
  fc.assert(
    fc.property(
      condition,
      fc.array(
        fc.tuple(
          fc.constantFrom(...values),
          fc.constantFrom(...values),
          fc.constantFrom('iad', 'us-phoenix-1'),
          fc.subarray(['g-x', 'g-y'], { minLength: 1 }),
          fc.constantFrom(...days),
        ),
        { minLength: 20, maxLength: 20 },
      ),
      (text, worlds) => {
        const { statement } = parseStatement(`Allow group Ops to read buckets in tenancy where ${text}`)
        if (statement?.kind !== 'allow' || !statement.where) throw new Error(text)
        const doom = doomOf(statement.where, { catalogue, permissions: [] })
        if (!doom) return
        settled++
        const predicate = predicateOf(statement.where, catalogue)
        for (const [v, w, region, groups, now] of worlds) {
          const asked = ask(on, {
            groups,
            user: v,
            action: 'read',
            type: 'buckets',
            context: { v: { name: v }, w: [w, v], region },
            now,
          })
          if (typeof asked === 'string') throw new Error(asked)
          const truth = asked.need.permissions.map((p) => holds(predicate, asked, p))
          for (const t of truth)
            expect([text, doom.because, t]).toEqual([text, doom.because, doom.fate === 'always' ? 'true' : 'false'])
        }
      },
    ),
    { numRuns: 10_000, seed: 11 },
  )
  expect(settled).toBeGreaterThan(300)
})

test('whatever parses can be linted, alone and together', () => {
  fc.assert(
    fc.property(fc.array(statementText, { maxLength: 6 }), (texts) => {
      const statements = texts.map((text) => ({ text }))
      for (const finding of lint(statements, catalogue)) {
        const lines = (texts[finding.statement] ?? '').split('\n')
        expect(finding.line).toBeLessThanOrEqual(lines.length)
        expect(finding.column).toBeLessThanOrEqual((lines[finding.line - 1] ?? '').length + 1)
      }
    }),
    { numRuns: 500, seed: 5 },
  )
})
