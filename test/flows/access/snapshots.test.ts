// Snapshots follow what is written: by rows when it is little, in parts when it is much, never stale, and read once however many ask.
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CompartmentId, DomainId, DynamicGroupId, GroupId, PolicyId } from '../../../src/core/model/ids.ts'
import type { Policy } from '../../../src/core/model/policy.ts'
import { evaluate } from '../../../src/core/policy/evaluate.ts'
import { askOf } from '../../../src/core/policy/question.ts'
import { type Known, type Snapshots, snapshots } from '../../../src/flows/access/snapshots.ts'
import type { Change, Store, Tx } from '../../../src/ports/store.ts'
import { catalogue, type Office, office } from './office.ts'

let o: Office
beforeEach(async () => {
  o = await office()
})
afterEach(() => o.store.close())

type Counts = { policies: number; pages: number; compartments: number; open: number; mostOpen: number }
/** The same store, which counts what is read of policies and compartments, and how many transactions are open at a time. */
const counted = (store: Store): { readonly store: Store; readonly counts: Counts } => {
  const counts: Counts = { policies: 0, pages: 0, compartments: 0, open: 0, mostOpen: 0 }
  const watched = (tx: Tx): Tx =>
    Object.create(tx, {
      policies: {
        value: {
          ...tx.policies,
          get: (id: PolicyId) => {
            counts.policies++
            return tx.policies.get(id)
          },
          page: (...args: Parameters<Tx['policies']['page']>) => {
            counts.pages++
            return tx.policies.page(...args)
          },
        },
      },
      compartments: {
        value: {
          ...tx.compartments,
          list: (scope: Parameters<Tx['compartments']['list']>[0]) => {
            counts.compartments++
            return tx.compartments.list(scope)
          },
        },
      },
    })
  const read: Store['read'] = async (work) => {
    counts.mostOpen = Math.max(counts.mostOpen, ++counts.open)
    try {
      return await store.read((tx) => work(watched(tx)))
    } finally {
      counts.open--
    }
  }
  return { store: { ...store, read }, counts }
}

const policy = (id: string, statements: readonly string[], differs: Partial<Policy> = {}): Policy => ({
  id: id as PolicyId,
  tenancyId: o.tenancyId,
  compartmentId: o.places.acme,
  name: id,
  description: '',
  statements,
  bindings: statements.map(() => ({})),
  system: false,
  createdAt: 0,
  updatedAt: 0,
  ...differs,
})
const change = (noun: Change['noun'], id: string, work: (tx: Tx) => Promise<unknown>): Promise<void> =>
  o.store.write(async (tx) => {
    await work(tx)
    await tx.tenancies.bumpRevision(o.tenancyId, { noun, id })
  })
const put = (row: Policy): Promise<void> => change('policy', row.id, (tx) => tx.policies.put(row))
const allowing = (group: string, place: string = o.places.acme): string =>
  `Allow group id ${group} to read buckets in compartment id ${place}`

const may = (known: Known | undefined, groupIds: readonly string[], compartment = ''): boolean => {
  if (!known) throw new Error('no tenancy')
  const { snapshot } = known
  const asked = { action: 'read', resourceType: 'buckets', resourceId: 'b', resource: { compartment }, context: {} }
  const ask = askOf(snapshot, { id: 'u', name: 'u', groupIds }, asked, 0)
  if (typeof ask === 'string') throw new Error(ask)
  return evaluate(snapshot, ask).allow
}
const seen = (known: Snapshots): Promise<Known | undefined> => known.read(o.tenancyId, async (_, now) => now)

