// Which language a page speaks, and what it says in it. i18next fills in values and plurals; escaping is the templates' business alone.

import type { IncomingMessage } from 'node:http'
import { createInstance } from 'i18next'
import { cookieOf } from '../cookies.ts'
import { en, type StemOf } from './catalogue/en.ts'
import { enAccess } from './catalogue/en-access.ts'
import { enAccount } from './catalogue/en-account.ts'
import { enConnection } from './catalogue/en-connection.ts'
import { enDevice } from './catalogue/en-device.ts'
import { enErrors } from './catalogue/en-errors.ts'
import { enOnboarding } from './catalogue/en-onboarding.ts'
import { enSelf } from './catalogue/en-self.ts'
import { ko } from './catalogue/ko.ts'
import { koAccess } from './catalogue/ko-access.ts'
import { koAccount } from './catalogue/ko-account.ts'
import { koConnection } from './catalogue/ko-connection.ts'
import { koDevice } from './catalogue/ko-device.ts'
import { koErrors } from './catalogue/ko-errors.ts'
import { koOnboarding } from './catalogue/ko-onboarding.ts'
import { koSelf } from './catalogue/ko-self.ts'

export type Language = 'en' | 'ko'
export type Key = StemOf<
  | keyof typeof en
  | keyof typeof enErrors
  | keyof typeof enAccount
  | keyof typeof enAccess
  | keyof typeof enConnection
  | keyof typeof enDevice
  | keyof typeof enOnboarding
  | keyof typeof enSelf
>
type Values = { readonly [name: string]: string | number | undefined }
export type Say = (key: Key, values?: Values) => string

export const LANGUAGE_COOKIE = 'gwanmun_lang'

const catalogue = createInstance()
await catalogue.init({
  resources: {
    en: {
      translation: Object.assign({}, en, enErrors, enAccount, enAccess, enConnection, enDevice, enOnboarding, enSelf),
    },
    ko: {
      translation: Object.assign({}, ko, koErrors, koAccount, koAccess, koConnection, koDevice, koOnboarding, koSelf),
    },
  },
  lng: 'en',
  fallbackLng: false,
  keySeparator: false,
  nsSeparator: false,
  // The templates escape every value they print; doing it here too would show people `&amp;`.
  interpolation: { escapeValue: false, skipOnVariables: true },
  returnEmptyString: false,
})

export const sayIn = (language: Language): Say => {
  const t = catalogue.getFixedT(language)
  return (key, values = {}) => t(key, { ...values })
}

/** True where both catalogues have words for a key that was put together at run time, such as `refuse.<code>.title`. */
export const isKey = (key: string): key is Key => catalogue.exists(key, { lng: 'en' })

/** `ko-KR` → `ko`; a language that is not spoken here is undefined. */
export const languageNamed = (tag: string | undefined): Language | undefined => {
  const primary = tag?.trim().toLowerCase().split(/[-_]/)[0]
  return primary === 'ko' || primary === 'en' ? primary : undefined
}

/** RFC 9110 §12.5.4, highest weight first; q=0 means never. */
const accepted = (header: string | undefined): readonly string[] =>
  (header ?? '')
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';')
      const q = parameters.map((p) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(p)?.[1]).find((v) => v !== undefined)
      return { tag: tag.trim(), q: q === undefined ? 1 : Number(q) }
    })
    .filter(({ q }) => q > 0)
    .sort((a, b) => b.q - a.q)
    .map(({ tag }) => tag)

export const queryOf = (req: Pick<IncomingMessage, 'url'>): URLSearchParams => {
  const url = 'originalUrl' in req && typeof req.originalUrl === 'string' ? req.originalUrl : (req.url ?? '/')
  const at = url.indexOf('?')
  return new URLSearchParams(at < 0 ? '' : url.slice(at + 1))
}

/**
 * The switch on the page (it stays in the address), then what the application asked for, then the last switch, then the browser, then the
 * domain.
 */
export const languageOf = (
  req: Pick<IncomingMessage, 'url' | 'headers'>,
  uiLocales: readonly string[] = [],
  domainLocale: string | undefined = undefined,
): Language => {
  const wishes = [
    queryOf(req).get('lang') ?? undefined,
    ...uiLocales,
    cookieOf(req, LANGUAGE_COOKIE),
    ...accepted(req.headers['accept-language']),
    domainLocale,
  ]
  return wishes.map(languageNamed).find((l) => l !== undefined) ?? 'en'
}
