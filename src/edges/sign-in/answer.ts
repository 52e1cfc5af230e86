// A posted form → one answer. Knows the names of the fields (stable: people's password managers and test browsers depend on them), nothing
// of what the answers mean.
import type { Answer, Step } from '../../flows/sign-in/api.ts'
import { Problem } from '../../problem.ts'

export type Form = { readonly [field: string]: string }

/** A parsed body as a flat form. A repeated field is refused: which of the two counts would be a guess, and guesses are for attackers. */
export const formOf = (body: unknown): Form => {
  if (typeof body !== 'object' || body === null)
    throw new Problem('request-malformed', 'expected a form (`application/x-www-form-urlencoded`)')
  const form: { [field: string]: string } = Object.create(null)
  for (const [name, value] of Object.entries(body)) {
    if (typeof value !== 'string')
      throw new Problem('request-malformed', `the field \`${name.slice(0, 40)}\` came more than once`)
    form[name] = value
  }
  return form
}

/** People copy codes with spaces and dashes in them. */
const digits = (text: string): string => text.replace(/[\s-]/g, '')

/** What a script put into a hidden field; not JSON is nothing, and the flow refuses nothing with the right words. */
export const jsonOf = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

type Read = (form: Form) => Answer
const of = (form: Form, field: string): string => form[field] ?? ''

const answers: { readonly [button: string]: Read } = {
  identify: (f) => ({ kind: 'identify', username: of(f, 'username') }),
  'choose-idp': (f) => ({ kind: 'choose-idp', idp: of(f, 'idp') }),
  password: (f) => ({ kind: 'password', password: of(f, 'password') }),
  totp: (f) => ({
    kind: 'totp',
    code: digits(of(f, 'otp')),
    trustDevice: ['yes', 'on', 'true', '1'].includes(of(f, 'trust_device')),
  }),
  recovery: (f) => ({ kind: 'recovery-code', code: of(f, 'recovery_code').trim() }),
  passkey: (f) => ({ kind: 'passkey', response: jsonOf(of(f, 'webauthn')) }),
  'enrol-totp': (f) => ({ kind: 'enrol-totp', code: digits(of(f, 'otp')) }),
  'enrol-passkey': (f) => ({
    kind: 'enrol-passkey',
    response: jsonOf(of(f, 'webauthn')),
    label: of(f, 'label').trim().slice(0, 60),
  }),
  'keep-codes': () => ({ kind: 'recovery-codes-kept' }),
  'change-password': (f) => ({
    kind: 'change-password',
    current: of(f, 'current_password'),
    password: of(f, 'new_password'),
    repeat: of(f, 'new_password_repeat'),
  }),
  'confirm-account': () => ({ kind: 'confirm-account' }),
  'contact-email': (f) => ({ kind: 'contact-email', email: of(f, 'email') }),
  'contact-code': (f) => ({ kind: 'contact-code', code: of(f, 'otp') }),
  'accept-terms': (f) => ({ kind: 'accept-terms', version: of(f, 'version'), accepted: of(f, 'accepted') === 'yes' }),
  'complete-profile': (f) => ({
    kind: 'complete-profile',
    name: of(f, 'name').normalize('NFC'),
    profile: { country: of(f, 'country'), phone: of(f, 'phone').trim(), timeZone: of(f, 'time_zone') },
  }),
  'start-over': () => ({ kind: 'start-over' }),
}

/** Which button a form without one would have had: a script that calls `form.submit()` sends no button. */
const byStep: { readonly [S in Step['do']]?: (form: Form) => string } = {
  identify: (f) => (f.idp === undefined ? 'identify' : 'choose-idp'),
  password: () => 'password',
  challenge: (f) => (f.recovery_code !== undefined ? 'recovery' : f.webauthn ? 'passkey' : 'totp'),
  enrol: (f) => (f.webauthn ? 'enrol-passkey' : 'enrol-totp'),
  'keep-recovery-codes': () => 'keep-codes',
  'change-password': () => 'change-password',
  'confirm-account': () => 'confirm-account',
  'contact-email': (f) => (f.otp === undefined ? 'contact-email' : 'contact-code'),
  'accept-terms': () => 'accept-terms',
  'complete-profile': () => 'complete-profile',
}

/** @param stepOf asked only when the form names no button */
export const answerOf = async (form: Form, stepOf: () => Promise<Step>): Promise<Answer> => {
  const button = form.do ?? byStep[(await stepOf()).do]?.(form) ?? ''
  const read = Object.hasOwn(answers, button) ? answers[button] : undefined
  if (!read)
    throw new Problem(
      'request-malformed',
      `expected \`do\` to be one of ${Object.keys(answers).join(', ')}; got \`${button.slice(0, 40)}\``,
    )
  return read(form)
}
