// What the directory's flows need, real but for clock and ids: a store in memory, real secrets, policies written by their own flow.
import { join } from 'node:path'
import { keyEncryptionKey, secrets as realSecrets } from '../../../src/adapters/secrets.ts'
import { readCatalogue } from '../../../src/adapters/yaml/catalogue-file.ts'
import { readRoles } from '../../../src/adapters/yaml/roles-file.ts'
import { type Env, secretReader } from '../../../src/adapters/yaml/secret-field.ts'
import { parseTenancy } from '../../../src/adapters/yaml/tenancy-file.ts'
import type { Actor } from '../../../src/core/model/audit.ts'
import type { Declared } from '../../../src/core/model/declared.ts'
import type { Group, Provenance } from '../../../src/core/model/group.ts'
import type { DomainId, GroupId, JourneyId, PersonId, SignOnRuleId, TenancyId } from '../../../src/core/model/ids.ts'
import { isOwnApp } from '../../../src/core/model/own-apps.ts'
import type { SignOnRule } from '../../../src/core/model/sign-on.ts'
import type { Domain } from '../../../src/core/model/tenancy.ts'
import { tenancyCatalogues } from '../../../src/flows/access/known.ts'
import { snapshots } from '../../../src/flows/access/snapshots.ts'
import { policyWriter } from '../../../src/flows/access/write-policy.ts'
import { type ApplyDeps, applyTenancy, planTenancy } from '../../../src/flows/directory/apply.ts'
import { newPerson } from '../../../src/flows/directory/new-person.ts'
import { newPassword } from '../../../src/flows/directory/seed-people.ts'
import type { Random } from '../../../src/ports/random.ts'
import type { Store } from '../../../src/ports/store.ts'
import { testStore } from '../../stores/open-test-store.ts'

export const operator: Actor = { kind: 'operator', id: 'test', name: 'test' }
const START = Date.UTC(2026, 10, 21)

export const counting = (): Random => {
  let count = 0
  const next = (): string => String(++count).padStart(26, '0')
  return { id: next, token: () => `token-${next()}`, bytes: (length) => new Uint8Array(length).fill(++count) }
}
export const declaredIn = (text: string, env: Env = {}): Declared => {
  const parsed = parseTenancy(text.replace(/^\n/, ''), 'acme.yaml', secretReader(env))
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults))
  return parsed
}

const read = readCatalogue(join(import.meta.dirname, '../../../config/catalogue'))
if ('faults' in read) throw new Error(JSON.stringify(read.faults))
export const { catalogue } = read
const readingRoles = readRoles(join(import.meta.dirname, '../../../config/roles'), catalogue)
if ('faults' in readingRoles) throw new Error(JSON.stringify(readingRoles.faults))
export const { roles } = readingRoles

type NewPerson = {
  readonly direct?: readonly string[]
  readonly mapped?: readonly string[]
  readonly password?: boolean
  readonly link?: string
}

