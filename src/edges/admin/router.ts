// Mounts the table of routes: authenticates, reads the parts of the request into their shapes, calls the route, and dresses what it says.
// INVARIANT: who asks is settled before anything of the request is looked at.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import express, { type Request, type RequestHandler, type Response, Router } from 'express'
import { Problem } from '../../problem.ts'
import { REQUEST_ID, sentRequestId } from '../source.ts'
import type { Admit } from './caller.ts'
import { parsed } from './read-request.ts'
import type { Call, Edge, Handle, Reply, Route } from './route.ts'

export const API = '/api/v1'
const BASE = '/tenancies/:tenancy'
const MOST_BODY = '1mb'

const first: RequestHandler = (req, res, next) => {
  const id = sentRequestId(req)
  if (id !== undefined) res.setHeader(REQUEST_ID, id)
  res.setHeader('Cache-Control', 'no-store')
  next()
}

/** RFC 6750 §3. */
const challenge = (res: Response, error: 'invalid_token' | 'insufficient_scope' | undefined): void => {
  res.setHeader(
    'WWW-Authenticate',
    `Bearer realm="admin", scope="admin"${error === undefined ? '' : `, error="${error}"`}`,
  )
}

type Admitted = NonNullable<Awaited<ReturnType<Admit>>>
const admittedBy = new WeakMap<Request, Admitted>()

const admitting =
  (admit: Admit): RequestHandler =>
  async (req, res, next) => {
    try {
      const admitted = await admit(req)
      if (!admitted) {
        challenge(res, req.headers.authorization === undefined ? undefined : 'invalid_token')
        throw new Problem(
          'sign-in-required',
          'expected `Authorization: Bearer` with an API key (`gwm_…`) or an access token of `gwanmun-cli`, with the scope `admin`',
        )
      }
      admittedBy.set(req, admitted)
      next()
    } catch (thrown) {
      if (thrown instanceof Problem && thrown.reason === 'scope') challenge(res, 'insufficient_scope')
      throw thrown
    }
  }

const json = express.json({ limit: MOST_BODY, type: ['application/json', 'application/merge-patch+json'] })
const onlyJson: RequestHandler = (req, _res, next) => {
  if (req.body !== undefined) return next()
  const type = req.headers['content-type']
  if (type !== undefined && !/^application\/(?:merge-patch\+)?json\b/i.test(type))
    throw new Problem('media-type-unsupported', `expected \`application/json\`, got \`${type.slice(0, 100)}\``)
  throw new Problem('request-malformed', 'expected a JSON document as body, with the content type `application/json`')
}
/** One without a body takes none: what somebody sent and we ignored would be a surprise. */
const noBody: RequestHandler = (req, _res, next) => {
  if (Number(req.headers['content-length'] ?? 0) > 0 || req.headers['transfer-encoding'] !== undefined)
    throw new Problem('request-malformed', 'expected no body')
  next()
}

const headerOf = (req: Request, name: string): string | undefined => {
  const value = req.headers[name]
  return typeof value === 'string' ? value : undefined
}

const callOf = (route: Route, req: Request): Call => {
  const admitted = admittedBy.get(req)
  if (!admitted) throw new Problem('sign-in-required')
  const { tenancy: _, ...params } = req.params
  return {
    ...admitted,
    params: parsed(route.params, params, 'path'),
    query: parsed(route.query, req.query),
    body: route.body && parsed(route.body, req.body as unknown),
    conditions: { ifMatch: headerOf(req, 'if-match'), ifNoneMatch: headerOf(req, 'if-none-match') },
    at: req.path,
  }
}

/**
 * RFC 9110 §13.1.2: `*` fails on whatever is there, with an entity tag or without. Said here, because Express says it of some answers only.
 */
const isUnwanted = (req: Request): boolean =>
  ['GET', 'HEAD'].includes(req.method) && headerOf(req, 'if-none-match')?.trim() === '*'

/** Whoever goes away ends it; what fails half-way breaks the connection off, so that half an answer is not taken for a whole one. */
const sendStream = async (req: Request, res: Response, stream: NonNullable<Reply['stream']>): Promise<void> => {
  const first = await stream.pieces.next() // what fails at once is still a problem in words
  if (isUnwanted(req)) return void res.status(304).end()
  res.type(stream.type).setHeader('Content-Disposition', `attachment; filename="${stream.file}"`)
  if (req.method === 'HEAD' || first.done) return void res.end()
  const all = async function* () {
    yield first.value
    yield* stream.pieces
  }
  await pipeline(Readable.from(all()), res).catch(() => res.destroy())
}

const send = async (req: Request, res: Response, baseUrl: string, reply: Reply): Promise<void> => {
  const { status, body, etag, location, stream } = reply
  if (etag !== undefined) res.setHeader('ETag', etag)
  if (location !== undefined) res.setHeader('Location', new URL(`${API}${location}`, baseUrl).href)
  res.status(status)
  if (stream) return sendStream(req, res, stream)
  if (isUnwanted(req)) res.status(304).end()
  else if (body === undefined || req.method === 'HEAD') res.end()
  else res.type('application/json').send(JSON.stringify(body))
}

/** `{group}` → `:group`. */
const expressPath = (path: string): string => `${BASE}${path.replace(/\{(\w+)\}/g, ':$1')}`

const onlyMethods =
  (methods: readonly string[]): RequestHandler =>
  (req, res) => {
    const allowed = [...(methods.includes('GET') ? ['HEAD'] : []), ...methods].sort().join(', ')
    res.setHeader('Allow', allowed)
    throw new Problem('method-not-allowed', `expected ${allowed}, got \`${req.method}\``)
  }

type Deps = { readonly routes: readonly Route[]; readonly admit: Admit; readonly edge: Edge; readonly baseUrl: string }

export const adminRouter = ({ routes, admit, edge, baseUrl }: Deps): Router => {
  // case matters in names, and a slash at the end is part of one
  const router = Router({ caseSensitive: true, strict: false })
  router.use(BASE, first)
  for (const [path, rows] of Map.groupBy(routes, (r) => expressPath(r.path))) {
    const place = router.route(path)
    for (const row of rows) {
      const handle = row.handle as unknown as Handle<unknown, unknown, unknown>
      const method = row.method.toLowerCase() as 'get' | 'put' | 'post' | 'patch' | 'delete'
      place[method](admitting(admit), ...(row.body ? [json, onlyJson] : [noBody]), async (req, res) => {
        await send(req, res, baseUrl, await handle(edge, callOf(row, req)))
      })
    }
    place.all(admitting(admit), onlyMethods(rows.map((r) => r.method)))
  }
  return router
}
