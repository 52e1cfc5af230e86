// U4: the own e-mail address, proven and replaced by a code to the new one. On both stores.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ownEmail } from '../../../src/flows/account/own-email.ts'
import { tries } from '../../../src/flows/sign-in/tries.ts'
import type { Store } from '../../../src/ports/store.ts'
import { noPostgres, postgresUrl, testPostgres, testStore } from '../../stores/open-test-store.ts'
import { id } from '../../stores/rows.ts'
import { type Bed, type Browser, openBed } from '../sign-in/bed.ts'

const suite = (open: () => Promise<Store>): void => {
  let bed: Bed
  let b: Browser
  beforeEach(async () => {
    bed = await openBed({}, open)
    await bed.hold.password('alice')
    await bed.store.write(async (tx) => {
      const alice = await tx.people.get(id('alice'))
      if (alice) await tx.people.put({ ...alice, email: 'old@acme.example', emailVerified: true })
    })
    b = bed.browser()
    await b.signIn('alice')
  })
  afterEach(() => bed.close())
  const flows = () => ownEmail({ ...bed, tries: tries(bed) })
  const send = (email: string) => flows().send(b.account(), email)
  const confirm = (code: string) => flows().confirm(b.account(), code)
  const mails = async () => (await bed.store.read((tx) => tx.outbox.list(id('acme')))).map((m) => m.payload)
  const codeTo = async (email: string): Promise<string> => {
    const last = (await mails()).filter((m) => m.to === email).at(-1)
    return /\b(\d{6})\b/.exec(String(last?.text))?.[1] ?? 'none'
  }
  const alice = () => bed.store.read((tx) => tx.people.get(id('alice')))

  test('U4: nothing changes before the code is typed; then it is proven, and the old address is told', async () => {
    expect(await send(' New@acme.example ')).toEqual({ kind: 'next' })
    expect(await flows().waiting(b.account())).toBe('New@acme.example')
    expect(await alice()).toMatchObject({ email: 'old@acme.example', emailVerified: true })
    const code = await codeTo('New@acme.example')
    expect(await confirm(`${code.slice(0, 3)} ${code.slice(3)}`)).toEqual({ kind: 'next' })
    expect(await alice()).toMatchObject({ email: 'New@acme.example', emailVerified: true })
    expect((await mails()).map((m) => m.to)).toEqual(['New@acme.example', 'old@acme.example'])
    expect((await bed.audit('email.changed'))[0]).toMatchObject({
      before: { email: 'old@acme.example' },
      after: { email: 'New@acme.example', emailVerified: true },
    })
    expect(await flows().waiting(b.account())).toBeUndefined()
    expect(await confirm(code)).toMatchObject({ fault: 'code-expired' })
  })
  test('U4: the same address is proven, and nobody else is told', async () => {
    await bed.store.write(async (tx) => {
      const person = await tx.people.get(id('alice'))
      if (person) await tx.people.put({ ...person, emailVerified: false })
    })
    await send('old@acme.example')
    expect(await confirm(await codeTo('old@acme.example'))).toEqual({ kind: 'next' })
    expect(await alice()).toMatchObject({ emailVerified: true })
    expect(await mails()).toHaveLength(1)
    expect(await bed.audit('email.verified')).toHaveLength(1)
  })
  test('U4: a code is for its address, its session, its ten minutes, and the last one sent', async () => {
    await send('one@acme.example')
    const first = await codeTo('one@acme.example')
    await send('two@acme.example')
    expect(await confirm(first)).toMatchObject({ fault: 'wrong-code' })
    const other = bed.browser('192.0.2.9')
    await other.signIn('alice')
    const second = await codeTo('two@acme.example')
    expect(await flows().confirm(other.account(), second)).toMatchObject({ fault: 'code-expired' })
    expect(await confirm('12345')).toMatchObject({ fault: 'code-malformed' })
    bed.later(601)
    expect(await confirm(second)).toMatchObject({ kind: 'prove-first' })
    expect(await alice()).toMatchObject({ email: 'old@acme.example' })
  })
  test('U4: a session left open is not enough; one that is over is none', async () => {
    bed.later(601)
    expect(await send('new@acme.example')).toMatchObject({ kind: 'prove-first', level: 1 })
    expect(await mails()).toEqual([])
    const nobody = { ...b.account(), sessionToken: 'made-up' }
    expect(await flows().send(nobody, 'new@acme.example')).toMatchObject({ kind: 'prove-first' })
    expect(await flows().confirm(nobody, '123456')).toMatchObject({ kind: 'prove-first' })
    expect(await flows().waiting(nobody)).toBeUndefined()
  })
  test('M12: guesses and mails are counted', async () => {
    await send('new@acme.example')
    const guesses: unknown[] = []
    for (let i = 0; i < 7; i++) guesses.push(await confirm('000000'))
    expect(guesses.at(-1)).toMatchObject({ fault: 'throttled' })
    for (let i = 0; i < 5; i++) await send(`new${i}@acme.example`)
    expect(await send('last@acme.example')).toMatchObject({ fault: 'throttled' })
    for (const wrong of ['', 'new', 'a@b', 'x@y.example\r\nbcc: z@z.example'])
      expect(await send(wrong)).toMatchObject({ fault: 'email-malformed' })
  })
}
describe('SQLite', () => suite(testStore))
describe.skipIf(postgresUrl === undefined)(
  postgresUrl === undefined ? `PostgreSQL (skipped: ${noPostgres})` : 'PostgreSQL',
  () => suite(testPostgres),
)
