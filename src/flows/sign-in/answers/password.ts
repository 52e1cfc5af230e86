// The local password. An unknown name costs and answers exactly like a wrong password.
import { policyFor } from '../../../core/assurance/password-policy.ts'
import type { PasswordPolicy } from '../../../core/model/sign-on.ts'
import type { Answered } from '../api.ts'
import { trustedDeviceEvidence } from '../device-evidence.ts'
import { passwordOf } from '../load-facts.ts'
import type { Counter } from '../tries.ts'
import { type AnsweringDeps, fault, type Given, next, proved, refuse, saveJourney } from './answering.ts'

/** Account-wide limits are looser than per source, so that one stranger cannot keep a colleague out. */
const ACCOUNT_FACTOR = 10

type Limits = Pick<PasswordPolicy, 'freeTries' | 'maxWaitSeconds'>

/**
 * Policies of groups have limits of their own. A name that nobody has gets those of one of them, always the same: otherwise the number of
 * free tries would tell a group's members from strangers.
 */
const limitsOf = async ({ store, secrets }: AnsweringDeps, { open }: Given): Promise<Limits> => {
  const { person, journey } = open
  if (person) return open.passwordPolicy
  const policies = await store.read((tx) => tx.passwordPolicies.list(journey.domainId))
  const possible = [policyFor(policies, []).policy, ...policies.filter((p) => p.groups.length > 0)]
  const dice = secrets.mac(
    'decoy',
    JSON.stringify(['limits', journey.domainId, (journey.username ?? '').toLowerCase()]),
  )
  const choice = [...dice].reduce((sum, c) => (sum * 31 + (c.codePointAt(0) ?? 0)) % 1_000_003, 0) % possible.length
  return possible[choice] ?? open.passwordPolicy
}

/**
 * Per (account, source), and per account over all sources. From a device its owner trusts only a counter of its own applies: what
 * others do elsewhere never locks it out.
 */
const countersOf = async (deps: AnsweringDeps, given: Given): Promise<readonly Counter[]> => {
  const { store, secrets } = deps
  const { journey, person } = given.open
  const { freeTries, maxWaitSeconds } = await limitsOf(deps, given)
  const account = `${journey.domainId}:${secrets.digest((journey.username ?? '').toLowerCase())}`
  const device = person && (await store.read((tx) => trustedDeviceEvidence(tx, journey, person.id, given.now)))
  if (device?.kind === 'trusted-device')
    return [{ key: `password:device:${device.deviceId}`, freeTries, maxWaitSeconds }]
  return [
    { key: `password:source:${account}:${given.ref.source.address}`, freeTries, maxWaitSeconds },
    { key: `password:account:${account}`, freeTries: freeTries * ACCOUNT_FACTOR, maxWaitSeconds },
  ]
}

export const answerPassword = async (deps: AnsweringDeps, given: Given, password: string): Promise<Answered> => {
  if (password === '' || password.length > 1024) return fault('missing')
  const { open, now } = given
  const counters = await countersOf(deps, given)
  const wait = await deps.tries.take(counters)
  if (wait) return fault('throttled', wait)
  const credential = passwordOf(open.credentials)
  const right = await deps.hasher.verify(credential?.data.phc, password)
  if (!right || !credential || !open.person) return refuse(deps, given, 'wrong-credentials', 'password')
  const person = open.person
  const rehashed = deps.hasher.isOld(credential.data.phc) ? await deps.hasher.hash(password) : undefined
  await deps.store.write(async (tx) => {
    const device = await trustedDeviceEvidence(tx, open.journey, person.id, now)
    const journey = proved(given, { kind: 'password', at: now }, { route: 'local' })
    await saveJourney(
      tx,
      device
        ? { ...journey, evidence: [...journey.evidence.filter((e) => e.kind !== 'trusted-device'), device] }
        : journey,
    )
    await deps.tries.forgive(tx, counters)
    const data = rehashed === undefined ? credential.data : { ...credential.data, phc: rehashed }
    await tx.credentials.save({ ...credential, data, lastUsedAt: now }) // stale: changed meanwhile, theirs is newer
  })
  return next
}
