// The transmitter of shared signals of an identity domain (SSF 1.0): what it offers, and each application's own stream. Whoever asks is an
// application with an access token of its own, for the scope `ssf.manage`, or `ssf.read` to look and to poll.
import express, { type Request, type RequestHandler, type Response, Router } from 'express'
import { POLL, PUSH } from '../../core/model/event-stream.ts'
import type { AppId, DomainId } from '../../core/model/ids.ts'
import type { FindDomain } from '../../flows/sign-in/api.ts'
import { type Receiver, type StreamFlows, streamFlows } from '../../flows/signals/streams.ts'
import { SECURITY_EVENT } from '../../flows/signals/tell.ts'
import type { KeyRing } from '../../flows/upkeep/key-ring.ts'
import type { Deliver } from '../../flows/upkeep/send-outbox.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { Store } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import { type Found, openDomain } from '../domain-of.ts'
import { speakJson } from '../render-problem.ts'
import { requestIdOf } from '../source.ts'
import { type PushDeps, securityEventPush } from './push.ts'
import {
  readChange,
  readPoll,
  readStatus,
  readVerification,
  readWish,
  statusShown,
  streamShown,
} from './stream-shapes.ts'
import { type TokenMaker, tokenMaker } from './token.ts'

/** As oidc/bearer-lookup.ts answers it, handed in by wire.ts. */
type Bearer = {
  readonly domainId: DomainId
  readonly appId: AppId
  readonly clientId: string
  readonly personId: string | undefined
  readonly scopes: readonly string[]
}
type Deps = Omit<PushDeps, 'makeToken'> & {
  readonly random: Random
  readonly store: Store
  readonly keyRing: KeyRing
  readonly findDomain: FindDomain
  readonly bearer: (tenancyName: string, token: string) => Promise<Bearer | undefined>
}
type Scope = 'ssf.read' | 'ssf.manage'

const WELL_KNOWN = '/.well-known/ssf-configuration'

const metadataOf = (issuer: string): object => ({
  spec_version: '1_0',
  issuer,
  jwks_uri: `${issuer}/jwks`,
  delivery_methods_supported: [PUSH, POLL],
  configuration_endpoint: `${issuer}/ssf/streams`,
  status_endpoint: `${issuer}/ssf/status`,
  verification_endpoint: `${issuer}/ssf/verify`,
  authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
  default_subjects: 'ALL',
})

const refused = (res: Response, error: string, problem: Problem): Problem => {
  res.setHeader('WWW-Authenticate', `Bearer realm="ssf", scope="ssf.read ssf.manage"${error}`)
  return problem
}

const receiverOf = async (
  { bearer }: Pick<Deps, 'bearer'>,
  req: Request,
  res: Response,
  found: Found,
  scope: Scope,
): Promise<Receiver> => {
  const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(req.headers.authorization ?? '')?.[1]
  const who = token === undefined ? undefined : await bearer(found.tenancy.name, token)
  if (!who || who.domainId !== found.domain.id || who.personId !== undefined)
    throw refused(
      res,
      token === undefined ? '' : ', error="invalid_token"',
      new Problem('sign-in-required', 'expected an access token of client credentials of this identity domain'),
    )
  if (!who.scopes.includes(scope) && !who.scopes.includes('ssf.manage'))
    throw refused(
      res,
      ', error="insufficient_scope"',
      new Problem('not-permitted', `the access token lacks the scope \`${scope}\``, { reason: 'scope' }),
    )
  return { domain: found.domain, appId: who.appId, clientId: who.clientId, requestId: requestIdOf(req) }
}

type Answer = { readonly status: number; readonly body?: object }
type Serve = (ask: { readonly who: Receiver; readonly req: Request; readonly issuer: string }) => Promise<Answer>

const idIn = (req: Request): string | undefined =>
  typeof req.query.stream_id === 'string' ? req.query.stream_id : undefined
const named = (req: Request): string => {
  const id = idIn(req)
  if (id === undefined) throw new Problem('request-malformed', 'expected `stream_id`')
  return id
}

