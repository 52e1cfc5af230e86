// The view of a journey's step → the page that asks for it. Decides nothing about the sign-in: which template, which words, which field is
// wrong.
import type { AnswerFault, View } from '../../flows/sign-in/api.ts'
import type { Branded } from './branding.ts'
import type { Key } from './language.ts'
import { onboardingPage } from './onboarding-page.ts'
import { webAddress } from './pages.ts'
import type { Page, Words } from './render.ts'

export type Fault = {
  readonly fault: AnswerFault
  readonly waitSeconds?: number
  /** The button that was pressed, so that the same part of the page is shown again. */
  readonly button: string
}
export type Shown = {
  readonly domain: Branded
  readonly view: View
  readonly with: string | undefined // the way the person chose on the page
  readonly fault: Fault | undefined
  readonly values: { readonly [field: string]: string } // what was typed, secrets left out
  readonly reference: string
  readonly unreachable?: { readonly code: string; readonly detail: string | undefined }
}

export type Drawn = Pick<Page, 'view' | 'title'> & {
  readonly data: (words: Words) => object
  readonly scripts?: Page['scripts']
}
type Step<D extends View['step']['do']> = Extract<View['step'], { do: D }>

const fieldOf: { readonly [F in AnswerFault]?: readonly string[] } = {
  'wrong-credentials': ['password'],
  'wrong-code': ['otp', 'recovery_code'],
  'code-used': ['otp', 'recovery_code'],
  'code-malformed': ['otp', 'recovery_code'],
  'password-mismatch': ['new_password_repeat'],
  'password-too-short': ['new_password'],
  'password-too-common': ['new_password'],
  'password-contains-name': ['new_password'],
  'password-needs-classes': ['new_password'],
  'password-reused': ['new_password'],
  'password-too-young': ['new_password'],
  'current-password-wrong': ['current_password'],
  'email-malformed': ['email'],
  'code-expired': ['otp'],
  'terms-not-accepted': ['accepted'],
  'name-malformed': ['name'],
  'country-unknown': ['country'],
  'phone-malformed': ['phone'],
  'time-zone-unknown': ['time_zone'],
  missing: ['username', 'password', 'otp', 'recovery_code', 'current_password'],
}

/** Attributes that tie a field to what is wrong with it and to its hint (WCAG 2.2 §3.3.1). */
export const invalidOf =
  (fault: AnswerFault | undefined) =>
  (field: string, hintId?: string): string => {
    const wrong = fault !== undefined && (fieldOf[fault]?.includes(field) ?? false)
    const described = [...(wrong ? ['error'] : []), ...(hintId === undefined ? [] : [hintId])]
    return `${wrong ? ' aria-invalid="true"' : ''}${described.length > 0 ? ` aria-describedby="${described.join(' ')}"` : ''}`
  }

/** By the button of its form: a clock that is wrong spoils codes of an app only. */
const wrongCodes: { readonly [button: string]: Key } = {
  recovery: 'fault.wrong-code-recovery',
  'contact-code': 'fault.wrong-code-mailed',
}
export const faultText = (
  { say }: Words,
  { fault, waitSeconds, button = '' }: Pick<Fault, 'fault' | 'waitSeconds'> & { readonly button?: string },
): string => {
  const own = fault === 'wrong-code' && Object.hasOwn(wrongCodes, button) ? wrongCodes[button] : undefined
  return own ? say(own) : say(`fault.${fault}`, { count: waitSeconds ?? 1 })
}

const expiryText = ({ say }: Words, days: number | undefined): string | undefined =>
  days === undefined ? undefined : days === 0 ? say('expires-today') : say('expires-soon', { count: days })

/** Who asked for this step, in words; group and application in bold. */
const becauseText = ({ rich }: Words, view: View, level: number): string => {
  const strength = level >= 3 ? '3' : '2'
  const because = view.because
  if (!because) return rich(`because.request.${strength}`, {})
  const { rule, group } = because
  const app = because.app === undefined ? undefined : (view.app?.displayName ?? because.app)
  if (group !== undefined && app !== undefined) return rich(`because.both.${strength}`, { group, app })
  if (group !== undefined) return rich(`because.group.${strength}`, { group })
  return app === undefined ? rich(`because.rule.${strength}`, { rule }) : rich(`because.app.${strength}`, { app })
}

const groupsOfFour = (secret: string): readonly string[] => secret.match(/.{1,4}/g) ?? []

const identify = ({ view, domain }: Shown, key: Key, template: string): Drawn => ({
  view: template,
  title: ({ say }) => say(key),
  scripts: ['forms.js', ...(view.passkey ? (['passkey.js'] as const) : [])],
  data: ({ say }) => ({
    idps: view.idps,
    narrowed: view.narrowed,
    localSignIn: view.localSignIn,
    forgot: domain.passwordReset !== false,
    registers: view.localSignIn && domain.selfRegistration !== undefined,
    passkeyForm: view.passkey && {
      mode: 'get',
      options: JSON.stringify(view.passkey.options),
      autofill: template === 'identify',
      answer: 'passkey',
      text: say('identify.passkey'),
      second: true,
    },
  }),
})

const ways = { totp: 'totp', passkey: 'passkey', 'recovery-code': 'recovery' } as const
type Way = (typeof ways)[keyof typeof ways]
const wayOfButton: { readonly [button: string]: Way } = {
  totp: 'totp',
  passkey: 'passkey',
  recovery: 'recovery',
  'enrol-totp': 'totp',
  'enrol-passkey': 'passkey',
}

