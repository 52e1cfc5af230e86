// Draws a page: the template, the words, the headers that guard it. Knows no step and no protocol; every value is escaped by the template.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { Eta } from 'eta'
import type { Random } from '../../ports/random.ts'
import { type AssetName, assetUrl } from './assets.ts'
import { accentRule, type Branded } from './branding.ts'
import { contentSecurityPolicy, type LeavesTo } from './csp.ts'
import { type Key, LANGUAGE_COOKIE, type Language, languageNamed, languageOf, queryOf, sayIn } from './language.ts'

type Values = { readonly [name: string]: string | number | undefined }

/** What a template finds as `it`, beside its own data. */
export type Words = {
  readonly language: Language
  readonly say: (key: Key, values?: Values) => string
  /** The same as markup: values in bold and escaped. */
  readonly rich: (key: Key, values: Values) => string
  readonly date: (at: number) => string
  /** The same as markup with instants for values: a script, where there is one, says them in local time. */
  readonly timed: (key: Key, instants: { readonly [name: string]: number }) => string
}

/** What every page has from here: data of these names would never be seen. */
type Own = 'title' | 'domain' | 'accent' | 'nonce' | 'self' | 'address' | 'other' | 'scripts' | 'css' | 'icon'
export type Page = {
  readonly status: number
  readonly view: string
  readonly title: (words: Words) => string
  readonly domain: Branded | undefined
  readonly uiLocales?: readonly string[]
  readonly data?: (words: Words, nonce: string) => object & { readonly [K in Own]?: never }
  readonly scripts?: readonly AssetName[]
  /** True when the page carries a script of its own under the nonce. */
  readonly ownScript?: boolean
  readonly leavesTo?: LeavesTo
  readonly schemes?: readonly string[]
  /** The address may be asked again by GET, so the language switch can be a link to it. Default: a GET. */
  readonly repeatable?: boolean
  /** Further parameters of the query that the page's own address keeps. */
  readonly keep?: readonly string[]
}
export type Render = (req: IncomingMessage, res: ServerResponse, page: Page) => void

type Deps = { readonly random: Pick<Random, 'token'>; readonly secure: boolean }

const eta = new Eta({ views: fileURLToPath(new URL('views', import.meta.url)), cache: true, autoEscape: true })

const escaped = (text: string): string => eta.config.escapeFunction(text)
// Private-use characters stand around a value while it goes through the catalogue; a value cannot bring its own.
const marked = (value: string | number | undefined): string =>
  `\uE000${String(value ?? '').replace(/[\uE000\uE001]/g, '')}\uE001`

const timeTag = (at: number, text: string): string =>
  `<time datetime="${new Date(at).toISOString()}">${escaped(text)}</time>`

export const wordsIn = (language: Language): Words => {
  const say = sayIn(language)
  // The server does not know where the person is: UTC, and it says so.
  const dates = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'long', timeZone: 'UTC' })
  const date = (at: number): string => dates.format(at)
  const withMarks = (key: Key, values: Values): string =>
    escaped(
      say(key, Object.fromEntries(Object.entries(values).map(([name, v]) => [name, name === 'count' ? v : marked(v)]))),
    )
  return {
    language,
    say,
    date,
    rich: (key, values) => withMarks(key, values).replaceAll('\uE000', '<b>').replaceAll('\uE001', '</b>'),
    timed: (key, instants) =>
      withMarks(key, instants).replace(/\uE000(\d+)\uE001/g, (_all, at) => timeTag(Number(at), date(Number(at)))),
  }
}

export const pathOf = (req: IncomingMessage): string => {
  const url = 'originalUrl' in req && typeof req.originalUrl === 'string' ? req.originalUrl : (req.url ?? '/')
  return url.split('?')[0] ?? '/'
}

type Changes = { readonly [name: string]: string | undefined }

/** The page's own address with changes; only what the pages themselves put into a query survives. */
export const addressOf = (req: IncomingMessage, changes: Changes = {}, keep: readonly string[] = []): string => {
  const now = queryOf(req)
  const query = new URLSearchParams()
  for (const name of ['lang', 'with', ...keep]) {
    const value = name in changes ? changes[name] : (now.get(name) ?? undefined)
    if (value !== undefined && /^[\w-]{1,128}$/.test(value)) query.set(name, value)
  }
  return query.size > 0 ? `${pathOf(req)}?${query}` : pathOf(req)
}

const guard = (res: ServerResponse, page: Page, nonce: string): void => {
  const scripts = (page.scripts?.length ?? 0) > 0 || page.ownScript === true
  res.setHeader(
    'Content-Security-Policy',
    contentSecurityPolicy({ nonce, scripts, leavesTo: page.leavesTo ?? 'nowhere', schemes: page.schemes ?? [] }),
  )
  res.setHeader('Cache-Control', 'no-store')
  // same-origin, not no-referrer: with the latter browsers send `Origin: null` with our own forms (Fetch §3.2), and same-origin.ts needs it.
  res.setHeader('Referrer-Policy', 'same-origin')
  res.setHeader('X-Content-Type-Options', 'nosniff')
  res.setHeader('X-Frame-Options', 'DENY')
  res.setHeader('Vary', 'Accept-Language, Cookie')
}

export const renderer = ({ random, secure }: Deps): Render => {
  const rememberLanguage = (req: IncomingMessage, res: ServerResponse): void => {
    const chosen = languageNamed(queryOf(req).get('lang') ?? undefined)
    if (chosen)
      res.appendHeader(
        'Set-Cookie',
        `${LANGUAGE_COOKIE}=${chosen}; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`,
      )
  }
  return (req, res, page) => {
    const words = wordsIn(languageOf(req, page.uiLocales, page.domain?.locale))
    const other: Language = words.language === 'en' ? 'ko' : 'en'
    const nonce = random.token()
    const repeatable = page.repeatable ?? req.method === 'GET'
    const address = (changes: Changes) => addressOf(req, changes, page.keep)
    const html = eta.render(`./${page.view}`, {
      ...words,
      ...page.data?.(words, nonce),
      title: page.title(words),
      domain: page.domain,
      accent: accentRule(page.domain),
      nonce,
      self: address({}),
      address,
      other: { language: other, href: repeatable ? address({ lang: other }) : undefined },
      scripts: (page.scripts ?? []).map(assetUrl),
      css: assetUrl('pages.css'),
      icon: assetUrl('gate.svg'),
    })
    rememberLanguage(req, res)
    guard(res, page, nonce)
    res.statusCode = page.status
    res.setHeader('Content-Type', 'text/html; charset=utf-8')
    res.setHeader('Content-Language', words.language)
    res.end(html)
  }
}
