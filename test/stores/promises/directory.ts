// Nouns that administrators define: names, replacement, order, and what a removal takes along.
import { expect } from 'vitest'
import type { Tx } from '../../../src/ports/store.ts'
import {
  compartment,
  direct,
  domain,
  group,
  id,
  idp,
  link,
  mapped,
  mappingRule,
  membership,
  oidcApp,
  passwordPolicy,
  person,
  policy,
  samlApp,
  signingKey,
  signOnRule,
  tenancy,
} from '../rows.ts'
import { payload, seed, session } from '../traffic-rows.ts'
import { nounPromises } from './noun.ts'
import type { Promises } from './promise.ts'

export const directoryPromises: Promises = (promise) => {
  promise('tenancies are nouns', (store) => nounPromises(store, (tx) => tx.tenancies, undefined, tenancy))
  promise('compartments are nouns', async (store) => {
    await seed(store)
    await nounPromises(
      store,
      (tx) => tx.compartments,
      { tenancyId: id<'tenancy'>('acme'), parentId: id<'compartment'>('root') },
      compartment,
    )
  })
  promise('domains are nouns', async (store) => {
    await seed(store)
    await nounPromises(store, (tx) => tx.domains, id('acme'), domain)
  })
  promise('groups are nouns', async (store) => {
    await seed(store)
    await nounPromises(store, (tx) => tx.groups, id('default'), group)
    expect((await store.read((tx) => tx.groups.ofTenancy(id('acme')))).map(({ name }) => name)).toEqual([
      'alpha2',
      'Zeta',
    ])
  })
  promise('identity providers are nouns, and so are their rules', async (store) => {
    await seed(store)
    await store.write((tx) => tx.idps.put(idp('corp')))
    await nounPromises(
      store,
      (tx) => tx.mappingRules,
      id('corp'),
      (name) => mappingRule(name, 'corp', ['staff']),
    )
    await nounPromises(store, (tx) => tx.idps, id('default'), idp)
  })
  promise('applications are nouns', async (store) => {
    await seed(store)
    await nounPromises(
      store,
      (tx) => tx.apps,
      id('acme'),
      (name) => oidcApp(name, `client of ${name}`),
    )
  })
  promise('sign-on rules, password policies and policies are nouns', async (store) => {
    await seed(store)
    await nounPromises(store, (tx) => tx.signOnRules, id('default'), signOnRule)
    await nounPromises(store, (tx) => tx.passwordPolicies, id('default'), passwordPolicy)
    await nounPromises(
      store,
      (tx) => tx.policies,
      { tenancyId: id<'tenancy'>('acme'), compartmentId: id<'compartment'>('root') },
      policy,
    )
  })
  promise(
    'T2: compartment names are unique among siblings only; a scope without parent is the whole tree',
    async (store) => {
      await seed(store)
      const child = (name: string, parent: string) =>
        compartment(name, { id: id(`${parent}/${name}`), parentId: id(parent) })
      const answers = await store.write(async (tx) => {
        await tx.compartments.put(compartment('a'))
        await tx.compartments.put(compartment('b'))
        return [
          await tx.compartments.put(child('Prod', 'a')),
          await tx.compartments.put(child('prod', 'b')),
          await tx.compartments.put({ ...child('PROD', 'a'), id: id('second') }),
          await tx.compartments.put(compartment('Acme', { id: id('root2'), parentId: undefined })),
        ]
      })
      expect(answers).toEqual(['ok', 'ok', 'name-taken', 'name-taken'])
      const names = (scope: Parameters<Tx['compartments']['list']>[0]) =>
        store.read(async (tx) => (await tx.compartments.list(scope)).map(({ name }) => name))
      expect(await names({ tenancyId: id('acme') })).toEqual(['a', 'acme', 'b', 'Prod', 'prod'])
      expect(await names({ tenancyId: id('acme'), parentId: id('b') })).toEqual(['prod'])
      const root = await store.read((tx) => tx.compartments.byName({ tenancyId: id('acme') }, 'ACME'))
      expect(root?.id).toBe('root')
    },
  )
  promise('rows in parts are the whole list, each once, also where names are the same', async (store) => {
    await seed(store)
    const names = ['b', 'a', 'B2', 'same', 'c']
    await store.write(async (tx) => {
      for (const below of ['one', 'two', 'three']) await tx.compartments.put(compartment(below))
      for (const name of names) await tx.policies.put(policy(name))
      for (const below of ['one', 'two', 'three'])
        await tx.policies.put(policy(`in ${below}`, { name: 'same', compartmentId: id(below) }))
      await tx.groups.put(group('g'))
    })
    const scope = { tenancyId: id<'tenancy'>('acme') }
    const whole = await store.read((tx) => tx.policies.list(scope))
    for (const limit of [1, 2, 3, 100]) {
      const found: (typeof whole)[number][] = []
      for (let more = true; more; ) {
        const page = await store.read((tx) => tx.policies.page(scope, found.at(-1), limit))
        expect(page.length).toBeLessThanOrEqual(limit)
        found.push(...page)
        more = page.length === limit
      }
      expect(found).toEqual(whole)
    }
    expect(await store.read((tx) => tx.groups.page(id('default'), undefined, 5))).toEqual([group('g')])
    expect(await store.read((tx) => tx.roleAssignments.page(id('acme'), undefined, 5))).toEqual([])
  })
  promise('T2: a compartment with something inside is not removed by mistake', async (store) => {
    await seed(store)
    await store.write((tx) => tx.compartments.put(compartment('child')))
    await expect(store.write((tx) => tx.compartments.remove(id('root')))).rejects.toThrow()
    expect(await store.write((tx) => tx.compartments.remove(id('child')))).toBe(true)
  })
  promise('a revision counts up by one, and a replacement does not set it back', async (store) => {
    await seed(store)
    const bump = () => store.write((tx) => tx.tenancies.bumpRevision(id('acme')))
    expect([await bump(), await bump()]).toEqual([1, 2])
    await store.write((tx) => tx.tenancies.put(tenancy('acme', { revision: 1, displayName: 'ACME' })))
    const row = await store.read((tx) => tx.tenancies.get(id('acme')))
    expect(row).toMatchObject({ revision: 2, displayName: 'ACME' })
    expect(await store.read((tx) => tx.tenancies.revision(id('acme')))).toBe(2)
    expect(await store.read((tx) => tx.tenancies.revision(id('none')))).toBeUndefined()
  })
  promise('a client id or entity id belongs to one application of a tenancy', async (store) => {
    await seed(store)
    const put = (app: ReturnType<typeof oidcApp>) => store.write((tx) => tx.apps.put(app))
    expect(await put(oidcApp('one', 'client'))).toBe('ok')
    expect(await put(oidcApp('two', 'client'))).toBe('name-taken')
    expect(await put(oidcApp('two', 'Client'))).toBe('ok') // identifiers, not names: case matters (OIDC Core §2, SAML Core §8.3.6)
    expect(await put(samlApp('three', 'urn:sp'))).toBe('ok')
    expect(await put(samlApp('four', 'urn:sp'))).toBe('name-taken')
    const found = await store.read(async (tx) => [
      await tx.apps.byClientId(id('acme'), 'client'),
      await tx.apps.byEntityId(id('acme'), 'urn:sp'),
      await tx.apps.byClientId(id('acme'), 'CLIENT'),
      await tx.apps.byClientId(id('acme'), ''), // what a SAML application has instead of a client id is not found by it
    ])
    expect(found.map((app) => app?.id)).toEqual(['one', 'three', undefined, undefined])
  })
  promise('F8: an e-mail domain leads to its identity providers, until they give it up', async (store) => {
    await seed(store)
    const put = (name: string, emailDomains: readonly string[]) =>
      store.write((tx) => tx.idps.put(idp(name, { emailDomains })))
    const found = async () =>
      (await store.read((tx) => tx.idps.byEmailDomain(id('default'), 'ACME.example'))).map(({ name }) => name)
    await put('b-corp', ['acme.example', 'acme.test'])
    await put('a-corp', ['acme.example', 'Acme.Example'])
    expect(await found()).toEqual(['a-corp', 'b-corp'])
    await put('b-corp', ['acme.test'])
    expect(await found()).toEqual(['a-corp'])
    await store.write((tx) => tx.idps.remove(id('a-corp')))
    expect(await found()).toEqual([])
  })
  promise(
    'F5: an identity provider takes its links, rules and mapped memberships along, and nothing else',
    async (store) => {
      await seed(store, 'ann')
      const left = await store.write(async (tx) => {
        for (const name of ['corp', 'other']) {
          await tx.idps.put(idp(name))
          await tx.mappingRules.put(mappingRule(`of ${name}`, name, ['staff']))
          await tx.links.put(link(name, 'subject', 'ann'))
        }
        await tx.groups.put(group('staff'))
        for (const why of [direct, mapped('corp', 'of corp', 'x'), mapped('other', 'of other', 'x')])
          await tx.memberships.put(membership('ann', 'staff', why))
        await tx.idps.remove(id('corp'))
        return {
          links: (await tx.links.ofPerson(id('ann'))).map(({ idpId }) => idpId),
          rules: [await tx.mappingRules.list(id('corp')), await tx.mappingRules.list(id('other'))].map(
            (rows) => rows.length,
          ),
          kinds: (await tx.memberships.ofPerson(id('ann'))).map(({ provenance }) =>
            provenance.kind === 'mapped' ? provenance.idpId : provenance.kind,
          ),
        }
      })
      expect(left).toEqual({ links: ['other'], rules: [0, 1], kinds: ['direct', 'other'] })
    },
  )
  promise('T6: a domain takes everything that lives in it along, sessions and tokens too', async (store) => {
    await seed(store, 'ann')
    const left = await store.write(async (tx) => {
      await tx.domains.put(domain('second'))
      await tx.people.put(person('bob', { domainId: id('second') }))
      await tx.keys.add(signingKey('kid', 1))
      for (const [name, who, domainId] of [
        ['s1', 'ann', 'default'],
        ['s2', 'bob', 'second'],
      ] as const) {
        await tx.sessions.add(session(name, who, { domainId: id(domainId) }))
        await tx.payloads.put(payload('code', { scope: domainId }))
      }
      await tx.domains.remove(id('default'))
      return [
        (await tx.people.get(id('ann')))?.id,
        (await tx.people.get(id('bob')))?.id,
        (await tx.sessions.get(id('s1')))?.id,
        (await tx.sessions.get(id('s2')))?.id,
        (await tx.payloads.get('default', 'AuthorizationCode', 'code'))?.id,
        (await tx.payloads.get('second', 'AuthorizationCode', 'code'))?.id,
        (await tx.keys.ofDomain(id('default'))).length,
      ]
    })
    expect(left).toEqual([undefined, 'bob', undefined, 's2', undefined, 'code', 0])
  })
  promise('a tenancy takes its whole tree along', async (store) => {
    await seed(store, 'ann')
    const left = await store.write(async (tx) => {
      await tx.compartments.put(compartment('child'))
      await tx.policies.put(policy('admins'))
      await tx.apps.put(oidcApp('app', 'client'))
      await tx.sessions.add(session('s', 'ann'))
      const gone = await tx.tenancies.remove(id('acme'))
      return [
        gone,
        await tx.compartments.get(id('child')),
        await tx.sessions.get(id('s')),
        await tx.people.get(id('ann')),
      ]
    })
    expect(left).toEqual([true, undefined, undefined, undefined])
  })
  promise('signing keys come oldest first; a kid is never used twice', async (store) => {
    await seed(store)
    await store.write(async (tx) => {
      await tx.keys.add(signingKey('young', 2))
      await tx.keys.add(signingKey('old', 1))
      expect(await tx.keys.setStatus(id('old'), 'retired')).toBe(true)
      expect(await tx.keys.setStatus(id('none'), 'retired')).toBe(false)
    })
    const keys = await store.read((tx) => tx.keys.ofDomain(id('default')))
    expect(keys).toEqual([{ ...signingKey('old', 1), status: 'retired' }, signingKey('young', 2)])
    await expect(store.write((tx) => tx.keys.add(signingKey('old', 3)))).rejects.toThrow()
    expect(await store.write((tx) => tx.keys.remove(id('old')))).toBe(true)
    expect(await store.write((tx) => tx.keys.remove(id('old')))).toBe(false)
    expect(await store.read((tx) => tx.keys.ofDomain(id('default')))).toEqual([signingKey('young', 2)])
  })
}
