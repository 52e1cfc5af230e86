// The real sign-in flows over a real store, hasher and factors; the clock stands until a test moves it, and the dice are loaded.
import { createHash } from 'node:crypto'
import { generate } from 'otplib'
import { passkeyFactor } from '../../../src/adapters/factor-passkey.ts'
import { recoveryCodes } from '../../../src/adapters/factor-recovery-code.ts'
import { totpFactor } from '../../../src/adapters/factor-totp.ts'
import { inRange } from '../../../src/adapters/fetch-guard.ts'
import { hasher as argon2 } from '../../../src/adapters/hasher.ts'
import { keyEncryptionKey, secrets as sealing } from '../../../src/adapters/secrets.ts'
import type { Credential } from '../../../src/core/model/credential.ts'
import type { Wants } from '../../../src/core/model/journey.ts'
import { accountFlows } from '../../../src/flows/account/account.ts'
import type { Answer, Answered, JourneyRef } from '../../../src/flows/sign-in/api.ts'
import { arriver } from '../../../src/flows/sign-in/arrive.ts'
import { assessor } from '../../../src/flows/sign-in/assess.ts'
import { beginner } from '../../../src/flows/sign-in/begin.ts'
import { finisher } from '../../../src/flows/sign-in/finish.ts'
import { upstreamGoer } from '../../../src/flows/sign-in/go-upstream.ts'
import { receiver } from '../../../src/flows/sign-in/receive.ts'
import { joiner, releaser } from '../../../src/flows/sign-in/release.ts'
import { responder } from '../../../src/flows/sign-in/respond.ts'
import { shower } from '../../../src/flows/sign-in/show.ts'
import { signerOut } from '../../../src/flows/sign-in/sign-out.ts'
import { tries as triesOf } from '../../../src/flows/sign-in/tries.ts'
import type { Random } from '../../../src/ports/random.ts'
import type { Returned, Upstream } from '../../../src/ports/upstream.ts'
import { Problem } from '../../../src/problem.ts'
import { testStore } from '../../stores/open-test-store.ts'
import { credential, domain, id, NOW, oidcApp, password } from '../../stores/rows.ts'
import { seed } from '../../stores/traffic-rows.ts'

export const PASSWORD = 'correct horse battery staple'
export const TOTP_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
export const ORIGIN = 'https://gateway.example'

const seeded = (): Random => {
  let turn = 0
  const bytes = (count: number): Uint8Array =>
    new Uint8Array(createHash('shake256', { outputLength: count }).update(`dice ${turn++}`).digest())
  return {
    id: () => String(turn++).padStart(26, '0'),
    token: () => Buffer.from(bytes(32)).toString('base64url'),
    bytes,
  }
}

export const wants = (differs: Partial<Wants> = {}): Wants => ({
  appId: undefined,
  level: 0,
  freshAfter: undefined,
  silent: false,
  loginHint: undefined,
  idpHint: undefined,
  uiLocales: [],
  resume: '/account',
  ...differs,
})

/** The refusal a flow throws, as `slug` or `slug/reason`. */
export const problemOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
  } catch (thrown) {
    if (thrown instanceof Problem) return thrown.reason === undefined ? thrown.slug : `${thrown.slug}/${thrown.reason}`
    throw thrown
  }
  return 'no problem'
}

// One hash for all: hashing is slow on purpose, and what is tested is not the hash.
const hasher = argon2()
const phcs = new Map<string, Promise<string>>()
export const phcOf = (text: string): Promise<string> => {
  const known = phcs.get(text) ?? hasher.hash(text)
  phcs.set(text, known)
  return known
}

