// Does a sign-in cost the same in a domain of a thousand people and of a hundred thousand? The reference is the gateway itself over the
// small store. People are copies of one that was seeded, written by the store's own functions.
import { openPostgres } from '../../src/adapters/store-sql/postgres.ts'
import { openSqlite } from '../../src/adapters/store-sql/sqlite.ts'
import type { CredentialId, PersonId } from '../../src/core/model/ids.ts'
import type { Store, Tx } from '../../src/ports/store.ts'
import { postgresSchema, postgresUrl } from '../stores/open-test-store.ts'
import { coldSignIn } from './journeys.ts'
import { compare, rowOf } from './load.ts'
import { newPlace, type Place, personNamed, type Server, startGateway, storePath, TENANCY } from './processes.ts'
import type { Bench, Row } from './table.ts'

const SEEDED = 8
const AT_ONCE = 1000

const templateIn = async (tx: Tx) => {
  const tenancy = await tx.tenancies.byName(undefined, TENANCY)
  const domain = tenancy && (await tx.domains.byName(tenancy.id, 'default'))
  const person = domain && (await tx.people.byUsername(domain.id, personNamed(0)))
  if (!person) throw new Error('nobody was seeded')
  return {
    person,
    credentials: await tx.credentials.ofPerson(person.id),
    memberships: await tx.memberships.ofPerson(person.id),
  }
}
type Template = Awaited<ReturnType<typeof templateIn>>

const copy = async (tx: Tx, { person, credentials, memberships }: Template, n: number): Promise<void> => {
  const id = `${person.id.slice(0, -7)}${String(n).padStart(7, '0')}` as PersonId
  const email = `copy-${n}@bench.example`
  await tx.people.put({ ...person, id, username: `copy-${n}`, email, handle: `handle-of-${n}` })
  for (const [k, held] of credentials.entries())
    await tx.credentials.add({ ...held, id: `${id}-${k}` as CredentialId, personId: id })
  for (const held of memberships) await tx.memberships.put({ ...held, personId: id })
}

const fill = async (store: Store, people: number): Promise<void> => {
  const template = await store.read(templateIn)
  for (let from = SEEDED; from < people; from += AT_ONCE)
    await store.write(async (tx) => {
      for (let n = from; n < Math.min(from + AT_ONCE, people); n++) await copy(tx, template, n)
    })
  await store.close()
}

/** Started once for schema and seed, filled while nobody serves. */
const filled = async (place: Place, people: number, postgres?: string): Promise<void> => {
  await (await startGateway(place, postgres)).stop()
  await fill(
    postgres === undefined ? await openSqlite({ path: storePath(place) }) : await openPostgres({ url: postgres }),
    people,
  )
}

const measured = async (q: { few: number; many: number; engine: string; urls?: readonly string[] }): Promise<Row> => {
  const places = [newPlace(SEEDED), newPlace(SEEDED)] as const
  const servers: Server[] = []
  try {
    for (const [n, people] of [q.few, q.many].entries()) {
      const place = places[n === 0 ? 0 : 1]
      await filled(place, people, q.urls?.[n])
      servers.push(await startGateway(place, q.urls?.[n]))
    }
    const [few, many] = servers
    if (!few || !many) throw new Error('unreachable')
    const compared = await compare({
      ours: { ...many, work: coldSignIn },
      reference: { ...few, work: coldSignIn },
      connections: SEEDED,
    })
    const [more, less] = [q.many, q.few].map((count) => count.toLocaleString('en'))
    return rowOf(`whole sign-in, ${more} people; reference ${less} people (${q.engine})`, compared, 0.9)
  } finally {
    await Promise.all(servers.map((s) => s.stop()))
    for (const place of places) place.remove()
  }
}

export const size: Bench = async ({ full }) => {
  const counts = { few: 1000, many: full ? 1_000_000 : 100_000 }
  const embedded = await measured({ ...counts, engine: 'SQLite' })
  if (postgresUrl === undefined || !full) return [embedded]
  const schemas = [await postgresSchema(), await postgresSchema()]
  try {
    return [
      embedded,
      await measured({ few: 1000, many: 100_000, engine: 'PostgreSQL', urls: schemas.map((s) => s.url) }),
    ]
  } finally {
    for (const schema of schemas) await schema.remove()
  }
}