const deed = (store: Store, random: Random, clock: () => number, tenancyId: () => TenancyId) => {
  const inDefault = async <T>(
    work: (domain: Domain, tx: Parameters<Parameters<Store['write']>[0]>[0]) => Promise<T>,
  ): Promise<T> =>
    store.write(async (tx) => {
      const domain = await tx.domains.byName(tenancyId(), 'default')
      if (!domain) throw new Error('no domain')
      return work(domain, tx)
    })
  return {
    domain: (name: string) =>
      store.read(async (tx) => {
        const found = await tx.domains.byName(tenancyId(), name)
        if (!found) throw new Error('no domain')
        return found
      }),
    nouns: () =>
      inDefault(async (domain, tx) => ({
        groups: await tx.groups.list(domain.id),
        idps: await tx.idps.list(domain.id),
        rules: await tx.signOnRules.list(domain.id),
        apps: (await tx.apps.list(tenancyId())).filter((app) => !isOwnApp(app)),
        policies: await tx.policies.list({ tenancyId: tenancyId() }),
      })),
    addGroup: (name: string) =>
      inDefault((domain, tx) => {
        const group: Group = {
          id: random.id() as GroupId,
          tenancyId: tenancyId(),
          domainId: domain.id,
          name,
          description: '',
          system: false,
        }
        return tx.groups.put(group)
      }),
    addRule: (name: string, demands: SignOnRule['demands']) =>
      inDefault((domain, tx) =>
        tx.signOnRules.put({
          id: random.id() as SignOnRuleId,
          domainId: domain.id,
          name,
          groups: [],
          apps: [],
          demands,
        }),
      ),
    addPerson: (username: string, { direct = [], mapped = [], password, link }: NewPerson): Promise<PersonId> =>
      inDefault(async (domain, tx) => {
        const now = clock()
        const person = newPerson(random, now, domain, { username, email: undefined, displayName: username })
        await tx.people.put(person)
        if (password) await tx.credentials.add(newPassword(random, now, person.id, '$argon2id$'))
        const idp = await tx.idps.byName(domain.id, link ?? 'corp')
        if (link && idp)
          await tx.links.put({
            idpId: idp.id,
            subject: username,
            personId: person.id,
            linkedAt: now,
            lastSignInAt: now,
          })
        const [rule] = idp ? await tx.mappingRules.list(idp.id) : []
        const member = async (name: string, provenance: Provenance): Promise<void> => {
          const group = await tx.groups.byName(domain.id, name)
          if (group)
            await tx.memberships.put({
              personId: person.id,
              groupId: group.id,
              provenance,
              role: 'user',
              since: now,
              expiresAt: undefined,
            })
        }
        for (const name of direct) await member(name, { kind: 'direct', by: 'test' })
        if (idp && rule)
          for (const name of mapped)
            await member(name, {
              kind: 'mapped',
              idpId: idp.id,
              ruleId: rule.id,
              rule: rule.name,
              value: 'X',
              journeyId: 'j' as JourneyId,
            })
        return person.id
      }),
    sourcesOf: (person: PersonId) =>
      inDefault(async (domain, tx) => {
        const names = new Map((await tx.groups.list(domain.id)).map((g) => [g.id, g.name]))
        return (await tx.memberships.ofPerson(person)).map((m) => `${names.get(m.groupId)} ${m.provenance.kind}`).sort()
      }),
  }
}

/** The same store, whose last write of an application (what the file owns) does something else. */
export const failingLate = (store: Store, put: () => Promise<void>): Store => ({
  ...store,
  write: (work) =>
    store.write((tx) => work(Object.create(tx, { payloads: { value: { ...tx.payloads, put } } }) as typeof tx)),
})

export const house = async (given?: Store, beforehand: Partial<ApplyDeps> = {}) => {
  const store = given ?? (await testStore())
  const random = counting()
  let now = START
  const clock = () => now
  const secrets = realSecrets([keyEncryptionKey(new Uint8Array(32).fill(7))])
  const session = { idleSeconds: 1800, absoluteSeconds: 43_200 }
  const deps: ApplyDeps = {
    store,
    random,
    clock,
    secrets,
    session,
    policies: policyWriter({ store, random, clock, catalogue, known: snapshots({ store, catalogue, roles }) }),
    roles,
    baseUrl: 'http://localhost:8080',
    catalogueFor: tenancyCatalogues(catalogue),
    ...beforehand,
  }
  let applied: TenancyId | undefined
  const tenancyId = (): TenancyId => {
    if (!applied) throw new Error('nothing was applied yet')
    return applied
  }
  return {
    deps,
    store,
    tenancyId,
    never: '' as DomainId,
    noGroup: '' as GroupId,
    later: (seconds: number) => {
      now += seconds * 1000
    },
    apply: async (text: string) => {
      const result = await applyTenancy(deps)(operator, declaredIn(text))
      applied = result.tenancyId
      return result
    },
    plan: async (text: string) => (await planTenancy(deps)(operator, declaredIn(text))).changes,
    undeclared: async (text: string) =>
      (await planTenancy(deps)(operator, declaredIn(text))).undeclared.map(({ noun, name }) => `${noun} ${name}`),
    revision: async () => (await store.read((tx) => tx.tenancies.revision(tenancyId()))) ?? -1,
    close: () => store.close(),
    ...deed(store, random, clock, tenancyId),
  }
}
export type House = Awaited<ReturnType<typeof house>>
