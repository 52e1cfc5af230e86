// Writes that would lock a tenancy out, and their harmless siblings. Each says who still has a way in before it.
import type { DomainId, GroupId, IdpId, KeyId, PersonId, SignOnRuleId } from '../../../src/core/model/ids.ts'
import type { SigningKey } from '../../../src/core/model/key.ts'
import type { SignOnRule } from '../../../src/core/model/sign-on.ts'
import { guardedStore } from '../../../src/flows/directory/lock-out.ts'
import type { Store, Tx } from '../../../src/ports/store.ts'
import { type House, house } from './house.ts'

const tenancy = `
tenancy: { name: acme }
domains:
  - name: default
    groups: [{ name: staff }]
    idps:
      - name: corp
        oidc: { issuer: 'https://op.example', clientId: us, clientAuth: none }
        groupsFrom: [groups]
        mappings: [{ name: bosses, exact: BOSS, groups: [Administrators] }]
`

export type Scene = {
  readonly h: House
  readonly guarded: Store
  readonly domainId: DomainId
  readonly administrators: GroupId
  readonly staff: GroupId
  readonly corp: IdpId
  readonly local: PersonId // direct, with a password
  readonly federated: PersonId // mapped through corp, without a password
  readonly colleague: PersonId // no administrator
}

export const sceneIn = async (store: Store): Promise<Scene> => {
  const h = await house(store)
  await h.apply(tenancy)
  const domainId = (await h.domain('default')).id
  const { groups, idps } = await h.nouns()
  const group = (name: string) => groups.find((g) => g.name === name)?.id ?? h.noGroup
  return {
    h,
    guarded: guardedStore(store, h.deps.clock),
    domainId,
    administrators: group('Administrators'),
    staff: group('staff'),
    corp: idps[0]?.id ?? ('' as IdpId),
    local: await h.addPerson('local', { direct: ['Administrators', 'staff'], password: true }),
    federated: await h.addPerson('federated', { mapped: ['Administrators'], link: 'corp' }),
    colleague: await h.addPerson('colleague', { direct: ['staff'], password: true }),
  }
}

export type Write = (tx: Tx, s: Scene) => Promise<unknown>
export const person =
  (who: 'local' | 'federated' | 'colleague', differs: object): Write =>
  async (tx, s) => {
    const row = await tx.people.get(s[who])
    if (row) await tx.people.put({ ...row, ...differs })
  }
const domain =
  (differs: object): Write =>
  async (tx, s) => {
    const row = await tx.domains.get(s.domainId)
    if (row) await tx.domains.put({ ...row, ...differs })
  }
export const corp =
  (differs: object): Write =>
  async (tx, s) => {
    const row = await tx.idps.get(s.corp)
    if (row) await tx.idps.put({ ...row, ...differs })
  }
const mapping =
  (groups: (s: Scene) => readonly GroupId[]): Write =>
  async (tx, s) => {
    const [rule] = await tx.mappingRules.list(s.corp)
    if (rule) await tx.mappingRules.put({ ...rule, groups: groups(s) })
  }
const rule =
  (demands: SignOnRule['demands'], groups: (s: Scene) => readonly GroupId[] = () => []): Write =>
  (tx, s) =>
    tx.signOnRules.put({
      id: 'new' as SignOnRuleId,
      domainId: s.domainId,
      name: 'new',
      groups: groups(s),
      apps: [],
      demands,
    })
const leave =
  (who: 'local' | 'federated' | 'colleague', group: 'administrators' | 'staff' = 'administrators'): Write =>
  async (tx, s) => {
    for (const m of await tx.memberships.ofPerson(s[who]))
      if (m.groupId === s[group]) {
        const source = m.provenance.kind === 'mapped' ? `mapped:${m.provenance.idpId}:${m.provenance.ruleId}` : 'direct'
        await tx.memberships.remove(s[who], s[group], source)
      }
  }
const expire =
  (who: 'local' | 'federated', seconds: number): Write =>
  async (tx, s) => {
    for (const m of await tx.memberships.ofPerson(s[who]))
      if (m.groupId === s.administrators)
        await tx.memberships.put({ ...m, expiresAt: s.h.deps.clock() + seconds * 1000 })
  }
const forget =
  (who: 'local' | 'colleague'): Write =>
  async (tx, s) => {
    for (const c of await tx.credentials.ofPerson(s[who])) await tx.credentials.remove(c.id)
  }
const renamed =
  (group: 'administrators' | 'staff'): Write =>
  async (tx, s) => {
    const row = await tx.groups.get(s[group])
    if (row) await tx.groups.put({ ...row, name: 'renamed' })
  }
const retired: Write = async (tx, s) => {
  for (const key of await tx.keys.ofDomain(s.domainId)) await tx.keys.setStatus(key.id, 'retired')
}
const join =
  (who: 'local' | 'federated', group: 'staff'): Write =>
  async (tx, s) => {
    const [m] = await tx.memberships.ofPerson(s[who])
    if (m) await tx.memberships.put({ ...m, groupId: s[group], provenance: { kind: 'direct', by: 'test' } })
  }

export const key = (id: string, status: SigningKey['status'], domainId: DomainId): SigningKey => ({
  id: id as KeyId,
  domainId,
  use: 'oidc',
  alg: 'ES256',
  status,
  privateSealed: '',
  publicJwk: undefined,
  certificatePem: undefined,
  createdAt: 0,
})

