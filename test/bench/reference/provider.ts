// oidc-provider as its own README starts it: in memory, under a bare Express, with a login page that believes anyone, or that does verify
// one argon2id hash, which whoever has passwords must.
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import express from 'express'
import Provider, { type Configuration } from 'oidc-provider'
import { hasher } from '../../../src/adapters/hasher.ts'
import { BASE, CALLBACK, PASSWORD, SECRET } from '../processes.ts'
import { listening } from './listening.ts'

const jwk = {
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
  alg: 'ES256',
  kid: randomUUID(),
}

const configuration: Configuration = {
  clients: [
    {
      client_id: 'machine',
      client_secret: SECRET,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      scope: 'pdp',
    },
    {
      client_id: 'web',
      client_secret: SECRET,
      redirect_uris: [CALLBACK],
      grant_types: ['authorization_code'],
      response_types: ['code'],
    },
  ],
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  scopes: ['openid', 'profile', 'email', 'pdp'],
  claims: { openid: ['sub', 'name', 'email'] },
  jwks: { keys: [jwk] as NonNullable<Configuration['jwks']>['keys'] },
  cookies: { keys: [randomUUID()] },
  features: { devInteractions: { enabled: false }, clientCredentials: { enabled: true } },
  pkce: { required: () => true },
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, name: id, email: `${id}@bench.example` }) }),
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  loadExistingGrant: async (ctx) => {
    const { client, session, provider } = ctx.oidc
    if (!client || !session?.accountId) return undefined
    const known = session.grantIdFor(client.clientId)
    if (known !== undefined) return provider.Grant.find(known)
    const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId })
    grant.addOIDCScope('openid profile email')
    await grant.save()
    return grant
  },
}

const { hash, verify } = hasher()
const phc = await hash(PASSWORD)
const provider = new Provider(BASE, configuration)
const app = express()
app.get('/interaction/:uid', async (req, res) => {
  const { uid, params } = await provider.interactionDetails(req, res)
  res.send(
    `<!doctype html><title>${String(params.client_id)}</title><form method="post" action="/interaction/${uid}"></form>`,
  )
})
app.post('/interaction/:uid', express.urlencoded({ extended: false }), async (req, res) => {
  const { username, password } = req.body as { username: string; password?: string }
  if (password !== undefined && !(await verify(phc, password))) throw new Error('wrong password')
  await provider.interactionFinished(req, res, { login: { accountId: username } })
})
app.use(provider.callback())
listening(app)
