// Plays the demonstration's scenarios as tests: the real program in its own processes, a real browser, a real store.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scenarios } from '../../src/cli/demo/check.ts'
import { type Demo, type DemoOptions, freePorts, startDemo } from '../../src/cli/demo/run.ts'
import { browser } from '../browser.ts'

/** What each scenario proves, by its id. */
const proves: { readonly [id: string]: string } = {
  a: 'M1 M3 M4 M7 M10 F12',
  b: 'M2 M4',
  c: 'F1 F4 F5 F7 F13 F14 A1 A11 U5',
  d: 'F2 F9',
  e: 'P1 P2',
  f: 'M11',
  g: 'F14 I7',
  h: 'F1 F13',
  i: 'T7',
  j: 'I1 U1',
}

const root = resolve(import.meta.dirname, '../..')
const tenancy = join(root, 'config/tenancies/acme.yaml')

export const playAll = (where: string, postgres: () => Promise<DemoOptions['postgres']>, skip: boolean): void => {
  describe.skipIf(skip || !browser)(`end to end on ${where}`, () => {
    let demo: Demo | undefined
    const stateDir = mkdtempSync(join(tmpdir(), 'gwanmun-e2e-'))
    const log: string[] = []
    beforeAll(async () => {
      const store = await postgres()
      demo = await startDemo({
        file: tenancy,
        stateDir,
        fresh: true,
        moves: await freePorts(tenancy),
        catalogueDir: join(root, 'config/catalogue'),
        onLog: (process, line) => log.push(`${process}: ${line}`),
        ...(store ? { postgres: store } : {}),
      })
    })
    afterAll(async () => {
      await demo?.stop()
      await browser?.close()
      rmSync(stateDir, { recursive: true, force: true })
    })
    for (const scenario of scenarios)
      test(`${proves[scenario.id]}: ${scenario.title}`, async () => {
        if (!demo || !browser) throw new Error('the demonstration did not start')
        const seen: string[] = []
        await scenario.play({ demo, browser, see: (what) => seen.push(what) })
        expect(seen.length).toBeGreaterThan(0)
      })
    test('I6: no process logged a password, a code or a token, and none an error', () => {
      const people = demo?.declared.seed.people.flatMap((p) => p.password?.literal ?? []) ?? []
      const text = log.join('\n')
      for (const secret of [...people, 'SAMLResponse=', 'code_verifier', '"access_token"'])
        expect(text.includes(secret), secret).toBe(false)
      expect(log.filter((line) => line.includes('"level":"error"'))).toEqual([])
    })
  })
}