/** What is true before the write: who still has a way in. */
type Given = 'local only' | 'federated only' | 'both'
export const given: { readonly [g in Given]: readonly Write[] } = {
  'local only': [(tx, s) => tx.people.remove(s.federated)],
  'federated only': [(tx, s) => tx.people.remove(s.local)],
  both: [],
}

export const dangerous: readonly (readonly [string, Given, Write])[] = [
  ['the last administrator is disabled', 'local only', person('local', { status: 'disabled' })],
  ['the last administrator is locked', 'local only', person('local', { status: 'locked' })],
  ['the last administrator becomes a service account', 'local only', person('local', { serviceAccount: true })],
  ['the last administrator is deleted', 'local only', (tx, s) => tx.people.remove(s.local)],
  ['the last administrator leaves the group', 'local only', leave('local')],
  ['the last membership gets an end that is past', 'local only', expire('local', -1)],
  ['the last administrator loses the password', 'local only', forget('local')],
  ['the group is renamed', 'local only', renamed('administrators')],
  ['the group is deleted', 'local only', (tx, s) => tx.groups.remove(s.administrators)],
  ['the Default domain is deactivated', 'local only', domain({ status: 'inactive' })],
  ['the Default domain is deleted', 'local only', (tx, s) => tx.domains.remove(s.domainId)],
  ['local sign-in is switched off', 'local only', domain({ localSignIn: false })],
  ['a rule denies everybody', 'local only', rule({ deny: true })],
  ['a rule denies the administrators', 'local only', rule({ deny: true }, (s) => [s.administrators])],
  ['a rule denies another group of theirs', 'local only', rule({ deny: true }, (s) => [s.staff])],
  ['a level no allowed factor reaches', 'local only', rule({ level: 3, factors: ['totp'] })],
  ['a second factor with none allowed', 'local only', rule({ level: 2, factors: [] })],
  ['only recovery codes allowed', 'local only', rule({ level: 2, factors: ['recovery-code'] })],
  ['the keys that sign are retired', 'local only', retired],
  ['the identity provider is disabled', 'federated only', corp({ enabled: false })],
  ['the identity provider is deleted', 'federated only', (tx, s) => tx.idps.remove(s.corp)],
  ['the link is removed', 'federated only', (tx, s) => tx.links.remove(s.corp, 'federated')],
  [
    'the mapping rule is deleted',
    'federated only',
    async (tx, s) => {
      for (const r of await tx.mappingRules.list(s.corp)) await tx.mappingRules.remove(r.id)
    },
  ],
  ['the mapping rule leads elsewhere', 'federated only', mapping((s) => [s.staff])],
  ['the mapped membership is removed', 'federated only', leave('federated')],
  ['the federated administrator is disabled', 'federated only', person('federated', { status: 'disabled' })],
  [
    'both at once',
    'both',
    async (tx, s) => {
      await person('local', { status: 'disabled' })(tx, s)
      await corp({ enabled: false })(tx, s)
    },
  ],
  [
    'one leaves and the domain deactivates',
    'both',
    async (tx, s) => {
      await leave('local')(tx, s)
      await domain({ status: 'inactive' })(tx, s)
    },
  ],
  [
    'a denied group is joined',
    'local only',
    async (tx, s) => {
      await leave('local', 'staff')(tx, s)
      await rule({ deny: true }, () => [s.staff])(tx, s)
      await join('local', 'staff')(tx, s)
    },
  ],
]

export const harmless: readonly (readonly [string, Given, Write])[] = [
  ['a colleague is disabled', 'local only', person('colleague', { status: 'disabled' })],
  ['a colleague is deleted', 'local only', (tx, s) => tx.people.remove(s.colleague)],
  ['one of two administrators is disabled', 'both', person('local', { status: 'disabled' })],
  ['one of two leaves the group', 'both', leave('local')],
  ['the membership ends tomorrow', 'local only', expire('local', 86_400)],
  ['a colleague loses the password', 'local only', forget('colleague')],
  ['another group is renamed', 'local only', renamed('staff')],
  ['another group is deleted', 'local only', (tx, s) => tx.groups.remove(s.staff)],
  ['the domain gets another name to show', 'local only', domain({ displayName: 'Acme' })],
  ['local sign-in is switched off while corp is there', 'both', domain({ localSignIn: false })],
  ['a rule that asks for a second factor', 'local only', rule({ level: 2 })],
  ['a rule with factors that can be enrolled', 'local only', rule({ level: 2, factors: ['totp', 'recovery-code'] })],
  ['a rule denies a group no administrator is in', 'federated only', rule({ deny: true }, (s) => [s.staff])],
  ['corp is disabled while a password is there', 'both', corp({ enabled: false })],
  ['corp is deleted while a password is there', 'both', (tx, s) => tx.idps.remove(s.corp)],
  ['the mapping leads to one group more', 'federated only', mapping((s) => [s.administrators, s.staff])],
  [
    'the membership moves in one transaction',
    'local only',
    async (tx, s) => {
      await leave('local')(tx, s)
      const [m] = await tx.memberships.ofPerson(s.colleague)
      if (m) await tx.memberships.put({ ...m, groupId: s.administrators })
    },
  ],
  [
    'one key retires, another signs',
    'local only',
    async (tx, s) => {
      await tx.keys.add(key('next', 'active', s.domainId))
      await tx.keys.setStatus('first' as KeyId, 'retired')
    },
  ],
]
