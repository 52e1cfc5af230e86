// Halves of agreements between tenancies: what is refused when they are written, and why.
import { describe, expect, test } from 'vitest'
import { aliasesIn } from '../../../src/core/policy/aliases.ts'
import { checkStatement } from '../../../src/core/policy/check.ts'
import { isError, lineOf } from '../../../src/core/policy/fault.ts'
import { catalogue, world } from './kit.ts'

const DEST = 'Define tenancy PartnerTenancy as t-partner'
const endorse = 'Endorse group Devs to use object-family in tenancy PartnerTenancy'

const faultsOf = (statements: readonly string[], at = 'c-acme'): readonly string[] => {
  const attachedTo = world.tree.byId.get(at)
  if (!attachedTo) throw new Error(at)
  const setting = { catalogue, world, attachedTo, denyEnabled: true, aliases: aliasesIn(statements) }
  return statements.flatMap((text) => checkStatement(text, setting).faults.filter(isError).map(lineOf))
}

describe('A7 refused at write time, with the remedy', () => {
  test.for([
    [
      ['Endorse any-user to use buckets in any-tenancy'],
      'c-Prod',
      'statements about other tenancies belong to policies attached to the root, this one is attached to `Prod`; move it to a policy of the root',
    ],
    [
      [DEST],
      'c-Prod',
      'statements about other tenancies belong to policies attached to the root, this one is attached to `Prod`; move it to a policy of the root',
    ],
    [
      [endorse],
      'c-acme',
      'this policy defines no tenancy `PartnerTenancy`; add `Define tenancy PartnerTenancy as <its id>` to the same policy',
    ],
    [
      ['Endorse group Nobody to use buckets in any-tenancy'],
      'c-acme',
      'there is no group `Nobody` in domain `default`; create the group first',
    ],
    [
      ['Endorse group Devs to use buckets in tenancy'],
      'c-acme',
      'an Endorse speaks of what its subjects may do in another tenancy; write `in tenancy NAME`, `in compartment NAME of tenancy NAME` or `in any-tenancy`',
    ],
    [
      [DEST, 'Endorse group Devs to use buckets in compartment A:B of tenancy PartnerTenancy'],
      'c-acme',
      'a path into another tenancy means nothing here; define the compartment by its id, or write `in compartment id … of tenancy …`',
    ],
    [
      ['Admit group TheirDevs to use buckets in tenancy'],
      'c-acme',
      'this policy defines no group `TheirDevs`; add `Define group TheirDevs as <its id>` to the same policy',
    ],
    [
      ['Admit any-user to use buckets in tenancy'],
      'c-acme',
      '`admit any-user` must say whose; add `of tenancy NAME` or `of any-tenancy`',
    ],
    [
      ['Admit group id g-x of any-tenancy to use buckets in tenancy'],
      'c-acme',
      '`of any-tenancy` goes with `any-user` and `any-group` only; write `of tenancy NAME`',
    ],
    [
      ['Admit group partners/Devs of tenancy X to use buckets in tenancy', 'Define tenancy X as x'],
      'c-acme',
      'domains of another tenancy are not known here; define `Devs` by its id, and name it without a domain',
    ],
    [
      ['Endorse any-user to associate volumes in any-tenancy'],
      'c-acme',
      '`associate` joins two resources, the second is missing; add `with <resource-type> in …`',
    ],
    [
      ['Endorse any-user to use volumes in any-tenancy with instances in tenancy'],
      'c-acme',
      '`with` goes with `associate` only; remove it, or write `to associate`',
    ],
    [
      ['Define tenancy X as one', 'Define tenancy x as two'],
      'c-acme',
      'this policy defines tenancy `x` twice, as `one` and as `two`; keep one of them',
    ],
  ] as const)('%s', ([statements, at, expected]) => {
    expect(faultsOf(statements, at).map((line) => line.replace(/^\S+ /, ''))).toEqual([expected])
  })
  test('A5 Deny endorse and Deny admit before Deny was enabled', () => {
    const attachedTo = world.tree.root
    if (!attachedTo) throw new Error('unreachable')
    for (const text of [
      'Deny endorse any-user to use buckets in any-tenancy',
      'Deny admit any-user of any-tenancy to use buckets in tenancy',
    ])
      expect(
        checkStatement(text, { catalogue, world, attachedTo, denyEnabled: false }).faults.map((f) => f.code),
      ).toEqual(['deny-not-enabled'])
  })
})
