// What every connector must withstand, whatever it speaks: each attack is refused on a page with its reason code and with an audit event,
// and makes nobody and nothing. Then the untouched answer is accepted, or the refusals would prove nothing.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser, Stop } from '../edges/oidc/browser.ts'
import { type Away, type Gateway, reasonOn } from './gateway.ts'

export type Forgery =
  | 'unsigned'
  | 'signed by another key'
  | 'issued by another'
  | 'made for another audience'
  | 'made for another request'
  | 'expired'
  | 'from the future'
export type Adversary = {
  readonly gateway: Gateway
  readonly idp: string
  /** A second provider of the same kind at the same gateway. */
  readonly otherIdp: string
  /** Hands an answer in; returns where that leads, before any redirect is followed. */
  readonly deliver: (
    away: Away,
    forgery?: Forgery,
    at?: { readonly idp?: string; readonly state?: string },
  ) => Promise<Stop>
  /** Hands the same bytes in again. */
  readonly again: (browser: Browser) => Promise<Stop>
  readonly close: () => Promise<void>
}
export type Expected = {
  readonly action: string
  readonly reasons: { readonly [F in Forgery]: string }
  readonly noSuchState: string
  readonly mixedUp: string
}

/** Delivers, and holds the gateway to all of its promises about a refusal. */
export const expectRefusal = async (
  gateway: Gateway,
  action: string,
  reason: string,
  deliver: () => Promise<Stop>,
): Promise<Stop> => {
  const before = await gateway.counted()
  const events = await gateway.audit(action)
  const page = await deliver()
  expect([page.status, reasonOn(page)]).toEqual([400, reason])
  const after = await gateway.audit(action)
  expect(after.length - events.length, 'one audit event').toBe(1)
  expect(after[0]).toMatchObject({ action, outcome: 'failure', reason })
  expect(await gateway.counted()).toEqual(before)
  return page
}

/** Follows an accepted answer to its end: a session of the person it names. */
export const expectAccepted = async (
  gateway: Gateway,
  browser: Browser,
  stop: Stop,
  subject: string,
): Promise<void> => {
  expect([stop.status, reasonOn(stop)]).toEqual([303, undefined])
  const end = stop.location ? await browser.go(stop.location) : stop
  expect(end.url.pathname).toBe('/d/acme/default/account')
  const person = await gateway.store.read((tx) => tx.people.byUsername('default' as never, subject))
  const sessions = person ? await gateway.store.read((tx) => tx.sessions.ofPerson(person.id)) : []
  expect(sessions.length).toBeGreaterThan(0)
}

export const conforms = (
  name: string,
  open: () => Promise<Adversary>,
  { action, reasons, noSuchState, mixedUp }: Expected,
): void => {
  describe(`every connector: ${name}`, () => {
    let a: Adversary
    beforeAll(async () => {
      a = await open()
    })
    afterAll(() => a.close())

    test.for(Object.entries(reasons) as [Forgery, string][])(
      'an answer %s is refused: %s',
      async ([forgery, reason]) => {
        const away = await a.gateway.leave(a.idp)
        await expectRefusal(a.gateway, action, reason, () => a.deliver(away, forgery))
      },
    )
    test('an answer without, with an invented and with another browser’s used state', async () => {
      for (const state of ['', 'invented']) {
        const away = await a.gateway.leave(a.idp)
        await expectRefusal(a.gateway, action, noSuchState, () => a.deliver(away, undefined, { state }))
      }
    })
    test('mix-up: the answer of one provider at the address of another', async () => {
      const away = await a.gateway.leave(a.idp)
      await expectRefusal(a.gateway, action, mixedUp, () => a.deliver(away, undefined, { idp: a.otherIdp }))
    })
    test('the untouched answer is accepted, and the same bytes never again', async () => {
      const away = await a.gateway.leave(a.idp)
      await expectAccepted(a.gateway, away.browser, await a.deliver(away), 'carol')
      await expectRefusal(a.gateway, action, noSuchState, () => a.again(away.browser))
      await expectRefusal(a.gateway, action, noSuchState, () => a.again(a.gateway.browser()))
    })
    test('login CSRF: an answer for the attacker’s journey in the victim’s browser signs nobody in', async () => {
      const attacker = await a.gateway.leave(a.idp)
      const victim = await a.gateway.leave(a.idp)
      const before = await a.gateway.counted()
      const first = await a.deliver({ browser: victim.browser, to: attacker.to })
      const end = first.location?.pathname.endsWith('/arrive') ? await victim.browser.step(first.location) : first
      expect([end.status, reasonOn(end)]).toEqual([400, 'journey-unknown'])
      expect(await a.gateway.counted()).toEqual(before)
    })
    test('a provider that is not there', async () => {
      const away = await a.gateway.leave(a.idp)
      const page = await a.deliver(away, undefined, { idp: 'nobody' })
      expect([page.status, reasonOn(page)]).toEqual([404, 'idp-unknown'])
    })
  })
}
