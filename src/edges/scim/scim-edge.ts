// SCIM 2.0 of an identity domain (RFC 7643, RFC 7644), at `<issuer>/scim/v2`: Users and Groups for other directories to provision. Who asks is
// settled before anything of the request is looked at; what cannot be done is said in SCIM's own words.
import express, { type Request, type RequestHandler, type Response, Router } from 'express'
import { everything } from '../../core/scim/project.ts'
import type { Administer } from '../../flows/access/administer.ts'
import type { ApiKeyCaller } from '../../flows/access/api-key-caller.ts'
import type { FindDomain } from '../../flows/sign-in/api.ts'
import type { Secrets } from '../../ports/secrets.ts'
import { Problem } from '../../problem.ts'
import { type Found, openDomain } from '../domain-of.ts'
import { problemOf, speak } from '../render-problem.ts'
import { type BulkDeps, bulk } from './bulk.ts'
import { type Call, listBody, type Reply, type Resource } from './call.ts'
import { clientAdmitter } from './caller.ts'
import { MOST_BODY, resourceTypes, schemas, serviceProviderConfig } from './discovery.ts'
import { scimError, statusOf } from './error-form.ts'
import { groups } from './groups.ts'
import { listQuery, malformed, searchBody } from './read-body.ts'
import { users } from './users.ts'

const MEDIA_TYPE = 'application/scim+json'

export type ScimDeps = {
  readonly findDomain: FindDomain
  readonly apiKey: ApiKeyCaller
  readonly administer: Administer
  readonly secrets: Pick<Secrets, 'digest' | 'seal' | 'open'>
  readonly report: BulkDeps['report']
}

const send = (req: Request, res: Response, { status, body, etag, location }: Reply): void => {
  if (etag !== undefined) res.setHeader('ETag', etag)
  if (location !== undefined) res.setHeader(status === 201 ? 'Location' : 'Content-Location', location)
  res.status(status)
  if (body === undefined || req.method === 'HEAD') res.end()
  else res.type(MEDIA_TYPE).send(JSON.stringify(body))
}

const first: RequestHandler = (_req, res, next) => {
  speak(res, (problem) => {
    res.status(statusOf(problem)).setHeader('Cache-Control', 'no-store')
    res.type(MEDIA_TYPE).send(JSON.stringify(scimError(problem)))
  })
  res.setHeader('Cache-Control', 'no-store')
  next()
}

const json = express.json({ limit: MOST_BODY, type: [MEDIA_TYPE, 'application/json'] })
const onlyJson: RequestHandler = (req, _res, next) => {
  if (req.body !== undefined) return next()
  const type = req.headers['content-type']
  if (type !== undefined && !/^application\/(?:scim\+)?json\b/i.test(type))
    throw new Problem('media-type-unsupported', `expected \`${MEDIA_TYPE}\`, got \`${type.slice(0, 100)}\``)
  throw malformed('invalidSyntax', `expected a JSON document as body, with the content type \`${MEDIA_TYPE}\``)
}

const namesIn = (value: unknown): readonly string[] =>
  typeof value === 'string' ? value.split(',').flatMap((name) => name.trim() || []) : []
const projectionOf = (attributes: readonly string[], excludedAttributes: readonly string[]): Call['projection'] =>
  attributes.length > 0 ? { only: attributes, except: [] } : { ...everything, except: excludedAttributes }

const baseOf = ({ issuer }: Found): string => `${issuer}/scim/v2`
const header = (req: Request, name: 'if-match' | 'if-none-match'): string | undefined => req.headers[name]

