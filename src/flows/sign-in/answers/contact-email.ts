// A contact address, proven by a code that is mailed to exactly that address. One code at a time: sending again makes the older one
// worthless. Codes are good for ten minutes, for this sign-in only, and guessing them waits.

import { isEmailAddress } from '../../../core/model/email.ts'
import { CODE_SECONDS, codeIn, codeLetter, drawCode } from '../../account/mailed-code.ts'
import { post } from '../../notice.ts'
import type { Answered } from '../api.ts'
import { type AnsweringDeps, fault, type Given, next, saveJourney } from './answering.ts'
import { complete } from './onboarding.ts'
import { factorCounter } from './second-factor.ts'

/** Bound to the journey and the address: a code of another sign-in, or for another address, is none. */
const macOf = ({ secrets }: AnsweringDeps, { open }: Given, email: string, code: string): string =>
  secrets.mac('contact-code', JSON.stringify([open.journey.id, email.toLowerCase(), code]))

export const contactEmail = async (deps: AnsweringDeps, given: Given, typed: string): Promise<Answered> => {
  const { open, now } = given
  const { person, journey } = open
  const email = typed.trim()
  if (!person) return fault('stale')
  if (!isEmailAddress(email)) return fault('email-malformed')
  const wait = await deps.tries.take([
    { key: `contact-mail:${person.id}`, freeTries: 5, maxWaitSeconds: 900 },
    { key: `contact-mail:${deps.secrets.digest(email.toLowerCase())}`, freeTries: 5, maxWaitSeconds: 900 },
  ])
  if (wait) return fault('throttled', wait)
  const code = drawCode(deps.random)
  return deps.store.write(async (tx) => {
    const contact = { email, codeMac: macOf(deps, given, email, code), sentAt: now }
    await saveJourney(tx, { ...journey, pending: { ...journey.pending, contact } })
    await post(tx, deps.random, { tenancyId: person.tenancyId, to: email, ...codeLetter(person, code) }, now)
    return next
  })
}

export const contactCode = async (deps: AnsweringDeps, given: Given, typed: string): Promise<Answered> => {
  const { open, now } = given
  const { contact } = open.journey.pending
  const code = codeIn(typed)
  if (!open.person || !contact) return fault('stale')
  if (code === undefined) return fault('code-malformed')
  const counter = factorCounter(open.person.id, 'contact-code')
  const wait = await deps.tries.take([counter])
  if (wait) return fault('throttled', wait)
  if (now > contact.sentAt + CODE_SECONDS * 1000) return fault('code-expired')
  if (!deps.secrets.same(contact.codeMac, macOf(deps, given, contact.email, code))) return fault('wrong-code')
  return deps.store.write(async (tx) => {
    await deps.tries.forgive(tx, [counter])
    const { email } = contact
    return complete(tx, deps, given, (p) => ({ ...p, contact: { email, verifiedAt: now } }), {
      action: 'contact-email.verified',
      details: { email },
    })
  })
}
