// Every error that reaches the end, dressed for who asked: a page for people, problem+json (RFC 9457) for programs. What is not a Problem is
// a bug: it is logged with its cause and shown as 500 with a reference, never with a stack.
import type { ErrorRequestHandler, Request, Response } from 'express'
import type { Logger } from 'pino'
import { catalogue, Problem, type Slug } from '../problem.ts'
import { foundOn } from './domain-of.ts'
import type { Say } from './sign-in/language.ts'
import type { Pages } from './sign-in/pages.ts'
import { requestIdOf } from './source.ts'

type Deps = { readonly pages: Pick<Pages, 'error'>; readonly log: Pick<Logger, 'error' | 'warn' | 'info'> }

const field = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null && name in error
    ? (error as { [name: string]: unknown })[name]
    : undefined

/** SQLite's result codes (READONLY, IOERR, CORRUPT, FULL, CANTOPEN) and PostgreSQL's classes 08, 53, 57P and 58; a refused connection. */
const isStorageTrouble = (error: unknown): boolean => {
  const code = field(error, 'code')
  const sqlite = field(error, 'errcode')
  if (code === 'ERR_SQLITE_ERROR' && typeof sqlite === 'number') return [8, 10, 11, 13, 14].includes(sqlite & 0xff)
  return typeof code === 'string' && /^(08...|53...|57P..|58...|25006|ECONNREFUSED|ENOSPC|EROFS)$/.test(code)
}

/** What a thrown thing means to whoever asked. Body parsers and the router throw errors with a `status`; everything else is our fault. */
export const problemOf = (error: unknown): Problem => {
  // Which file, host or database is for the log and for the operator's own console, never for whoever asked.
  const ofTheStore = error instanceof Problem ? error.slug === 'storage-unavailable' : isStorageTrouble(error)
  if (error instanceof Problem && !ofTheStore) return error
  if (ofTheStore) return new Problem('storage-unavailable', undefined, { cause: error })
  const status = field(error, 'status')
  if (status === 413) return new Problem('too-large', undefined, { cause: error })
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new Problem('request-malformed', undefined, { cause: error })
  return new Problem('internal', undefined, { cause: error })
}

const forPrograms = (req: Request): boolean =>
  /^\/(t|api|\.well-known)\//.test(req.originalUrl) ||
  (req.accepts(['html', 'json']) === 'json' && req.method !== 'HEAD')

export const problemJson = (problem: Problem, requestId: string) => ({
  type: `urn:gwanmun:problem:${problem.slug}`,
  title: catalogue[problem.slug][1],
  status: catalogue[problem.slug][0],
  ...(problem.detail === undefined ? {} : { detail: problem.detail }),
  ...(problem.reason === undefined ? {} : { reason: problem.reason }),
  ...(problem.fields.length === 0 ? {} : { errors: problem.fields }),
  reference: requestId,
})

const note = ({ log }: Deps, req: Request, problem: Problem): void => {
  const { slug, reason, detail } = problem
  const about = { requestId: requestIdOf(req), method: req.method, slug, reason, detail }
  const cause = problem.cause
  if (slug === 'internal') log.error({ ...about, err: cause ?? problem }, 'unexpected error')
  else if (catalogue[slug][0] >= 500) log.error({ ...about, err: cause }, 'could not')
  else log.info(cause === undefined ? about : { ...about, err: cause }, 'refused')
}

const codeOf = ({ slug, reason }: Problem): string => reason ?? slug
/** Words that fit better than the slug's. */
const wordsFor = ({ slug, reason }: Problem): Slug | string => (reason === 'domain-unknown' ? reason : slug)

/** Where the way on is not the application's: whoever just finished in another tab is signed in already. */
const overWith: ReadonlySet<Slug> = new Set(['journey-unknown', 'journey-expired', 'sign-in-required'])

/** For an edge whose protocol has errors of its own: from here on, whatever goes wrong with this request is written by `write`. */
export const speak = (res: Response, write: (problem: Problem) => void): void => {
  res.locals.writeProblem = write
}
const ownSpeech = (res: Response): ((problem: Problem) => void) | undefined =>
  (res.locals as { writeProblem?: (problem: Problem) => void }).writeProblem

const sendJson = (req: Request, res: Response, problem: Problem): void => {
  res.status(catalogue[problem.slug][0]).setHeader('Cache-Control', 'no-store')
  res.type('application/problem+json').send(JSON.stringify(problemJson(problem, requestIdOf(req))))
}
/** For addresses that only programs ask: no page, whatever they accept. */
export const speakJson = (req: Request, res: Response): void => speak(res, (problem) => sendJson(req, res, problem))

export const problemRenderer = (deps: Deps): ErrorRequestHandler => {
  const render = (req: Request, res: Response, problem: Problem): void => {
    const [status] = catalogue[problem.slug]
    const write = ownSpeech(res)
    if (write) {
      write(problem)
      return
    }
    if (forPrograms(req)) {
      sendJson(req, res, problem)
      return
    }
    const found = foundOn(res)
    deps.pages.error(req, res, {
      status,
      code: codeOf(problem),
      slug: wordsFor(problem),
      detail: problem.detail,
      domain: found?.domain,
      ...(found && overWith.has(problem.slug)
        ? { go: { href: `${found.issuer}/account`, text: (say: Say) => say('account-link') } }
        : {}),
    })
  }
  return (error, req, res, _next) => {
    const problem = problemOf(error)
    note(deps, req, problem)
    if (res.headersSent)
      res.destroy() // half an answer must not look like a whole one
    else render(req, res, problem)
  }
}
