// The SCIM edge on an ephemeral port, mounted as in wire.ts with the renderer of problems behind it, over the store and the evaluator of the
// administrative API's bed. Clients are service IDs with API keys.
import type { AddressInfo } from 'node:net'
import express from 'express'
import type { ServiceIdId } from '../../../src/core/model/ids.ts'
import type { ApiKeyScope } from '../../../src/core/model/workload.ts'
import { problemRenderer } from '../../../src/edges/render-problem.ts'
import { scimEdge } from '../../../src/edges/scim/scim-edge.ts'
import { administrating } from '../../../src/flows/access/administer.ts'
import { apiKeyCaller } from '../../../src/flows/access/api-key-caller.ts'
import { standingOf } from '../../../src/flows/access/permits.ts'
import { snapshots } from '../../../src/flows/access/snapshots.ts'
import { guardedStore } from '../../../src/flows/directory/lock-out.ts'
import { domainFinder } from '../../../src/flows/sign-in/find-domain.ts'
import type { Store } from '../../../src/ports/store.ts'
import { catalogue, roles } from '../../flows/access/office.ts'
import { type Bed as AdminBed, type Answer, openBed as openAdminBed } from '../admin/bed.ts'

type Base = Pick<AdminBed, 'store' | 'clock' | 'random' | 'secrets' | 'authorize'>
// biome-ignore lint/suspicious/noExplicitAny: what came over the wire is looked at member by member
export type Body = any
export type Init = {
  readonly body?: unknown
  readonly headers?: { readonly [name: string]: string }
  readonly key?: string | undefined
  readonly domain?: string
}

/** The edge alone, over parts that another bed has. */
export const serveScim = async (base: Base) => {
  const { store, clock, authorize } = base
  const logged: unknown[] = []
  const log = { error: (what: unknown) => logged.push(what), warn: () => undefined, info: () => undefined }
  const app = express()
  app.set('etag', false)
  app.use((req, _res, next) => {
    req.headers['x-request-id'] = 'ours-1'
    next()
  })
  const server = app.listen(0, '127.0.0.1')
  await new Promise((ready) => server.once('listening', ready))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const known = snapshots({ store, catalogue, roles })
  const guarded = guardedStore(store, clock)
  app.use(
    '/d/:tenancy/:domain',
    scimEdge({
      findDomain: domainFinder({ store, baseUrl: url }),
      apiKey: apiKeyCaller(base),
      administer: administrating({ ...base, store: guarded, authorize, standingOf: standingOf({ known }) }),
      secrets: base.secrets,
      report: (what) => logged.push(what),
    }),
  )
  app.use(problemRenderer({ pages: { error: (_req, res) => void res.end('a page') }, log }))
  const call = async (method: string, path: string, init: Init = {}): Promise<Answer<Body>> => {
    const { body, headers = {}, key, domain = 'default' } = init
    const response = await fetch(`${url}/d/acme/${domain}/scim/v2${path}`, {
      method,
      headers: {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      body: text.startsWith('{') ? JSON.parse(text) : text,
      headers: response.headers,
    }
  }
  return { url, call, logged, close: () => new Promise((done) => server.close(done)) }
}

export const allowed = ['manage users', 'manage groups', 'inspect group-memberships'] as const

export const openBed = async (open?: () => Promise<Store>) => {
  const admin = await openAdminBed(open)
  const served = await serveScim(admin)
  /** A service ID that may do what the statements say, and its key. */
  const client = async (
    name: string,
    may: readonly string[] = allowed,
    scopes: readonly ApiKeyScope[] = ['scim'],
  ): Promise<string> => {
    const { random, tenancyId, rootCompartment, clock } = admin
    const id = random.id() as ServiceIdId
    const [createdAt, updatedAt] = [clock(), clock()]
    await admin.store.write((tx) =>
      tx.serviceIds.put({
        id,
        tenancyId,
        compartmentId: rootCompartment,
        name,
        description: '',
        status: 'active',
        createdAt,
        updatedAt,
      }),
    )
    if (may.length > 0)
      await admin.policy(
        `for ${name}`,
        may.map((what) => {
          const [head, condition] = what.split(' where ')
          const who = `request.principal.name = '${name}'`
          return `Allow any-user to ${head} in tenancy where ${condition === undefined ? who : `all { ${who}, ${condition} }`}`
        }),
      )
    return admin.keyOf({ kind: 'service-id', id }, { scopes })
  }
  const key = await client('okta')
  return {
    ...admin,
    url: served.url,
    logged: served.logged,
    client,
    key,
    scim: (method: string, path: string, init: Init = {}) => served.call(method, path, { key, ...init }),
    close: async () => {
      await served.close()
      await admin.close()
    },
  }
}
export type Bed = Awaited<ReturnType<typeof openBed>>

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const patchOf = (...Operations: readonly object[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations,
})
