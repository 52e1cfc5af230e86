// Statements that leave the store they were written in: names of today, no ids, and nothing of what is gone (I5).
import { describe, expect, test } from 'vitest'
import type { CompartmentId } from '../../../src/core/model/ids.ts'
import { portable } from '../../../src/core/policy/portable.ts'
import { treeOf } from '../../../src/core/policy/tree.ts'

const row = (id: string, name: string, parent?: string) => ({
  id: id as CompartmentId,
  name,
  parentId: parent as CompartmentId | undefined,
})
const tree = treeOf([row('r', 'acme'), row('p', 'Production', 'r'), row('w', 'Web Tier', 'p'), row('t', 'Test', 'r')])
const groups = new Map([
  ['g1', { domain: 'default', name: 'operations' }],
  ['g2', { domain: 'partners', name: 'contractors' }],
  ['d1', { domain: 'default', name: 'web-servers' }],
])
const at = (id: string) => {
  const attached = tree.byId.get(id)
  if (!attached) throw new Error('no such place')
  return { groups, tree, attached }
}
const inRoot = (text: string, bindings = {}) => portable(text, bindings, at('r'))

describe('names', () => {
  test.each([
    [
      'as they are, in the words and spaces of their author',
      'allow   group Operations to read users in tenancy',
      { 'group:default/operations': 'g1' },
    ],
    ['of nobody in particular', 'Allow any-user to read users in tenancy', {}],
    ['that are not ours to look up', 'Admit group theirs of tenancy other to read users in tenancy', {}],
    ['of a definition', 'Define group theirs as ocid1', {}],
    ['in what does not parse', 'allow nonsense', {}],
  ])('I5: stay: %s', (_, text, bindings) => {
    expect(inRoot(text, bindings)).toEqual({ text, left: [] })
  })
  test('I5: of a group that is called otherwise now', () => {
    const text = 'Allow group ops, partners/contractors to read users in tenancy'
    expect(inRoot(text, { 'group:default/ops': 'g1', 'group:partners/contractors': 'g2' }).text).toBe(
      'Allow group operations, partners/contractors to read users in tenancy',
    )
  })
  test('I5: of a compartment that moved or was renamed, counted from where the policy is', () => {
    const bindings = { 'compartment:prod:web': 'w' }
    expect(inRoot('Allow any-user to read users in compartment Prod:Web', bindings).text).toBe(
      "Allow any-user to read users in compartment Production:'Web Tier'",
    )
    expect(portable('Allow any-user to read users in compartment Web', { 'compartment:web': 'w' }, at('p')).text).toBe(
      "Allow any-user to read users in compartment 'Web Tier'",
    )
    expect(
      portable('Allow any-user to read users in compartment Prod', { 'compartment:prod': 'p' }, at('p')).text,
    ).toBe('Allow any-user to read users in compartment Production')
  })
  test('I5: in place of ids', () => {
    expect(inRoot('Allow dynamic-group id d1 to read users in compartment id w').text).toBe(
      "Allow dynamic-group web-servers to read users in compartment Production:'Web Tier'",
    )
    expect(inRoot('Allow group id g2 to read users in tenancy').text).toBe(
      'Allow group partners/contractors to read users in tenancy',
    )
  })
})

describe('what is gone', () => {
  test('I5: one of several groups is left out and told', () => {
    expect(
      inRoot('Deny group ops, guests to read users in tenancy', {
        'group:default/ops': 'g1',
        'group:default/guests': 'g9',
      }),
    ).toEqual({ text: 'Deny group operations to read users in tenancy', left: ['group `guests` is gone'] })
  })
  test('I5: nothing is left of a statement whose subject or place is gone; it never widens', () => {
    expect(inRoot('Allow group guests to read users in tenancy', { 'group:default/guests': 'g9' })).toEqual({
      text: undefined,
      left: ['group `guests` is gone'],
    })
    expect(inRoot('Allow any-user to read users in compartment Old', { 'compartment:old': 'x' }).text).toBeUndefined()
    expect(
      portable('Allow any-user to read users in compartment Test', { 'compartment:test': 't' }, at('p')).text,
    ).toBeUndefined()
  })
})
