// The administrative API on an ephemeral port, mounted as in wire.ts, on a store of the caller's choice. Callers are API keys of people and
// service IDs, or access tokens out of a table; clock and ids stand still and count.
import type { AddressInfo } from 'node:net'
import express from 'express'
import { recoveryCodes } from '../../../src/adapters/factor-recovery-code.ts'
import { inRange } from '../../../src/adapters/fetch-guard.ts'
import { keyMaker } from '../../../src/adapters/keys.ts'
import { readCertificate } from '../../../src/adapters/read-certificate.ts'
import { samlVerifier } from '../../../src/adapters/saml-verify/verifier.ts'
import { keyEncryptionKey, secrets as openSecrets } from '../../../src/adapters/secrets.ts'
import { signer } from '../../../src/adapters/signer.ts'
import { systemRandom } from '../../../src/adapters/system.ts'
import { samlInspector } from '../../../src/adapters/upstream-saml/inspect.ts'
import { apiDocuments } from '../../../src/adapters/yaml/api-documents.ts'
import type { Evidence } from '../../../src/core/assurance/level.ts'
import type { Membership } from '../../../src/core/model/group.ts'
import type {
  ApiKeyId,
  CompartmentId,
  DomainId,
  GroupId,
  PersonId,
  RoleAssignmentId,
  SessionId,
} from '../../../src/core/model/ids.ts'
import type { Person } from '../../../src/core/model/person.ts'
import type { RoleAssignment } from '../../../src/core/model/role.ts'
import type { ApiKey, ApiKeyScope } from '../../../src/core/model/workload.ts'
import { defaultLimits } from '../../../src/core/policy/limits.ts'
import { adminEdge } from '../../../src/edges/admin/admin-edge.ts'
import type { AdminBearer } from '../../../src/edges/admin/caller.ts'
import { problemJson, problemOf } from '../../../src/edges/render-problem.ts'
import { administrating } from '../../../src/flows/access/administer.ts'
import { apiKeyCaller } from '../../../src/flows/access/api-key-caller.ts'
import { authorizer } from '../../../src/flows/access/authorize.ts'
import { tenancyFinder } from '../../../src/flows/access/find-tenancy.ts'
import { standingOf } from '../../../src/flows/access/permits.ts'
import { snapshots } from '../../../src/flows/access/snapshots.ts'
import { policyWriter } from '../../../src/flows/access/write-policy.ts'
import { administrationFlows } from '../../../src/flows/administration.ts'
import { auditFlows } from '../../../src/flows/audit/audit-flows.ts'
import { eventOf } from '../../../src/flows/audit-event.ts'
import { blankDomain, createTenancyIn } from '../../../src/flows/directory/create-tenancy.ts'
import { guardedStore } from '../../../src/flows/directory/lock-out.ts'
import { newPerson } from '../../../src/flows/directory/new-person.ts'
import { newPassword } from '../../../src/flows/directory/seed-people.ts'
import { checkMetadata } from '../../../src/flows/upkeep/check-metadata.ts'
import { ensureOwnApps } from '../../../src/flows/upkeep/ensure-own-apps.ts'
import type { Store } from '../../../src/ports/store.ts'
import { catalogue as problems } from '../../../src/problem.ts'
import { catalogue, operator, roles } from '../../flows/access/office.ts'
import { noPostgres, postgresUrl, testPostgres, testStore } from '../../stores/open-test-store.ts'

export type Answer<T = Record<string, unknown>> = {
  readonly status: number
  readonly body: T
  readonly headers: Headers
}
type Init = { readonly body?: unknown; readonly headers?: { readonly [name: string]: string } }
const session = { idleSeconds: 60, absoluteSeconds: 600 }
const ask = async () => ({ failed: 'nobody is asked here' })

