// The account pages of a domain: look, remove, add a passkey, change the password, sign out. What may be done is the flows' decision.
import express, { type Router } from 'express'
import type { CredentialId, DeviceId, SessionId } from '../../core/model/ids.ts'
import type { Outcome, Overview, Refused } from '../../flows/account/api.ts'
import { Problem } from '../../problem.ts'
import { within } from '../domain-of.ts'
import { type Form, jsonOf } from '../sign-in/answer.ts'
import { queryOf } from '../sign-in/language.ts'
import { faultText, invalidOf } from '../sign-in/step-page.ts'
import type { AccountDeps } from './deps.ts'
import { actOnEmail, emailPage } from './email-page.ts'
import { actOnGroups, groupsPage, removePage } from './groups.ts'
import { type Notice, overviewPage } from './overview-page.ts'
import { formToken, postedForm, signInFirst, type Visit, visiting } from './visit.ts'

const overviewOf = async ({ flows }: AccountDeps, { ref }: Visit): Promise<Overview> => {
  const overview = await flows.overview(ref)
  if (!overview) throw new Problem('sign-in-required') // it ended between two reads
  return overview
}

const showOverview = async (deps: AccountDeps, visit: Visit, notice: Notice): Promise<void> =>
  deps.render(visit.req, visit.res, overviewPage(visit, await overviewOf(deps, visit), formToken(deps, visit), notice))

/** After the answer: the overview with what was done, what was refused, or a sign-in first. */
const conclude = async (deps: AccountDeps, visit: Visit, done: string, outcome: Outcome): Promise<void> => {
  if (outcome.kind === 'prove-first') return signInFirst(deps, visit, '/account', outcome)
  if (outcome.kind === 'refused') return showOverview(deps, visit, { done: undefined, refused: outcome.why })
  visit.res.redirect(303, `${visit.found.issuer}/account?done=${done}`)
}

const signOut = async (deps: AccountDeps, { req, res, found, ref }: Visit): Promise<void> => {
  const returnTo = `${found.issuer}/account/signed-out`
  const { ended, participants, upstream } = await deps.signOut({
    domainId: ref.domainId,
    session: { token: ref.sessionToken },
    reason: 'signed-out',
    exceptApp: undefined,
    source: ref.source,
    returnTo,
  })
  deps.cookies.clearSession(res, found.domain)
  if (ended && (await deps.afterSignOut(req, res, { found, ended, participants, upstream, returnTo }))) return
  res.redirect(303, returnTo)
}

type Act = (deps: AccountDeps, visit: Visit, form: Form) => Promise<void>
const id = (form: Form): string => form.id ?? ''

const acts: { readonly [button: string]: Act } = {
  'remove-factor': async (deps, visit, form) =>
    conclude(deps, visit, 'factor-removed', await deps.flows.removeFactor(visit.ref, id(form) as CredentialId)),
  'remove-device': async (deps, visit, form) =>
    conclude(deps, visit, 'device-removed', await deps.flows.removeDevice(visit.ref, id(form) as DeviceId)),
  'end-session': async (deps, visit, form) =>
    conclude(deps, visit, 'session-ended', await deps.flows.endSession(visit.ref, id(form) as SessionId)),
  'sign-out': (deps, visit) => signOut(deps, visit),
}

const act: Act = (deps, visit, form) => {
  const button = form.do ?? ''
  const chosen = Object.hasOwn(acts, button) ? acts[button] : undefined
  if (!chosen) throw new Problem('request-malformed', `expected \`do\` to be one of ${Object.keys(acts).join(', ')}`)
  return chosen(deps, visit, form)
}