describe('E.1 a write is effective with the next question, on every node', () => {
  test('of one policy among many, that one is read and no other', async () => {
    for (let n = 0; n < 120; n++) await put(policy(`p${n}`, [allowing(`g${n}`)]))
    const { store, counts } = counted(o.store)
    const [node, other] = [snapshots({ store, catalogue }), snapshots({ store: o.store, catalogue })]
    expect([may(await seen(node), ['g1']), may(await seen(other), ['g1'])]).toEqual([true, true])
    expect(counts).toMatchObject({ policies: 0, pages: 3 })
    await put(policy('p1', [allowing('somebody else')]))
    expect([may(await seen(node), ['g1']), may(await seen(other), ['g1'])]).toEqual([false, false])
    await change('policy', 'p2', (tx) => tx.policies.remove('p2' as PolicyId))
    expect([may(await seen(node), ['g2']), may(await seen(node), ['g3'])]).toEqual([false, true])
    expect(counts).toMatchObject({ policies: 2, pages: 3, compartments: 1 })
  })

  test('groups, tags and dynamic groups are taken in alone', async () => {
    const { store, counts } = counted(o.store)
    const known = snapshots({ store, catalogue })
    const [domain] = await o.store.read((tx) => tx.domains.list(o.tenancyId))
    const domainId = domain?.id as DomainId
    const before = await seen(known)
    expect(before?.snapshot.administrators).toBe(o.administrators)
    const group = { id: 'gx' as GroupId, tenancyId: o.tenancyId, domainId, name: 'Ops', description: '', system: false }
    await change('group', 'gx', (tx) => tx.groups.put({ ...group, tags: { 'hr.kind': 'night' } }))
    const rule = "All {instance.compartment.id = 'c1'}"
    const dynamic = {
      id: 'dx' as DynamicGroupId,
      tenancyId: o.tenancyId,
      domainId,
      name: 'Fleet',
      description: '',
      rule,
    }
    await change('dynamic-group', 'dx', (tx) => tx.dynamicGroups.put({ ...dynamic, createdAt: 0, updatedAt: 0 }))
    const after = await seen(known)
    expect([after?.groups.get('gx'), after?.groupTags.get('gx')]).toEqual(['default/Ops', { 'hr.kind': 'night' }])
    expect(after?.dynamicGroups.map((d) => d.name)).toEqual(['default/Fleet'])
    const workload = { id: 'i', type: 'instance', tags: new Map() }
    expect(['c1', 'c2'].map((c) => after?.dynamicGroups[0]?.matches({ ...workload, compartmentId: c }))).toEqual([
      true,
      false,
    ])
    expect([before?.groups.has('gx'), before?.dynamicGroups.length]).toEqual([false, 0])
    await change('group', 'gx', (tx) => tx.groups.remove('gx' as GroupId))
    expect((await seen(known))?.groups.has('gx')).toBe(false)
    expect(counts.compartments).toBe(1)
  })

  test('a bump that does not say what changed has everything read anew', async () => {
    await put(policy('p1', [allowing('g1')]))
    const { store, counts } = counted(o.store)
    const known = snapshots({ store, catalogue })
    expect(may(await seen(known), ['g1'])).toBe(true)
    await o.store.write(async (tx) => {
      await tx.policies.put(policy('p1', [allowing('g2')]))
      await tx.tenancies.bumpRevision(o.tenancyId)
    })
    expect(may(await seen(known), ['g1'])).toBe(false)
    expect(counts.pages).toBe(2)
  })

  test('compartments that came or moved are placed anew, of the clauses that are there', async () => {
    await put(policy('p1', [allowing('g1', o.places.Prod)]))
    const { store, counts } = counted(o.store)
    const known = snapshots({ store, catalogue })
    expect([may(await seen(known), ['g1'], 'Prod:Web'), may(await seen(known), ['g1'], 'Test')]).toEqual([true, false])
    const web = await o.store.read((tx) => tx.compartments.get(o.places.Web))
    if (!web) throw new Error('unreachable')
    await change('compartment', web.id, (tx) => tx.compartments.put({ ...web, parentId: o.places.Test }))
    expect(may(await seen(known), ['g1'], 'Test:Web')).toBe(false)
    await change('compartment', web.id, (tx) => tx.compartments.put({ ...web, tags: { 'env.kind': 'blue' } }))
    const now = await seen(known)
    expect(may(now, ['g1'], 'Prod:Web')).toBe(true)
    expect(now?.snapshot.tree.byId.get(web.id)?.tags).toEqual({ 'env.kind': 'blue' })
    expect(counts).toMatchObject({ policies: 0, pages: 1 })
  })

  test('very many changes at once are taken in by rows, too', async () => {
    const { store, counts } = counted(o.store)
    const known = snapshots({ store, catalogue })
    await seen(known)
    for (let n = 0; n < 60; n++) await put(policy(`p${n}`, [allowing(`g${n}`)]))
    expect(may(await seen(known), ['g59'])).toBe(true)
    expect(counts).toMatchObject({ policies: 60, pages: 1 })
  })
})

