// The own e-mail address, proven or replaced: a code to exactly the new address, typed in the session that asked for it. A session left open
// is not enough: the address is where a forgotten password goes. The old address is told.
import { isEmailAddress } from '../../core/model/email.ts'
import type { Person } from '../../core/model/person.ts'
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { actorOf, eventOf, targetOf } from '../audit-event.ts'
import { notify, post } from '../notice.ts'
import type { Answered } from '../sign-in/api.ts'
import type { Counter, Tries } from '../sign-in/tries.ts'
import type { AccountRef, Prove } from './api.ts'
import { CODE_SECONDS, codeIn, codeLetter, drawCode } from './mailed-code.ts'
import { type Own, owedFirst, ownSession } from './own-session.ts'

export type OwnEmail = {
  /** The address that a code was sent to in this session and that waits for it. */
  readonly waiting: (ref: AccountRef) => Promise<string | undefined>
  readonly send: (ref: AccountRef, email: string) => Promise<Answered | Prove>
  readonly confirm: (ref: AccountRef, code: string) => Promise<Answered | Prove>
}
type Deps = {
  readonly store: Store
  readonly secrets: Secrets
  readonly clock: Clock
  readonly random: Random
  readonly tries: Tries
}
type Waiting = { readonly email: string; readonly codeMac: string }
type Fault = Extract<Answered, { kind: 'fault' }>

const next: Answered = { kind: 'next' }
const fault = (code: Fault['fault'], more: { readonly waitSeconds?: number } = {}): Answered => ({
  kind: 'fault',
  fault: code,
  ...more,
})
const keyOf = ({ session }: Own): string => `own-email:${session.id}`
/** Bound to the session and the address: a code of another one is none. */
const macOf = ({ secrets }: Deps, { session }: Own, email: string, code: string): string =>
  secrets.mac('own-email', JSON.stringify([session.id, email.toLowerCase(), code]))

const opened = (deps: Deps, ref: AccountRef): Promise<Own | undefined> =>
  deps.store.read((tx) => ownSession(tx, deps.secrets, ref, deps.clock()))
/** Asks for nothing when the session is over: signing in is what is owed then. */
const fresh = async (deps: Deps, ref: AccountRef): Promise<Own | Prove> => {
  const now = deps.clock()
  const own = await opened(deps, ref)
  return own ? (owedFirst(own, now) ?? own) : { kind: 'prove-first', level: 1, freshAfter: now }
}

const send =
  (deps: Deps): OwnEmail['send'] =>
  async (ref, typed) => {
    const own = await fresh(deps, ref)
    if ('kind' in own) return own
    const email = typed.normalize('NFKC').trim()
    if (!isEmailAddress(email)) return fault('email-malformed')
    const { person } = own
    const wait = await deps.tries.take([
      { key: `own-email:${person.id}`, freeTries: 5, maxWaitSeconds: 900 },
      { key: `contact-mail:${deps.secrets.digest(email.toLowerCase())}`, freeTries: 5, maxWaitSeconds: 900 },
    ])
    if (wait) return fault('throttled', wait)
    const code = drawCode(deps.random)
    await deps.store.write(async (tx) => {
      const now = deps.clock()
      const waiting: Waiting = { email, codeMac: macOf(deps, own, email, code) }
      await tx.once.keep(keyOf(own), waiting, secondsLater(now, CODE_SECONDS))
      await post(tx, deps.random, { tenancyId: person.tenancyId, to: email, ...codeLetter(person, code) }, now)
    })
    return next
  }

const stored = async (
  tx: Tx,
  { random }: Deps,
  {
    person,
    email,
    ref,
    now,
  }: { readonly person: Person; readonly email: string; readonly ref: AccountRef; readonly now: EpochMs },
): Promise<void> => {
  const changed = person.email?.toLowerCase() !== email.toLowerCase()
  if (changed) await notify(tx, random, person, 'email-changed', now) // to the old address, if that was proven
  await tx.people.put({ ...person, email, emailVerified: true, updatedAt: now })
  await tx.audit.add(
    eventOf(random, now, {
      tenancyId: person.tenancyId,
      domainId: person.domainId,
      action: changed ? 'email.changed' : 'email.verified',
      actor: actorOf(person),
      target: targetOf(person),
      before: { email: person.email ?? null, emailVerified: person.emailVerified },
      after: { email, emailVerified: true },
      requestId: ref.source.requestId,
    }),
  )
}

const confirm =
  (deps: Deps): OwnEmail['confirm'] =>
  async (ref, typed) => {
    const { store, secrets, tries, clock } = deps
    const own = await fresh(deps, ref)
    if ('kind' in own) return own
    const code = codeIn(typed)
    if (code === undefined) return fault('code-malformed')
    const counters: readonly Counter[] = [{ key: `own-email-code:${own.person.id}`, freeTries: 5, maxWaitSeconds: 900 }]
    const wait = await tries.take(counters)
    if (wait) return fault('throttled', wait)
    return store.write(async (tx): Promise<Answered> => {
      const now = clock()
      const waiting = (await tx.once.kept(keyOf(own), now)) as Waiting | undefined
      if (!waiting) return fault('code-expired')
      if (!secrets.same(waiting.codeMac, macOf(deps, own, waiting.email, code))) return fault('wrong-code')
      // one winner, and the person as they are now: somebody else may have changed other things meanwhile
      const taken = await tx.once.take(keyOf(own), now)
      const person = await tx.people.get(own.person.id)
      if (!taken || !person) return fault('stale')
      await tries.forgive(tx, counters)
      await stored(tx, deps, { person, email: waiting.email, ref, now })
      return next
    })
  }

export const ownEmail = (deps: Deps): OwnEmail => ({
  waiting: (ref) =>
    deps.store.read(async (tx) => {
      const now = deps.clock()
      const own = await ownSession(tx, deps.secrets, ref, now)
      return own && ((await tx.once.kept(keyOf(own), now)) as Waiting | undefined)?.email
    }),
  send: send(deps),
  confirm: confirm(deps),
})
