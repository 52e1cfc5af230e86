// The pages that every edge may need: an error, the questions around a sign-out, a form that posts itself. Structurally what
// edges/oidc/pages.ts and edges/saml/pages.ts ask for.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Branded } from './branding.ts'
import { type DevicePages, devicePagesBy } from './device-pages.ts'
import { isKey, type Key, type Say } from './language.ts'
import { type Page, type Render, type Words, wordsIn } from './render.ts'

type Home = { readonly name: string; readonly url: string }
type Req = IncomingMessage
type Res = ServerResponse

export type ErrorPage = {
  readonly status: number
  /** Stable and shown: a slug of problem.ts, a SAML refusal, an OAuth error code. */
  readonly code: string
  readonly detail: string | undefined
  /** Which words to use where the code alone has none. */
  readonly slug?: string
  readonly domain?: Branded | undefined
  readonly home?: Home | undefined
  /** Where to go instead, when it is not an application. */
  readonly go?: { readonly href: string; readonly text: (say: Say) => string }
}

export type Pages = DevicePages & {
  error(req: Req, res: Res, page: ErrorPage): void
  confirmSignOut(
    req: Req,
    res: Res,
    page: {
      readonly action: string
      readonly fields: { readonly [name: string]: string }
      readonly domain: Branded
      readonly app: { readonly displayName: string } | undefined
      readonly home: Home | undefined
    },
  ): void
  signedOut(
    req: Req,
    res: Res,
    page: {
      readonly domain: Branded
      readonly home?: Home | undefined
      readonly partial: readonly string[]
      readonly again?: string | undefined
    },
  ): void
  autoPost(
    req: Req,
    res: Res,
    page: {
      readonly action: string
      readonly fields: { readonly [name: string]: string }
      readonly domain: Branded
      readonly app?: { readonly displayName: string } | undefined
    },
  ): void
}

/** `javascript:` and friends never become a link, whoever wrote them into a registration. */
export const webAddress = (url: string | undefined): string | undefined => {
  const parsed = url === undefined ? null : URL.parse(url)
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed.href : undefined
}

/** Codes that are another name for words we have. */
const wordsOf = (page: ErrorPage): string => {
  const { code, slug, status } = page
  if (isKey(`error.${code}.title`)) return code
  if (code === 'sign-in-over') return 'journey-unknown'
  if (code === 'server_error') return 'internal'
  if (code === 'invalid_client') return 'app-unknown'
  if (/^(invalid|unauthorized|unsupported)_/.test(code)) return 'saml-request-refused'
  if (slug !== undefined && isKey(`error.${slug}.title`)) return slug
  return status >= 500 ? 'internal' : 'other'
}

/** What a person can act on, by the reason codes of the verifiers and of the flow that makes accounts. */
const hints: { readonly [reason: string]: Key } = {
  expired: 'hint.time',
  'not-yet-valid': 'hint.time',
  'authentication-too-old': 'hint.time',
  replayed: 'hint.replayed',
  unsolicited: 'hint.state',
  'in-response-to-mismatch': 'hint.state',
  'state-mismatch': 'hint.state',
  'nonce-mismatch': 'hint.state',
  'status-not-success': 'hint.cancelled',
  'upstream-access-denied': 'hint.cancelled',
  'upstream-login-required': 'hint.cancelled',
  'upstream-interaction-required': 'hint.cancelled',
  'upstream-consent-required': 'hint.cancelled',
  'person-unknown': 'hint.account',
  'account-exists': 'hint.account',
  'attribute-missing': 'hint.account',
}

const whatOf = (page: ErrorPage, { say }: Pick<Words, 'say'>) => {
  const words = wordsOf(page)
  // Only about what a provider answered: `expired` of something else has words of its own.
  const hint = words === 'upstream-refused' && Object.hasOwn(hints, page.code) ? hints[page.code] : undefined
  return { title: say(`error.${words}.title` as Key), text: say(`error.${words}.what` as Key), hint: hint && say(hint) }
}

const referenceOf = (res: Res): string | undefined => {
  const id = res.getHeader('x-request-id')
  return typeof id === 'string' ? id : undefined
}

/**
 * The switch of the language is a link only where asking again does no harm: an answer of a provider or of an application in the query is
 * used up by the first look.
 */
const mayAskAgain = (req: Req): boolean => {
  const url = 'originalUrl' in req && typeof req.originalUrl === 'string' ? req.originalUrl : (req.url ?? '')
  const query = new URLSearchParams(url.split('?')[1] ?? '')
  return req.method === 'GET' && [...query.keys()].every((name) => name === 'lang' || name === 'with')
}

const errorPage = (req: Req, res: Res, page: ErrorPage): Page => ({
  status: page.status,
  view: 'error',
  title: (words) => whatOf(page, words).title,
  domain: page.domain,
  repeatable: mayAskAgain(req),
  data: (words) => {
    const home = webAddress(page.home?.url)
    const go = page.go && { href: page.go.href, text: page.go.text(words.say) }
    const back =
      home === undefined ? undefined : { href: home, text: words.say('back-to', { app: page.home?.name ?? '' }) }
    return {
      what: whatOf(page, words),
      otherWhat: whatOf(page, wordsIn(words.language === 'en' ? 'ko' : 'en')),
      code: page.code,
      detail: page.detail,
      go: back ?? go,
      reference: referenceOf(res),
    }
  },
})

export const pagesBy = (render: Render): Pages => ({
  ...devicePagesBy(render),
  error: (req, res, page) => render(req, res, errorPage(req, res, page)),
  confirmSignOut: (req, res, { action, fields, domain, app, home }) =>
    render(req, res, {
      status: 200,
      view: 'confirm-sign-out',
      title: ({ say }) => say('sign-out.title'),
      domain,
      repeatable: mayAskAgain(req),
      leavesTo: 'anywhere', // the application's post_logout_redirect_uri
      data: () => ({
        action,
        fields: Object.entries(fields),
        app: app?.displayName,
        home: home && { ...home, url: webAddress(home.url) ?? '/' },
      }),
    }),
  signedOut: (req, res, { domain, home, partial, again }) =>
    render(req, res, {
      status: 200,
      view: 'signed-out',
      title: ({ say }) => say('signed-out.title'),
      domain,
      repeatable: mayAskAgain(req),
      data: ({ say }) => {
        const url = webAddress(home?.url)
        return { partial, again, home: url && { url, text: say('back-to', { app: home?.name ?? '' }) } }
      },
    }),
  autoPost: (req, res, { action, fields, domain, app }) =>
    render(req, res, {
      status: 200,
      view: 'auto-post',
      title: ({ say }) => say('auto-post.title'),
      domain,
      repeatable: false,
      ownScript: true,
      leavesTo: 'anywhere', // the service provider redirects on after its ACS
      data: () => ({ action, fields: Object.entries(fields), app: app?.displayName }),
    }),
})
