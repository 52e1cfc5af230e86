// `gwanmun sign-in explain` asked of a gateway that listens: the same words as of the store, who is named how, and what it refuses.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bed, openBed } from '../edges/admin/bed.ts'
import { runCommand } from './run-command.ts'
import { runWith } from './run-with.ts'

describe('A14 M4 sign-in explain of a running gateway', () => {
  let bed: Bed
  beforeAll(async () => {
    bed = await openBed()
    await bed.join(await bed.addPerson('kim'), await bed.addGroup('finance'))
    await bed.addPerson('pat', {}, 'partners')
    const body = { groups: ['finance'], level: 'mfa', trustedDevice: { days: 7, count: 2 } }
    expect((await bed.call('PUT', '/domains/default/sign-on-rules/finance-mfa', { body })).status).toBe(201)
  })
  afterAll(() => bed.close())

  const explain = (...argv: readonly string[]) =>
    runCommand(['sign-in', 'explain', '--server', bed.url, '--token', bed.rootKey, ...argv])

  test('says what the command says on the machine of the gateway, in words and as JSON', async () => {
    for (const more of [[], ['--groups', ''], ['--trusted-device', '3'], ['--level', '3'], ['-o', 'json']]) {
      const here = await runWith(bed.store, {}, ['sign-in', 'explain', 'acme/default/kim', ...more])
      expect(here).toMatchObject({ code: 0, err: '' })
      expect(await explain('acme/default/kim', ...more)).toEqual(here)
    }
  })
  test('the user is enough where the tenancy is named; another domain stands before it', async () => {
    const whole = await explain('acme/default/kim')
    expect(whole.out).toMatch(/level +2 +rule finance-mfa, group finance/)
    expect(await explain('kim', '--tenancy', 'acme')).toEqual(whole)
    expect(await explain('default/kim', '--tenancy', 'acme')).toEqual(whole)
    expect(await explain('partners/pat', '--tenancy', 'acme')).toMatchObject({
      code: 0,
      out: expect.stringContaining('groups: none'),
    })
    expect(await explain('other/default/kim', '--tenancy', 'acme')).toMatchObject({
      code: 2,
      err: '`other/default/kim` is not in the tenancy `acme`: name one of them',
    })
    for (const path of ['/kim', 'default/', 'a/b/c/d'])
      expect(await explain(path, '--tenancy', 'acme')).toMatchObject({ code: 2 })
  })
  test('what is not there, and what the key may not, is said as the gateway says it', async () => {
    expect(await explain('acme/default/nobody')).toMatchObject({ code: 1, err: 'there is no user `nobody`' })
    expect(await explain('acme/default/kim', '--app', 'nope')).toMatchObject({
      code: 1,
      err: 'there is no application `nope`',
    })
    const { key } = await bed.somebody('lee')
    const refused = await explain('acme/default/kim', '--token', key)
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('`GetUser` on `users`') })
  })
  test('A14: `sign-ins explain` asks the same with a document', async () => {
    const argv = ['--server', bed.url, '--tenancy', 'acme', '--api-key', bed.rootKey, '-o', 'json']
    const asked = await runCommand(['sign-ins', 'explain', '--data', '{"user":"kim"}', ...argv])
    expect([asked.code, JSON.parse(asked.out)]).toEqual([
      0,
      JSON.parse((await explain('acme/default/kim', '-o', 'json')).out),
    ])
  })
})