export const openBed = async (upstreams: { readonly [protocol: string]: Upstream } = {}, open = testStore) => {
  const store = await open()
  let now = NOW
  const clock = () => now
  const random = seeded()
  const secrets = sealing([keyEncryptionKey(new Uint8Array(32).fill(7))])
  const factors = {
    totp: totpFactor({ secrets }),
    passkey: passkeyFactor({ rpId: 'gateway.example', rpName: 'Gwanmun', origins: [ORIGIN] }),
    recovery: recoveryCodes({ random, secrets }),
  }
  await seed(store, 'alice', 'bob')
  await store.write((tx) => tx.domains.put(domain('partners')))
  const base = { store, secrets, clock, random, upstreams }
  const isCommonPassword = (text: string) => text === 'password1234'
  const answering = { ...base, hasher, factors, tries: triesOf({ store, clock }), isCommonPassword }
  const flows = {
    begin: beginner({ ...base, inRange }),
    show: shower({ ...base, factors }),
    respond: responder(answering),
    finish: finisher(base),
    assess: assessor(base),
    release: releaser(base),
    join: joiner(base),
    signOut: signerOut(base),
    goUpstream: upstreamGoer(base),
    receive: receiver(base),
    arrive: arriver(base),
    account: accountFlows(answering),
  }

  const add = async (name: string, who: string, data: Credential['data'], at = now): Promise<void> => {
    const dated = data.kind === 'password' ? { ...data, setAt: at } : data
    await store.write((tx) => tx.credentials.add(credential(name, who, dated)))
  }
  const hold = {
    password: async (who: string, text = PASSWORD, at = now) =>
      add(`password-${who}`, who, password(await phcOf(text)), at),
    totp: (who: string, name = `totp-${who}`) =>
      add(name, who, { kind: 'totp', secretSealed: secrets.seal(TOTP_SECRET, `totp:${name}`), lastStep: -1 }),
    recoveryCodes: async (who: string): Promise<readonly string[]> => {
      const { codes, hashes } = factors.recovery.make()
      await add(`codes-${who}`, who, { kind: 'recovery-code', hashes })
      return codes
    },
  }

  /** A browser: its cookies, where it is, and what it does. */
  const browser = (address = '192.0.2.1') => {
    const source = { address, userAgent: `browser at ${address}`, requestId: `request from ${address}` }
    const held: { ref?: JourneyRef; browserToken?: string; sessionToken?: string; deviceToken?: string } = {}
    const ref = (): JourneyRef => {
      if (!held.ref) throw new Error('no journey was begun in this browser')
      return held.ref
    }
    const self = {
      held,
      source,
      ref,
      begin: async (wishes: Partial<Wants> = {}, domainId = 'default') => {
        const { journeyId, browserToken } = await flows.begin({
          domainId: id(domainId),
          wants: wants(wishes),
          browserToken: held.browserToken,
          sessionToken: held.sessionToken,
          deviceToken: held.deviceToken,
          source,
        })
        held.browserToken = browserToken
        held.ref = { domainId: id(domainId), journeyId, browserToken, source }
        return self
      },
      view: () => flows.show(ref()),
      step: async () => (await flows.show(ref())).step,
      give: async (answer: Answer): Promise<Answered> => flows.respond(ref(), (await flows.show(ref())).hop, answer),
      /** What came of an answer: `next` or the fault. */
      says: async (answer: Answer): Promise<string> => {
        const answered = await self.give(answer)
        return answered.kind === 'next' ? 'next' : answered.fault
      },
      typeName: (username: string) => self.says({ kind: 'identify', username }),
      typePassword: (text = PASSWORD) => self.says({ kind: 'password', password: text }),
      typeCode: async (trustDevice = false) => self.says({ kind: 'totp', code: await codeNow(), trustDevice }),
      finish: async () => {
        const done = await flows.finish(ref())
        if (!done) return undefined
        held.sessionToken = done.sessionToken
        if (done.deviceToken) held.deviceToken = done.deviceToken.value
        return done
      },
      /** From nothing to a session: name, password and, where asked, the code of now. */
      signIn: async (
        username: string,
        { code = false, trust = false, text = PASSWORD, wishes = {} as Partial<Wants> } = {},
      ) => {
        await self.begin(wishes)
        await self.typeName(username)
        await self.typePassword(text)
        if (code) await self.typeCode(trust)
        const done = await self.finish()
        if (!done) throw new Error(`not done: ${JSON.stringify(await self.step())}`)
        return done
      },
      assess: (wishes: Partial<Wants> = {}, domainId = 'default') =>
        flows.assess({ domainId: id(domainId), sessionToken: held.sessionToken, wants: wants(wishes) }),
      account: () => ({
        domainId: id<'domain'>('default'),
        sessionToken: held.sessionToken ?? '',
        deviceToken: held.deviceToken,
        source,
      }),
      /** The way there and back again: leaves, and hands in what the provider gave. */
      goUpstream: () => flows.goUpstream(ref()),
      receive: (state: string | undefined, returned: Partial<Returned> = {}, idp = 'corp', domainId = 'default') =>
        flows.receive({
          domainId: id(domainId),
          idp,
          state,
          returned: { method: 'GET', rawQuery: '', form: {}, ...returned },
          source,
        }),
      arrive: async (token: string, domainId = 'default') => {
        const arrived = await flows.arrive({ domainId: id(domainId), token, browserToken: held.browserToken, source })
        held.browserToken = arrived.browserToken
        held.ref = { domainId: id(domainId), journeyId: arrived.journeyId, browserToken: arrived.browserToken, source }
        return arrived
      },
    }
    return self
  }
  const codeNow = (steps = 0): Promise<string> =>
    generate({ secret: TOTP_SECRET, epoch: Math.floor(now / 1000) + steps * 30 })

  return {
    store,
    secrets,
    random,
    factors,
    flows,
    hold,
    clock,
    codeNow,
    browser,
    later: (seconds: number) => {
      now += seconds * 1000
    },
    audit: (action: string) => store.read((tx) => tx.audit.list(id('acme'), { action, limit: 100 })),
    put: {
      app: (name: string, differs: Parameters<typeof oidcApp>[2] = {}) =>
        store.write((tx) => tx.apps.put(oidcApp(name, name, differs))),
    },
    close: () => store.close(),
  }
}
export type Bed = Awaited<ReturnType<typeof openBed>>
export type Browser = ReturnType<Bed['browser']>