const passkeyPage = async (deps: AccountDeps, visit: Visit, label = '', refused?: Refused): Promise<void> => {
  const started = await deps.flows.startPasskey(visit.ref)
  if (started.kind === 'prove-first') return signInFirst(deps, visit, '/account/passkey', started)
  deps.render(visit.req, visit.res, {
    status: refused ? 400 : 200,
    view: 'account-passkey',
    title: ({ say }) => say('passkey-page.title'),
    domain: visit.found.domain,
    scripts: ['forms.js', 'passkey.js'],
    repeatable: true,
    data: ({ say }) => ({
      hop: formToken(deps, visit),
      back: `${visit.found.issuer}/account`,
      values: { label },
      fault: refused && { text: say(`refused.${refused}`) },
      passkeyForm: {
        mode: 'create',
        options: JSON.stringify(started.options),
        answer: 'add-passkey',
        text: say('enrol.passkey.submit'),
        label: true,
      },
    }),
  })
}

const addPasskey: Act = async (deps, visit, form) => {
  const label = (form.label ?? '').trim().slice(0, 60)
  const outcome = await deps.flows.finishPasskey(visit.ref, jsonOf(form.webauthn ?? ''), label)
  if (outcome.kind === 'prove-first') return signInFirst(deps, visit, '/account/passkey', outcome)
  if (outcome.kind === 'refused') return passkeyPage(deps, visit, label, outcome.why)
  visit.res.redirect(303, `${visit.found.issuer}/account?done=passkey-added`)
}

type PasswordFault = Parameters<typeof faultText>[1]
const passwordPage = async (deps: AccountDeps, visit: Visit, fault?: PasswordFault): Promise<void> => {
  const { person, password } = await overviewOf(deps, visit)
  deps.render(visit.req, visit.res, {
    status: fault ? (fault.fault === 'throttled' ? 429 : 400) : 200,
    view: 'account-password',
    title: ({ say }) => say('password-page.title'),
    domain: visit.found.domain,
    scripts: ['forms.js'],
    repeatable: true,
    data: (words) => ({
      hop: formToken(deps, visit),
      back: `${visit.found.issuer}/account`,
      username: person.username,
      elsewhere: person.signsInAt.join(', '),
      rules: password?.rules,
      invalid: invalidOf(fault?.fault),
      fault: fault && { text: faultText(words, fault) },
    }),
  })
}

const changePassword: Act = async (deps, visit, form) => {
  const { current_password: current = '', new_password: password = '', new_password_repeat: repeat = '' } = form
  const answered = await deps.flows.changePassword(visit.ref, { current, password, repeat })
  if (answered.kind === 'prove-first') return signInFirst(deps, visit, '/account/password', answered)
  if (answered.kind === 'next') return visit.res.redirect(303, `${visit.found.issuer}/account?done=password-changed`)
  if (answered.waitSeconds !== undefined) visit.res.setHeader('Retry-After', String(answered.waitSeconds))
  return passwordPage(deps, visit, answered)
}

/** Mounted at `/d/:tenancy/:domain`. */
export const accountEdge = (deps: AccountDeps): Router => {
  const router = express.Router({ mergeParams: true })
  const body = express.urlencoded({ extended: false, limit: '64kb', parameterLimit: 20 })
  const get = (path: string, show: (visit: Visit) => Promise<void>) => router.get(path, visiting(deps, path, show))
  const post = (path: string, handle: Act) => {
    const handled = visiting(deps, path, async (visit) => handle(deps, visit, postedForm(deps, visit)))
    router.post(path, body, handled)
  }
  const signedOut = within(deps.findDomain, async (req, res, { domain, issuer }) =>
    deps.pages.signedOut(req, res, { domain, partial: [], again: `${issuer}/account` }),
  )

  router.get('/account/signed-out', signedOut)
  get('/account', (visit) =>
    showOverview(deps, visit, { done: queryOf(visit.req).get('done') ?? undefined, refused: undefined }),
  )
  post('/account', act)
  get('/account/passkey', (visit) => passkeyPage(deps, visit))
  post('/account/passkey', addPasskey)
  get('/account/password', (visit) => passwordPage(deps, visit))
  post('/account/password', changePassword)
  get('/account/email', (visit) => emailPage(deps, visit))
  post('/account/email', actOnEmail)
  get('/account/groups', (visit) => groupsPage(deps, visit))
  post('/account/groups', actOnGroups)
  get('/account/groups/remove', (visit) => removePage(deps, visit))
  return router
}
