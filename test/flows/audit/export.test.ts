// I4: the trail as JSON lines and CSV: whole, in order, harmless in a spreadsheet, flat in memory, and checkable by somebody without us.
import { createHash, createPublicKey, verify } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { csvHead, csvLine } from '../../../src/core/audit/csv.ts'
import type { Exported } from '../../../src/flows/audit/export-trail.ts'
import type { AuditFilter } from '../../../src/ports/store-audit.ts'
import { id, NOW } from '../../stores/rows.ts'
import { auditEvent } from '../../stores/traffic-rows.ts'
import { type Bed, onBothEngines } from './bed.ts'

test('I4: no cell begins a formula, and every cell is one cell', () => {
  const dangerous = ['=cmd|x!A1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '\u0000=1', '＝1', '%0A=1', '|calc']
  for (const name of dangerous) {
    const line = csvLine(auditEvent('e', { actor: { kind: 'person', id: 'x', name }, reason: name }))
    expect(line).toMatch(/^\S+,e,group\.created,success,"?'/)
  }
  const line = csvLine(auditEvent('e', { actor: { kind: 'person', id: 'x', name: 'a,"b"\r\nc' } }))
  expect(line).toContain(',"a,""b""\r\nc",')
  expect(csvHead.split(',')).toHaveLength(17)
  expect(csvLine(auditEvent('e', { before: { a: 1 } }))).toContain('"{""a"":1}"')
})

onBothEngines((open) => {
  let bed: Bed
  beforeEach(async () => {
    bed = await open()
  })
  afterEach(() => bed.close())
  const lines = async (what: Exported, filter: AuditFilter = {}): Promise<readonly string[]> => {
    let text = ''
    for await (const piece of bed.export(id('acme'), what, filter)) text += piece
    return text.split('\n').slice(0, -1)
  }

  test('I4: everything is exported once, oldest first, also over page boundaries', async () => {
    for (let n = 0; n < 3; n += 1) {
      await bed.record(401)
      bed.later(1)
    }
    await bed.record(1, { tenancyId: id('other') })
    await bed.decide(600)
    const events = (await lines('events-jsonl')).map((one) => JSON.parse(one) as { id: string })
    expect(events.map((one) => one.id)).toEqual(events.map((one) => one.id).toSorted())
    expect(events).toHaveLength(1203)
    expect(await lines('events-csv')).toHaveLength(1204)
    expect(await lines('decisions-jsonl')).toHaveLength(600)
    expect(await lines('events-jsonl', { from: NOW + 1000, to: NOW + 2000 })).toHaveLength(401)
    expect(await lines('events-jsonl', { action: 'nothing' })).toEqual([])
  })
  test('I4: what is recorded while an export runs does not keep it running', async () => {
    await bed.record(501)
    let pieces = 0
    for await (const _ of bed.export(id('acme'), 'events-jsonl', {})) {
      pieces += 1
      bed.later(1)
      await bed.record(500)
    }
    expect(pieces).toBe(2)
  })
  test('I4: somebody with the export alone can check it: digests, chain, signature', async () => {
    await bed.record(3, { actor: { kind: 'person', id: 'ann', name: '안' }, requestId: 'r-1' })
    await bed.decide(2)
    await bed.seal()
    await bed.record(2, { target: undefined, domainId: undefined })
    bed.later(1)
    await bed.seal()
    type Line = {
      key?: { kid: string }
      seal?: { body: string; hash: string; kid: string; signature: string }
      checkpoint?: { body: string; kid: string; signature: string }
    }
    const all = (await lines('seals-jsonl')).map((one) => JSON.parse(one) as Line)
    const digest = (text: string) => createHash('sha256').update(text).digest('base64url')
    const key = createPublicKey({ key: (all[0]?.key ?? {}) as never, format: 'jwk' })
    const isSigned = (text: string, signature = '') =>
      verify('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))
    const digests = new Set<string>()
    for (const line of await lines('events-jsonl')) {
      const e = JSON.parse(line) as ReturnType<typeof auditEvent>
      const columns = [e.id, e.tenancyId, e.at, e.action, e.actor.id, e.target?.id ?? null]
      digests.add(digest(JSON.stringify([...columns, e.domainId ?? null, e.outcome, e.requestId ?? null]) + line))
    }
    let [previous, rows] = ['', 0]
    for (const { seal, checkpoint } of all) {
      if (checkpoint) {
        expect(isSigned(`gwanmun audit checkpoint\n${checkpoint.body}`, checkpoint.signature)).toBe(true)
        expect((JSON.parse(checkpoint.body) as { hash: string }).hash).toBe(previous)
        break
      }
      if (!seal) continue
      const body = JSON.parse(seal.body) as { previous: string; rows: [number, string][] }
      expect([digest(seal.body), body.previous]).toEqual([seal.hash, previous])
      expect(isSigned(`gwanmun audit seal\n${seal.hash}`, seal.signature)).toBe(true)
      for (const [, sealed] of body.rows) expect(digests.has(sealed)).toBe(true)
      rows += body.rows.length
      previous = seal.hash
    }
    expect(rows).toBe(5)
    expect(JSON.stringify(all)).not.toContain('"d":')
  })
})