export const scimEdge = (deps: ScimDeps): Router => {
  const { findDomain } = deps
  const admit = clientAdmitter(deps)
  const resources: { readonly [endpoint: string]: Resource } = { '/Users': users(deps), '/Groups': groups(deps) }
  const runBulk = bulk({ resources, problemOf, report: deps.report })

  const admitted = new WeakMap<Request, Call>()
  const admitting: RequestHandler = async (req, res, next) => {
    const found = await openDomain(findDomain, req, res)
    const who = await admit(req, found.tenancy)
    if (!who) {
      res.setHeader('WWW-Authenticate', 'Bearer realm="scim", scope="scim"')
      throw new Problem('sign-in-required', 'expected `Authorization: Bearer` with an API key of the scope `scim`')
    }
    const { attributes, excludedAttributes } = req.query
    admitted.set(req, {
      who,
      domain: found.domain,
      base: baseOf(found),
      projection: projectionOf(namesIn(attributes), namesIn(excludedAttributes)),
      conditions: { ifMatch: header(req, 'if-match'), ifNoneMatch: header(req, 'if-none-match') },
    })
    next()
  }
  const doing =
    (run: (call: Call, req: Request) => Promise<Reply>): RequestHandler =>
    async (req, res) => {
      const call = admitted.get(req)
      if (!call) throw new Problem('sign-in-required')
      send(req, res, await run(call, req))
    }
  const telling =
    (tell: (base: string, req: Request) => Reply): RequestHandler =>
    async (req, res) =>
      send(req, res, tell(baseOf(await openDomain(findDomain, req, res)), req))
  const only =
    (...methods: readonly string[]): RequestHandler =>
    (req, res) => {
      res.setHeader('Allow', methods.join(', '))
      throw new Problem('method-not-allowed', `expected ${methods.join(', ')}, got \`${req.method}\``)
    }

  const router = Router({ mergeParams: true, caseSensitive: false, strict: false })
  const idOf = (req: Request): string => String(req.params.id)
  const oneOf = (all: ReturnType<typeof schemas>, req: Request): Reply => {
    const found = all.find(({ id }) => String(id).toLowerCase() === idOf(req).toLowerCase())
    if (!found) throw new Problem('not-found', `there is no \`${idOf(req).slice(0, 200)}\` here`)
    return { status: 200, body: found }
  }
  const allOf = (all: ReturnType<typeof schemas>): Reply => ({
    status: 200,
    body: listBody({ total: all.length, resources: all }, 1),
  })

  router.use('/scim/v2', first)
  for (const [path, tell] of [
    ['/ServiceProviderConfig', (base: string) => ({ status: 200, body: serviceProviderConfig(base) })],
    ['/ResourceTypes', (base: string) => allOf(resourceTypes(base))],
    ['/ResourceTypes/:id', (base: string, req: Request) => oneOf(resourceTypes(base), req)],
    ['/Schemas', (base: string) => allOf(schemas(base))],
    ['/Schemas/:id', (base: string, req: Request) => oneOf(schemas(base), req)],
  ] as const)
    router.route(`/scim/v2${path}`).get(telling(tell)).all(only('GET'))
  const body = [json, onlyJson]
  for (const [endpoint, resource] of Object.entries(resources)) {
    const list = router.route(`/scim/v2${endpoint}`).all(admitting)
    list.get(doing((call, req) => resource.list(call, listQuery(req.query))))
    list.post(
      ...body,
      doing((call, req) => resource.create(call, req.body)),
    )
    list.all(only('GET', 'POST'))
    const search = router.route(`/scim/v2${endpoint}/.search`).all(admitting)
    search.post(
      ...body,
      doing((call, req) => {
        const { attributes, excludedAttributes, ...query } = searchBody(req.body)
        return resource.list({ ...call, projection: projectionOf(attributes, excludedAttributes) }, query)
      }),
    )
    search.all(only('POST'))
    const one = router.route(`/scim/v2${endpoint}/:id`).all(admitting)
    one.get(doing((call, req) => resource.get(call, idOf(req))))
    one.put(
      ...body,
      doing((call, req) => resource.replace(call, idOf(req), req.body)),
    )
    one.patch(
      ...body,
      doing((call, req) => resource.patch(call, idOf(req), req.body)),
    )
    one.delete(doing((call, req) => resource.remove(call, idOf(req))))
    one.all(only('GET', 'PUT', 'PATCH', 'DELETE'))
  }
  const many = router.route('/scim/v2/Bulk').all(admitting)
  many.post(
    ...body,
    doing((call, req) => runBulk(call, req.body)),
  )
  many.all(only('POST'))
  router.use('/scim/v2', admitting, (req) => {
    throw new Problem('not-found', `nothing answers ${req.method} \`${req.path.slice(0, 200)}\` here`)
  })
  return router
}
