// Which language a page speaks, and that both catalogues say everything.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { en } from '../../../src/edges/sign-in/catalogue/en.ts'
import { enAccount } from '../../../src/edges/sign-in/catalogue/en-account.ts'
import { enErrors } from '../../../src/edges/sign-in/catalogue/en-errors.ts'
import { ko } from '../../../src/edges/sign-in/catalogue/ko.ts'
import { koAccount } from '../../../src/edges/sign-in/catalogue/ko-account.ts'
import { koErrors } from '../../../src/edges/sign-in/catalogue/ko-errors.ts'
import { isKey, languageOf, sayIn } from '../../../src/edges/sign-in/language.ts'
import { wordsIn } from '../../../src/edges/sign-in/render.ts'
import { catalogue as problems } from '../../../src/problem.ts'

const english: { readonly [key: string]: string } = { ...en, ...enErrors, ...enAccount }
const korean: { readonly [key: string]: string } = { ...ko, ...koErrors, ...koAccount }
const placeholders = (text: string) => (text.match(/\{\{\w+\}\}/g) ?? []).sort()

describe('I1 the language of a page', () => {
  test.for([
    // url, ui_locales, cookie, Accept-Language, domain → language
    ['/x?lang=ko', ['en'], 'en', 'en', 'en', 'ko'],
    ['/x', ['ko-KR'], 'en', 'en', 'en', 'ko'],
    ['/x', ['fr', 'ko'], undefined, 'en', 'en', 'ko'],
    ['/x', ['fr'], 'ko', 'en', 'en', 'ko'],
    ['/x', [], undefined, 'ko-KR,ko;q=0.9,en;q=0.8', 'en', 'ko'],
    ['/x', [], undefined, 'fr, en;q=0.3, ko;q=0.7', 'en', 'ko'],
    ['/x', [], undefined, 'ko;q=0, fr', 'en', 'en'],
    ['/x', [], undefined, 'fr', 'ko', 'ko'],
    ['/x', [], undefined, undefined, undefined, 'en'],
    ['/x?lang=klingon', [], undefined, undefined, 'ko', 'ko'],
  ] as const)(
    '%s ui_locales %s cookie %s accepts %s domain %s → %s',
    ([url, uiLocales, cookie, accepts, domain, language]) => {
      const headers = {
        ...(cookie ? { cookie: `gwanmun_lang=${cookie}` } : {}),
        ...(accepts ? { 'accept-language': accepts } : {}),
      }
      expect(languageOf({ url, headers }, uiLocales, domain)).toBe(language)
    },
  )
})

describe('I1 both catalogues', () => {
  test.for(Object.keys(korean))('%s has the same values in both', (key) => {
    expect(placeholders(korean[key] ?? '')).toEqual(placeholders(english[key] ?? ''))
    expect(korean[key]).not.toBe('')
  })
  test('Korean is Korean', () => {
    const foreign = Object.entries(korean).filter(
      ([key, text]) =>
        !/[가-힣]/.test(text.replace('관문 Gwanmun', '')) && !['product', 'other-language'].includes(key),
    )
    expect(foreign).toEqual([])
  })
  test('every problem has its words', () => {
    for (const slug of Object.keys(problems))
      expect(isKey(`error.${slug}.title`) && isKey(`error.${slug}.what`), slug).toBe(true)
  })
  test('every key that a template names exists', () => {
    const views = new URL('../../../src/edges/sign-in/views/', import.meta.url)
    for (const file of readdirSync(views))
      for (const [, key = ''] of readFileSync(new URL(file, views), 'utf8').matchAll(
        /it\.(?:say|rich|timed)\('([^']+)'/g,
      ))
        expect(isKey(key) || `${key}_other` in english, `${file}: ${key}`).toBe(true)
  })
})

describe('values are values', () => {
  test('neither another value nor another key hides in a name', () => {
    expect(sayIn('en')('to-continue', { app: '$t(product) {{app}}' })).toBe('to continue to $t(product) {{app}}')
  })
  test('a name is bold and escaped, and cannot bring its own marks', () => {
    expect(wordsIn('en').rich('to-continue', { app: '<i>\uE001&' })).toBe('to continue to <b>&lt;i&gt;&amp;</b>')
  })
  test('plurals', () => {
    expect(sayIn('en')('fault.throttled', { count: 1 })).toContain('1 second ')
    expect(sayIn('en')('fault.throttled', { count: 2 })).toContain('2 seconds ')
    expect(sayIn('ko')('fault.throttled', { count: 1 })).toContain('1초')
  })
})
