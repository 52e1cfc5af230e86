// What a person does to their own account. An id that is not theirs is as good as none; taking away a way in is refused when it is the
// last one or when a rule asks for it.
import { secondFactorsFor } from '../../core/assurance/level.ts'
import type { Credential } from '../../core/model/credential.ts'
import type { CredentialId } from '../../core/model/ids.ts'
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Factors } from '../../ports/factor.ts'
import type { Hasher } from '../../ports/hasher.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { actorOf, eventOf, targetOf } from '../audit-event.ts'
import { notify } from '../notice.ts'
import { endSession } from '../sign-in/end-session.ts'
import { passwordOf } from '../sign-in/load-facts.ts'
import type { Counter, Tries } from '../sign-in/tries.ts'
import type { AccountFlows, AccountRef, Outcome, Refused } from './api.ts'
import { judgeNewPassword, roughFault, storeNewPassword } from './new-password.ts'
import { needsOf, overviewOf } from './overview.ts'
import { type Own, owedFirst, ownSession } from './own-session.ts'

export type AccountFlowDeps = {
  readonly store: Store
  readonly secrets: Secrets
  readonly clock: Clock
  readonly random: Random
  readonly hasher: Hasher
  readonly factors: Factors
  readonly tries: Tries
  readonly isCommonPassword: (password: string) => boolean
}

const done: Outcome = { kind: 'done' }
const refused = (why: Refused): Outcome => ({ kind: 'refused', why })

/** A passkey offered on the account page waits so long for its answer. */
const OFFER_SECONDS = 600

const note = (
  tx: Tx,
  { random }: AccountFlowDeps,
  { person }: Own,
  ref: AccountRef,
  now: EpochMs,
  action: string,
  details: { readonly [name: string]: string },
) =>
  tx.audit.add(
    eventOf(random, now, {
      tenancyId: person.tenancyId,
      domainId: person.domainId,
      action,
      actor: actorOf(person),
      target: targetOf(person),
      details,
      requestId: ref.source.requestId,
    }),
  )

/** What removing a credential would leave, judged against everything that is asked of the person anywhere. */
const whyNotRemove = async (tx: Tx, own: Own, credential: Credential): Promise<Refused | undefined> => {
  const left = own.loaded.credentials.filter((c) => c.id !== credential.id)
  const wayIn =
    left.some((c) => c.data.kind === 'password' || c.data.kind === 'passkey') ||
    (await tx.links.ofPerson(own.person.id)).length > 0
  if (!wayIn) return 'last-way-in'
  if (credential.data.kind === 'recovery-code') return undefined
  const kinds = left.map((c) => c.data.kind)
  const needs = await needsOf(tx, own)
  const unmet = needs.some(({ need }) => {
    const level = need.level.value
    const accepted = secondFactorsFor(level).filter(
      (kind) => kind !== 'recovery-code' && (need.factors?.value.includes(kind) ?? true),
    )
    const helped = accepted.some((kind) => kind === credential.data.kind)
    return level >= 2 && helped && !accepted.some((kind) => kinds.includes(kind))
  })
  return unmet ? 'needed' : undefined
}

const removeFactor =
  (deps: AccountFlowDeps): AccountFlows['removeFactor'] =>
  (ref, id) =>
    deps.store.write(async (tx) => {
      const now = deps.clock()
      const own = await ownSession(tx, deps.secrets, ref, now)
      const credential = own?.loaded.credentials.find((c) => c.id === id && c.data.kind !== 'password')
      if (!own || !credential) return refused('not-found')
      const first = owedFirst(own, now)
      if (first) return first
      const why = await whyNotRemove(tx, own, credential)
      if (why) return refused(why)
      await tx.credentials.remove(credential.id)
      await tx.devices.removeOfPerson(own.person.id)
      await notify(tx, deps.random, own.person, 'factor-removed', now)
      await note(tx, deps, own, ref, now, 'factor.removed', {
        factor: credential.data.kind,
        label: credential.label,
        credential: id,
      })
      return done
    })

const startPasskey =
  (deps: AccountFlowDeps): AccountFlows['startPasskey'] =>
  async (ref) => {
    const now = deps.clock()
    const own = await deps.store.read((tx) => ownSession(tx, deps.secrets, ref, now))
    if (!own) return { kind: 'prove-first', level: 1, freshAfter: now }
    const first = owedFirst(own, now)
    if (first) return first
    const offer = await deps.factors.passkey.offer(
      own.person,
      own.loaded.credentials.filter((c) => c.data.kind === 'passkey'),
    )
    await deps.store.write(async (tx) => {
      await tx.once.take(`passkey-offer:${own.session.id}`, now)
      await tx.once.keep(
        `passkey-offer:${own.session.id}`,
        { challenge: offer.challenge },
        secondsLater(now, OFFER_SECONDS),
      )
    })
    return { kind: 'options', options: offer.options }
  }

