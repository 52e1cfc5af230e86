// `gwanmun roles` on files: what it prints and with which code it ends. No store, no settings when both folders are named.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { CommanderError } from 'commander'
import { expect, test } from 'vitest'
import { program } from '../../src/cli/program.ts'
import { Problem } from '../../src/problem.ts'

const root = resolve(import.meta.dirname, '../..')

const run = async (...argv: readonly string[]) => {
  const out: string[] = []
  const whole = ['roles', ...argv, '--catalogue', join(root, 'config/catalogue')]
  if (!argv.includes('--roles')) whole.push('--roles', join(root, 'config/roles'))
  const shell = {
    out: (line: string) => out.push(line),
    err: () => {},
    refuse: () => {},
    onStop: () => {},
    config: () => {
      throw new Error('no settings are needed')
    },
    open: () => Promise.reject(new Error('nothing may be opened')),
  }
  try {
    await (await program(shell, '0', whole)).parseAsync(whole, { from: 'user' })
    return { code: 0, out: out.join('\n') }
  } catch (cause) {
    if (cause instanceof Problem) return { code: 1, out: cause.message }
    if (cause instanceof CommanderError) return { code: 2, out: '' }
    throw cause
  }
}
const names = async (...argv: readonly string[]): Promise<readonly string[]> =>
  (JSON.parse((await run('list', '-o', 'json', ...argv)).out) as { role: string }[]).map((r) => r.role)

test('list: all of them, or those of a service', async () => {
  expect((await names()).length).toBeGreaterThan(25)
  expect(await names('--service', 'containers')).toEqual([
    'viewer',
    'operator',
    'editor',
    'administrator',
    'billing-manager',
    'reader',
    'writer',
    'manager',
  ])
  expect(await names('--service', 'identity')).toEqual([
    'viewer',
    'operator',
    'editor',
    'administrator',
    'billing-manager',
  ])
})
test('show: what a role permits, in both languages, service by service', async () => {
  const { code, out } = await run('show', 'operator', '--service', 'containers')
  expect(code).toBe(0)
  expect(out).toContain('Operator · 운영자')
  expect(out).toMatch(
    /containers +\{CLUSTER_WORKER_ADD, CLUSTER_WORKER_REMOVE, CLUSTER_WORKER_REBOOT, CLUSTER_WORKER_RELOAD\}/,
  )
  expect((await run('show', 'writer')).out).toMatch(/identity +\(not used\)/)
  expect((await run('show', 'user-manager')).out).toContain('needs the attributes: group')
  expect(JSON.parse((await run('show', 'account-owner', '-o', 'json')).out)).toMatchObject({
    role: 'account-owner',
    includes: ['administrator'],
    everybody: false,
  })
})
test.for([
  [['show', 'nobody'], 'there is no role `nobody`; `gwanmun roles list` prints those there are'],
  [['show', 'reader', '--service', 'identity'], 'role `reader` does not apply to the service `identity`'],
  [['list', '--service', 'nonsense'], 'no service of the catalogue is called `nonsense`'],
] as const)('%j is refused', async ([argv, message]) => {
  expect(await run(...argv)).toEqual({ code: 1, out: message })
})
test('docs/roles.md names every role', async () => {
  const text = readFileSync(join(root, 'docs/roles.md'), 'utf8')
  expect((await names()).filter((name) => !text.includes(`\`${name}\``))).toEqual([])
})
test('a broken file is named with line and column', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gwanmun-roles-'))
  writeFileSync(
    join(folder, 'own.yaml'),
    'roles:\n  helper:\n    kind: platform\n    title: { en: H, ko: H }\n    description: { en: H, ko: H }\n    grants: [read nonsense]\n',
  )
  const { code, out } = await run('list', '--roles', folder)
  expect([code, out]).toEqual([1, expect.stringContaining(`${folder}/own.yaml:6:14`)])
  rmSync(folder, { recursive: true })
})
