// Dynamic groups, service IDs, API keys, role assignments and registered services: who holds what, and what goes with its holder.
import { expect } from 'vitest'
import type { Store, Tx } from '../../../src/ports/store.ts'
import {
  apiKey,
  dynamicGroup,
  ofGroup,
  ofPerson,
  ofProgram,
  registeredService,
  roleAssignment,
  serviceId,
} from '../access-rows.ts'
import { atOnce } from '../at-once.ts'
import { compartment, domain, group, id, NOW, policy } from '../rows.ts'
import { seed } from '../traffic-rows.ts'
import { nounPromises } from './noun.ts'
import type { Promises } from './promise.ts'

/** Ann, the program `robot` and the group `staff`, each with a role and, save the group, a key. */
const holders = async (store: Store): Promise<void> => {
  await seed(store, 'ann')
  await store.write(async (tx) => {
    await tx.groups.put(group('staff'))
    await tx.serviceIds.put(serviceId('robot'))
    await tx.apiKeys.put(apiKey('key of ann', ofPerson('ann')))
    await tx.apiKeys.put(apiKey('key of robot', ofProgram('robot')))
    for (const holder of [ofPerson('ann'), ofProgram('robot'), ofGroup('staff')])
      await tx.roleAssignments.put(roleAssignment(`role of ${holder.kind}`, holder))
  })
}
const held = async (tx: Tx) => ({
  keys: (await tx.apiKeys.ofTenancy(id('acme'))).map(({ name }) => name).toSorted(),
  roles: (await tx.roleAssignments.list(id('acme'))).map(({ holder }) => holder.kind),
})