const finishPasskey =
  (deps: AccountFlowDeps): AccountFlows['finishPasskey'] =>
  async (ref, response, label) => {
    const now = deps.clock()
    const own = await deps.store.read((tx) => ownSession(tx, deps.secrets, ref, now))
    if (!own) return refused('not-found')
    const first = owedFirst(own, now)
    if (first) return first
    const offered = await deps.store.write((tx) => tx.once.take(`passkey-offer:${own.session.id}`, now))
    if (typeof offered?.challenge !== 'string') return refused('passkey-failed')
    const made = await deps.factors.passkey.confirm(response, offered.challenge, now)
    if ('refused' in made) return refused('passkey-failed')
    const id = deps.random.id() as CredentialId
    return deps.store.write(async (tx) => {
      const name = label.trim().slice(0, 60) || 'passkey'
      const added = await tx.credentials.add({
        id,
        personId: own.person.id,
        label: name,
        createdAt: now,
        lastUsedAt: undefined,
        version: 0,
        data: made,
      })
      if (added === 'duplicate') return refused('duplicate')
      await notify(tx, deps.random, own.person, 'factor-enrolled', now)
      await note(tx, deps, own, ref, now, 'factor.enrolled', { factor: 'passkey', label: name, credential: id })
      return done
    })
  }

const changePassword =
  (deps: AccountFlowDeps): AccountFlows['changePassword'] =>
  async (ref, answer) => {
    const now = deps.clock()
    const own = await deps.store.read((tx) => ownSession(tx, deps.secrets, ref, now))
    const credential = own && passwordOf(own.loaded.credentials)
    if (!own || !credential) return { kind: 'fault', fault: 'stale' }
    const rough = roughFault(answer)
    if (rough) return rough
    const counters: readonly Counter[] = [
      { key: `change-password:${own.person.id}`, freeTries: 5, maxWaitSeconds: 900 },
    ]
    const wait = await deps.tries.take(counters)
    if (wait) return { kind: 'fault', fault: 'throttled', ...wait }
    const { person, session, loaded } = own
    const judged = await judgeNewPassword(deps, {
      person,
      credential,
      policy: loaded.passwordPolicy,
      answer,
      forced: false,
      now,
    })
    if ('fault' in judged) return judged
    return deps.store.write(async (tx) => {
      const { requestId } = ref.source
      const stored = await storeNewPassword(tx, deps.random, {
        person,
        save: judged.save,
        keepSession: session.id,
        why: 'asked',
        requestId,
        now,
      })
      if (stored === 'stale') return { kind: 'fault', fault: 'stale' }
      await deps.tries.forgive(tx, counters)
      return { kind: 'next' }
    })
  }

export const accountFlows = (deps: AccountFlowDeps): AccountFlows => ({
  overview: (ref) =>
    deps.store.read(async (tx) => {
      const now = deps.clock()
      const own = await ownSession(tx, deps.secrets, ref, now)
      return own && overviewOf(tx, deps.secrets, own, ref, now)
    }),
  removeFactor: removeFactor(deps),
  removeDevice: (ref, id) =>
    deps.store.write(async (tx) => {
      const now = deps.clock()
      const own = await ownSession(tx, deps.secrets, ref, now)
      const device = own && (await tx.devices.ofPerson(own.person.id)).find((d) => d.id === id)
      if (!own || !device) return refused('not-found')
      await tx.devices.remove(device.id)
      await note(tx, deps, own, ref, now, 'device.revoked', { device: id, label: device.label })
      return done
    }),
  endSession: (ref, id) =>
    deps.store.write(async (tx) => {
      const now = deps.clock()
      const own = await ownSession(tx, deps.secrets, ref, now)
      const session = own && (await tx.sessions.ofPerson(own.person.id)).find((s) => s.id === id)
      if (!own || !session) return refused('not-found')
      await endSession(tx, deps.random, session.id, { reason: 'revoked', at: now, requestId: ref.source.requestId })
      return done
    }),
  startPasskey: startPasskey(deps),
  finishPasskey: finishPasskey(deps),
  changePassword: changePassword(deps),
})
