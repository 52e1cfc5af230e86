// The other doors for programs, over the same rows and behind what production has before them: SCIM, the decision point (AuthZEN) and shared
// signals (SSF). Who may come in is planted here: keys of service IDs, and access tokens out of a table.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { privateKeyPem } from '../../../../src/adapters/keys.ts'
import type { DomainId, ServiceIdId } from '../../../../src/core/model/ids.ts'
import type { ApiKeyScope } from '../../../../src/core/model/workload.ts'
import { callerBy } from '../../../../src/edges/authzen/caller.ts'
import { authzen } from '../../../../src/edges/authzen/evaluation.ts'
import { authzenMetadata } from '../../../../src/edges/authzen/metadata.ts'
import { quickAuthzen } from '../../../../src/edges/authzen/quick.ts'
import { authzenSearch } from '../../../../src/edges/authzen/search.ts'
import { httpApp } from '../../../../src/edges/http.ts'
import { scimEdge } from '../../../../src/edges/scim/scim-edge.ts'
import { sharedSignals } from '../../../../src/edges/ssf/ssf-edge.ts'
import { administrating } from '../../../../src/flows/access/administer.ts'
import { apiKeyCaller } from '../../../../src/flows/access/api-key-caller.ts'
import { tenancyFinder } from '../../../../src/flows/access/find-tenancy.ts'
import { standingOf } from '../../../../src/flows/access/permits.ts'
import { searcher } from '../../../../src/flows/access/search.ts'
import { snapshots } from '../../../../src/flows/access/snapshots.ts'
import { guardedStore } from '../../../../src/flows/directory/lock-out.ts'
import { domainFinder } from '../../../../src/flows/sign-in/find-domain.ts'
import { ensureKeys } from '../../../../src/flows/upkeep/ensure-keys.ts'
import { keyRing as keyRingOf } from '../../../../src/flows/upkeep/key-ring.ts'
import { catalogue, operator, roles } from '../../../flows/access/office.ts'
import type { Bed } from '../bed.ts'
import type { Caller } from './callers.ts'
import { sameKeys } from './same-keys.ts'
import { send } from './send.ts'
import type { Things, Where } from './world.ts'

type Token = {
  readonly tenancyId: string
  readonly domainId: DomainId
  readonly appId: string
  readonly clientId: string
  readonly personId: string | undefined
  readonly scopes: readonly string[]
}
const serve = async (bed: Bed, tokens: ReadonlyMap<string, Token>) => {
  const { store, clock, random, secrets, authorize } = bed
  const thrown: unknown[] = []
  const refused = ({ slug, err }: { readonly slug?: unknown; readonly err?: unknown }): void =>
    void (slug === 'internal' && thrown.push(err))
  const quiet = {
    warn: () => undefined,
    info: () => undefined,
    debug: () => undefined,
    child: () => quiet as never,
  }
  const log = { ...quiet, error: refused }
  const server = createServer()
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const base = { store, clock, random, secrets }
  const findDomain = domainFinder({ store, baseUrl })
  const findTenancy = tenancyFinder(base)
  const known = snapshots({ store, catalogue, roles })
  const bearer = async (tenancy: string, token: string) => {
    const found = tokens.get(`${tenancy} ${token}`)
    const app = found && (await store.read((tx) => tx.apps.get(found.appId as never)))
    return app && (found as never)
  }
  const callers = { bearer, apiKey: apiKeyCaller(base), findTenancy }
  const authenticateCaller = callerBy(callers)
  const point = { authorize, authenticateCaller, findTenancy }
  const guarded = guardedStore(store, clock)
  const administer = administrating({ ...base, store: guarded, authorize, standingOf: standingOf({ known }) })
  const keyRing = keyRingOf({ store, secrets, pemOf: privateKeyPem })
  const issuerOf = async () => `${baseUrl}/d/acme/default`
  const app = httpApp({
    baseUrl,
    trustedProxies: [],
    log: log as never,
    clock,
    random,
    pages: {
      error: (_req: never, res: { status: (code: number) => { end: (text: string) => void } }, { status = 400 }) =>
        res.status(status).end('a page'),
    } as never,
    limits: [],
    quick: quickAuthzen(point),
    edges: [
      [
        '/d/:tenancy/:domain',
        scimEdge({ ...callers, findDomain, administer, secrets, report: (_, err) => thrown.push(err) }),
      ],
      ['/t/:tenancy', authzen(point)],
      ['/t/:tenancy', authzenSearch({ search: searcher({ clock, known }), secrets, authenticateCaller, findTenancy })],
      ['/', authzenMetadata({ baseUrl, findTenancy })],
      ['/', sharedSignals({ ...base, ...callers, fetch, findDomain, keyRing, issuerOf }).edge],
    ],
  })
  server.on('request', app)
  return { url: baseUrl, thrown, close: () => new Promise((done) => server.close(done)) }
}

type Planted = {
  readonly bed: Bed
  readonly things: { readonly [W in Where]: Things }
  readonly farKeyOf: (scopes: readonly ApiKeyScope[]) => Promise<string>
}