export const openBed = async (open: () => Promise<Store> = testStore) => {
  const store = await open()
  let now = Date.UTC(2030, 0, 16, 12)
  const clock = (): number => now
  const random = systemRandom(() => now)
  const secrets = openSecrets([keyEncryptionKey(new Uint8Array(32).fill(7))])
  const base = { store, clock, random, secrets }
  const made = await store.write((tx) =>
    createTenancyIn(tx, { random, now, session, actor: operator }, { name: 'acme', displayName: 'Acme' }),
  )
  const other = await store.write((tx) =>
    createTenancyIn(tx, { random, now, session, actor: operator }, { name: 'other', displayName: 'Other' }),
  )
  const tenancyId = made.tenancy.id
  const partners = blankDomain(random.id() as DomainId, tenancyId, made.root.id, 'partners', session)
  await store.write((tx) => tx.domains.put(partners))
  const domains = { default: made.domain.id, partners: partners.id, other: other.domain.id }

  const known = snapshots({ store, catalogue, roles })
  const authorize = authorizer({ ...base, catalogue, known })
  const guarded = guardedStore(store, clock)
  let meanwhile: (() => Promise<void>) | undefined
  const interrupted: Store = {
    ...guarded,
    write: async (work) => {
      const first = meanwhile
      meanwhile = undefined
      await first?.()
      return guarded.write(work)
    },
  }
  const keptDays = { event: undefined, decision: undefined }
  const audit = auditFlows({ ...base, signer: signer(), keyMaker: keyMaker(), keptDays })
  const administer = administrating({ ...base, store: interrupted, authorize, standingOf: standingOf({ known }) })
  const policies = policyWriter({ ...base, catalogue })
  const tokens = new Map<string, AdminBearer>()
  const http = express()
  http.disable('x-powered-by')
  http.set('etag', false)
  http.use((req, res, next) => {
    req.headers['x-request-id'] = 'ours-1'
    res.setHeader('x-request-id', 'ours-1')
    next()
  })
  const server = http.listen(0, '127.0.0.1')
  await new Promise((ready) => server.once('listening', ready))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  http.use(
    '/api/v1',
    adminEdge({
      store,
      secrets,
      administer,
      baseUrl: url,
      bearer: async (tenancy, token) => (tenancy === 'acme' ? tokens.get(token) : undefined),
      apiKey: apiKeyCaller(base),
      findTenancy: tenancyFinder(base),
      flows: administrationFlows({
        inRange,
        ...base,
        audit,
        administer,
        catalogue,
        known,
        roles,
        policies,
        policyLimits: defaultLimits,
        inspectors: {
          saml: samlInspector({ verifier: samlVerifier(), ask, readCertificate, issuerOf: async () => url }),
        },
        recoveryCodes: recoveryCodes({ random, secrets }),
        baseUrl: url,
        session,
        keyMaker: keyMaker(),
        checkMetadata: checkMetadata({ verifier: samlVerifier(), clock }),
      }),
      documents: apiDocuments(),
    }),
  )
  const thrown: unknown[] = []
  http.use(((error, req, res, _next) => {
    const problem = problemOf(error)
    if (problem.slug === 'internal') thrown.push(error)
    res.status(problems[problem.slug][0]).type('application/problem+json')
    res.send(JSON.stringify(problemJson(problem, String(req.headers['x-request-id']))))
  }) satisfies express.ErrorRequestHandler)

  const addPerson = async (
    username: string,
    differs: Partial<Person> = {},
    domain: keyof typeof domains = 'default',
  ) => {
    const place = { id: domains[domain], tenancyId: domain === 'other' ? other.tenancy.id : tenancyId }
    const person = newPerson(random, now, place, { username, displayName: username, email: undefined, ...differs })
    await store.write(async (tx) => {
      await tx.people.put(person)
      await tx.credentials.add(newPassword(random, now, person.id, 'not-a-hash'))
    })
    return person.id
  }
  const keyOf = async (owner: ApiKey['owner'], differs: Partial<ApiKey> = {}): Promise<string> => {
    const token = `gwm_${random.token()}`
    const tenancy = differs.tenancyId ?? tenancyId
    const scopes: readonly ApiKeyScope[] = ['admin']
    await store.write((tx) =>
      tx.apiKeys.put({
        id: random.id() as ApiKeyId,
        tenancyId: tenancy,
        owner,
        name: 'test',
        scopes,
        prefix: token.slice(0, 12),
        hash: secrets.digest(token),
        createdAt: now,
        expiresAt: undefined,
        revokedAt: undefined,
        ...differs,
      }),
    )
    return token
  }
  const join = (personId: PersonId, groupId: GroupId, differs: Partial<Membership> = {}) =>
    store.write((tx) =>
      tx.memberships.put({
        personId,
        groupId,
        provenance: { kind: 'direct', by: 'test' },
        role: 'user',
        since: now,
        expiresAt: undefined,
        ...differs,
      }),
    )
  const addGroup = async (name: string, domain: 'default' | 'partners' = 'default'): Promise<GroupId> => {
    const id = random.id() as GroupId
    await store.write(async (tx) => {
      await tx.groups.put({ id, tenancyId, domainId: domains[domain], name, description: '', system: false })
      await tx.tenancies.bumpRevision(tenancyId)
    })
    return id
  }
  await ensureOwnApps({ ...base, baseUrl: url })(operator, tenancyId)
  const root = await addPerson('root')
  await join(root, made.administrators.id)
  const rootKey = await keyOf({ kind: 'person', id: root })

  const call = async <T = Record<string, unknown>>(
    method: string,
    path: string,
    { body, headers = {} }: Init = {},
    token: string | undefined = rootKey,
  ): Promise<Answer<T>> => {
    const response = await fetch(`${url}/api/v1/tenancies/acme${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      body: (text === '' ? undefined : JSON.parse(text)) as T,
      headers: response.headers,
    }
  }
  return {
    ...base,
    url,
    call,
    thrown,
    tokens,
    tenancyId,
    otherTenancyId: other.tenancy.id,
    domains,
    rootCompartment: made.root.id as CompartmentId,
    administrators: made.administrators.id,
    root,
    rootKey,
    addPerson,
    addGroup,
    keyOf,
    join,
    authorize,
    seal: audit.seal,
    /** Somebody of the tenancy who may do what the statements say, and nothing else. */
    somebody: async (username: string, statements: readonly string[] = []) => {
      const person = await addPerson(username)
      const group = await addGroup(`${username}s`)
      await join(person, group)
      if (statements.length > 0)
        await policies.putPolicy(operator, {
          tenancyId,
          compartmentId: made.root.id,
          name: `for ${username}`,
          description: '',
          statements: statements.map((s) => `Allow group ${username}s to ${s}`),
        })
      return { person, group, key: await keyOf({ kind: 'person', id: person }) }
    },
    assign: (holder: RoleAssignment['holder'], role: string) =>
      store.write(async (tx) => {
        const id = random.id() as RoleAssignmentId
        await tx.roleAssignments.put({
          id,
          tenancyId,
          name: `${role} ${id}`,
          holder,
          roles: [role],
          service: undefined,
          compartmentId: made.root.id,
          resource: { type: undefined, id: undefined, attributes: {} },
          createdBy: 'test',
          createdAt: now,
          updatedAt: now,
          expiresAt: undefined,
        })
        await tx.tenancies.bumpRevision(tenancyId, { noun: 'role-assignment', id })
      }),
    policy: (name: string, statements: readonly string[]) =>
      policies.putPolicy(operator, { tenancyId, compartmentId: made.root.id, name, description: '', statements }),
    /** An access token of the command line, asked for in a session with this evidence. */
    tokenOf: async (token: string, personId: PersonId, evidence: readonly Evidence[]) => {
      const id = random.id() as SessionId
      await store.write((tx) =>
        tx.sessions.add({
          id,
          tokenHash: random.token(),
          tenancyId,
          domainId: domains.default,
          personId,
          evidence,
          upstream: undefined,
          deviceId: undefined,
          startedAt: now,
          lastSeenAt: now,
          expiresAt: now + 3_600_000,
          endedAt: undefined,
          endReason: undefined,
          version: 0,
        }),
      )
      tokens.set(token, { clientId: 'gwanmun-cli', personId, sessionId: id, scopes: ['admin'] })
    },
    /** As far as the audit log says. */
    signedIn: (person: PersonId) =>
      store.write((tx) =>
        tx.audit.add(
          eventOf(random, now, {
            tenancyId,
            domainId: domains.default,
            action: 'sign-in.succeeded',
            actor: { kind: 'person', id: person, name: '' },
          }),
        ),
      ),
    /** Between the answer of the evaluator and the transaction of the next administrative write. */
    beforeNextWrite: (work: () => Promise<void>) => {
      meanwhile = work
    },
    later: (seconds: number) => {
      now += seconds * 1000
    },
    audit: (action?: string) =>
      store.read((tx) => tx.audit.list(tenancyId, { limit: 100, ...(action === undefined ? {} : { action }) })),
    decisions: () => store.read((tx) => tx.audit.decisions(tenancyId, { limit: 1000 })),
    revision: () => store.read((tx) => tx.tenancies.revision(tenancyId)),
    close: async () => {
      await new Promise((done) => server.close(done))
      await store.close()
    },
  }
}
export type Bed = Awaited<ReturnType<typeof openBed>>

/** Every test of the API runs on both; without PG_URL the second says why it does not. */
export const stores: readonly (readonly [name: string, open: (() => Promise<Store>) | undefined])[] = [
  ['sqlite', testStore],
  [
    postgresUrl === undefined ? `postgres (skipped: ${noPostgres})` : 'postgres',
    postgresUrl === undefined ? undefined : testPostgres,
  ],
]
