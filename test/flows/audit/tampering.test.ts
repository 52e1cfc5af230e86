// I4: whoever can write to the database cannot change what was recorded without being found out: edit, delete, reorder, truncate, insert,
// on both trails, in rows, seals, checkpoints, keys and the state of sealing.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CheckpointBody } from '../../../src/core/audit/trail.ts'
import { id } from '../../stores/rows.ts'
import { type Bed, onBothEngines } from './bed.ts'

const tables = { event: 'audit_event', decision: 'decision_record' } as const
const bodies = {
  event: `replace(body, 'group.created', 'group.kreated')`,
  decision: `replace(body, 'denied', 'because')`,
}
const own = { event: `actor_key = 'eve'`, decision: 'allow = 1' }
const chain = (trail: string): string => `trail = '${trail}' and tenancy_id = 'acme'`

onBothEngines((open) => {
  let bed: Bed
  beforeEach(async () => {
    bed = await open()
    for (let round = 0; round < 4; round += 1) {
      await bed.record(5)
      await bed.record(2, { tenancyId: id('other') })
      await bed.decide(5)
      bed.later(1)
      await bed.seal()
    }
  })
  afterEach(() => bed.close())

  const seqsOf = async (trail: 'event' | 'decision') =>
    (await bed.store.read((tx) => tx.seals.arrived(trail, 0, 99)))
      .filter((row) => row.tenancyId === 'acme')
      .map((row) => row.seq)
  /** The newest two seals, their rows, and whatever else is named. */
  const cut = async (trail: 'event' | 'decision') => {
    const newest = (await seqsOf(trail)).slice(-10)
    return [
      `delete from ${tables[trail]} where seq in (${newest.join()})`,
      `delete from audit_seal where ${chain(trail)} and n > 2`,
    ]
  }

  test('I4: an untouched trail verifies, and says how much it vouches for', async () => {
    expect(await bed.findings()).toEqual([])
    const reports = await bed.verify(id('acme'))
    expect(reports.map(({ trail, seals, rows, unsealed }) => ({ trail, seals, rows, unsealed }))).toEqual([
      { trail: 'event', seals: 4, rows: 20, unsealed: 0 },
      { trail: 'decision', seals: 4, rows: 20, unsealed: 0 },
    ])
    expect((await bed.verify(id('nobody'))).flatMap((one) => one.findings)).toEqual([])
  })

  for (const trail of ['event', 'decision'] as const) {
    const table = tables[trail]
    test(`I4: every edit in the ${trail} trail is found, and which row it was; one given to another tenancy is too many there`, async () => {
      const edits = [`body = ${bodies[trail]}`, 'at = at + 1', `id = 'forged'`, own[trail], `tenancy_id = 'other'`]
      await bed.tamper(...edits.map((edit, index) => `update ${table} set ${edit} where seq = ${index + 1}`))
      const found = await bed.findings()
      expect(found).toMatchObject([
        ...edits.map((_, index) => ({ kind: 'row-changed', trail, seal: 1, seq: index + 1 })),
        ...(trail === 'decision' ? [{ kind: 'checkpoint-missing' }] : []), // the other had no decisions at all
        { kind: 'row-inserted', trail, seq: 5 },
      ])
    })
    test(`I4: a deleted row of the ${trail} trail is found: the first, one in the middle, the newest`, async () => {
      const seqs = await seqsOf(trail)
      const gone = [seqs[0], seqs[9], seqs.at(-1)]
      await bed.tamper(`delete from ${table} where seq in (${gone.join()})`)
      expect(await bed.findings()).toMatchObject(gone.map((seq) => ({ kind: 'row-removed', seq })))
    })
    test(`I4: two rows of the ${trail} trail that change places are found`, async () => {
      await bed.unlock(table)
      await bed.tamper(
        `update ${table} set seq = -1 where seq = 1`,
        `update ${table} set seq = 1 where seq = 4`,
        `update ${table} set seq = 4 where seq = -1`,
      )
      expect(await bed.findings()).toMatchObject([
        { kind: 'row-moved', trail, seq: 1 },
        { kind: 'row-moved', trail, seq: 4 },
      ])
    })
    test(`I4: a row put in between is found in the ${trail} trail, also in exchange for another`, async () => {
      await bed.unlock(table)
      await bed.tamper(`update ${table} set seq = -7, id = 'forged' where seq = 3`)
      expect(await bed.findings()).toMatchObject([
        { kind: 'row-removed', trail, seq: 3 },
        { kind: 'row-inserted', trail, seq: -7, id: 'forged' },
      ])
    })
    test(`I4: rows cut off the end of the ${trail} trail are found, with and without their seals`, async () => {
      const [rows = '', seals = ''] = await cut(trail)
      await bed.tamper(rows)
      expect(await bed.kinds()).toEqual(['row-removed'])
      await bed.tamper(seals)
      expect(await bed.findings()).toMatchObject([{ kind: 'cut-off', trail, seal: 3 }])
    })
    test(`I4: a checkpoint of the ${trail} trail set back by hand is forged, and the next second does not wash it clean`, async () => {
      const back = `update audit_checkpoint set body = replace(body, '\\"n\\":4', '\\"n\\":2') where ${chain(trail)}`
      await bed.tamper(...(await cut(trail)), back)
      expect(await bed.kinds()).toEqual(['checkpoint-forged'])
      await bed.record(1)
      await bed.decide(1)
      bed.later(30)
      expect(await bed.newSealer()()).toMatchObject({ broken: [{ tenancyId: 'acme', trail }] }) // a node that remembers nothing
      expect(await bed.findings()).toMatchObject([{ kind: 'seal-missing', trail, seal: 3 }])
    })
    test(`I4: a checkpoint of the ${trail} trail that is taken away is missed, now and for ever`, async () => {
      await bed.tamper(...(await cut(trail)), `delete from audit_checkpoint where ${chain(trail)}`)
      expect(await bed.kinds()).toEqual(['chain-missing', 'checkpoint-missing'])
      await bed.record(1)
      await bed.decide(1)
      bed.later(30)
      await bed.newSealer()()
      expect(await bed.kinds()).toContain('seal-missing')
    })
    test(`I4: a chain of the ${trail} trail that vanishes as a whole is missed`, async () => {
      const all = [
        `${table} where tenancy_id = 'acme'`,
        `audit_seal where ${chain(trail)}`,
        `audit_checkpoint where ${chain(trail)}`,
      ]
      await bed.tamper(...all.map((what) => `delete from ${what}`))
      expect(await bed.kinds()).toEqual(['chain-missing'])
      await bed.record(1)
      await bed.decide(1)
      bed.later(30)
      await bed.newSealer()()
      expect(await bed.kinds()).toEqual(['chain-missing'])
    })
  }

  test('I4: a seal that was rewritten, taken out, given another number or put in is found', async () => {
    const seals = `audit_seal where ${chain('event')}`
    const cases: readonly (readonly [string, string])[] = [
      [
        `update audit_seal set body = replace(body, 'previous', 'Previous') where ${chain('event')} and n = 2`,
        'seal-changed',
      ],
      [`update audit_seal set at = at + 1 where ${chain('event')} and n = 2`, 'seal-changed'],
      [`update audit_seal set body = 'no JSON' where ${chain('event')} and n = 4`, 'seal-changed'],
      [`update audit_seal set hash = 'x' where ${chain('event')} and n = 4`, 'cut-off'],
      [`delete from ${seals} and n = 3`, 'seal-missing'],
      [`update audit_seal set n = 9 where ${chain('event')} and n = 4`, 'cut-off'],
    ]
    for (const [statement, kind] of cases) {
      const kept = await bed.store.read((tx) => tx.seals.list('event', id('acme'), 0, 9))
      await bed.tamper(statement)
      expect(await bed.kinds(), statement).toContain(kind)
      await bed.tamper(`delete from ${seals}`)
      await bed.store.write(async (tx) => {
        for (const seal of kept) await tx.seals.add(seal)
      })
      expect(await bed.findings()).toEqual([])
    }
  })
  test('I4: rows and their seals rewritten together, every digest right, are found by the signature', async () => {
    const [first] = await bed.store.read((tx) => tx.seals.list('event', id('acme'), 0, 1))
    await bed.tamper(`update audit_event set body = ${bodies.event} where seq = 3`)
    const [row] = await bed.store.read((tx) => tx.seals.numbered('event', [3]))
    const body = JSON.parse(first?.body ?? '{}') as { rows: [number, string][] }
    body.rows = body.rows.map(([seq, digest]) => [seq, seq === 3 ? bed.secrets.digest(row?.text ?? '') : digest])
    const text = JSON.stringify(body)
    await bed.tamper(
      `update audit_seal set body = '${JSON.stringify({ ...first, body: text })}', hash = '${bed.secrets.digest(text)}' where ${chain('event')} and n = 1`,
    )
    expect(await bed.findings()).toMatchObject([{ kind: 'seal-changed', trail: 'event', seal: 2 }])
  })
  test('I4: a key of the intruder’s own, or of another tenancy, signs nothing that is believed', async () => {
    const key = (await bed.store.read((tx) => tx.seals.keys(id('other'))))[0]
    for (const sealed of [key?.privateSealed ?? '', 'v1.00000000.forged', '']) {
      await bed.tamper(`update audit_key set private_sealed = '${sealed}' where tenancy_id = 'acme'`)
      expect(await bed.kinds()).toEqual(['key-unusable'])
    }
    await bed.tamper(`delete from audit_key where tenancy_id = 'acme'`)
    expect(await bed.kinds()).toEqual(['key-unusable'])
    await bed.tamper(
      `update audit_checkpoint set body = (select body from audit_checkpoint where trail = 'event' and tenancy_id = 'other') where ${chain('event')}`,
    )
    expect((await bed.kinds()).length).toBeGreaterThan(0)
  })
  test('I4: nonsense in one chain is found, and keeps no other from being sealed', async () => {
    await bed.tamper(
      `update audit_checkpoint set body = 'no JSON' where ${chain('event')}`,
      `update audit_checkpoint set body = 'null' where ${chain('decision')}`,
    )
    expect(await bed.kinds()).toEqual(['key-unusable'])
    await bed.record(1)
    await bed.record(1, { tenancyId: id('other') })
    expect((await bed.seal()).broken).toEqual([{ tenancyId: 'acme', trail: 'event' }])
    const [event] = await bed.verify(id('other'))
    expect(event).toMatchObject({ seals: 5, rows: 9, findings: [] })
    expect(await bed.kinds()).toEqual(['key-unusable', 'seal-missing'])
  })
  test('I4: the state of sealing cannot be bent: set back, set forward, thrown away, uncounted', async () => {
    const bent = [
      `update audit_sealing set body = replace(body, '"through":28', '"through":7') where trail = 'event'`,
      `update audit_sealing set body = replace(body, '"chains":"', '"chains":"x') where trail = 'event'`,
      `update audit_sealing set body = 'no JSON' where trail = 'event'`,
      `delete from audit_sealing where trail = 'event'`,
    ]
    const kept = await bed.store.read((tx) => tx.seals.sealing('event'))
    for (const statement of bent) {
      await bed.tamper(statement)
      expect((await bed.findings()).length, statement).toBeGreaterThan(0)
      await bed.tamper(
        `delete from audit_sealing where trail = 'event'`,
        `insert into audit_sealing (trail, version, body) values ('event', ${kept?.version}, '${JSON.stringify(kept)}')`,
      )
      expect(await bed.findings()).toEqual([])
    }
    await bed.tamper(bent[0] ?? '')
    bed.later(30)
    await bed.newSealer()() // seals once more what was sealed
    expect(await bed.kinds()).toEqual(['count-differs'])
  })
})

onBothEngines((open) => {
  test('I4: a database set back as a whole is found by a checkpoint that was kept elsewhere, and by the node that saw more', async () => {
    const bed = await open()
    try {
      await bed.record(3)
      await bed.seal()
      const signed = await bed.store.read((tx) => tx.seals.checkpoint('event', id('acme')))
      await bed.record(3)
      bed.later(1)
      await bed.seal()
      const kept: CheckpointBody = await bed.checkpoint()
      expect([kept.n, await bed.kinds([kept])]).toEqual([2, []])
      // an old checkpoint, which was signed once, and everything younger gone
      await bed.tamper(
        'delete from audit_event where seq > 3',
        'delete from audit_seal where n = 2',
        `update audit_checkpoint set body = '${JSON.stringify(signed)}'`,
      )
      expect(await bed.kinds()).toEqual([]) // the database alone cannot tell
      expect(await bed.findings([kept])).toMatchObject([{ kind: 'cut-off', seal: 2 }])
      await bed.record(1)
      bed.later(1)
      expect((await bed.seal()).broken).toEqual([{ tenancyId: 'acme', trail: 'event' }])
      expect(await bed.kinds()).toEqual(['seal-missing'])
    } finally {
      await bed.close()
    }
  })
})
