// I3, U6: `gwanmun <noun> <verb>` against the real administrative API: lists, documents, conditions, refusals, exit codes, help for every command.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readNouns } from '../../src/cli/nouns/operations.ts'
import { type Bed, openBed } from '../edges/admin/bed.ts'
import { runCommand } from './run-command.ts'

let bed: Bed
let folder: string
beforeAll(async () => {
  bed = await openBed()
  folder = mkdtempSync(join(tmpdir(), 'gwanmun-nouns-'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await bed.close()
})
const gwanmun = (line: readonly string[], key = bed.rootKey) =>
  runCommand([
    ...line,
    ...['--server', bed.url, '--tenancy', 'acme', '--api-key', key, '--profiles', join(folder, 'none.json')],
  ])
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

describe('I3 a noun from the command line', () => {
  test('a document is put, printed, edited and put back, and the second time nothing changes', async () => {
    const at = file('finance.yaml', 'description: Closes the books\ntags:\n  org.cost-center: "4711"\n')
    expect(await gwanmun(['groups', 'put', 'Finance', '-f', at])).toMatchObject({ code: 0, err: '' })
    const shown = await gwanmun(['groups', 'get', 'Finance', '-o', 'yaml'])
    expect(parse(shown.out)).toMatchObject({ name: 'Finance', tags: { 'org.cost-center': '4711' } })
    const before = (await bed.audit()).length
    const again = await gwanmun(['groups', 'put', 'Finance', '-f', file('shown.yaml', shown.out), '-o', 'yaml'])
    expect([again.code, again.out]).toEqual([0, shown.out])
    expect((await bed.audit()).length).toBe(before)
    const changed = await gwanmun(['groups', 'patch', 'Finance', '--data', '{"description":"other"}', '-o', 'json'])
    expect(JSON.parse(changed.out)).toMatchObject({ description: 'other' })
    expect(await gwanmun(['groups', 'delete', 'Finance'])).toMatchObject({ code: 0, out: 'deleted' })
  })

  test('a list as a table for people and as JSON for programs, filtered, sorted, in parts and whole', async () => {
    for (let n = 0; n < 5; n++) await bed.addGroup(`team-${n}`)
    const table = await gwanmun(['groups', 'list', '--filter', 'name sw "team-"', '--sort=-name', '--limit', '2'])
    expect(table.out.split('\n').map((line) => line.split(/\s+/)[1])).toEqual(['NAME', 'team-4', 'team-3'])
    expect(table.err).toContain('--all')
    const all = await gwanmun(['groups', 'list', '--filter', 'name sw "team-"', '--all', '-o', 'json'])
    expect(JSON.parse(all.out)).toHaveLength(5)
    const narrow = await gwanmun(['groups', 'list', '--filter', 'name eq "team-1"', '--columns', 'name'])
    expect(narrow.out).toBe('NAME\nteam-1')
  })

  test('long lists are told on the way, on the error output', async () => {
    await bed.store.write(async (tx) => {
      for (let n = 0; n < 401; n++) {
        const name = `many-${n}`
        await tx.groups.put({
          id: bed.random.id() as Parameters<typeof bed.join>[1],
          tenancyId: bed.tenancyId,
          domainId: bed.domains.default,
          name,
          description: '',
          system: false,
        })
      }
    })
    const all = await gwanmun(['groups', 'list', '--filter', 'name sw "many-"', '--all', '-o', 'json'])
    expect([JSON.parse(all.out).length, all.err]).toEqual([401, '400 rows so far'])
  })

  test('places are options: a domain, a compartment', async () => {
    await gwanmun(['groups', 'put', 'Guests', '--domain', 'partners', '--data', '{}'])
    expect((await gwanmun(['groups', 'get', 'Guests', '--domain', 'partners'])).code).toBe(0)
    expect((await gwanmun(['groups', 'get', 'Guests'])).code).toBe(1)
    expect((await gwanmun(['compartments', 'put', 'Prod', '--data', '{}'])).code).toBe(0)
    const policy = '{"statements":["Allow group Administrators to read policies in compartment Prod"]}'
    expect(await gwanmun(['policies', 'put', 'own', '--compartment', 'Prod', '--data', policy])).toMatchObject({
      code: 0,
    })
    expect((await gwanmun(['policies', 'get', 'own', '--compartment', 'Prod'])).out).toContain('Administrators')
  })

  test('actions, and what hangs on something: a user is disabled, a member is added', async () => {
    await bed.addPerson('kim')
    expect(JSON.parse((await gwanmun(['users', 'disable', 'kim', '-o', 'json'])).out)).toMatchObject({
      status: 'disabled',
    })
    expect((await gwanmun(['users', 'enable', 'kim'])).code).toBe(0)
    expect((await gwanmun(['members', 'put', 'team-1', 'kim', '--data', '{}'])).code).toBe(0)
    expect((await gwanmun(['members', 'list', 'team-1'])).out).toContain('kim')
    expect((await gwanmun(['roles', 'get', 'administrator'])).code).toBe(0)
  })

  test('U6 an API key is made, shown once, listed with its prefix, and gone', async () => {
    const document = '{"owner":{"user":"root"},"name":"ci","scopes":["admin"]}'
    const made = await gwanmun(['api-keys', 'create', '--data', document, '-o', 'json'])
    expect(made.err).toBe('')
    const { id, key, secret, token } = JSON.parse(made.out)
    const shown = key ?? secret ?? token
    expect(shown).toMatch(/^gwm_/)
    expect((await gwanmun(['api-keys', 'list', '-o', 'json'])).out).not.toContain(shown)
    expect((await gwanmun(['groups', 'list'], shown)).code).toBe(0)
    expect((await gwanmun(['api-keys', 'delete', id])).code).toBe(0)
    expect((await gwanmun(['groups', 'list'], shown)).code).toBe(1)
  })
})

describe('I3 refusals', () => {
  test('a fault of the document names the field and what is expected', async () => {
    const { code, err } = await gwanmun(['groups', 'put', 'Bad', '--data', '{"tags":{"nodot":"x"}}'])
    expect([code, err]).toEqual([2, expect.stringContaining('tags.nodot')])
    expect(err).toContain('namespace.key')
  })
  test('a row that changed meanwhile, or is there already', async () => {
    await gwanmun(['groups', 'put', 'Race', '--data', '{}'])
    const late = await gwanmun(['groups', 'delete', 'Race', '--if-match', '"stale"'])
    expect([late.code, late.err]).toEqual([1, expect.stringContaining('changed since you read it')])
    expect((await gwanmun(['groups', 'put', 'Race', '--create', '--data', '{}'])).code).toBe(1)
  })
  test('who may not is told so; a key that is none is told how to get one', async () => {
    const { key } = await bed.somebody('lee')
    expect(await gwanmun(['groups', 'put', 'Mine', '--data', '{}'], key)).toMatchObject({ code: 1 })
    const unknown = await gwanmun(['groups', 'list'], 'gwm_nothing')
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('gwanmun login')])
  })
  test.each([
    ['no document', ['groups', 'put', 'X']],
    ['two documents', ['groups', 'put', 'X', '--data', '{}', '-f', 'x.yaml']],
    ['no YAML', ['groups', 'put', 'X', '--data', '{a: [']],
    ['a list', ['groups', 'put', 'X', '--data', '[1]']],
    ['a file that is not there', ['groups', 'put', 'X', '-f', '/nowhere/x.yaml']],
    ['no name', ['groups', 'get']],
    ['a step in the path', ['groups', 'get', '..']],
    ['an unknown verb', ['groups', 'fly']],
    ['an unknown noun', ['planes', 'list']],
    ['no number', ['groups', 'list', '--limit', 'all']],
    ['an unknown option', ['groups', 'get', 'X', '--colour']],
    ['a filter that is none', ['groups', 'list', '--filter', 'name is "x"']],
  ])('used wrongly is 2: %s', async (_, line) => {
    expect((await gwanmun(line)).code).toBe(2)
  })
  test('nowhere to go is told with what to do, and a key goes over no open line', async () => {
    const nowhere = ['--profiles', join(folder, 'none.json')]
    const lost = await runCommand(['groups', 'list', ...nowhere])
    expect([lost.code, lost.err]).toEqual([2, expect.stringContaining('gwanmun login')])
    const open = await runCommand([
      'groups',
      'list',
      '--server',
      'http://id.example.com',
      '--tenancy',
      'a',
      '--api-key',
      'k',
      ...nowhere,
    ])
    expect([open.code, open.err]).toEqual([2, expect.stringContaining('use https')])
  })
})

test('I3 every command has help with an example', async () => {
  const lacking: string[] = []
  for (const [noun, operations] of readNouns())
    for (const { verb } of operations) {
      const { code, out } = await runCommand([noun, verb, '--help'])
      if (code !== 0 || !out.includes('Example:') || !out.includes(`$ gwanmun ${noun} ${verb}`))
        lacking.push(`${noun} ${verb}`)
    }
  // the offline command of that name has its own
  expect(lacking).toEqual(['roles list'].filter((name) => lacking.includes(name)))
  for (const name of ['login', 'logout', 'whoami', 'completion'])
    expect((await runCommand([name, '--help'])).out).toContain(
      `$ gwanmun ${name}`.replace('$ gwanmun completion', 'gwanmun completion'),
    )
})
