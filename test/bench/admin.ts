// Does administration cost the same in a large tenancy? The gateway itself over HTTP with 100,000 users, 5,000 groups, 50 identity providers
// and 20,000 mapping rules; the reference is the same call with a hundredth of them (a tenth of the providers). What the command line asks the
// store itself (`mapping`, `sign-in explain`) is measured there, without the start of a process.
import { Agent, request } from 'node:http'
import { inRange } from '../../src/adapters/fetch-guard.ts'
import { openPostgres } from '../../src/adapters/store-sql/postgres.ts'
import { openSqlite } from '../../src/adapters/store-sql/sqlite.ts'
import { groupsHeld, mapped } from '../../src/flows/directory/explain-groups.ts'
import { explainSignIn } from '../../src/flows/sign-in/explain.ts'
import type { Store } from '../../src/ports/store.ts'
import { postgresSchema, postgresUrl } from '../stores/open-test-store.ts'
import {
  displayNamed,
  filled,
  groupNamed,
  idpNamed,
  ruleNamed,
  type Size,
  userNamed,
  type World,
} from './admin-world.ts'
import { HOST, newPlace, residentOf, type Server, startGateway, storePath, TENANCY } from './processes.ts'
import { type Bench, megabytes, millis, type Row, times } from './table.ts'

const FEW: Size = { users: 1000, groups: 50, idps: 5, rules: 200 }
const MANY: Size = { users: 100_000, groups: 5000, idps: 50, rules: 20_000 }
const MOST = 3
const PAGE = 200
const PASSES = 4 // the first two fill the heap that V8 keeps

type Running = World & { readonly server: Server; readonly store: Store; readonly cursors: Map<string, string> }
type Page = { readonly items: readonly object[]; readonly next?: string }

const agent = new Agent({ keepAlive: true })
/** Not `fetch`: the gateway answers to its own name only, and that is a header which `fetch` sets itself. */
const ask = ({ server, key }: Running, path: string, body?: object): Promise<unknown> =>
  new Promise((answered, failed) => {
    const headers = { host: HOST, authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const method = body === undefined ? 'GET' : 'POST'
    const sent = request({ host: '127.0.0.1', port: server.port, path, method, headers, agent }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.once('error', failed).once('end', () => {
        if (response.statusCode === 200) answered(JSON.parse(text))
        else failed(new Error(`${path}: ${response.statusCode} ${text.slice(0, 300)}`))
      })
    })
    sent.once('error', failed).end(body === undefined ? undefined : JSON.stringify(body))
  })
const api = (path: string): string => `/api/v1/tenancies/${TENANCY}${path}`
const inDomain = (path: string): string => api(`/domains/default${path}`)

/** By pages to the end; the cursor of the page in the middle is kept. Returns the rows, and the most memory on the way. */
const walk = async (running: Running, path: string, limit = PAGE): Promise<{ rows: number; resident: number }> => {
  const cursors: string[] = []
  let [rows, resident] = [0, 0]
  for (let cursor: string | undefined, more = true; more; ) {
    const at = cursor === undefined ? '' : `&cursor=${cursor}`
    const page = (await ask(running, `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${at}`)) as Page
    rows += page.items.length
    resident = Math.max(resident, residentOf(running.server.pid) ?? Number.NaN)
    cursor = page.next
    if (cursor !== undefined) cursors.push(cursor)
    more = cursor !== undefined
  }
  const middle = cursors[cursors.length >> 1]
  if (middle !== undefined) running.cursors.set(path, middle)
  return { rows, resident }
}

type Call = readonly [what: string, ask: (running: Running) => Promise<unknown>]
const get = (what: string, path: string | ((world: World) => string)): Call => [
  what,
  (running) => ask(running, typeof path === 'string' ? path : path(running)),
]
const where = (filter: string, more = ''): string => `?filter=${encodeURIComponent(filter)}${more}`
/** First page, a page from the middle, sorted each way, and by each filter. */
const list = (
  what: string,
  path: (world: World) => string,
  asked: { readonly sorts: readonly string[]; readonly filters: readonly ((world: World) => string)[] },
): readonly Call[] => [
  get(`${what}, first page`, path),
  [
    `${what}, a page from the middle`,
    (running) =>
      ask(running, `${path(running)}?limit=${what === 'rules' ? 10 : 50}&cursor=${running.cursors.get(path(running))}`),
  ],
  ...asked.sorts.map((sort) => get(`${what}, sort=${sort}`, (world) => `${path(world)}?sort=${sort}`)),
  ...asked.filters.map((filter) =>
    get(
      `${what}, ${filter({ ...FEW } as World).replace(/"[^"]*"/g, '…')}`,
      (world) => `${path(world)}${where(filter(world))}`,
    ),
  ),
]

