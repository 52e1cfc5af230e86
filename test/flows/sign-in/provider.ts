// A provider that says what a test wants, and browsers that go there and come back.
import { afterEach, beforeEach } from 'vitest'
import type { Idp } from '../../../src/core/model/idp.ts'
import type { Assertion, Refusal, Upstream, Wish } from '../../../src/ports/upstream.ts'
import { id, idp } from '../../stores/rows.ts'
import { type Bed, type Browser, openBed } from './bed.ts'

export const assertion = (subject: string, differs: Partial<Assertion> = {}): Assertion => ({
  subject,
  nameIdFormat: undefined,
  sessionIndex: undefined,
  attributes: {},
  acr: undefined,
  amr: [],
  authenticatedAt: undefined,
  onceOnly: [],
  ...differs,
})

type Stage = {
  bed: Bed
  /** What the provider will say. */
  answer: Assertion | Refusal
  /** What it was asked. */
  wished: Wish | undefined
}

/** Set up anew before every test of the file that calls it. */
export const stage = (open?: Parameters<typeof openBed>[1]) => {
  const at = { answer: assertion('carol'), wished: undefined } as unknown as Stage
  const fake: Upstream = {
    protocol: 'oidc',
    begin: async (_idp, wish) => {
      at.wished = wish
      return { send: { kind: 'redirect', url: `https://idp.example/?state=${wish.state}` }, remember: { nonce: 'n' } }
    },
    finish: async (_idp, remember) =>
      remember === undefined ? { refused: 'state-mismatch', detail: 'nothing was begun' } : at.answer,
    logout: async () => undefined,
    metadata: async () => undefined,
  }
  const put = (differs: Partial<Idp> = {}, name = 'corp') => at.bed.store.write((tx) => tx.idps.put(idp(name, differs)))

  beforeEach(async () => {
    at.bed = await openBed({ oidc: fake }, open)
    await put()
    at.answer = assertion('carol')
  })
  afterEach(() => at.bed.close())

  /** As far as the provider's page; the state that comes back from there. */
  const leave = async (b: Browser, wishes = {}, idpName = 'corp') => {
    await b.begin(wishes)
    if ((await b.step()).do === 'identify') await b.says({ kind: 'choose-idp', idp: idpName })
    await b.goUpstream()
    return at.wished?.state ?? ''
  }
  const back = async (b: Browser, wishes = {}, idpName = 'corp') => {
    const state = await leave(b, wishes, idpName)
    await b.arrive((await b.receive(state, {}, idpName)).token)
    return b
  }
  const signIn = async (b: Browser = at.bed.browser()) => {
    const done = await (await back(b)).finish()
    if (!done) throw new Error(`not done: ${JSON.stringify(await b.step())}`)
    return done
  }
  const personOf = async (username: string) =>
    at.bed.store.read(async (tx) => tx.people.byUsername(id('default'), username))
  const counted = () =>
    at.bed.store.read(async (tx) => {
      const people = await tx.people.list(id('default'), { limit: 100 })
      const links = await Promise.all(people.map((p) => tx.links.ofPerson(p.id)))
      const memberships = await Promise.all(people.map((p) => tx.memberships.ofPerson(p.id)))
      const sessions = await Promise.all(people.map((p) => tx.sessions.ofPerson(p.id)))
      return [people, links.flat(), memberships.flat(), sessions.flat()].map((rows) => rows.length)
    })
  return { at, put, leave, back, signIn, personOf, counted }
}
