// What there is to attack: one thing of every noun in the domain `default` (home), in `partners` of the same tenancy (away), and in another
// tenancy (far). Nouns that are known here are planted by hand; of others whatever their example makes. What they are called is read back from
// their own lists, so that a new noun is a target without a word about it.
import { apiDocuments } from '../../../../src/adapters/yaml/api-documents.ts'
import type { CredentialId, DeviceId, GroupId, KeyId, PersonId, SessionId } from '../../../../src/core/model/ids.ts'
import type { ApiKeyScope } from '../../../../src/core/model/workload.ts'
import type { Route } from '../../../../src/edges/admin/route.ts'
import { tableOf } from '../../../../src/edges/admin/table.ts'
import { accessRequester } from '../../../../src/flows/access/request-access.ts'
import { newPassword } from '../../../../src/flows/directory/seed-people.ts'
import { sealedFor } from '../../../../src/flows/upkeep/ensure-keys.ts'
import { type Bed, openBed } from '../bed.ts'
import { type Ask, callersOf } from './callers.ts'
import { openNeighbours } from './neighbours.ts'
import { type Plant, plantedBy } from './plants.ts'
import { sameKeys } from './same-keys.ts'
import { type Got, send } from './send.ts'
import type { Watched } from './watched-store.ts'

export const table: readonly Route[] = tableOf(apiDocuments())

export type Where = 'home' | 'away' | 'far'
export const places = {
  home: { tenancy: 'acme', domain: 'default' },
  away: { tenancy: 'acme', domain: 'partners' },
  far: { tenancy: 'other', domain: 'default' },
} as const
export type Thing = { readonly id: string; readonly name: string }
/** By the part of a path that ends with the parameter: `/domains/{domain}/groups/{group}`. */
export type Things = ReadonlyMap<string, Thing>

export const at = (tenancy: string, path: string): string => `/api/v1/tenancies/${tenancy}${path}`
const json = (got: Got): Record<string, unknown> =>
  (got.text === '' ? {} : JSON.parse(got.text)) as Record<string, unknown>

