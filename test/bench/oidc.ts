// Token endpoint and authorization code flow of the gateway beside bare oidc-provider with its in-memory adapter: what tenants, our own
// session, durable storage, audit and pages cost.
import { postgresSchema, postgresUrl } from '../stores/open-test-store.ts'
import {
  atGateway,
  atProvider,
  clientCredentialsRequest,
  coldSignIn,
  coldSignInAtProvider,
  withSession,
} from './journeys.ts'
import { compare, rowOf, type Side, type Work } from './load.ts'
import { newPlace, PASSWORD, type Server, startGateway, startReference } from './processes.ts'
import type { Bench, Row } from './table.ts'
import { expectStatus } from './wire.ts'

const PEOPLE = 8

const asking =
  (request: string): Work =>
  async (wire) => {
    expectStatus(await wire.send(request), 200, 'client_credentials')
  }
const sideOf = ({ pid, port }: Server, work: Work): Side => ({ pid, port, work })

const rows = async (gateway: Server, provider: Server, store: string, full: boolean): Promise<readonly Row[]> => {
  const rounds = full ? 9 : 5
  const ours = (work: Work) => sideOf(gateway, work)
  const theirs = (work: Work) => sideOf(provider, work)
  const credentials = {
    ours: ours(asking(clientCredentialsRequest(atGateway))),
    reference: theirs(asking(clientCredentialsRequest(atProvider))),
  }
  const session = { ours: ours(withSession(atGateway)), reference: theirs(withSession(atProvider)) }
  const verifying = { ours: ours(coldSignIn), reference: theirs(coldSignInAtProvider({ password: PASSWORD })) }
  const trivial = { ours: ours(coldSignIn), reference: theirs(coldSignInAtProvider({})) }
  const budget = store === 'SQLite' ? 0.85 : undefined
  return [
    rowOf(`client_credentials (${store})`, await compare({ ...credentials, rounds: rounds + 2 }), budget),
    rowOf(`authorize + token, signed in (${store})`, await compare({ ...session, rounds, connections: PEOPLE })),
    rowOf(
      `whole sign-in; reference verifies one argon2id (${store})`,
      await compare({ ...verifying, rounds, connections: PEOPLE }),
    ),
    rowOf(
      `whole sign-in; reference believes anyone (${store})`,
      await compare({ ...trivial, rounds: 3, connections: PEOPLE }),
    ),
  ]
}

const measured = async (store: string, full: boolean, postgres?: string): Promise<readonly Row[]> => {
  const place = newPlace(PEOPLE)
  const servers: Server[] = []
  try {
    const gateway = await startGateway(place, postgres)
    servers.push(gateway)
    const provider = await startReference('provider')
    servers.push(provider)
    return await rows(gateway, provider, store, full)
  } finally {
    await Promise.all(servers.map((s) => s.stop()))
    place.remove()
  }
}

export const oidc: Bench = async ({ full }) => {
  const embedded = await measured('SQLite', full)
  if (postgresUrl === undefined) return embedded
  const schema = await postgresSchema()
  try {
    return [...embedded, ...(await measured('PostgreSQL', full, schema.url))]
  } finally {
    await schema.remove()
  }
}
