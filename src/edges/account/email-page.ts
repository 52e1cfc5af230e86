// The page of the own e-mail address: the one there is, a new one, and the code that was sent to it.
import { Problem } from '../../problem.ts'
import type { Form } from '../sign-in/answer.ts'
import { queryOf } from '../sign-in/language.ts'
import { faultText, invalidOf } from '../sign-in/step-page.ts'
import type { AccountDeps } from './deps.ts'
import { formToken, signInFirst, type Visit } from './visit.ts'

const PAGE = '/account/email'
type Fault = Parameters<typeof faultText>[1]

export const emailPage = async (deps: AccountDeps, visit: Visit, form: Form = {}, fault?: Fault): Promise<void> => {
  const overview = await deps.flows.overview(visit.ref)
  if (!overview) throw new Problem('sign-in-required') // it ended between two reads
  const other = queryOf(visit.req).get('with') === 'other-address'
  const sentTo = other ? undefined : await deps.email.waiting(visit.ref)
  const { email = '', emailVerified, signsInAt } = overview.person
  if (fault?.waitSeconds !== undefined) visit.res.setHeader('Retry-After', String(fault.waitSeconds))
  deps.render(visit.req, visit.res, {
    status: fault ? (fault.fault === 'throttled' ? 429 : 400) : 200,
    view: 'account-email',
    title: ({ say }) => say('email.title'),
    domain: visit.found.domain,
    scripts: ['forms.js'],
    repeatable: true,
    data: (words) => ({
      hop: formToken(deps, visit),
      back: `${visit.found.issuer}/account`,
      now: email === '' ? undefined : words.rich(emailVerified ? 'email.now' : 'email.now-unverified', { email }),
      elsewhere: signsInAt.join(', '),
      sentTo,
      sentText: sentTo && words.rich('email.sent', { email: sentTo }),
      values: { email: form.email ?? (emailVerified ? '' : email) },
      invalid: invalidOf(fault?.fault),
      fault: fault && { text: faultText(words, { ...fault, button: 'contact-code' }) },
    }),
  })
}

export const actOnEmail = async (deps: AccountDeps, visit: Visit, form: Form): Promise<void> => {
  const confirming = form.do === 'confirm'
  const answered = confirming
    ? await deps.email.confirm(visit.ref, form.otp ?? '')
    : await deps.email.send(visit.ref, form.email ?? '')
  if (answered.kind === 'prove-first') return signInFirst(deps, visit, PAGE, answered)
  if (answered.kind === 'fault') return emailPage(deps, visit, form, answered)
  visit.res.redirect(303, `${visit.found.issuer}${confirming ? '/account?done=email-verified' : PAGE}`)
}
