// I4: sealing seals every row once, in the order of arrival, whoever does it and however late a row turns up; and it holds up nobody.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { atOnce } from '../../stores/at-once.ts'
import { id, NOW } from '../../stores/rows.ts'
import { auditEvent } from '../../stores/traffic-rows.ts'
import { type Bed, onBothEngines } from './bed.ts'

onBothEngines((open, engine) => {
  let bed: Bed
  beforeEach(async () => {
    bed = await open()
  })
  afterEach(() => bed.close())
  const rows = async () => (await bed.verify(id('acme'))).map((report) => report.rows)

  test('I4: nothing to seal is no seal; what was there before sealing began is sealed too', async () => {
    expect(await bed.seal()).toEqual({ rows: 0, broken: [] })
    expect(await bed.store.read((tx) => tx.seals.sealing('event'))).toBeUndefined()
    await bed.record(1203)
    expect(await bed.seal()).toEqual({ rows: 1203, broken: [] })
    expect(await bed.seal()).toEqual({ rows: 0, broken: [] })
    expect((await bed.store.read((tx) => tx.seals.list('event', id('acme'), 0, 9))).map(({ n }) => n)).toEqual([1, 2])
    expect([await rows(), await bed.findings()]).toEqual([[1203, 0], []])
  })
  test('I4: what a node of the release before wrote, without a digest, is sealed as it stands', async () => {
    await bed.record(3)
    await bed.decide(600)
    await bed.tamper('update audit_event set digest = null where seq = 2', 'update decision_record set digest = null')
    expect((await bed.seal()).rows).toBe(603)
    expect(await bed.findings()).toEqual([])
  })
  test('I4: what was changed before it was sealed is found as well, since its digest was written with it', async () => {
    await bed.record(2)
    await bed.tamper(`update audit_event set body = replace(body, 'group.created', 'x') where seq = 2`)
    await bed.seal()
    expect(await bed.findings()).toMatchObject([{ kind: 'row-changed', seq: 2 }])
  })
  test('I4: rows that wait to be sealed are said to; those that wait too long are a finding', async () => {
    await bed.record(2)
    await bed.seal()
    await bed.record(3)
    bed.later(59)
    expect([await bed.findings(), (await bed.verify(id('acme')))[0]?.unsealed]).toEqual([[], 3])
    bed.later(2)
    expect(await bed.findings()).toMatchObject([{ kind: 'unsealed-too-long', trail: 'event' }])
    expect((await bed.findings())[0]?.detail).toContain('3 rows')
    await bed.seal()
    expect(await bed.findings()).toEqual([])
  })
  test('I4: nodes that seal at once make one chain; whoever has the turn keeps it for a while', async () => {
    const nodes = Array.from({ length: 5 }, () => bed.newSealer())
    for (let round = 0; round < 5; round += 1) {
      await bed.record(20)
      await bed.decide(20)
      await atOnce(5, (index) => nodes[index]?.() ?? Promise.reject(new Error('no such node')))
    }
    bed.later(11)
    await bed.record(1)
    await nodes[4]?.()
    expect([await rows(), await bed.findings()]).toEqual([[101, 100], []])
  })
  test('I4: rows written while others seal are all sealed, once', async () => {
    let writing = true
    const seals = (async () => {
      while (writing) await bed.seal()
    })()
    await atOnce(40, (index) =>
      bed.store
        .write(async (tx) => {
          await tx.audit.add(auditEvent(`w${index}`, { tenancyId: id(index % 3 === 0 ? 'other' : 'acme') }))
          if (index % 5 === 0) throw new Error('undone')
        })
        .catch(() => undefined),
    )
    writing = false
    await seals
    await bed.seal()
    const all = await bed.store.read((tx) => tx.seals.arrived('event', 0, 99))
    const reports = await Promise.all([bed.verify(id('acme')), bed.verify(id('other'))])
    expect(reports.reduce((sum, [events]) => sum + (events?.rows ?? 0), 0)).toBe(all.length)
    expect([all.length, await bed.findings()]).toEqual([32, []])
  })
  test('I4: a hundred tenancies are sealed together', async () => {
    await bed.store.write((tx) =>
      tx.audit.addAll(Array.from({ length: 100 }, (_, n) => auditEvent(`t${n}`, { tenancyId: id(`tenancy ${n}`) }))),
    )
    expect((await bed.seal()).rows).toBe(100)
    expect(await bed.findings()).toEqual([])
  })
  test('I4: sealing keeps no writer waiting and makes none begin again', async () => {
    await bed.record(500)
    let tries = 0
    const writers = atOnce(30, (index) =>
      bed.store.write(async (tx) => {
        tries += 1
        await tx.audit.add(auditEvent(`c${index}`))
      }),
    )
    await Promise.all([writers, bed.seal(), bed.seal(), bed.newSealer()()])
    expect(tries).toBe(30)
  })

  if (engine === 'SQLite') return // one writer at a time: numbers are seen in the order they are given
  test('I4: a row of a transaction that was slow to commit is sealed when it turns up', async () => {
    await bed.record(1)
    await bed.seal()
    const written = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const slow = bed.store.write(async (tx) => {
      await tx.audit.add(auditEvent('slow', { at: NOW }))
      written.resolve()
      await goOn.promise
    })
    await written.promise
    await bed.record(3)
    await bed.seal()
    bed.later(1)
    expect([await rows(), await bed.findings()]).toEqual([[4, 0], []]) // its number is a gap
    goOn.resolve()
    await slow
    expect([(await bed.verify(id('acme')))[0]?.unsealed, await bed.findings()]).toEqual([1, []])
    bed.later(1)
    await bed.seal()
    expect([await rows(), await bed.findings()]).toEqual([[5, 0], []])
    expect((await bed.store.read((tx) => tx.seals.sealing('event')))?.gaps).toEqual([])
  })
  test('I4: a number that was given out and undone is not waited for for ever', async () => {
    await bed.record(1)
    await bed.seal()
    await bed.store
      .write(async (tx) => {
        await tx.audit.add(auditEvent('undone'))
        throw new Error('undone')
      })
      .catch(() => undefined)
    await bed.record(1)
    await bed.seal()
    const gaps = async () => (await bed.store.read((tx) => tx.seals.sealing('event')))?.gaps.length
    expect(await gaps()).toBe(1)
    bed.later(901)
    await bed.record(1)
    await bed.seal()
    expect([await gaps(), await bed.findings()]).toEqual([0, []])
    await bed.unlock('audit_event')
    await bed.tamper(`update audit_event set seq = 2 where seq = 4`) // into the hole
    expect(await bed.kinds()).toEqual(['row-inserted', 'row-removed'])
  })
})
