// One answer to the step that is owed. The dispatcher only: steps do not know each other, every answer comes back here.
import type { Step } from '../../core/journey/step.ts'
import type { EpochMs } from '../../core/model/time.ts'
import { Problem } from '../../problem.ts'
import { type AnsweringDeps, fault, type Given } from './answers/answering.ts'
import { changePassword } from './answers/change-password.ts'
import { contactCode, contactEmail } from './answers/contact-email.ts'
import { enrolPasskey, enrolTotp, recoveryCodesKept } from './answers/enrol.ts'
import { chooseIdp, identify, startOver } from './answers/identify.ts'
import { acceptTerms, completeProfile, confirmAccount } from './answers/onboarding.ts'
import { answerPassword } from './answers/password.ts'
import { answerPasskey, answerRecoveryCode, answerTotp } from './answers/second-factor.ts'
import type { Answer, Answered, JourneyRef, Respond } from './api.ts'
import { noteRefusal } from './note-refusal.ts'
import { hopOf, openJourney } from './open-journey.ts'

/** Which answers a step takes. Anything else is an answer to another question: stale. */
const fits = (step: Step, answer: Answer): boolean => {
  switch (answer.kind) {
    case 'start-over':
      return true
    case 'identify':
      return step.do === 'identify'
    case 'choose-idp':
      return step.do === 'identify' || step.do === 'password' || step.do === 'upstream'
    case 'password':
      return step.do === 'password'
    case 'totp':
    case 'recovery-code':
      return step.do === 'challenge' && step.offer.includes(answer.kind)
    case 'passkey':
      return (
        step.do === 'identify' || step.do === 'password' || (step.do === 'challenge' && step.offer.includes('passkey'))
      )
    case 'enrol-totp':
      return step.do === 'enrol' && step.offer.includes('totp')
    case 'enrol-passkey':
      return step.do === 'enrol' && step.offer.includes('passkey')
    case 'recovery-codes-kept':
      return step.do === 'keep-recovery-codes'
    case 'change-password':
    case 'confirm-account':
    case 'accept-terms':
    case 'complete-profile':
      return step.do === answer.kind
    case 'contact-email':
    case 'contact-code':
      return step.do === 'contact-email'
  }
}

const give = (deps: AnsweringDeps, given: Given, answer: Answer): Promise<Answered> => {
  switch (answer.kind) {
    case 'identify':
      return identify(deps, given, answer.username)
    case 'choose-idp':
      return chooseIdp(deps, given, answer.idp)
    case 'start-over':
      return startOver(deps, given)
    case 'password':
      return answerPassword(deps, given, answer.password)
    case 'totp':
      return answerTotp(deps, given, answer.code, answer.trustDevice)
    case 'recovery-code':
      return answerRecoveryCode(deps, given, answer.code)
    case 'passkey':
      return answerPasskey(deps, given, answer.response)
    case 'enrol-totp':
      return enrolTotp(deps, given, answer.code)
    case 'enrol-passkey':
      return enrolPasskey(deps, given, answer.response, answer.label)
    case 'recovery-codes-kept':
      return recoveryCodesKept(deps, given)
    case 'change-password':
      return changePassword(deps, given, answer)
    case 'confirm-account':
      return confirmAccount(deps, given)
    case 'contact-email':
      return contactEmail(deps, given, answer.email)
    case 'contact-code':
      return contactCode(deps, given, answer.code)
    case 'accept-terms':
      return acceptTerms(deps, given, answer)
    case 'complete-profile':
      return completeProfile(deps, given, answer)
  }
}

const noteEnd = async ({ store, secrets, random }: AnsweringDeps, ref: JourneyRef, now: EpochMs): Promise<void> => {
  const open = await store.read((tx) =>
    tx.journeys.get(ref.journeyId).then((j) => j && openJourney(tx, secrets, ref, now)),
  )
  if (open?.step.do === 'refuse') await store.write((tx) => noteRefusal(tx, random, open, ref.source, now))
}

export const responder =
  (deps: AnsweringDeps): Respond =>
  async (ref, hop, answer) => {
    const now = deps.clock()
    const open = await deps.store.read((tx) => openJourney(tx, deps.secrets, ref, now))
    if (!deps.secrets.same(hop, hopOf(deps.secrets, open)) || !fits(open.step, answer)) return fault('stale')
    try {
      const answered = await give(deps, { open, ref, now }, answer)
      if (answered.kind === 'next' && answer.kind !== 'start-over') await noteEnd(deps, ref, now)
      return answered
    } catch (error) {
      if (error instanceof Problem && error.slug === 'changed-meanwhile') return fault('stale')
      throw error
    }
  }
