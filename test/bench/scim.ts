// Does SCIM cost the same in a domain of a thousand people and of a hundred thousand? The reference is the same edge over the small domain.
// Each size has half as many groups as a hundredth of its people, and one that everybody is in.
import type { GroupId, PersonId } from '../../src/core/model/ids.ts'
import { newPerson } from '../../src/flows/directory/new-person.ts'
import { openBed, patchOf, USER } from '../edges/scim/bed.ts'
import { testFileStore } from '../stores/open-test-store.ts'
import { type Bench, micros, type Row, times } from './table.ts'

type Bed = Awaited<ReturnType<typeof openBed>>
const AT_ONCE = 1000
const PARTNERS = { domain: 'partners' }

const filled = async (people: number) => {
  const bed = await openBed(testFileStore)
  const { random, tenancyId, domains } = bed
  const place = { id: domains.partners, tenancyId }
  const everybody = await bed.addGroup('Everybody', 'partners')
  const groups: GroupId[] = []
  for (let n = 0; n < people / 20; n++) groups.push(random.id() as GroupId)
  await bed.store.write(async (tx) => {
    for (const [n, id] of groups.entries())
      await tx.groups.put({ id, tenancyId, domainId: domains.partners, name: `g${n}`, description: '', system: false })
  })
  const ids: PersonId[] = []
  for (let from = 0; from < people; from += AT_ONCE)
    await bed.store.write(async (tx) => {
      for (let n = from; n < Math.min(from + AT_ONCE, people); n++) {
        const name = `user-${String(n).padStart(6, '0')}`
        const emails = [`${name}@corp.example`, `${name}@home.example`].map((value) => ({ value }))
        const [email, ...otherEmails] = emails.map(({ value }) => value)
        const more = { email, externalId: `x-${n}`, otherEmails, provisioned: { emails } }
        const person = newPerson(random, bed.clock(), place, { username: name, displayName: name, ...more })
        await tx.people.put(person)
        ids.push(person.id)
        for (const groupId of [everybody, groups[n % groups.length]])
          if (groupId !== undefined)
            await tx.memberships.put({
              personId: person.id,
              groupId,
              provenance: { kind: 'scim', client: 'bench' },
              role: 'user',
              since: bed.clock(),
              expiresAt: undefined,
            })
      }
    })
  return { bed, ids, everybody, people }
}
type World = Awaited<ReturnType<typeof filled>>

const eq = (attribute: string, value: string): string => `filter=${encodeURIComponent(`${attribute} eq "${value}"`)}`
const last = ({ people }: World): number => people - 7

const calls: readonly (readonly [what: string, call: (world: World, turn: number) => ReturnType<Bed['scim']>])[] = [
  [
    'GET /Users by userName',
    ({ bed, ...w }) =>
      bed.scim('GET', `/Users?${eq('userName', `user-${String(last({ bed, ...w })).padStart(6, '0')}`)}`, PARTNERS),
  ],
  ['GET /Users by externalId', (w) => w.bed.scim('GET', `/Users?${eq('externalId', `x-${last(w)}`)}`, PARTNERS)],
  [
    'GET /Users by a second address',
    (w) =>
      w.bed.scim(
        'GET',
        `/Users?${eq('emails.value', `user-${String(last(w)).padStart(6, '0')}@home.example`)}`,
        PARTNERS,
      ),
  ],
  ['GET /Users, first page of 100', ({ bed }) => bed.scim('GET', '/Users?count=100', PARTNERS)],
  [
    'GET /Users, last page of 100',
    ({ bed, people }) => bed.scim('GET', `/Users?count=100&startIndex=${people - 99}`, PARTNERS),
  ],
  [
    'PATCH /Users',
    ({ bed, ids, people }, turn) =>
      bed.scim('PATCH', `/Users/${ids[people >> 1]}`, {
        ...PARTNERS,
        body: patchOf({ op: 'Replace', path: 'title', value: `t${turn}` }),
      }),
  ],
  [
    'POST /Users',
    ({ bed }, turn) => bed.scim('POST', '/Users', { ...PARTNERS, body: { schemas: [USER], userName: `new-${turn}` } }),
  ],
  [
    'PATCH of one member of everybody',
    ({ bed, ids, everybody }, turn) =>
      bed.scim('PATCH', `/Groups/${everybody}`, {
        ...PARTNERS,
        body: patchOf({ op: turn % 2 === 0 ? 'Remove' : 'Add', path: 'members', value: [{ value: ids[0] }] }),
      }),
  ],
  [
    'GET /Groups without members, by name',
    ({ bed }) => bed.scim('GET', `/Groups?excludedAttributes=members&${eq('displayName', 'g7')}`, PARTNERS),
  ],
]

const ROUND = 60
const rounds = 3
/** The best of some rounds: what a busy machine disturbs least. */
const measured = async (world: World, call: (typeof calls)[number][1]): Promise<number> => {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round++) {
    const began = performance.now()
    for (let turn = 0; turn < ROUND; turn++) {
      const { status, body } = await call(world, round * ROUND + turn)
      if (status >= 300 || body.totalResults === 0) throw new Error(JSON.stringify(body))
    }
    best = Math.min(best, ((performance.now() - began) / ROUND) * 1000)
  }
  return best
}

export const scim: Bench = async ({ full }) => {
  const [small, large] = [await filled(1000), await filled(full ? 100_000 : 20_000)]
  const rows: Row[] = []
  for (const [what, call] of calls) {
    const [reference, ours] = [await measured(small, call), await measured(large, call)]
    rows.push({
      what: `SCIM ${what}, ${large.people} people`,
      ours: micros(ours),
      reference: `${micros(reference)} (1000)`,
      ratio: times(ours / reference),
      budget: { text: '≤ 2 ×', met: ours <= 2 * reference },
    })
  }
  for (const { bed } of [small, large]) await bed.close()
  return rows
}
