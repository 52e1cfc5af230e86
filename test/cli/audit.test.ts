// `gwanmun audit` over a real store: what it prints, and when it says no (I4).
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommanderError } from 'commander'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { House } from '../../src/cli/house.ts'
import { program } from '../../src/cli/program.ts'
import { loadConfig } from '../../src/config.ts'
import { auditFlows } from '../../src/flows/audit/audit-flows.ts'
import { Problem } from '../../src/problem.ts'
import { type Bed, onBothEngines } from '../flows/audit/bed.ts'
import { temporaryDirectory } from '../stores/open-test-store.ts'
import { seed } from '../stores/traffic-rows.ts'

onBothEngines((open) => {
  let bed: Bed
  let folder: ReturnType<typeof temporaryDirectory>
  beforeEach(async () => {
    bed = await open()
    folder = temporaryDirectory()
    await seed(bed.store)
    await bed.record(3, { actor: { kind: 'person', id: 'ann', name: '=cmd' } })
    await bed.decide(2)
    await bed.seal()
  })
  afterEach(async () => {
    await bed.close()
    folder.remove()
  })
  const file = (name: string): string => join(folder.path, name)
  const run = async (...argv: readonly string[]) => {
    let code = 0
    const [out, err]: [string[], string[]] = [[], []]
    const audit = auditFlows({ ...bed, keptDays: { event: undefined, decision: undefined } })
    const shell = {
      out: (line: string) => void out.push(line),
      err: (line: string) => void err.push(line),
      refuse: () => {
        code = 1
      },
      onStop: () => {},
      config: () => loadConfig({ env: {}, flags: { baseUrl: 'http://localhost:1' } }),
      open: async () => ({ store: bed.store, stop: async () => {}, flows: { audit } }) as unknown as House,
    }
    try {
      await (await program(shell, '0.0.0', argv)).parseAsync([...argv], { from: 'user' })
    } catch (thrown) {
      if (thrown instanceof Problem) err.push(thrown.message)
      else if (!(thrown instanceof CommanderError)) throw thrown
      code = 2
    }
    return { code, out: out.join('\n'), err: err.join('\n') }
  }

  test('I4: audit verify says intact, or which row of whom was changed, with exit code 1', async () => {
    const fine = await run('audit', 'verify')
    expect([fine.code, fine.out]).toEqual([0, expect.stringMatching(/acme +event +1 +3 +0 .*intact\n.*\nintact$/)])
    await bed.tamper('delete from audit_event where seq = 2')
    const found = await run('audit', 'verify', '--tenancy', 'acme')
    expect([found.code, found.out]).toEqual([1, expect.stringContaining('acme event: row 2, sealed at')])
    const told = JSON.parse((await run('audit', 'verify', '-o', 'json')).out) as { intact: boolean; findings: object[] }
    expect(told).toMatchObject({ intact: false, findings: [{ kind: 'row-removed', tenancy: 'acme', seq: 2 }] })
    expect(await run('audit', 'verify', '--tenancy', 'nobody')).toMatchObject({
      code: 2,
      err: expect.stringContaining('`nobody`'),
    })
  })
  test('I4: what was recorded of a tenancy that is gone is verified all the same', async () => {
    await bed.store.write((tx) => tx.tenancies.remove('acme' as never))
    expect(await run('audit', 'verify')).toMatchObject({ code: 0, out: expect.stringContaining('(removed) acme') })
    await bed.tamper('delete from audit_event where seq = 2')
    expect(await run('audit', 'verify')).toMatchObject({ code: 1 })
  })
  test('I4: checkpoints kept elsewhere show what the database cannot', async () => {
    const signed = await bed.store.read((tx) => tx.seals.checkpoint('event', 'acme' as never))
    await bed.record(1)
    bed.later(1)
    await bed.seal()
    const { out } = await run('audit', 'checkpoints')
    expect(out.split('\n')).toHaveLength(2)
    writeFileSync(file('kept.jsonl'), `{"level":"info","msg":"of the log"}\nno JSON\n${out}\n`)
    const verify = () => run('audit', 'verify', '--kept', file('kept.jsonl'))
    expect((await verify()).code).toBe(0)
    await bed.tamper(
      'delete from audit_event where seq > 3',
      `delete from audit_seal where n = 2`,
      `update audit_checkpoint set body = '${JSON.stringify(signed)}' where trail = 'event'`,
    )
    expect([(await run('audit', 'verify')).code, (await verify()).code]).toEqual([0, 1])
    writeFileSync(file('empty'), '')
    expect((await run('audit', 'verify', '--kept', file('empty'))).err).toContain('there is no checkpoint in')
  })
  test('I4: audit export prints or writes a new file that only its owner reads; formulas stay text', async () => {
    const lines = (await run('audit', 'export', '--tenancy', 'acme')).out.split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(['e0001', 'e0002', 'e0003'])
    const csv = file('events.csv')
    expect(await run('audit', 'export', '--tenancy', 'acme', '--format', 'csv', '--out', csv)).toMatchObject({
      code: 0,
      out: '',
    })
    expect(readFileSync(csv, 'utf8').split('\r\n')).toHaveLength(5)
    expect(readFileSync(csv, 'utf8')).toContain(",'=cmd,")
    expect(statSync(csv).mode & 0o777).toBe(0o600)
    await expect(run('audit', 'export', '--tenancy', 'acme', '--out', csv)).rejects.toThrow(/EEXIST/)
    expect((await run('audit', 'export', '--tenancy', 'acme', '--action', 'none')).out).toBe('')
    expect((await run('audit', 'export', '--tenancy', 'acme', '--what', 'decisions')).out.split('\n')).toHaveLength(2)
    expect((await run('audit', 'export', '--tenancy', 'acme', '--what', 'seals')).out).toContain('"crv":"P-256"')
  })
  test('I4: wrong use is told before anything is written', async () => {
    const out = file('never')
    for (const wrong of [
      ['--tenancy', 'nobody'],
      ['--tenancy', 'acme', '--what', 'seals', '--format', 'csv'],
      ['--tenancy', 'acme', '--from', 'yesterday'],
      ['--tenancy', 'acme', '--from', '12'],
      [],
    ])
      expect((await run('audit', 'export', ...wrong, '--out', out)).code).toBe(2)
    expect(existsSync(out)).toBe(false)
  })
})