const users = (): string => inDomain('/users')
const groups = (): string => inDomain('/groups')
const rules = (world: World): string => inDomain(`/identity-providers/${idpOf(world)}/group-mappings`)
const middle = ({ users: count }: World): number => count >> 1
const userOf = (world: World): string => userNamed(middle(world))
const groupOf = (world: World): string => groupNamed(world.groups >> 1)
const idpOf = (world: World): string => idpNamed(world.idps >> 1)
/** A rule of that provider. */
const ruleOf = (world: World): string => ruleNamed((world.idps >> 1) + world.idps * ((world.rules / world.idps) >> 1))
const membersOfAll = (): string => inDomain('/groups/employees/members')

const calls: readonly Call[] = [
  ...list('users', users, {
    sorts: ['-username', 'displayName', '-displayName'],
    filters: [
      (w) => `username eq "${userOf(w).toUpperCase()}"`,
      (w) => `username sw "${userOf(w).slice(0, -1)}"`,
      (w) => `displayName eq "${displayNamed(middle(w)).toUpperCase()}"`,
      (w) => `displayName sw "${displayNamed(middle(w)).slice(0, -1)}"`,
      (w) => `displayName co "${displayNamed(middle(w)).slice(4)}"`,
      () => 'status eq "disabled"',
      (w) => `id eq "${w.personId}"`,
    ],
  }),
  ...list('groups', groups, {
    sorts: ['-name'],
    filters: [
      (w) => `name eq "${groupOf(w)}"`,
      (w) => `name sw "${groupOf(w).slice(0, -1)}"`,
      (w) => `name co "${groupOf(w).slice(6)}"`,
      () => 'description eq "Team 3"',
      (w) => `id eq "${w.groupId}"`,
    ],
  }),
  ...list('rules', rules, {
    sorts: ['-name'],
    filters: [(w) => `name eq "${ruleOf(w)}"`, (w) => `exact eq "CORP-${ruleOf(w).slice(5)}"`],
  }),
  get('identity providers', inDomain('/identity-providers?limit=5')),
  get('sign-on rules', inDomain('/sign-on-rules')),
  get('password policies', inDomain('/password-policies')),
  get('policies', api('/policies')),
  get('applications', api('/applications')),
  get('role assignments', api('/role-assignments')),
  get('dynamic groups', inDomain('/dynamic-groups')),
  get('service IDs', api('/service-ids')),
  get('API keys', api('/api-keys')),
  get('invitations', api('/invitations')),
  get('access requests', api('/access-requests')),
  get('members of a group', (w) => inDomain(`/groups/${groupOf(w)}/members`)),
  get('members of a group of all', membersOfAll),
  [
    'members of a group of all, from the middle',
    (running) => ask(running, `${membersOfAll()}?limit=50&cursor=${running.cursors.get(membersOfAll())}`),
  ],
  get('user by name, with groups', (w) => inDomain(`/users/${userOf(w)}`)),
  get('user by id, with groups', (w) => inDomain(`/users/${w.personId}`)),
  get('sessions of a user', (w) => inDomain(`/users/${userOf(w)}/sessions`)),
  get('group by name', (w) => inDomain(`/groups/${groupOf(w)}`)),
  get('group by id', (w) => inDomain(`/groups/${w.groupId}`)),
  get('identity provider by name', (w) => inDomain(`/identity-providers/${idpOf(w)}`)),
  get('rule by name', (w) => `${rules(w)}/${ruleOf(w)}`),
  get('sign-on rule by name', inDomain('/sign-on-rules/sign-on-7')),
  get('audit, newest', api('/audit-events')),
  get('audit, by action', api(`/audit-events${where('action eq "sign-in.refused"')}`)),
  get('audit, by actor', (w) => api(`/audit-events${where(`actor.id eq "${w.personId}"`)}`)),
  get('SCIM userName eq', (w) => scim(`/Users${where(`userName eq "${userOf(w)}"`)}`)),
  get('SCIM first page of users', () => scim('/Users?count=50')),
  get('SCIM groups without members', () => scim('/Groups?excludedAttributes=members&count=50')),
  get('SCIM group by displayName', (w) => scim(`/Groups${where(`displayName eq "${groupOf(w)}"`)}`)),
  [
    'search of subjects, 100',
    (running) =>
      ask(running, `/t/${TENANCY}/access/v1/search/subject`, {
        subject: { type: 'user' },
        action: { name: 'read' },
        resource: { type: 'reports', id: 'q3', properties: { compartment: 'Prod:Data' } },
        page: { limit: 100 },
      }),
  ],
  [
    'explain a decision',
    (running) =>
      ask(running, api('/decisions/explain'), {
        subject: { type: 'user', id: userOf(running) },
        action: { name: 'read' },
        resource: { type: 'reports', id: 'q3', properties: { compartment: 'Prod:Data' } },
      }),
  ],
  [
    'mapping explain, with a person',
    (running) =>
      running.store.read((tx) =>
        mapped(tx, running.idpId, [`CORP-${ruleOf(running).slice(5)}`, 'CORP-none'], running.personId),
      ),
  ],
  ['mapping of a person', ({ store, personId }) => store.read((tx) => groupsHeld(tx, personId, Date.now()))],
  [
    'sign-in explain, the policy that applies',
    ({ store, domainId, personId }) =>
      store.read((tx) =>
        explainSignIn(
          tx,
          {
            domainId,
            personId,
            appId: undefined,
            groups: undefined,
            level: 0,
            idp: undefined,
            upstreamLevel: undefined,
            trustedDeviceDays: undefined,
          },
          Date.now(),
          inRange,
        ),
      ),
  ],
]
const scim = (path: string): string => `/d/${TENANCY}/default/scim/v2${path}`