export const programPromises: Promises = (promise) => {
  promise('dynamic groups, service IDs, role assignments and registered services are nouns', async (store) => {
    await seed(store, 'ann')
    await nounPromises(store, (tx) => tx.dynamicGroups, id('default'), dynamicGroup)
    const named = await store.read((tx) => tx.dynamicGroups.ofTenancy(id('acme')))
    expect(named.map(({ name }) => name)).toEqual(['alpha2', 'Zeta'])
    await nounPromises(store, (tx) => tx.serviceIds, id('acme'), serviceId)
    await nounPromises(
      store,
      (tx) => tx.roleAssignments,
      id('acme'),
      (name) => roleAssignment(name, ofPerson('ann')),
    )
    await nounPromises(store, (tx) => tx.services, id('acme'), registeredService)
  })
  promise('B9: a name belongs to a group or to a dynamic group of the domain, never to both', async (store) => {
    await seed(store)
    const answers = await store.write(async (tx) => {
      await tx.domains.put(domain('second'))
      return [
        await tx.groups.put(group('staff')),
        await tx.dynamicGroups.put(dynamicGroup('STAFF')),
        await tx.dynamicGroups.put(dynamicGroup('staff', { domainId: id('second') })),
        await tx.dynamicGroups.put(dynamicGroup('machines')),
        await tx.groups.put(group('Machines')),
        await tx.groups.put(group('staff', { description: 'kept' })), // one's own
      ]
    })
    expect(answers).toEqual(['ok', 'name-taken', 'ok', 'ok', 'name-taken', 'ok'])
    const freed = await store.write(async (tx) => {
      await tx.groups.remove(id('staff'))
      return tx.dynamicGroups.put(dynamicGroup('staff'))
    })
    expect(freed).toBe('ok')
  })
  promise('B9: of a group and dynamic groups that want one name at once, one gets it', async (store) => {
    await seed(store)
    const answers = await atOnce(12, (index) =>
      store.write((tx) =>
        index % 2 === 0
          ? tx.groups.put(group('staff', { id: id(`g${index}`) }))
          : tx.dynamicGroups.put(dynamicGroup('Staff', { id: id(`d${index}`) })),
      ),
    )
    expect(answers.filter((answer) => answer === 'ok')).toHaveLength(1)
    const there = await store.read(async (tx) => [
      ...(await tx.groups.list(id('default'))),
      ...(await tx.dynamicGroups.list(id('default'))),
    ])
    expect(there).toHaveLength(1)
  })
  promise('an API key is found by its digest and by its owner, newest first', async (store) => {
    await holders(store)
    const young = apiKey('young', ofPerson('ann'), { createdAt: NOW + 1, revokedAt: NOW, expiresAt: undefined })
    await store.write((tx) => tx.apiKeys.put(young))
    const found = await store.read(async (tx) => ({
      whole: await tx.apiKeys.byHash('hash of young'),
      wrongCase: await tx.apiKeys.byHash('HASH of young'),
      ann: (await tx.apiKeys.ofOwner(ofPerson('ann'))).map(({ name }) => name),
      robot: (await tx.apiKeys.ofOwner(ofProgram('robot'))).map(({ name }) => name),
      mixedUp: await tx.apiKeys.ofOwner(ofProgram('ann')), // a person's id is no service ID
      elsewhere: await tx.apiKeys.ofTenancy(id('other')),
    }))
    expect(found).toEqual({
      whole: { ...young, lastUsedAt: undefined },
      wrongCase: undefined,
      ann: ['young', 'key of ann'],
      robot: ['key of robot'],
      mixedUp: [],
      elsewhere: [],
    })
    const stolen = apiKey('other', ofPerson('ann'), { hash: 'hash of young' })
    await expect(store.write((tx) => tx.apiKeys.put(stolen))).rejects.toThrow()
  })
  promise('when a key was last used moves forward only, and a replacement does not forget it', async (store) => {
    await holders(store)
    const used = async () => (await store.read((tx) => tx.apiKeys.get(id('key of ann'))))?.lastUsedAt
    await store.write((tx) => tx.apiKeys.touch(id('key of ann'), NOW + 5))
    await store.write((tx) => tx.apiKeys.touch(id('key of ann'), NOW + 3))
    await store.write((tx) => tx.apiKeys.put(apiKey('key of ann', ofPerson('ann'), { revokedAt: NOW + 9 })))
    expect(await used()).toBe(NOW + 5)
    await atOnce(10, (index) => store.write((tx) => tx.apiKeys.touch(id('key of ann'), NOW + 10 + index)))
    expect(await used()).toBe(NOW + 19)
    await store.write((tx) => tx.apiKeys.touch(id('none'), NOW))
    expect(await store.write((tx) => tx.apiKeys.remove(id('none')))).toBe(false)
  })
  promise('A3: what a holder held goes with the holder, and nothing else does', async (store) => {
    await holders(store)
    const left: unknown[] = []
    for (const remove of [
      (tx: Tx) => tx.people.remove(id('ann')),
      (tx: Tx) => tx.groups.remove(id('staff')),
      (tx: Tx) => tx.serviceIds.remove(id('robot')),
    ]) {
      await store.write(remove)
      left.push(await store.read(held))
    }
    expect(left).toEqual([
      { keys: ['key of robot'], roles: ['group', 'service-id'] },
      { keys: ['key of robot'], roles: ['service-id'] },
      { keys: [], roles: [] },
    ])
  })
  promise('A3: roles are found by who holds them; one id in two kinds is two holders', async (store) => {
    await holders(store)
    await store.write(async (tx) => {
      await tx.groups.put(group('ann'))
      await tx.roleAssignments.put(roleAssignment('of the group', ofGroup('ann')))
      await tx.roleAssignments.put(roleAssignment('Another', ofPerson('ann')))
      // handed over: the old holder has it no longer
      await tx.roleAssignments.put(roleAssignment('role of service-id', ofGroup('ann')))
    })
    const names = (holder: Parameters<Tx['roleAssignments']['ofHolder']>[0]) =>
      store.read(async (tx) => (await tx.roleAssignments.ofHolder(holder)).map(({ name }) => name))
    expect(await names(ofPerson('ann'))).toEqual(['Another', 'role of person'])
    expect(await names(ofGroup('ann'))).toEqual(['of the group', 'role of service-id'])
    expect(await names(ofProgram('robot'))).toEqual([])
    const all = await store.read((tx) => tx.roleAssignments.page(id('acme'), undefined, 9))
    expect(all.map(({ name }) => name)).toEqual([
      'Another',
      'of the group',
      'role of group',
      'role of person',
      'role of service-id',
    ])
  })
  promise('T2: a compartment that programs or roles live in is not empty', async (store) => {
    await holders(store)
    await store.write(async (tx) => {
      for (const name of ['for a program', 'for a role']) await tx.compartments.put(compartment(name))
      await tx.serviceIds.put(serviceId('inside', { compartmentId: id('for a program') }))
      const there = { compartmentId: id<'compartment'>('for a role') }
      await tx.roleAssignments.put(roleAssignment('inside', ofPerson('ann'), there))
    })
    for (const name of ['for a program', 'for a role'])
      await expect(store.write((tx) => tx.compartments.remove(id(name)))).rejects.toThrow()
  })
  promise(
    'T6: a domain takes its dynamic groups along, and the keys and roles of its people and groups',
    async (store) => {
      await holders(store)
      await store.write(async (tx) => {
        await tx.dynamicGroups.put(dynamicGroup('machines'))
        await tx.domains.remove(id('default'))
      })
      expect(await store.read((tx) => tx.dynamicGroups.ofTenancy(id('acme')))).toEqual([])
      expect(await store.read(held)).toEqual({ keys: ['key of robot'], roles: ['service-id'] })
    },
  )
  promise('a tenancy takes programs, roles, services and what it remembers of changes along', async (store) => {
    await holders(store)
    await store.write(async (tx) => {
      await tx.services.put(registeredService('warehouse'))
      await tx.policies.put(policy('p'))
      await tx.tenancies.bumpRevision(id('acme'), { noun: 'policy', id: 'p' })
      await tx.tenancies.remove(id('acme'))
    })
    expect(await store.read(held)).toEqual({ keys: [], roles: [] })
    expect(await store.read((tx) => tx.services.list(id('acme')))).toEqual([])
    await seed(store) // the same id again: nothing of before is in the way
    expect(await store.read((tx) => tx.tenancies.changesSince(id('acme'), 0))).toEqual([])
  })
}
