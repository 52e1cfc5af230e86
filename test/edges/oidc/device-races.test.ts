// F12: codes of devices under attack and in a race: guesses are counted, two browsers or two devices have one winner.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEVICE_CODE } from '../../../src/core/model/app.ts'
import { noPostgres, postgresUrl, testPostgres, testStore } from '../../stores/open-test-store.ts'
import { type Bed, openBed } from './bed.ts'
import { ask, confirm, enter, poll } from './device.ts'

const stores = [
  ['sqlite', testStore],
  [postgresUrl === undefined ? `postgres (skipped: ${noPostgres})` : 'postgres', testPostgres],
] as const

for (const [name, open] of stores) {
  const skipped = name.includes('skipped')
  const it = skipped ? test.skip : test
  let bed: Bed
  beforeAll(async () => {
    if (skipped) return
    bed = await openBed({ open, nodes: 2 })
    await bed.register('tv', {
      tokenEndpointAuth: 'none',
      redirectUris: [],
      grants: [DEVICE_CODE, 'refresh_token'],
      scopes: ['openid', 'offline_access'],
    })
    bed.signsInAs('alice')
  })
  afterAll(async () => {
    if (!skipped) await bed.close()
  })

  it(`${name}: F12 two browsers answer one code: one of them is heard`, async () => {
    const [alice, bob] = [(await bed.signedIn('alice')).browser, (await bed.signedIn('bob')).browser]
    const device = await ask(bed, 'tv')
    const pages = await Promise.all([enter(bed, alice, device.user_code), enter(bed, bob, device.user_code)])
    const [one, other] = await Promise.all([confirm(alice, pages[0]), confirm(bob, pages[1])])
    expect([one.status, other.status].sort()).toEqual([200, 400])
    expect((await poll(bed, 'tv', device)).status).toBe(200)
  })

  it(`${name}: F12 one confirms while another denies: what comes first stands`, async () => {
    const [alice, bob] = [(await bed.signedIn('alice')).browser, (await bed.signedIn('bob')).browser]
    const device = await ask(bed, 'tv')
    const pages = await Promise.all([enter(bed, alice, device.user_code), enter(bed, bob, device.user_code)])
    const [yes, no] = await Promise.all([confirm(alice, pages[0]), confirm(bob, pages[1], 'abort')])
    expect([yes.status, no.status].sort()).toEqual([200, 400])
    const answer = await poll(bed, 'tv', device)
    expect(answer.body.error).toBe(yes.status === 200 ? undefined : 'access_denied')
  })

  it(`${name}: F12 two requests with one device code: one has the tokens, and keeps them`, async () => {
    const { browser } = await bed.signedIn('alice')
    const device = await ask(bed, 'tv', { scope: 'openid offline_access' })
    await confirm(browser, await enter(bed, browser, device.user_code))
    const answers = await Promise.all([1, 2, 3].map(() => poll(bed, 'tv', device)))
    expect(answers.filter((a) => a.status === 200).length).toBe(1)
    expect(answers.filter((a) => a.body.error === 'slow_down').length).toBe(2)
  })

  it(`${name}: F12 wrong codes are counted per address, and a right one in between does not forgive them`, async () => {
    bed.pass(90_000) // counters start anew after a quiet day
    const { browser } = await bed.signedIn('alice')
    const guess = () => enter(bed, browser, 'BBBB-BBBB')
    const own = async () => enter(bed, browser, (await ask(bed, 'tv')).user_code)
    const seen: number[] = []
    for (let n = 0; n < 10; n++) {
      seen.push((await guess()).status)
      if (n % 4 === 3) expect((await own()).status).toBe(200)
    }
    expect(new Set(seen)).toEqual(new Set([400]))
    const stopped = await own()
    expect([stopped.status, stopped.headers.get('retry-after')]).toEqual([429, '1'])
    bed.pass(400)
    expect((await own()).status).toBe(200)
  })
}