const ROUNDS = 40
const timed = async (running: Running, call: Call[1]): Promise<number> => {
  const began = performance.now()
  await call(running)
  return performance.now() - began
}
/** Milliseconds of the quickest of many, asked of both in turn: what a busy machine disturbs least. */
const measured = async (few: Running, many: Running, call: Call[1]): Promise<readonly [few: number, many: number]> => {
  let best: readonly [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let round = 0; round < ROUNDS; round++)
    best = [Math.min(best[0], await timed(few, call)), Math.min(best[1], await timed(many, call))]
  return best
}

type Opened = Running & { readonly memory: { readonly before: number; readonly after: number } }
const opened = async (size: Size, postgres: string | undefined, closers: (() => unknown)[]): Promise<Opened> => {
  const place = newPlace(1)
  closers.push(place.remove)
  await (await startGateway(place, postgres)).stop()
  const store = await (postgres === undefined
    ? openSqlite({ path: storePath(place) })
    : openPostgres({ url: postgres }))
  closers.push(() => store.close())
  const world = await filled(store, size)
  const server = await startGateway(place, postgres)
  closers.push(() => server.stop())
  const running: Running = { ...world, server, store, cursors: new Map() }
  const passes: number[] = []
  for (let n = 0; n < PASSES; n++) {
    const { rows, resident } = await walk(running, users())
    if (rows < size.users) throw new Error(`${rows} users were listed of ${size.users}`)
    passes.push(resident)
  }
  const [before = Number.NaN, after = Number.NaN] = passes.slice(-2)
  await walk(running, groups(), 10)
  await walk(running, rules(running), 10)
  await walk(running, membersOfAll())
  return { ...running, memory: { before, after } }
}

const compared = async (engine: string, urls: readonly string[]): Promise<readonly Row[]> => {
  const closers: (() => unknown)[] = []
  try {
    const few = await opened(FEW, urls[0], closers)
    const many = await opened(MANY, urls[1], closers)
    const rows: Row[] = []
    for (const [what, call] of calls) {
      const [reference, ours] = await measured(few, many, call)
      rows.push({
        what: `${what} (${engine})`,
        ours: millis(ours),
        reference: millis(reference),
        ratio: times(ours / reference),
        budget: { text: `≤ ${MOST} ×`, met: ours <= MOST * reference },
      })
    }
    const { before, after } = many.memory
    const flat = `resident, all ${many.users.toLocaleString('en')} users by pages once more; reference the time before (${engine})`
    return [...rows, { what: flat, ours: megabytes(after), reference: megabytes(before), ratio: times(after / before) }]
  } finally {
    for (const close of closers.reverse()) await close()
  }
}

export const admin: Bench = async () => {
  const embedded = await compared('SQLite', [])
  if (postgresUrl === undefined) return embedded
  const schemas = [await postgresSchema(), await postgresSchema()]
  try {
    return [
      ...embedded,
      ...(await compared(
        'PostgreSQL',
        schemas.map((s) => s.url),
      )),
    ]
  } finally {
    for (const schema of schemas) await schema.remove()
  }
}