type Row = readonly ['get' | 'post' | 'put' | 'patch' | 'delete', string, Scope, Serve]
type Served = { readonly streams: StreamFlows; readonly makeToken: TokenMaker; readonly clock: Clock }
const routesOf = ({ streams, makeToken, clock }: Served): readonly Row[] => [
  [
    'post',
    '/ssf/streams',
    'ssf.manage',
    async ({ who, req, issuer }) => ({
      status: 201,
      body: streamShown(issuer, await streams.create(who, readWish(req.body))),
    }),
  ],
  [
    'get',
    '/ssf/streams',
    'ssf.read',
    async ({ who, req, issuer }) => {
      const id = idIn(req)
      const own = await streams.find(who, id).catch((thrown: unknown) => {
        // a list of one's streams is empty where a stream is missing
        if (id === undefined && thrown instanceof Problem && thrown.slug === 'not-found') return undefined
        throw thrown
      })
      if (id !== undefined && own) return { status: 200, body: streamShown(issuer, own) }
      return { status: 200, body: own ? [streamShown(issuer, own)] : [] }
    },
  ],
  ...(['patch', 'put'] as const).map(
    (method): Row => [
      method,
      '/ssf/streams',
      'ssf.manage',
      async ({ who, req, issuer }) => {
        const { id, wish } = readChange(req.body)
        return { status: 200, body: streamShown(issuer, await streams.change(who, id, wish, method === 'put')) }
      },
    ],
  ),
  [
    'delete',
    '/ssf/streams',
    'ssf.manage',
    async ({ who, req }) => {
      await streams.remove(who, named(req))
      return { status: 204 }
    },
  ],
  [
    'get',
    '/ssf/status',
    'ssf.read',
    async ({ who, req }) => ({ status: 200, body: statusShown(await streams.find(who, named(req))) }),
  ],
  [
    'post',
    '/ssf/status',
    'ssf.manage',
    async ({ who, req }) => {
      const { stream_id, status, reason } = readStatus(req.body)
      return { status: 200, body: statusShown(await streams.setStatus(who, stream_id, status, reason)) }
    },
  ],
  [
    'post',
    '/ssf/verify',
    'ssf.manage',
    async ({ who, req }) => {
      const { stream_id, state } = readVerification(req.body)
      await streams.verify(who, stream_id, state)
      return { status: 204 }
    },
  ],
  [
    'post',
    '/ssf/poll',
    'ssf.read',
    async ({ who, req, issuer }) => {
      const { stream, events, more } = await streams.poll(who, readPoll(req.body))
      const sets: { [jti: string]: string } = {}
      for (const queued of events) sets[queued.jti] = await makeToken(issuer, stream, queued, clock())
      return { status: 200, body: { sets, moreAvailable: more } }
    },
  ],
]

const DOMAIN = '/d/:tenancy/:domain'
/** Receivers seldom say what they accept; none of them reads pages. */
const forPrograms: RequestHandler = (req, res, next) => {
  speakJson(req, res)
  next()
}

/** `edge` is mounted at the root: the well-known part stands between host and path (SSF 1.0 §7.2); appended to the issuer it is found too. */
export const sharedSignals = (
  deps: Deps,
): { readonly edge: Router; readonly deliver: { readonly [kind: string]: Deliver } } => {
  const makeToken = tokenMaker(deps.keyRing)
  const edge = Router({ caseSensitive: true, strict: true })
  edge.get([`${WELL_KNOWN}${DOMAIN}`, `${DOMAIN}${WELL_KNOWN}`], forPrograms, async (req, res) => {
    const { issuer } = await openDomain(deps.findDomain, req, res)
    res.setHeader('Cache-Control', 'public, max-age=300')
    res.json(metadataOf(issuer))
  })
  const json = express.json({ limit: '100kb' })
  const routes = routesOf({ streams: streamFlows(deps), makeToken, clock: deps.clock })
  for (const [path, rows] of Map.groupBy(routes, ([, at]) => `${DOMAIN}${at}`)) {
    edge.all(path, forPrograms)
    for (const [method, , scope, serve] of rows)
      edge[method](path, json, async (req, res) => {
        res.setHeader('Cache-Control', 'no-store')
        const found = await openDomain(deps.findDomain, req, res)
        const who = await receiverOf(deps, req, res, found, scope)
        const { status, body } = await serve({ who, req, issuer: found.issuer })
        if (body === undefined) res.status(status).end()
        else res.status(status).json(body)
      })
    const allowed = rows.map(([method]) => method.toUpperCase()).sort()
    edge.all(path, (req, res) => {
      res.setHeader('Allow', allowed.join(', '))
      throw new Problem('method-not-allowed', `expected ${allowed.join(', ')}, got \`${req.method}\``)
    })
  }
  return { edge, deliver: { [SECURITY_EVENT]: securityEventPush({ ...deps, makeToken }) } }
}
