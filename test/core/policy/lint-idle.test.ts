// What lint calls redundant or shadowed can be taken out without changing a single decision.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { evaluate } from '../../../src/core/policy/evaluate.ts'
import { lint } from '../../../src/core/policy/lint.ts'
import { ask, catalogue, snapshot } from './kit.ts'

const subject = fc.constantFrom(
  'any-user',
  'any-group',
  'group Ops',
  'group Devs, Ops',
  'group Administrators',
  "group 'partners'/administrators",
)
const action = fc.constantFrom(
  ...['inspect', 'read', 'use', 'manage'].flatMap((v) =>
    ['buckets', 'object-family', 'all-resources', 'volumes'].map((t) => `to ${v} ${t}`),
  ),
  'to {BUCKET_READ}',
  'to {BUCKET_READ, BUCKET_INSPECT, OBJECT_READ}',
)
const place = fc.constantFrom(
  '|tenancy',
  '|compartment Prod',
  '|compartment Prod:Web',
  'Prod|compartment Prod',
  'Prod|compartment Web',
  '|compartment id c-Prod',
  'Web|compartment Web',
)
const where = fc.constantFrom('', '', '', " where request.region = 'iad'", " where request.region != 'iad'")
const statement = fc
  .tuple(fc.constantFrom('Allow', 'Allow', 'Deny'), subject, action, place, where)
  .map(([kind, who, what, at, cond]) => {
    const [attached = '', location = ''] = at.split('|')
    return { attached, text: `${kind} ${who} ${what} in ${location}${cond}` }
  })
const paths: { readonly [attached: string]: readonly string[] } = { '': [], Prod: ['Prod'], Web: ['Prod', 'Web'] }
type One = { readonly attached: string; readonly text: string }
const linesOf = (list: readonly One[]) =>
  list.map(({ attached, text }) => (attached === '' ? text : `@${attached} ${text}`))

const questions = [[], ['Ops'], ['Devs'], ['Administrators'], ['g-partners-Administrators'], ['Ops', 'Devs']].flatMap(
  (groups) =>
    ['c-acme', 'c-Prod', 'c-Web', 'c-Db'].flatMap((at) =>
      [
        ['buckets', 'read'],
        ['buckets', 'DeleteBucket'],
        ['objects', 'use'],
        ['volumes', 'ListVolumes'],
      ].flatMap(([type = '', act = '']) =>
        [{}, { region: 'iad' }, { region: 'gru' }].map((context) => ({ groups, at, type, action: act, context })),
      ),
    ),
)
const answers = (list: readonly One[]): string => {
  const on = snapshot(linesOf(list))
  return questions
    .map((q) => {
      const asked = ask(on, q)
      if (typeof asked === 'string') throw new Error(asked)
      return evaluate(on, asked).allow ? '1' : '0'
    })
    .join('')
}

test('A14 without an idle statement every decision stays', () => {
  let idle = 0
  fc.assert(
    fc.property(fc.array(statement, { minLength: 2, maxLength: 5 }), (list) => {
      const findings = lint(
        list.map(({ attached, text }) => ({ text, attachedTo: paths[attached] ?? [] })),
        catalogue,
      ).filter((f) => f.id === 'redundant-statement' || f.id === 'shadowed-statement')
      if (findings.length === 0) return
      const before = answers(list)
      for (const f of findings) {
        idle++
        const without = list.filter((_, n) => n !== f.statement)
        expect([linesOf(list), f.id, f.statement, answers(without)]).toEqual([linesOf(list), f.id, f.statement, before])
      }
    }),
    { numRuns: 1500, seed: 3 },
  )
  expect(idle).toBeGreaterThan(200)
})
