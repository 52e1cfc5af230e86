// Matching rules of dynamic groups: which workloads belong, compared without case, by what they are and not by what lies around them.
import { describe, expect, test } from 'vitest'
import { compileRule, type Workload } from '../../../src/core/policy/dynamic-group.ts'
import { parseRule } from '../../../src/core/policy/parse-rule.ts'
import { realLines } from './language.ts'

const vm: Workload = {
  id: 'Ocid1.Vm',
  type: 'instance',
  compartmentId: 'c-Web',
  tags: new Map([['ops.team', ['red']]]),
}
const fn: Workload = { id: 'ocid1.fn', type: 'fnfunc', compartmentId: 'c-Web', tags: new Map() }
const belongs = (rule: string): string =>
  [vm, fn]
    .filter(compileRule(rule))
    .map((w) => w.type)
    .join(' ')

describe('A8 who belongs to a dynamic group', () => {
  test.for([
    ["instance.id = 'ocid1.vm'", 'instance'],
    ["resource.id = 'OCID1.FN'", 'fnfunc'],
    ["instance.compartment.id = 'c-web'", 'instance'],
    ["resource.compartment.id = 'C-WEB'", 'instance fnfunc'],
    ["resource.type = 'FnFunc'", 'fnfunc'],
    ["resource.type = 'fnfun'", ''], // nearly is not
    ["resource.type = 'fn*'", ''], // no wildcards in rules
    ["resource.type != 'fnfunc'", 'instance'],
    ["instance.compartment.id != 'c-Dev'", 'instance'], // of what is no instance, no instance fact is true
    ['tag.ops.team.value', 'instance'],
    ["tag.OPS.Team.value = 'Red'", 'instance'],
    ["tag.ops.team.value != 'blue'", 'instance'], // without the tag there is nothing to differ
    ["tag.ops.team.value != 'red'", ''],
    ["ALL {resource.type = 'instance', resource.compartment.id = 'c-Web'}", 'instance'],
    ["Any {instance.id = 'x', resource.type = 'fnfunc',}", 'fnfunc'],
    ["any {all {resource.type='fnfunc', tag.ops.team.value}, all {instance.compartment.id='c-Web'}}", 'instance'],
    ["ALL {instance.compartment.id = 'c-Web', instance.compartment.id = 'c-Dev'}", ''], // can never match
  ] as const)('%s: %s', ([rule, members]) => expect(belongs(rule)).toBe(members))
  test('the compartment itself counts, not what lies above it', () => {
    const inside = { ...vm, compartmentId: 'c-Blue' }
    expect(compileRule("instance.compartment.id = 'c-Web'")(inside)).toBe(false)
  })
  test('a rule that does not parse has no members, and neither has one of several parts that are not joined', () => {
    expect([belongs('resource.type ='), belongs("resource.type = 'fnfunc', instance.id = 'x'"), belongs('')]).toEqual([
      '',
      '',
      '',
    ])
  })
  const rules = realLines('oci-dynamic-rules-sample.txt')
  test.skipIf(rules === undefined)('real rules hold for the workload they describe and not for another', () => {
    let matched = 0
    for (const text of rules ?? []) {
      const { rule } = parseRule(text)
      const matches = compileRule(text)
      expect(matches({ id: 'none', type: 'none', compartmentId: 'none', tags: new Map() })).toBe(false)
      if (!rule) continue
      // each value the rule names in the place it names it
      const said = (variable: string): string =>
        new RegExp(`${variable.replaceAll('.', '\\.')}\\s*=\\s*'([^']*)'`, 'i').exec(text)?.[1] ?? 'none'
      const either = (a: string, b: string): string => (said(a) === 'none' ? said(b) : said(a))
      const [, ns = '', key = '', value = ''] = /tag\.([\w-]+)\.([\w-]+)\.value\s*=?\s*'?([^'},]*)/i.exec(text) ?? []
      const instance = /instance\./i.test(text) && said('resource.type') === 'none'
      const found = {
        id: either('instance.id', 'resource.id'),
        type: instance ? 'instance' : said('resource.type'),
        compartmentId: either('instance.compartment.id', 'resource.compartment.id'),
        tags: new Map([[`${ns}.${key}`.toLowerCase(), [value.toLowerCase()]]]),
      }
      if (matches(found)) matched++
    }
    // the rest names two compartments at once or joins several kinds of workloads
    expect(matched / (rules?.length ?? 1)).toBeGreaterThan(0.85)
  })
})
if (realLines('oci-dynamic-rules-sample.txt') === undefined)
  console.log('the sample of real rules is not at hand: skipped')
