// A decision point on an ephemeral port, mounted as in wire.ts and behind what http.ts does to request ids; tokens are a table.
import type { AddressInfo } from 'node:net'
import express from 'express'
import { callerBy } from '../../../src/edges/authzen/caller.ts'
import { authzen } from '../../../src/edges/authzen/evaluation.ts'
import { authzenMetadata } from '../../../src/edges/authzen/metadata.ts'
import { problemOf } from '../../../src/edges/render-problem.ts'
import { tenancyFinder } from '../../../src/flows/access/find-tenancy.ts'
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

export type Answer = { readonly status: number; readonly body: unknown; readonly headers: Headers }

export const pdp = async () => {
  const o = await office()
  const findTenancy = tenancyFinder({ store: o.store })
  const authenticateCaller = callerBy({
    findTenancy,
    bearer: async (tenancy, token) => (tenancy === 'acme' ? tokens[token] : undefined),
  })
  const http = express()
  http.use((req, res, next) => {
    req.headers['x-request-id'] = 'ours-1'
    res.setHeader('x-request-id', 'ours-1')
    next()
  })
  http.use('/t/:tenancy', authzen({ authorize: o.authorize, authenticateCaller, findTenancy }))
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
    raw,
    evaluation: (body: unknown, more?: { [name: string]: string }) => post('/t/acme/access/v1/evaluation', body, more),
    evaluations: (body: unknown, more?: { [name: string]: string }) =>
      post('/t/acme/access/v1/evaluations', body, more),
    post,
    close: async () => {
      await new Promise((done) => server.close(done))
      await o.store.close()
    },
  }
}
export type Pdp = Awaited<ReturnType<typeof pdp>>
