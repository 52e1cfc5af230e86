// Sample rows of what comes and goes with sign-ins, and of what is recorded; see rows.ts.
import type { AuditEvent, DecisionRecord } from '../../src/core/model/audit.ts'
import type { Journey } from '../../src/core/model/journey.ts'
import type { Participant, Session } from '../../src/core/model/session.ts'
import type { OutboxItem, Payload, Store } from '../../src/ports/store.ts'
import { compartment, domain, id, NOW, person, tenancy } from './rows.ts'

export const journey = (name: string, differs: Partial<Journey> = {}): Journey => ({
  id: id(name),
  tenancyId: id('acme'),
  domainId: id('default'),
  browserHash: 'browser',
  wants: {
    appId: undefined,
    level: 0,
    freshAfter: undefined,
    silent: false,
    loginHint: undefined,
    idpHint: undefined,
    uiLocales: [],
    resume: '/account',
  },
  username: undefined,
  personId: undefined,
  route: undefined,
  sessionId: undefined,
  evidence: [],
  deviceHash: undefined,
  beganIn: undefined,
  trustDevice: false,
  pending: {},
  path: [],
  upstreamSession: undefined,
  createdAt: NOW,
  expiresAt: NOW + 600_000,
  version: 0,
  ...differs,
})
export const session = (name: string, who: string, differs: Partial<Session> = {}): Session => ({
  id: id(name),
  tokenHash: `hash of ${name}`,
  tenancyId: id('acme'),
  domainId: id('default'),
  personId: id(who),
  evidence: [{ kind: 'password', at: NOW }],
  upstream: undefined,
  deviceId: undefined,
  startedAt: NOW,
  lastSeenAt: NOW,
  expiresAt: NOW + 43_200_000,
  endedAt: undefined,
  endReason: undefined,
  version: 0,
  ...differs,
})
export const upstream = (nameId: string, sessionIndex: string | undefined): Session['upstream'] => ({
  idpId: id('corp'),
  nameId,
  nameIdFormat: undefined,
  sessionIndex,
})
export const participant = (where: string, app: string, joinedAt = NOW, nameId?: string): Participant => ({
  sessionId: id(where),
  appId: id(app),
  protocol: 'saml',
  nameId: nameId === undefined ? undefined : { value: nameId, format: 'persistent', spNameQualifier: undefined },
  joinedAt,
})
export const payload = (name: string, differs: Partial<Payload> = {}): Payload => ({
  scope: 'default',
  model: 'AuthorizationCode',
  id: name,
  body: { kind: 'AuthorizationCode', exp: 1 },
  grantId: undefined,
  uid: undefined,
  userCode: undefined,
  consumedAt: undefined,
  expiresAt: NOW + 60_000,
  ...differs,
})
export const auditEvent = (name: string, differs: Partial<AuditEvent> = {}): AuditEvent => ({
  id: id(name),
  tenancyId: id('acme'),
  domainId: 'default',
  at: NOW,
  action: 'group.created',
  outcome: 'success',
  reason: undefined,
  actor: { kind: 'person', id: 'root', name: 'root' },
  target: { type: 'group', id: 'staff', name: 'Staff' },
  before: undefined,
  after: { name: 'Staff' },
  details: {},
  requestId: undefined,
  decisionId: undefined,
  ...differs,
})
export const decision = (name: string): DecisionRecord => ({
  id: id(name),
  tenancyId: id('acme'),
  at: NOW,
  revision: 3,
  allow: false,
  compartmentId: 'root',
  question: { action: 'read' },
  because: [],
  denied: ['policy/root#2'],
  undecided: [],
  principal: { id: 'ann', groups: ['staff'] },
})
export const outboxItem = (name: string, dueAt: number): OutboxItem => ({
  id: name,
  tenancyId: id('acme'),
  kind: 'mail',
  payload: { to: 'ann@acme.example' },
  attempts: 0,
  dueAt,
  lastError: undefined,
})

/** A tenancy `acme` with compartment `root` and domain `default`, and whoever is named in it. */
export const seed = (store: Store, ...usernames: readonly string[]): Promise<void> =>
  store.write(async (tx) => {
    await tx.tenancies.put(tenancy('acme'))
    await tx.compartments.put(compartment('root', { parentId: undefined, name: 'acme' }))
    await tx.domains.put(domain('default'))
    for (const username of usernames) await tx.people.put(person(username))
  })
