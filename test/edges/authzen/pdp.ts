// A decision point on an ephemeral port, mounted as in wire.ts and behind what http.ts does to request ids; tokens are a table.
import type { AddressInfo } from 'node:net'
import express from 'express'
import { keyEncryptionKey, secrets as sealing } from '../../../src/adapters/secrets.ts'
import type { ApiKeyId, PersonId } from '../../../src/core/model/ids.ts'
import type { ApiKey } from '../../../src/core/model/workload.ts'
import type { Catalogue } from '../../../src/core/policy/catalogue.ts'
import { callerBy } from '../../../src/edges/authzen/caller.ts'
import { authzen } from '../../../src/edges/authzen/evaluation.ts'
import { authzenMetadata } from '../../../src/edges/authzen/metadata.ts'
import { quickAuthzen } from '../../../src/edges/authzen/quick.ts'
import { authzenSearch } from '../../../src/edges/authzen/search.ts'
import { problemOf } from '../../../src/edges/render-problem.ts'
import { apiKeyCaller } from '../../../src/flows/access/api-key-caller.ts'
import { tenancyFinder } from '../../../src/flows/access/find-tenancy.ts'
import { searcher } from '../../../src/flows/access/search.ts'
import { catalogue } from '../../../src/problem.ts'
import { office } from '../../flows/access/office.ts'

const app = { appId: 'a1', clientId: 'pdp-client', personId: undefined, scopes: ['pdp'] }
const tokens: {
  readonly [token: string]: {
    readonly appId: string
    readonly clientId: string
    readonly personId: string | undefined
    readonly scopes: readonly string[]
  }
} = {
  'good-token': app,
  'no-scope': { ...app, scopes: ['openid'] },
  'of-a-person': { ...app, personId: 'kim' },
}

const secrets = sealing([keyEncryptionKey(new Uint8Array(32).fill(7))])

export type Answer = { readonly status: number; readonly body: unknown; readonly headers: Headers }

type Options = {
  readonly catalogue?: Catalogue
  /** How many candidates a page of a search looks at. */
  readonly candidatesPerPage?: number
}
export const pdp = async ({ catalogue: shipped, candidatesPerPage }: Options = {}) => {
  const o = await office(shipped)
  const findTenancy = tenancyFinder({ store: o.store })
  const authenticateCaller = callerBy({
    bearer: async (tenancy, token) => {
      const found = tenancy === 'acme' ? tokens[token] : undefined
      return found && { ...found, tenancyId: o.tenancyId }
    },
    apiKey: apiKeyCaller({ store: o.store, secrets, clock: o.clock }),
    findTenancy,
  })
  const keyFor = async (personId: PersonId, scopes: ApiKey['scopes']): Promise<string> => {
    const secret = `gwm_${secrets.digest(`${personId} ${scopes.join()}`)}`
    const key: ApiKey = {
      id: secret.slice(4, 20) as ApiKeyId,
      tenancyId: o.tenancyId,
      owner: { kind: 'person', id: personId },
      name: scopes.join(),
      scopes,
      prefix: secret.slice(0, 12),
      hash: secrets.digest(secret),
      createdAt: o.clock(),
      expiresAt: undefined,
      revokedAt: undefined,
    }
    await o.store.write((tx) => tx.apiKeys.put(key))
    return secret
  }
  const http = express()
  http.use((req, res, next) => {
    req.headers['x-request-id'] = 'ours-1'
    res.setHeader('x-request-id', 'ours-1')
    next()
  })
  const point = { authorize: o.authorize, authenticateCaller, findTenancy }
  const quick = quickAuthzen(point)
  http.use((req, res, next) => {
    const answer = quick(req)
    if (!answer) return next()
    answer.then(({ status, headers, body }) => res.writeHead(status, [...headers]).end(body)).catch(next)
  })
  http.use('/t/:tenancy', authzen(point))
  const search = searcher({
    clock: o.clock,
    known: o.known,
    ...(candidatesPerPage === undefined ? {} : { candidatesPerPage }),
  })
  http.use('/t/:tenancy', authzenSearch({ search, secrets, authenticateCaller, findTenancy }))
  // as if whoever authenticates had made a mistake
  const stranger = async () => ({ ...o.pdp, tenancyId: 'elsewhere' as typeof o.tenancyId })
  http.use('/strange/:tenancy', authzen({ authorize: o.authorize, authenticateCaller: stranger, findTenancy }))
  http.use('/', authzenMetadata({ baseUrl: 'https://id.example/', findTenancy }))
  http.use(((error, _req, res, _next) => {
    const problem = problemOf(error)
    res.status(catalogue[problem.slug][0]).json({ rendered: problem.slug })
  }) satisfies express.ErrorRequestHandler)
  const server = http.listen(0, '127.0.0.1')
  await new Promise((ready) => server.once('listening', ready))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const answerOf = async (response: Response): Promise<Answer> => {
    const text = await response.text()
    return {
      status: response.status,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
      headers: response.headers,
    }
  }
  const raw = async (path: string, init: RequestInit): Promise<Answer> => answerOf(await fetch(`${base}${path}`, init))
  const headers = { 'content-type': 'application/json', authorization: 'Bearer good-token' }
  const post = (path: string, body: unknown, more: { [name: string]: string } = {}): Promise<Answer> =>
    raw(path, {
      method: 'POST',
      headers: { ...headers, ...more },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return {
    ...o,
    keyFor,
    raw,
    evaluation: (body: unknown, more?: { [name: string]: string }) => post('/t/acme/access/v1/evaluation', body, more),
    evaluations: (body: unknown, more?: { [name: string]: string }) =>
      post('/t/acme/access/v1/evaluations', body, more),
    search: (what: 'subject' | 'resource' | 'action', body: unknown, more?: { [name: string]: string }) =>
      post(`/t/acme/access/v1/search/${what}`, body, more),
    post,
    close: async () => {
      await new Promise((done) => server.close(done))
      await o.store.close()
    },
  }
}
export type Pdp = Awaited<ReturnType<typeof pdp>>
