// The door of the decision point, the same for evaluations and searches: who may come in, in what form, and how what is refused is told
// (AuthZEN Authorization API 1.0 §10.1). Knows no question.
import type { IncomingMessage } from 'node:http'
import express, { type ErrorRequestHandler, type Request, type RequestHandler } from 'express'
import type { Caller } from '../../flows/access/api.ts'
import type { FindTenancy } from '../../flows/access/find-tenancy.ts'
import { catalogue, Problem } from '../../problem.ts'
import { REQUEST_ID, sentRequestId } from '../source.ts'

/**
 * Who presents the bearer token of this request: undefined when there is none, or none that is valid. Problem('not-permitted') when it is
 * valid and lacks the scope `pdp`.
 */
/** All that is looked at of who comes in. */
export type Knock = Pick<IncomingMessage, 'headers'>
export type AuthenticateCaller = (req: Knock, tenancyName: string) => Promise<Caller | undefined>
export type DoorDeps = { readonly authenticateCaller: AuthenticateCaller; readonly findTenancy: FindTenancy }

export const echo: RequestHandler = (req, res, next) => {
  const id = sentRequestId(req)
  if (id !== undefined) res.setHeader(REQUEST_ID, id)
  res.setHeader('Cache-Control', 'no-store')
  next()
}

/** INVARIANT: a token of another tenancy is refused before anything of this one, the body included, is looked at. */
export const admission =
  ({ authenticateCaller, findTenancy }: DoorDeps) =>
  async (req: Knock, tenancyName: string): Promise<Caller> => {
    const [caller, tenancy] = await Promise.all([authenticateCaller(req, tenancyName), findTenancy(tenancyName)])
    if (!caller)
      throw new Problem('sign-in-required', 'expected `Authorization: Bearer` with an access token of scope `pdp`')
    if (tenancy?.id !== caller.tenancyId) throw new Problem('not-permitted', 'the access token is not of this tenancy')
    return caller
  }

const callers = new WeakMap<Request, Caller>()

export const admit = (deps: DoorDeps): RequestHandler => {
  const admitted = admission(deps)
  return async (req, _res, next) => {
    callers.set(req, await admitted(req, String(req.params.tenancy)))
    next()
  }
}

export const callerOf = (req: Request): Caller => {
  const caller = callers.get(req)
  if (!caller) throw new Problem('sign-in-required')
  return caller
}

export const json: RequestHandler[] = [
  express.json({ limit: '1mb', type: 'application/json' }),
  (req, _res, next) => {
    if (req.body === undefined)
      throw new Problem('request-malformed', 'expected a JSON object with content type `application/json`')
    next()
  },
]

/** RFC 6750 §3: how to do better is said in the header. */
const challenge = (req: Knock, status: number): string | undefined => {
  const base = 'Bearer realm="pdp", scope="pdp"'
  if (status === 403) return `${base}, error="insufficient_scope"`
  if (status !== 401) return undefined
  return req.headers.authorization === undefined ? base : `${base}, error="invalid_token"`
}

export type Refusal = { readonly status: number; readonly challenge: string | undefined; readonly message: string }
/** Undefined: it is no fault of the request. */
export const refusalOf = (req: Knock, error: unknown): Refusal | undefined => {
  const status =
    error instanceof Problem
      ? catalogue[error.slug][0]
      : typeof error === 'object' && error !== null && 'status' in error
        ? Number(error.status)
        : 500
  if (!(status >= 400 && status < 500)) return undefined
  const message = error instanceof Problem ? error.message : status === 413 ? 'the body is too large' : 'malformed JSON'
  return { status, challenge: challenge(req, status), message }
}

/** Errors are a message string (§10.1.3); what is no fault of the request goes on to whoever renders the others. */
export const plainErrors: ErrorRequestHandler = (error: unknown, req, res, next) => {
  const refusal = res.headersSent ? undefined : refusalOf(req, error)
  if (!refusal) return next(error)
  if (refusal.challenge !== undefined) res.setHeader('WWW-Authenticate', refusal.challenge)
  res.status(refusal.status).json(refusal.message)
}

export const onlyPost: RequestHandler = (_req, res) => {
  res.setHeader('Allow', 'POST')
  res.status(405).json('expected POST')
}