describe('who asks meanwhile', () => {
  test('however many ask at once, it is read once, and nobody waits in a transaction', async () => {
    for (let n = 0; n < 60; n++) await put(policy(`p${n}`, [allowing(`g${n}`)]))
    const { store, counts } = counted(o.store)
    const known = snapshots({ store, catalogue })
    const answers = await Promise.all(Array.from({ length: 30 }, () => seen(known)))
    expect(new Set(answers).size).toBe(1)
    expect(counts.pages).toBe(2)
    await put(policy('p1', [allowing('g2')]))
    await Promise.all(Array.from({ length: 30 }, () => seen(known)))
    expect(counts.policies).toBe(1)
  })

  test('while one tenancy is read for the first time, another is answered', async () => {
    for (let n = 0; n < 60; n++) await put(policy(`p${n}`, [`${allowing(`g${n}`)}`]))
    const turns: (() => void)[] = []
    let held = false
    const pause = (): Promise<void> => (held ? new Promise((resolve) => turns.push(resolve)) : Promise.resolve())
    const known = snapshots({ store: o.store, catalogue, pause })
    await o.store.write((tx) =>
      tx.tenancies.put({
        id: 't2' as never,
        name: 'small',
        displayName: '',
        denyEnabled: false,
        revision: 1,
        createdAt: 0,
      }),
    )
    await known.prepare('t2' as never)
    held = true
    let answered = false
    const first = seen(known).then((k) => {
      answered = true
      return k
    })
    while (turns.length === 0) await new Promise((resolve) => setImmediate(resolve))
    // the slice waits for its turn; the store is free and the other tenancy goes on
    expect((await known.read('t2' as never, async (_, k) => k))?.snapshot.revision).toBe(1)
    expect(answered).toBe(false)
    held = false
    for (const go of turns) go()
    expect(may(await first, ['g1'])).toBe(true)
  })

  test('what a transaction has written and not committed is not kept for others', async () => {
    await put(policy('p1', [allowing('g1')]))
    const known = snapshots({ store: o.store, catalogue })
    await seen(known)
    const undone = o.store.write(async (tx) => {
      await tx.policies.put(policy('p1', [allowing('thief')]))
      await tx.tenancies.bumpRevision(o.tenancyId, { noun: 'policy', id: 'p1' })
      expect(may(await known(tx, o.tenancyId), ['thief'])).toBe(true)
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    await put(policy('p2', [allowing('g2')])) // the same revision, with other content
    const now = await seen(known)
    expect([may(now, ['thief']), may(now, ['g1']), may(now, ['g2'])]).toEqual([false, true, true])
  })

  test('a tenancy that is not there is not there', async () => {
    const known = snapshots({ store: o.store, catalogue })
    expect(await known.read('nowhere' as never, async (_, k) => k)).toBeUndefined()
    expect(await o.store.read((tx) => known(tx, 'nowhere' as never))).toBeUndefined()
  })

  test('another tenancy asked for inside a read is brought up outside of it', async () => {
    const known = snapshots({ store: o.store, catalogue })
    await o.store.write((tx) =>
      tx.tenancies.put({
        id: 't2' as never,
        name: 'other',
        displayName: '',
        denyEnabled: false,
        revision: 7,
        createdAt: 0,
      }),
    )
    const found = await known.read(o.tenancyId, async (tx) => (await known(tx, 't2' as never))?.snapshot.revision)
    expect(found).toBe(7)
  })
})

test('whatever is written in whatever order, it decides like one who reads everything', async () => {
  const followed = snapshots({ store: o.store, catalogue })
  const places = [o.places.acme, o.places.Prod, o.places.Web, o.places.Test]
  const write = fc.record({
    id: fc.constantFrom('p1', 'p2', 'p3'),
    group: fc.constantFrom('g1', 'g2', 'g3'),
    at: fc.nat({ max: 3 }),
    kind: fc.constantFrom('put', 'put', 'deny', 'remove', 'move'),
    look: fc.boolean(),
  })
  const moveWeb = async (at: number): Promise<void> => {
    const parent = [o.places.acme, o.places.Prod, o.places.Test][at % 3] as CompartmentId
    const web = await o.store.read((tx) => tx.compartments.get(o.places.Web))
    if (web) await change('compartment', web.id, (tx) => tx.compartments.put({ ...web, parentId: parent }))
  }
  await fc.assert(
    fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 8 }), async (writes) => {
      for (const { id, group, at, kind, look } of writes) {
        const statement = allowing(group, places[at] ?? places[0])
        if (kind === 'move') await moveWeb(at)
        else if (kind === 'remove') await change('policy', id, (tx) => tx.policies.remove(id as PolicyId))
        else await put(policy(id, [kind === 'deny' ? statement.replace('Allow', 'Deny') : statement]))
        if (look) await seen(followed)
      }
      const [a, b] = [await seen(followed), await seen(snapshots({ store: o.store, catalogue }))]
      const paths = [
        '',
        'Prod',
        'Test',
        ...['Web', 'Prod:Web', 'Test:Web'].filter((p) => b?.snapshot.tree.byPath.has(p.toLowerCase())),
      ]
      const all = (known: Known | undefined) => paths.map((p) => ['g1', 'g2', 'g3'].map((g) => may(known, [g], p)))
      expect(all(a)).toEqual(all(b))
    }),
    { numRuns: 60, seed: 42 },
  )
})
