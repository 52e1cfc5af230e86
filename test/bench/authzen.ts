// One access evaluation over HTTP, authenticated, decided from live groups and put on record, beside Express that sends the same JSON back.
// The questions are about different people, as in life.
import { accessToken, atGateway } from './journeys.ts'
import { compare, rowOf, type Work } from './load.ts'
import { HOST, newPlace, personNamed, type Server, startGateway, startReference, TENANCY } from './processes.ts'
import type { Bench } from './table.ts'
import { connect, expectStatus, requestOf } from './wire.ts'

const PEOPLE = 20
const questions = Array.from({ length: PEOPLE }, (_, n) =>
  JSON.stringify({
    subject: { type: 'user', id: personNamed(n) },
    action: { name: 'read' },
    resource: { type: 'reports', id: `yearly-${n}`, properties: { compartment: 'Prod:Data' } },
    context: {},
  }),
)

const evaluationRequests = (token: string): readonly string[] =>
  questions.map((body) =>
    requestOf({
      path: `/t/${TENANCY}/access/v1/evaluation`,
      host: HOST,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
    }),
  )
const echoRequests = questions.map((body) =>
  requestOf({ path: '/echo', host: HOST, headers: { 'content-type': 'application/json' }, body }),
)

const asking =
  (requests: readonly string[], decided: string): Work =>
  async (wire, n, turn) => {
    const request = requests[(n + turn) % requests.length] ?? ''
    const answer = expectStatus(await wire.send(request), 200, 'an evaluation')
    if (!answer.body.includes(decided)) throw new Error(`another answer than expected: ${answer.body}`)
  }

export const authzen: Bench = async ({ full }) => {
  const place = newPlace(PEOPLE)
  const servers: Server[] = []
  try {
    const gateway = await startGateway(place)
    servers.push(gateway)
    const echo = await startReference('echo')
    servers.push(echo)
    const wire = await connect(gateway.port)
    const token = await accessToken(wire, atGateway)
    wire.close()
    const ours = { ...gateway, work: asking(evaluationRequests(token), '"decision":true') }
    const reference = { ...echo, work: asking(echoRequests, '"subject"') }
    const rounds = full ? 11 : 7
    const compared = await compare({ ours, reference, rounds, connections: 50, warmUp: 4 })
    return [rowOf('AuthZEN evaluation (SQLite)', compared, 0.6)]
  } finally {
    await Promise.all(servers.map((s) => s.stop()))
    place.remove()
  }
}
