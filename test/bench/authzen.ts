// One access evaluation over HTTP, authenticated, decided from live groups and put on record, beside Express that sends the same JSON back.
import { accessToken, atGateway } from './journeys.ts'
import { compare, rowOf, type Work } from './load.ts'
import { HOST, newPlace, personNamed, type Server, startGateway, startReference, TENANCY } from './processes.ts'
import type { Bench } from './table.ts'
import { connect, expectStatus, requestOf } from './wire.ts'

const body = JSON.stringify({
  subject: { type: 'user', id: personNamed(0) },
  action: { name: 'read' },
  resource: { type: 'reports', id: 'yearly', properties: { compartment: 'Prod:Data' } },
  context: {},
})

export const evaluationRequest = (token: string): string =>
  requestOf({
    path: `/t/${TENANCY}/access/v1/evaluation`,
    host: HOST,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body,
  })
const echoRequest = requestOf({ path: '/echo', host: HOST, headers: { 'content-type': 'application/json' }, body })

const asking =
  (request: string, decided: string): Work =>
  async (wire) => {
    const answer = expectStatus(await wire.send(request), 200, 'an evaluation')
    if (!answer.body.includes(decided)) throw new Error(`another answer than expected: ${answer.body}`)
  }

export const authzen: Bench = async ({ full }) => {
  const place = newPlace(2)
  const servers: Server[] = []
  try {
    const gateway = await startGateway(place)
    servers.push(gateway)
    const echo = await startReference('echo')
    servers.push(echo)
    const wire = await connect(gateway.port)
    const token = await accessToken(wire, atGateway)
    wire.close()
    const ours = { ...gateway, work: asking(evaluationRequest(token), '"decision":true') }
    const reference = { ...echo, work: asking(echoRequest, '"subject"') }
    return [rowOf('AuthZEN evaluation (SQLite)', await compare({ ours, reference, rounds: full ? 11 : 7 }), 0.6)]
  } finally {
    await Promise.all(servers.map((s) => s.stop()))
    place.remove()
  }
}