/** A program with an API key, and what it may do. */
const program = async (bed: Bed, name: string, may: string | undefined, scopes: readonly ApiKeyScope[]) => {
  const id = bed.random.id() as ServiceIdId
  const [createdAt, updatedAt] = [bed.clock(), bed.clock()]
  await bed.store.write((tx) =>
    tx.serviceIds.put({
      id,
      tenancyId: bed.tenancyId,
      compartmentId: bed.rootCompartment,
      name,
      description: '',
      status: 'active',
      createdAt,
      updatedAt,
    }),
  )
  const who = `request.principal.name = '${name}'`
  const [what, when] = (may ?? '').split(' where ')
  if (may !== undefined)
    await bed.policy(
      `of ${name}`,
      (what ?? '')
        .split(', ')
        .map((one) => `Allow any-user to ${one} in tenancy where ${when ? `all { ${who}, ${when} }` : who}`),
    )
  return `Bearer ${await bed.keyOf({ kind: 'service-id', id }, { scopes })}`
}
const all = 'manage users, manage groups, manage group-memberships'
const caller = (
  name: string,
  authorization: string | undefined,
  gets: Caller['gets'],
  differs: Partial<Caller> = {},
): Caller => ({ name, authorization, gets, sees: gets === 'nothing' ? 'nothing' : 'all', tenancy: 'acme', ...differs })

export const openNeighbours = async ({ bed, things, farKeyOf }: Planted) => {
  const tokens = new Map<string, Token>()
  const served = await serve(bed, tokens)
  await ensureKeys({ ...bed, keyMaker: sameKeys })(operator, bed.tenancyId)
  const idOf = (where: Where): string => things[where].get('/applications/{application}')?.id ?? ''
  const tokenOf = (where: Where, scopes: readonly string[], personId?: string): string => {
    const token = `token-${tokens.size}`
    const tenancyId = where === 'far' ? bed.otherTenancyId : bed.tenancyId
    const domainId = { home: bed.domains.default, away: bed.domains.partners, far: bed.domains.other }[where]
    const app = { appId: idOf(where), clientId: `${where}-app`, personId, scopes }
    tokens.set(`${where === 'far' ? 'other' : 'acme'} ${token}`, { tenancyId, domainId, ...app })
    return `Bearer ${token}`
  }
  const strangers = [
    caller('nobody', undefined, 'nothing'),
    caller('an unknown key', `Bearer gwm_${'B'.repeat(43)}`, 'nothing'),
    caller('an administrator', `Bearer ${bed.rootKey}`, 'nothing'), // a key of the scope `admin` opens no other door
    caller('an access token of a person', tokenOf('home', ['pdp', 'ssf.manage', 'scim'], bed.root), 'nothing'),
    caller('a token without a scope', tokenOf('home', ['openid']), 'nothing'),
  ]
  const receivers = { home: tokenOf('home', ['ssf.manage']), far: tokenOf('far', ['ssf.manage']) }
  const streams: string[] = []
  for (const [tenancy, authorization] of [
    ['acme', receivers.home],
    ['other', receivers.far],
  ] as const) {
    const path = `/d/${tenancy}/default/ssf/streams`
    const headers = { authorization, 'content-type': 'application/json' }
    const { text } = await send(served.url, { method: 'POST', path, headers, body: '{}' })
    streams.push(String((JSON.parse(text) as { stream_id: string }).stream_id))
  }
  const far = (scopes: readonly ApiKeyScope[]) => farKeyOf(scopes).then((key) => `Bearer ${key}`)
  return {
    ...served,
    /** Of receivers: here, and in the other tenancy. */
    streams,
    scim: [
      caller('a program', await program(bed, 'provisioner', all, ['scim']), 'all'),
      caller(
        'a program of partners',
        await program(bed, 'partner', `${all} where target.domain.name = 'partners'`, ['scim']),
        'partners',
      ),
      caller('a program that reads', await program(bed, 'looker', 'read users, read groups', ['scim']), 'some'),
      caller('a program that holds nothing', await program(bed, 'idler', undefined, ['scim']), 'some', {
        sees: 'nothing',
      }),
      caller('a program of another tenancy', await far(['scim']), 'all', { tenancy: 'other' }),
      caller('a program that asks for decisions', await program(bed, 'asker', all, ['pdp']), 'nothing'),
      ...strangers,
    ],
    authzen: [
      caller('an application', tokenOf('home', ['pdp']), 'some'),
      caller('a program', await program(bed, 'pdp-asker', undefined, ['pdp']), 'some'),
      caller('a program of another tenancy', await far(['pdp']), 'some', { tenancy: 'other' }),
      caller('an application of another tenancy', tokenOf('far', ['pdp']), 'some', { tenancy: 'other' }),
      ...strangers,
    ],
    ssf: [
      caller('a receiver', receivers.home, 'all'),
      caller('a receiver that looks', tokenOf('home', ['ssf.read']), 'all'), // to poll is to take
      caller('a receiver of partners', tokenOf('away', ['ssf.manage']), 'partners'),
      caller('a receiver of another tenancy', receivers.far, 'all', { tenancy: 'other' }),
      ...strangers,
    ],
  }
}
