// AuthZEN Authorization API 1.0: access evaluation (§6) and evaluations (§7) of one tenancy, mounted at `/t/:tenancy`. Wire form in, wire
// form out; no rule lives here. "No" is an answer and has status 200; 4xx are for requests that are none (§10.1.3).
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express'
import type { Authorize, Caller, Question } from '../../flows/access/api.ts'
import type { FindTenancy } from '../../flows/access/find-tenancy.ts'
import { catalogue, Problem } from '../../problem.ts'
import { REQUEST_ID } from '../source.ts'
import { batch, itemOf, malformedReply, question, type Reply, read, replyOf, type Semantic } from './wire-form.ts'

/**
 * Who presents the bearer token of this request: undefined when there is none, or none that is valid. Problem('not-permitted') when it is
 * valid and lacks the scope `pdp`.
 */
export type AuthenticateCaller = (req: Request) => Promise<Caller | undefined>
type Deps = {
  readonly authorize: Authorize
  readonly authenticateCaller: AuthenticateCaller
  readonly findTenancy: FindTenancy
}

/** What the caller sent, as it came: the header itself may have been replaced by an id of ours on the way here. */
const sentRequestId = ({ rawHeaders }: Request): string | undefined => {
  const at = rawHeaders.findIndex((name, n) => n % 2 === 0 && name.toLowerCase() === REQUEST_ID)
  const value = at < 0 ? undefined : rawHeaders[at + 1]
  return value !== undefined && /^[\x21-\x7e]{1,200}$/.test(value) ? value : undefined
}

const echo: RequestHandler = (req, res, next) => {
  const id = sentRequestId(req)
  if (id !== undefined) res.setHeader(REQUEST_ID, id)
  res.setHeader('Cache-Control', 'no-store')
  next()
}

/** RFC 6750 §3: how to do better is said in the header. */
const challenge = (res: Response, error: 'invalid_token' | 'insufficient_scope' | undefined): void => {
  res.setHeader('WWW-Authenticate', `Bearer realm="pdp", scope="pdp"${error === undefined ? '' : `, error="${error}"`}`)
}

const callers = new WeakMap<Request, Caller>()

/** INVARIANT: a token of another tenancy is refused before anything of this one, the body included, is looked at. */
const admit =
  ({ authenticateCaller, findTenancy }: Deps): RequestHandler =>
  async (req, res, next) => {
    const caller = await authenticateCaller(req)
    if (!caller) {
      challenge(res, req.headers.authorization === undefined ? undefined : 'invalid_token')
      throw new Problem('sign-in-required', 'expected `Authorization: Bearer` with an access token of scope `pdp`')
    }
    const tenancy = await findTenancy(String(req.params.tenancy))
    if (tenancy?.id !== caller.tenancyId) throw new Problem('not-permitted', 'the access token is not of this tenancy')
    callers.set(req, caller)
    next()
  }

const callerOf = (req: Request): Caller => {
  const caller = callers.get(req)
  if (!caller) throw new Problem('sign-in-required')
  return caller
}

const json: RequestHandler[] = [
  express.json({ limit: '1mb', type: 'application/json' }),
  (req, _res, next) => {
    if (req.body === undefined)
      throw new Problem('request-malformed', 'expected a JSON object with content type `application/json`')
    next()
  },
]

const stops: { readonly [S in Semantic]: (decision: boolean) => boolean } = {
  execute_all: () => false,
  deny_on_first_deny: (decision) => !decision,
  permit_on_first_permit: (decision) => decision,
}

const inTurn = async (
  count: number,
  one: (n: number) => Promise<Reply>,
  stop: (decision: boolean) => boolean,
): Promise<readonly Reply[]> => {
  const replies: Reply[] = []
  for (let n = 0; n < count; n++) {
    const reply = await one(n)
    replies.push(reply)
    if (stop(reply.decision)) break
  }
  return replies
}

const evaluations = async (decide: (asked: Question) => Promise<Reply>, body: unknown): Promise<object> => {
  const all = read(batch, body)
  const items = all.evaluations ?? []
  if (items.length === 0) return decide(read(question, body)) // §7.1: then it is a single evaluation
  const one = async (n: number): Promise<Reply> => {
    const item = itemOf(all, items[n] ?? {})
    return 'malformed' in item ? malformedReply(item.malformed) : decide(item)
  }
  const semantic = all.options?.evaluations_semantic ?? 'execute_all'
  return {
    evaluations:
      semantic === 'execute_all'
        ? await Promise.all(items.map((_, n) => one(n)))
        : await inTurn(items.length, one, stops[semantic]),
  }
}

/** Errors are a message string (§10.1.3); what is no fault of the request goes on to whoever renders the others. */
const plainErrors: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  const status =
    error instanceof Problem
      ? catalogue[error.slug][0]
      : typeof error === 'object' && error !== null && 'status' in error
        ? Number(error.status)
        : 500
  if (res.headersSent || !(status >= 400 && status < 500)) return next(error)
  if (status === 403) challenge(res, 'insufficient_scope')
  const message = error instanceof Problem ? error.message : status === 413 ? 'the body is too large' : 'malformed JSON'
  res.status(status).json(message)
}

const onlyPost: RequestHandler = (_req, res) => {
  res.setHeader('Allow', 'POST')
  res.status(405).json('expected POST')
}

export const authzen = (deps: Deps): Router => {
  const router = Router({ mergeParams: true })
  const deciding =
    (req: Request) =>
    async (asked: Question): Promise<Reply> =>
      replyOf(await deps.authorize(callerOf(req), asked), asked)
  const steps = [admit(deps), ...json]
  router.use('/access/v1', echo)
  router
    .route('/access/v1/evaluation')
    .post(...steps, async (req, res) => {
      res.json(await deciding(req)(read(question, req.body)))
    })
    .all(onlyPost)
  router
    .route('/access/v1/evaluations')
    .post(...steps, async (req, res) => {
      res.json(await evaluations(deciding(req), req.body))
    })
    .all(onlyPost)
  router.use('/access/v1', plainErrors)
  return router
}
