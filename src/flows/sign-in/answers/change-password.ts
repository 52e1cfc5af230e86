// A new password inside the journey, after everything else was proven. Every other way in that the old one opened is closed with it.
import { type PasswordFault, passwordFaults } from '../../../core/assurance/password-policy.ts'
import type { CredentialId } from '../../../core/model/ids.ts'
import { secondsLater } from '../../../core/model/time.ts'
import { actorOf, eventOf, targetOf } from '../../audit-event.ts'
import type { Answer, Answered } from '../api.ts'
import { endSessionsOf } from '../end-session.ts'
import { passwordOf } from '../load-facts.ts'
import { type AnsweringDeps, fault, type Given, next, proved, refuse, saveJourney } from './answering.ts'
import { factorCounter } from './second-factor.ts'

type NewPassword = Extract<Answer, { kind: 'change-password' }>

const asFault = (found: PasswordFault): Answered => {
  const { code, ...parameters } = found
  return fault(`password-${code}`, { parameters })
}

const wasUsedBefore = async (deps: AnsweringDeps, phcs: readonly string[], candidate: string): Promise<boolean> => {
  for (const phc of phcs) if (await deps.hasher.verify(phc, candidate)) return true
  return false
}

export const changePassword = async (deps: AnsweringDeps, given: Given, answer: NewPassword): Promise<Answered> => {
  const { open, now } = given
  const { person, passwordPolicy: policy, step } = open
  const credential = passwordOf(open.credentials)
  if (!person || !credential) return fault('stale')
  if (answer.current === '' || answer.password === '' || answer.current.length > 1024 || answer.password.length > 1024)
    return fault('missing')
  if (answer.password !== answer.repeat) return fault('password-mismatch')
  const counter = factorCounter(person.id, 'change-password')
  const wait = await deps.tries.take([counter])
  if (wait) return fault('throttled', wait)
  if (!(await deps.hasher.verify(credential.data.phc, answer.current)))
    return refuse(deps, given, 'current-password-wrong', 'change-password')
  const forced = step.do === 'change-password'
  if (!forced && now < secondsLater(credential.data.setAt, policy.minAgeSeconds)) return fault('password-too-young')
  const { username, email, displayName } = person
  const faults = passwordFaults(policy, {
    candidate: answer.password,
    username,
    email,
    displayName,
    isCommon: deps.isCommonPassword,
  })
  if (faults[0]) return asFault(faults[0])
  const before = [credential.data.phc, ...credential.data.history].slice(0, Math.max(1, policy.history))
  if (await wasUsedBefore(deps, before, answer.password))
    return fault('password-reused', { parameters: { count: policy.history } })
  const phc = await deps.hasher.hash(answer.password)
  return deps.store.write(async (tx) => {
    const data = {
      kind: 'password' as const,
      phc,
      history: before.slice(0, policy.history),
      setAt: now,
      mustChange: false,
    }
    if (
      (await tx.credentials.save({ ...credential, id: credential.id as CredentialId, data, lastUsedAt: now })) ===
      'stale'
    )
      return fault('stale')
    await tx.devices.removeOfPerson(person.id)
    await endSessionsOf(tx, deps.random, {
      personId: person.id,
      except: open.journey.sessionId,
      reason: 'password-changed',
      at: now,
    })
    const journey = proved(given, { kind: 'password', at: now })
    // The device that stood in for a second factor was trusted under the old password.
    await saveJourney(tx, { ...journey, evidence: journey.evidence.filter((e) => e.kind !== 'trusted-device') })
    await deps.tries.forgive(tx, [counter])
    await tx.audit.add(
      eventOf(deps.random, now, {
        tenancyId: person.tenancyId,
        domainId: person.domainId,
        action: 'password.changed',
        actor: actorOf(person),
        target: targetOf(person),
        details: { why: step.do === 'change-password' ? step.why : 'asked' },
        requestId: given.ref.source.requestId,
      }),
    )
    return next
  })
}
