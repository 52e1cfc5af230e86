// I4: old rows are deleted by policy only, and what is left still verifies; nobody can have the gateway delete evidence for him.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { id } from '../../stores/rows.ts'
import { type Bed, onBothEngines } from './bed.ts'

const DAY_SECONDS = 86_400

onBothEngines((open) => {
  let bed: Bed
  beforeEach(async () => {
    bed = await open()
    for (let day = 0; day < 4; day += 1) {
      await bed.record(3)
      await bed.decide(2)
      await bed.seal()
      bed.later(DAY_SECONDS)
    }
  })
  afterEach(() => bed.close())
  const left = () =>
    bed.store.read(async (tx) => ({
      events: (await tx.audit.list(id('acme'), { limit: 99 })).map(({ action }) => action),
      decisions: (await tx.audit.decisions(id('acme'), { limit: 99 })).length,
    }))

  test('I4: each trail is kept as long as its policy says; what is deleted is recorded, once; the rest verifies', async () => {
    expect(await bed.trim({ event: undefined, decision: undefined })).toBe(0)
    expect(await bed.trim({ event: 2, decision: undefined })).toBe(6)
    expect(await left()).toEqual({ events: ['audit.trimmed', ...Array(6).fill('group.created')], decisions: 8 })
    expect(await bed.findings()).toEqual([])
    await bed.seal()
    expect(await bed.trim({ event: 2, decision: 1 })).toBe(6)
    expect((await left()).decisions).toBe(2)
    await bed.seal()
    const reports = await bed.verify(id('acme'))
    expect(reports.map(({ seals, rows, floor }) => ({ seals, rows, floor: floor?.n }))).toEqual([
      { seals: 4, rows: 8, floor: 2 },
      { seals: 1, rows: 2, floor: 3 },
    ])
    expect(await bed.findings()).toEqual([])
    const [event] = await bed.store.read((tx) => tx.audit.list(id('acme'), { limit: 1, action: 'audit.trimmed' }))
    expect(event).toMatchObject({ actor: { kind: 'system' }, target: { id: 'decision' }, details: { keptDays: 1 } })
    expect(await bed.trim({ event: 2, decision: 1 })).toBe(0)
    bed.later(9 * DAY_SECONDS)
    await bed.trim({ event: 1, decision: 1 })
    await bed.seal()
    expect([await left(), await bed.findings()]).toEqual([
      { events: ['audit.trimmed', 'audit.trimmed'], decisions: 0 },
      [],
    ])
  })
  test('I4: the chain goes on behind what was deleted; tampering is found there as before', async () => {
    await bed.trim({ event: 1, decision: undefined })
    await bed.record(2)
    await bed.seal()
    expect(await bed.findings()).toEqual([])
    await bed.tamper(`update audit_event set body = replace(body, 'group.created', 'x') where seq = 14`)
    expect(await bed.findings()).toMatchObject([{ kind: 'row-changed', seq: 14 }])
  })
  test('I4: more may not be deleted in the name of the policy', async () => {
    await bed.trim({ event: 3, decision: undefined })
    const { floor } = await bed.checkpoint()
    expect(floor?.n).toBe(1)
    await bed.tamper('delete from audit_event where seq in (4, 5, 6)', 'delete from audit_seal where n = 2')
    expect((await bed.findings()).length).toBeGreaterThan(0)
  })
  test('I4: a row put in where rows were deleted is found', async () => {
    await bed.trim({ event: 1, decision: undefined })
    await bed.unlock('audit_event')
    await bed.seal()
    await bed.tamper(`update audit_event set seq = 2 where seq = 13`)
    expect(await bed.kinds()).toEqual(['row-inserted', 'row-removed'])
  })
  test('I4: a backdated seal, or one that names other rows, deletes nothing', async () => {
    const old = 1
    const seals = await bed.store.read((tx) => tx.seals.list('event', id('acme'), 0, 9))
    const [first] = seals
    const body = JSON.parse(first?.body ?? '{}') as { at: number; rows: [number, string][] }
    const forged = JSON.stringify({ ...body, rows: [...body.rows, [10, 'x'], [11, 'x'], [12, 'x']] })
    for (const statement of [
      `update audit_seal set at = ${old} where trail = 'event'`,
      `update audit_seal set hash = '${bed.secrets.digest(forged)}', body = '${JSON.stringify({ ...first, body: forged })}' where trail = 'event' and n = 1`,
    ]) {
      await bed.tamper(statement)
      expect(await bed.trim({ event: 2, decision: undefined })).toBe(0)
      expect((await left()).events).toHaveLength(12)
      await bed.tamper(`delete from audit_seal where trail = 'event'`)
      await bed.store.write(async (tx) => {
        for (const seal of seals) await tx.seals.add(seal)
      })
    }
    await bed.tamper(`update audit_checkpoint set body = replace(body, 'acme', 'evil')`)
    expect(await bed.trim({ event: 2, decision: 2 })).toBe(0)
  })
  test('I4: deleting while others seal and verify disturbs nobody', async () => {
    const found = await Promise.all([
      bed.findings(),
      bed.trim({ event: 1, decision: 1 }),
      bed.record(3).then(() => bed.seal()),
      bed.findings(),
      bed.trim({ event: 1, decision: 1 }),
    ])
    expect([found[0], found[3]]).toEqual([[], []])
    expect(found[1] + found[4]).toBe(15)
    await bed.seal()
    expect(await bed.findings()).toEqual([])
  })
})