/** `/domains/{domain}/users/{user}` → the ends of its parameters. */
export const endsIn = (path: string): readonly { readonly param: string; readonly upTo: string }[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map((m) => ({ param: m[1] ?? '', upTo: path.slice(0, m.index + m[0].length) }))

/** The path with what `called` says for each parameter; undefined when it says nothing for one. */
export const pathTo = (
  path: string,
  called: (upTo: string, param: string) => string | undefined,
): string | undefined => {
  let out = path
  for (const { param, upTo } of endsIn(path)) {
    const value = called(upTo, param)
    if (value === undefined) return undefined
    out = out.replace(`{${param}}`, () => encodeURIComponent(value))
  }
  return out
}

type Known = Map<string, Thing>
const asker =
  (bed: Bed, tenancy: string, key: string): Ask =>
  (method, path, body) =>
    send(bed.url, {
      method,
      path: at(tenancy, path),
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    })

const listsOf = (tag: string): readonly Route[] =>
  table.filter((r) => r.method === 'GET' && r.tag === tag && r.answers[0].schema?.safeParse({ items: [] }).success)

/** The list that an item is in: what is above it in the path, else one of the whole tenancy under the same tag. */
const listOf = (item: Route): Route | undefined => {
  const lists = listsOf(item.tag)
  const above = item.path.replace(/\/\{\w+\}$/, '')
  return lists.find((l) => l.path === above) ?? lists.find((l) => endsIn(l.path).length === 0)
}
type Item = { readonly id?: unknown; readonly name?: unknown; readonly username?: unknown }
/** What its list calls the thing of this place; `any`: whatever is there will do. */
const found = async (ask: Ask, item: Route, known: Known, prefix: string, any: boolean): Promise<Thing | undefined> => {
  const list = listOf(item)
  const path = list && pathTo(list.path, (upTo) => known.get(upTo)?.id)
  if (path === undefined) return undefined
  const rows = (json(await ask('GET', `${path}?limit=200`)).items ?? []) as Item[]
  const mine = rows.find((row) => JSON.stringify(row).includes(prefix)) ?? (any ? rows.at(-1) : undefined)
  const name = [mine?.name, mine?.username, mine?.id].find((n) => typeof n === 'string')
  return name === undefined ? undefined : { id: typeof mine?.id === 'string' ? mine.id : name, name }
}

const items: readonly Route[] = table
  .filter((r) => r.path.endsWith('}'))
  .sort((a, b) => endsIn(a.path).length - endsIn(b.path).length)

const discover = async (ask: Ask, known: Known, prefix: string, any = false): Promise<void> => {
  for (const item of items) {
    const thing = known.has(item.path) ? undefined : await found(ask, item, known, prefix, any)
    if (thing) known.set(item.path, thing)
  }
}
/** Nouns that nobody planted: made from their own example, if that is enough. */
const improvise = async (ask: Ask, known: ReadonlyMap<string, Thing>, prefix: string): Promise<void> => {
  for (const route of table.filter((r) => r.method === 'PUT' && !known.has(r.path))) {
    const path = pathTo(route.path, (upTo) => (upTo === route.path ? `${prefix}thing` : known.get(upTo)?.id))
    if (path !== undefined) await ask('PUT', path, route.bodyExample)
  }
}

/** What only a person or the gateway itself brings: a session, an authenticator, a device, a signing key, a mail, a request for a group. */
const lived = async (bed: Bed, where: Where, known: Known, secret: string): Promise<void> => {
  const { store, random, clock, secrets } = bed
  const [userAt, groupAt] = ['/domains/{domain}/users/{user}', '/domains/{domain}/groups/{group}']
  const personId = (known.get(userAt)?.id ?? '') as PersonId
  const [session, credential] = [random.id() as SessionId, random.id() as CredentialId]
  const { privateJwk, publicJwk } = await sameKeys.make('ES256') // it may be put to use
  const [device, key, message] = [random.id() as DeviceId, random.id() as KeyId, random.id()]
  await store.write(async (tx) => {
    const person = (await tx.people.get(personId)) ?? fail(`${where} has no person`)
    const { tenancyId, domainId } = person
    const now = clock()
    await tx.people.put({ ...person, emailVerified: true })
    await tx.sessions.add({
      id: session,
      tokenHash: secret,
      tenancyId,
      domainId,
      personId,
      evidence: [{ kind: 'password', at: now }],
      upstream: undefined,
      deviceId: undefined,
      startedAt: now,
      lastSeenAt: now,
      expiresAt: now + 3_600_000,
      endedAt: undefined,
      endReason: undefined,
      version: 0,
    } as unknown as Parameters<typeof tx.sessions.add>[0])
    await tx.credentials.add(newPassword(random, now, personId, 'not-a-hash'))
    const data = { kind: 'totp', secretSealed: secret, lastStep: -1 } as const
    await tx.credentials.add({
      id: credential,
      personId,
      label: 'phone',
      createdAt: now,
      lastUsedAt: undefined,
      version: 0,
      data,
    })
    const trusted = { id: device, personId, tokenHash: `${secret}-device`, label: 'laptop' }
    await tx.devices.put({ ...trusted, createdAt: now, lastUsedAt: now, expiresAt: now + 3_600_000 })
    const made = { id: key, domainId, use: 'oidc', alg: 'ES256', status: 'next', createdAt: now } as const
    const privateSealed = secrets.seal(JSON.stringify({ ...JSON.parse(privateJwk), canary: secret }), sealedFor(key))
    await tx.keys.add({ ...made, privateSealed, publicJwk, certificatePem: undefined })
    const payload = { to: `mail-of-${where}@example.com`, subject: secret, text: secret }
    const waiting = { attempts: 0, dueAt: now, lastError: undefined }
    await tx.outbox.add({ id: message, tenancyId, kind: 'mail', payload, ...waiting })
  })
  known.set(`${userAt}/trusted-devices/{device}`, { id: device, name: device })
  known.set('/domains/{domain}/signing-keys/{key}', { id: key, name: key })
  known.set('/outbox/{message}', { id: message, name: message })
  known.set(`${userAt}/sessions/{session}`, { id: session, name: session })
  known.set(`${userAt}/credentials/{credential}`, { id: credential, name: credential })
  const groupId = (known.get(groupAt)?.id ?? '') as GroupId
  const joined = await store.read((tx) => tx.memberships.ofPerson(personId))
  for (const m of joined) await store.write((tx) => tx.memberships.remove(personId, m.groupId, 'direct'))
  await accessRequester(bed)(personId, { tenancy: places[where].tenancy, groupId, reason: `reason-${where}` })
  for (const m of joined) await store.write((tx) => tx.memberships.put(m))
}
const fail = (why: string): never => {
  throw new Error(why)
}

const populate = async (bed: Bed, where: Where, key: string) => {
  const { tenancy, domain } = places[where]
  const ask = asker(bed, tenancy, key)
  const known = new Map<string, Thing>()
  const secrets: string[] = []
  const plant = plantedBy(where, domain)
  const put = async ([method, path, body]: Plant): Promise<void> => {
    const got = await ask(method, path, body)
    if (got.status >= 300) fail(`${method} ${path} was to be planted ${where}: ${got.status} ${got.text}`)
    const { id, clientSecret, key: apiKey } = json(got)
    for (const secret of [clientSecret, apiKey]) if (typeof secret === 'string') secrets.push(secret)
    const end = plant.shownOnce[path]
    if (end !== undefined) known.set(end, { id: String(id), name: String(id) })
  }
  const domainId = String(json(await ask('GET', `/domains/${domain}`)).id)
  known.set('/domains/{domain}', { id: domainId, name: domain })
  for (const [end, name] of Object.entries(plant.fixed)) known.set(end, { id: name, name })
  for (const row of plant.rows(domainId)) await put(row)
  await discover(ask, known, plant.prefix)
  const secret = `sealed-secret-of-${where}`
  await lived(bed, where, known, secret)
  await improvise(ask, known, plant.prefix)
  await discover(ask, known, plant.prefix, true)
  return { things: known as Things, secrets: [...secrets, ...plant.secrets, secret], canary: plant.canary, ask }
}

export const openWorld = async (watch: () => Promise<Watched>) => {
  const watched = await watch()
  const bed = await openBed(async () => watched.store)
  const farRoot = await bed.addPerson('root-of-other', {}, 'other')
  const farGroup = await bed.store.read((tx) => tx.groups.byName(bed.domains.other, 'Administrators'))
  await bed.join(farRoot, farGroup?.id ?? fail('the other tenancy has no administrators'))
  const farKey = await bed.keyOf({ kind: 'person', id: farRoot }, { tenancyId: bed.otherTenancyId })
  const home = await populate(bed, 'home', bed.rootKey)
  const away = await populate(bed, 'away', bed.rootKey)
  const far = await populate(bed, 'far', farKey)
  const things = { home: home.things, away: away.things, far: far.things }
  const farKeyOf = (scopes: readonly ApiKeyScope[]) =>
    bed.keyOf({ kind: 'person', id: farRoot }, { tenancyId: bed.otherTenancyId, scopes })
  const neighbours = await openNeighbours({ bed, things, farKeyOf })
  const cursors: string[] = []
  for (const { ask } of [home, far])
    for (const list of ['/policies', '/domains/default/groups', '/audit-events', '/compartments']) {
      const { next } = json(await ask('GET', `${list}?limit=1`))
      if (typeof next === 'string') cursors.push(next)
    }
  return {
    bed,
    watched,
    /** Of lists of both tenancies. */
    cursors,
    /** What was no answer of ours since the last look. */
    thrown: () => [...bed.thrown.splice(0), ...neighbours.thrown.splice(0)],
    neighbours,
    callers: await callersOf(bed, farKey, home.ask),
    things,
    canaries: { home: home.canary, away: away.canary, far: far.canary },
    /** In no answer, whoever asks. */
    secrets: [...home.secrets, ...away.secrets, ...far.secrets, 'not-a-hash'],
    askAsRoot: home.ask,
    close: async () => {
      await neighbours.close()
      await bed.close()
      await watched.close()
    },
  }
}
export type World = Awaited<ReturnType<typeof openWorld>>
