// A new password, whoever asks for it: judged outside any transaction (hashing is slow), stored inside one, together with everything that
// must end with the old one: trusted devices and other sessions.
import { type PasswordFault, passwordFaults } from '../../core/assurance/password-policy.ts'
import type { Credential } from '../../core/model/credential.ts'
import type { SessionId } from '../../core/model/ids.ts'
import type { Person } from '../../core/model/person.ts'
import type { PasswordPolicy } from '../../core/model/sign-on.ts'
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { Hasher } from '../../ports/hasher.ts'
import type { Random } from '../../ports/random.ts'
import type { Tx } from '../../ports/store.ts'
import { actorOf, eventOf, targetOf } from '../audit-event.ts'
import { notify } from '../notice.ts'
import type { Answered, AnswerFault } from '../sign-in/api.ts'
import { endSessionsOf } from '../sign-in/end-session.ts'
import type { passwordOf } from '../sign-in/load-facts.ts'

type PasswordRow = NonNullable<ReturnType<typeof passwordOf>>
export type NewPassword = { readonly current: string; readonly password: string; readonly repeat: string }
export type Change = {
  readonly person: Person
  readonly credential: PasswordRow
  readonly policy: PasswordPolicy
  readonly answer: NewPassword
  /** Expired or must change: then the minimum age does not hold it back. */
  readonly forced: boolean
  readonly now: EpochMs
}
type Deps = { readonly hasher: Hasher; readonly isCommonPassword: (password: string) => boolean }
type Fault = Extract<Answered, { kind: 'fault' }>

const fault = (code: AnswerFault, more: Omit<Fault, 'kind' | 'fault'> = {}): Fault => ({
  kind: 'fault',
  fault: code,
  ...more,
})
export const asFault = ({ code, ...parameters }: PasswordFault): Fault => fault(`password-${code}`, { parameters })

const MAX_LENGTH = 1024

const wasUsed = async (hasher: Hasher, phcs: readonly string[], candidate: string): Promise<boolean> => {
  for (const phc of phcs) if (await hasher.verify(phc, candidate)) return true
  return false
}

/** What can be said without any hashing. */
export const roughFault = ({ current, password, repeat }: NewPassword): Fault | undefined => {
  if ([current, password].some((text) => text === '' || text.length > MAX_LENGTH)) return fault('missing')
  return password === repeat ? undefined : fault('password-mismatch')
}

/** Whatever was proven before: is this one good enough, and new? */
export const judgeCandidate = async (
  { hasher, isCommonPassword }: Deps,
  {
    person,
    credential,
    policy,
    answer,
    now,
  }: Omit<Change, 'answer' | 'forced'> & { readonly answer: Pick<NewPassword, 'password'> },
): Promise<{ readonly save: Credential } | Fault> => {
  const { data } = credential
  const { username, email, displayName } = person
  const [wrong] = passwordFaults(policy, {
    candidate: answer.password,
    username,
    email,
    displayName,
    isCommon: isCommonPassword,
  })
  if (wrong) return asFault(wrong)
  const before = [data.phc, ...data.history].slice(0, Math.max(1, policy.history))
  if (await wasUsed(hasher, before, answer.password))
    return fault('password-reused', { parameters: { count: Math.max(1, policy.history) } })
  const phc = await hasher.hash(answer.password)
  const history = before.slice(0, policy.history)
  const fresh = { kind: 'password' as const, phc, history, setAt: now, mustChange: false }
  return { save: { ...credential, data: fresh, lastUsedAt: now } }
}

/** @returns the credential as it must be saved, or what is wrong */
export const judgeNewPassword = async (
  { hasher, isCommonPassword }: Deps,
  change: Change,
): Promise<{ readonly save: Credential } | Fault> => {
  const { credential, policy, answer, forced, now } = change
  const { data } = credential
  if (!(await hasher.verify(data.phc, answer.current))) return fault('current-password-wrong')
  if (!forced && now < secondsLater(data.setAt, policy.minAgeSeconds)) return fault('password-too-young')
  return judgeCandidate({ hasher, isCommonPassword }, change)
}

type Storing = {
  readonly person: Person
  readonly save: Credential
  readonly keepSession: SessionId | undefined
  readonly why: string
  readonly requestId: string
  readonly now: EpochMs
}

/** The session it was changed in: its owner just proved the password that nobody else knows any more. */
const renewProof = async (tx: Tx, { person, keepSession, now }: Storing): Promise<void> => {
  const session = keepSession === undefined ? undefined : await tx.sessions.get(keepSession)
  if (session?.personId !== person.id) return
  const others = session.evidence.filter((e) => e.kind !== 'password')
  await tx.sessions.save({ ...session, evidence: [...others, { kind: 'password', at: now }] })
}

/** 'stale': somebody changed it meanwhile; nothing was stored. */
export const storeNewPassword = async (tx: Tx, random: Random, storing: Storing): Promise<'stored' | 'stale'> => {
  const { person, save, keepSession, why, requestId, now } = storing
  if ((await tx.credentials.save(save)) === 'stale') return 'stale'
  await tx.devices.removeOfPerson(person.id)
  await endSessionsOf(tx, random, {
    personId: person.id,
    except: keepSession,
    reason: 'password-changed',
    at: now,
    requestId,
  })
  await renewProof(tx, storing)
  await tx.audit.add(
    eventOf(random, now, {
      tenancyId: person.tenancyId,
      domainId: person.domainId,
      action: 'password.changed',
      actor: actorOf(person),
      target: targetOf(person),
      details: { why },
      requestId,
    }),
  )
  await notify(tx, random, person, 'password-changed', now)
  return 'stored'
}