const offeredWays = (offer: Step<'challenge'>['offer']): readonly Way[] =>
  offer.flatMap((kind) => (kind === 'password' ? [] : [ways[kind]]))

const chosenWay = (shown: Shown, offered: readonly Way[]): Way | undefined => {
  const wished =
    shown.fault && Object.hasOwn(wayOfButton, shown.fault.button) ? wayOfButton[shown.fault.button] : shown.with
  return offered.find((way) => way === wished)
}

const challenge = (shown: Shown, step: Step<'challenge'>): Drawn => {
  const offered = offeredWays(step.offer)
  const way = chosenWay(shown, offered) ?? offered[0]
  const { view } = shown
  return {
    view: 'challenge',
    title: ({ say }) => say('challenge.title'),
    scripts: ['forms.js', ...(way === 'passkey' ? (['passkey.js'] as const) : [])],
    data: (words) => ({
      way,
      ways: offered.filter((w) => w !== way),
      because: becauseText(words, view, step.level),
      trustDays: step.trustDays,
      passkeyForm: {
        mode: 'get',
        options: JSON.stringify(view.passkey?.options ?? {}),
        answer: 'passkey',
        text: words.say('passkey.use'),
        autofocus: true,
      },
    }),
  }
}

const enrol = (shown: Shown, step: Step<'enrol'>): Drawn => {
  const { view } = shown
  const offered = offeredWays(step.offer)
  const way = chosenWay(shown, offered) ?? offered[0]
  return {
    view: 'enrol',
    title: ({ say }) => say('enrol.title'),
    scripts: ['forms.js', ...(way === 'passkey' ? (['passkey.js'] as const) : [])],
    data: (words) => ({
      way,
      ways: offered,
      because: becauseText(words, view, step.level),
      totp: view.totp && { ...view.totp, groups: groupsOfFour(view.totp.secret) },
      passkeyForm: {
        mode: 'create',
        options: JSON.stringify(view.passkey?.options ?? {}),
        answer: 'enrol-passkey',
        text: words.say('enrol.passkey.submit'),
        label: true,
      },
    }),
  }
}

const keepCodes = ({ view, domain }: Shown): Drawn => ({
  view: 'recovery-codes',
  title: ({ say }) => say('codes.title'),
  scripts: ['forms.js'],
  data: ({ say }) => {
    const codes = view.recoveryCodes ?? []
    const about = say('codes.file', { username: view.username ?? '', domain: domain.displayName })
    return {
      codes,
      download: `data:text/plain;charset=utf-8,${encodeURIComponent(`${about}\r\n\r\n${codes.join('\r\n')}\r\n`)}`,
    }
  },
})

const changePassword = ({ view }: Shown, step: Step<'change-password'>): Drawn => ({
  view: 'change-password',
  title: ({ say }) => say('change.title'),
  scripts: ['forms.js'],
  data: () => ({ why: step.why, rules: view.passwordRules ?? { minLength: 8, requireClasses: 0, history: 1 } }),
})

const refuse = ({ view }: Shown, step: Step<'refuse'>): Drawn => ({
  view: 'refuse',
  title: ({ say }) => say(`refuse.${step.why}.title`),
  data: () => ({
    code: step.why,
    home: webAddress(view.app?.homeUrl),
    rule: view.because?.rule,
    group: view.because?.group,
  }),
})

const upstream = ({ view, unreachable }: Shown): Drawn => ({
  view: 'upstream',
  title: ({ say }) => say('upstream.title', { idp: view.upstream?.displayName ?? '' }),
  data: () => ({ idp: view.upstream?.displayName ?? '', unreachable }),
})

const drawnOf = (shown: Shown): Drawn => {
  const { step } = shown.view
  switch (step.do) {
    case 'identify':
      return identify(shown, 'identify.title', 'identify')
    case 'password':
      return identify(shown, 'password.title', 'password')
    case 'upstream':
      return upstream(shown)
    case 'challenge':
      return challenge(shown, step)
    case 'enrol':
      return enrol(shown, step)
    case 'keep-recovery-codes':
      return keepCodes(shown)
    case 'change-password':
      return changePassword(shown, step)
    case 'confirm-account':
    case 'contact-email':
    case 'accept-terms':
    case 'complete-profile':
      return onboardingPage(shown, step.do)
    case 'refuse':
      return refuse(shown, step)
    case 'done':
      throw new Error('`done` is no page: the journey is finished instead')
  }
}

const statusOf = ({ fault, unreachable, view }: Shown): number => {
  if (unreachable) return 502
  if (fault) return fault.fault === 'throttled' ? 429 : 400
  return view.step.do === 'refuse' ? 403 : 200
}

export const stepPage = (shown: Shown): Page => {
  const drawn = drawnOf(shown)
  const { view, domain, fault } = shown
  return {
    status: statusOf(shown),
    view: drawn.view,
    title: drawn.title,
    domain,
    uiLocales: view.uiLocales,
    scripts: drawn.scripts ?? [],
    leavesTo: 'anywhere',
    schemes: view.app?.returnSchemes ?? [],
    repeatable: true, // a journey's page may always be asked for again
    data: (words) => ({
      hop: view.hop,
      app: view.app,
      username: view.username,
      displayName: view.displayName,
      values: shown.values,
      invalid: invalidOf(fault?.fault),
      fault: fault && { code: fault.fault, text: faultText(words, fault) },
      expires: expiryText(words, view.passwordExpiresInDays),
      reference: shown.reference,
      ...drawn.data(words),
    }),
  }
}
