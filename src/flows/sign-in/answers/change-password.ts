// A new password inside the journey, after everything else was proven.
import { judgeNewPassword, roughFault, storeNewPassword } from '../../account/new-password.ts'
import type { Answer, Answered } from '../api.ts'
import { passwordOf } from '../load-facts.ts'
import { type AnsweringDeps, fault, type Given, next, proved, refuse, saveJourney } from './answering.ts'
import { factorCounter } from './second-factor.ts'

export const changePassword = async (
  deps: AnsweringDeps,
  given: Given,
  answer: Extract<Answer, { kind: 'change-password' }>,
): Promise<Answered> => {
  const { open, now, ref } = given
  const { person, step, passwordPolicy: policy } = open
  const credential = passwordOf(open.credentials)
  if (!person || !credential || step.do !== 'change-password') return fault('stale')
  const rough = roughFault(answer)
  if (rough) return rough
  const counter = factorCounter(person.id, 'change-password')
  const wait = await deps.tries.take([counter])
  if (wait) return fault('throttled', wait)
  const judged = await judgeNewPassword(deps, { person, credential, policy, answer, forced: true, now })
  if ('fault' in judged)
    return judged.fault === 'current-password-wrong' ? refuse(deps, given, judged.fault, 'change-password') : judged
  const keepSession = open.journey.sessionId
  const { requestId } = ref.source
  return deps.store.write(async (tx) => {
    const { save } = judged
    if (
      (await storeNewPassword(tx, deps.random, { person, save, keepSession, why: step.why, requestId, now })) ===
      'stale'
    )
      return fault('stale')
    const journey = proved(given, { kind: 'password', at: now })
    // The device that stood in for a second factor was trusted under the old password.
    await saveJourney(tx, { ...journey, evidence: journey.evidence.filter((e) => e.kind !== 'trusted-device') })
    await deps.tries.forgive(tx, [counter])
    return next
  })
}
