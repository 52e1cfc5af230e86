// Declared tenancies against a real store: idempotent, all or nothing, audited, and never a lock-out (T1, T4, I5).
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Change } from '../../../src/flows/directory/reconcile.ts'
import { Problem } from '../../../src/problem.ts'
import { type House, house, operator } from './house.ts'

let h: House
beforeEach(async () => {
  h = await house()
})
afterEach(() => h.close())

const small = `
tenancy: { name: acme, displayName: Acme }
compartments:
  - { name: Prod, compartments: [{ name: Web }] }
domains:
  - name: default
    groups: [{ name: staff }, { name: finance }]
    passwordPolicies: [{ name: everyone }, { name: strict, priority: 1, groups: [finance] }]
    signOnRules: [{ name: finance-mfa, groups: [finance], apps: [shop], level: mfa }]
    idps:
      - name: corp
        saml: { metadataUrl: 'https://idp.example/metadata' }
        groupsFrom: [memberOf]
        mappings: [{ name: books, exact: CORP-BOOKS, groups: [staff, finance] }]
      - name: sister
        oidc: { issuer: 'https://op.example', clientId: us, clientSecret: { literal: hush } }
applications:
  - name: shop
    oidc: { clientId: shop, clientSecrets: [{ literal: hush-too }], redirectUris: ['https://shop.example/cb'] }
policies:
  - { name: books, compartment: Prod/Web, statements: [Allow group finance to manage finance-family in compartment Web] }
demo: {}
`
const lines = (changes: readonly Change[]) => changes.map((c) => `${c.action} ${c.noun} ${c.name}`)
const events = async () => (await h.store.read((tx) => tx.audit.list(h.tenancyId(), { limit: 500 }))).length
const refusal = async (text: string): Promise<Problem> => {
  const thrown = await h.apply(text).then(
    () => undefined,
    (e: unknown) => e,
  )
  if (!(thrown instanceof Problem)) throw thrown ?? new Error('nothing was refused')
  return thrown
}

describe('applying', () => {
  test('T1: a tenancy comes with root compartment, Default domain and a system group of administrators', async () => {
    await h.apply('tenancy: { name: acme }')
    await h.store.read(async (tx) => {
      const tenancy = await tx.tenancies.byName(undefined, 'acme')
      if (!tenancy) throw new Error('no tenancy')
      const [root, ...more] = await tx.compartments.list({ tenancyId: tenancy.id })
      expect([root?.name, root?.parentId, more]).toEqual(['acme', undefined, []])
      const domain = await tx.domains.byName(tenancy.id, 'default')
      expect(domain).toMatchObject({ displayName: 'Default', status: 'active', compartmentId: root?.id })
      expect(await tx.groups.list(domain?.id ?? h.never)).toMatchObject([{ name: 'Administrators', system: true }])
    })
  })
  test('makes everything that is declared, in an order in which names are there before they are used', async () => {
    expect(lines((await h.apply(small)).changes)).toEqual([
      'create tenancy acme',
      'create compartment Prod',
      'create compartment Prod/Web',
      'create group default/staff',
      'create group default/finance',
      'create password-policy default/everyone',
      'create password-policy default/strict',
      'create app shop',
      'create sign-on-rule default/finance-mfa',
      'create idp default/corp',
      'create mapping-rule default/corp/books',
      'create idp default/sister',
      'create policy Prod/Web/books',
    ])
  })
  test('unchanged: no change, no write, no audit event', async () => {
    await h.apply(small)
    const before = [await events(), await h.revision()]
    expect((await h.apply(small)).changes).toEqual([])
    expect([await events(), await h.revision()]).toEqual(before)
  })
  test('a change is one update and one audit event with both sides; the revision moves', async () => {
    await h.apply(small)
    const [count, revision] = [await events(), await h.revision()]
    const { changes } = await h.apply(small.replace('{ name: staff }', '{ name: staff, description: Everybody }'))
    expect(lines(changes)).toEqual(['update group default/staff'])
    const [event] = await h.store.read((tx) => tx.audit.list(h.tenancyId(), { limit: 1 }))
    expect(event).toMatchObject({
      action: 'group.updated',
      actor: operator,
      before: { description: '' },
      after: { description: 'Everybody' },
    })
    expect([await events(), await h.revision()]).toEqual([count + 1, revision + 1])
  })
  test('T4: a change of a domain bumps its version, so that its provider is built anew', async () => {
    await h.apply(small)
    const before = await h.domain('default')
    await h.apply(small.replace('- name: default', '- name: default\n    accessTokenSeconds: 120'))
    expect(await h.domain('default')).toEqual({ ...before, accessTokenSeconds: 120, version: before.version + 1 })
  })
  test('secrets are sealed or hashed, sealed again only when they change, and never in the audit log', async () => {
    await h.apply(small)
    const sealed = async () => {
      const { idps, apps } = await h.nouns()
      const trust = idps.find((i) => i.name === 'sister')?.trust
      const settings = apps[0]?.settings
      return [
        trust?.protocol === 'oidc' && trust.clientSecretSealed,
        settings?.protocol === 'oidc' && settings.secretHashes[0],
      ]
    }
    const before = await sealed()
    await h.apply(small)
    expect(await sealed()).toEqual(before)
    const { changes } = await h.apply(small.replace('literal: hush }', 'literal: changed }'))
    expect(lines(changes)).toEqual(['update idp default/sister'])
    const everything = JSON.stringify([
      await h.nouns(),
      await h.store.read((tx) => tx.audit.list(h.tenancyId(), { limit: 500 })),
      changes,
    ])
    expect(everything).not.toMatch(/hush|changed"/)
    expect((await sealed())[0]).not.toEqual(before[0])
  })
  test('metadata fetched from a URL stays until the URL changes', async () => {
    await h.apply(small)
    const fetched = async () => {
      const corp = (await h.nouns()).idps.find((i) => i.name === 'corp')
      if (corp?.trust.protocol !== 'saml') throw new Error('no saml provider')
      return { ...corp, trust: corp.trust }
    }
    const corp = await fetched()
    await h.store.write((tx) => tx.idps.put({ ...corp, trust: { ...corp.trust, metadataXml: '<fetched/>' } }))
    expect((await h.apply(small)).changes).toEqual([])
    expect((await fetched()).trust.metadataXml).toBe('<fetched/>')
    await h.apply(small.replace('idp.example/metadata', 'idp.example/other'))
    expect((await fetched()).trust.metadataXml).toBeUndefined()
  })
  test('names are found without case, and a rename by case is an update', async () => {
    await h.apply(small)
    const { changes } = await h.apply(small.replace('{ name: staff }', '{ name: Staff }'))
    expect(lines(changes)).toEqual(['update group default/Staff'])
  })
  test('groups that people made by hand may be named', async () => {
    await h.apply(small)
    await h.addGroup('by-hand')
    await h.apply(small.replace('groups: [finance], apps', 'groups: [finance, by-hand], apps'))
    expect((await h.nouns()).rules[0]?.groups).toHaveLength(2)
  })
})

describe('planning', () => {
  test('says what applying then does, and leaves nothing behind', async () => {
    const planned = await h.plan(small)
    expect(await h.store.read((tx) => tx.tenancies.list(undefined))).toEqual([])
    expect(lines(planned)).toEqual(lines((await h.apply(small)).changes))
    expect(await h.plan(small)).toEqual([])
  })
})

describe('faults', () => {
  test('every name that does not resolve, at once, with its line; nothing is written', async () => {
    const text = small
      .replace('groups: [finance], apps: [shop]', 'groups: [fianance], apps: [shpo]')
      .replace('[staff, finance] }', '[stuff] }')
      .replace('compartment: Prod/Web', 'compartment: Prod/Wab')
      .replace('- name: shop\n', '- name: shop\n    domains: [default, partners]\n')
    const { slug, message } = await refusal(text)
    expect(slug).toBe('config-invalid')
    expect(
      message
        .split('\n')
        .slice(1)
        .map((l) => l.trim()),
    ).toEqual([
      'acme.yaml:8:49: group `fianance` does not exist in domain `default`',
      'acme.yaml:8:67: application `shpo` does not exist',
      'acme.yaml:13:63: group `stuff` does not exist in domain `default`',
      'acme.yaml:18:24: domain `partners` does not exist',
      'acme.yaml:21:33: compartment `Prod/Wab` does not exist',
    ])
    expect(await h.store.read((tx) => tx.tenancies.list(undefined))).toEqual([])
  })
  test('a client id that another application has', async () => {
    const app = (name: string) =>
      `  - { name: ${name}, oidc: { clientId: same, tokenEndpointAuth: none, redirectUris: ['https://a.example/'] } }\n`
    const { message } = await refusal(`tenancy: { name: acme }\napplications:\n${app('one')}${app('two')}`)
    expect(message).toContain('acme.yaml:4:5: `two`: its name or identifier is taken by another app')
  })
  test('T2: a compartment too deep', async () => {
    const deep = (n: number): string => (n === 0 ? '' : `, compartments: [{ name: c${n}${deep(n - 1)} }]`)
    await h.apply(`tenancy: { name: acme }\ncompartments: [{ name: c${deep(5)} }]`)
    expect((await refusal(`tenancy: { name: acme }\ncompartments: [{ name: c${deep(6)} }]`)).message).toContain(
      '7 levels deep',
    )
  })
  test('statements that do not parse are reported with the other faults', async () => {
    const text = small
      .replace('Allow group finance to manage', 'Allow group finance too manage')
      .replace('apps: [shop]', 'apps: [shpo]')
    const { message } = await refusal(text)
    expect(message).toContain('policy `books`')
    expect(message).toContain('application `shpo`')
  })
})

describe('what is no longer declared', () => {
  const bare =
    'tenancy: { name: acme, displayName: Acme }\ndomains: [{ name: default, groups: [{ name: staff }, { name: finance }] }]\n'
  test('rules, password policies, mappings and policies go; providers and applications are disabled; the rest stays', async () => {
    await h.apply(small)
    expect(lines((await h.apply(bare)).changes)).toEqual([
      'remove policy books',
      'remove sign-on-rule finance-mfa',
      'remove mapping-rule corp/books',
      'disable idp corp',
      'disable idp sister',
      'disable app shop',
      'remove password-policy everyone',
      'remove password-policy strict',
    ])
    expect((await h.apply(bare)).changes).toEqual([])
    const { rules, apps, idps, groups } = await h.nouns()
    expect([rules, apps.map((a) => a.enabled), idps.map((i) => i.enabled)]).toEqual([[], [false], [false, false]])
    expect(groups.map((g) => g.name)).toEqual(['Administrators', 'finance', 'staff'])
  })
  test('and comes back when it is declared again', async () => {
    await h.apply(small)
    await h.apply(bare)
    await h.apply(small)
    expect((await h.nouns()).apps.map((a) => a.enabled)).toEqual([true])
  })
  test('what people made by hand is never touched', async () => {
    await h.apply(bare)
    await h.addRule('by-hand', { level: 2 })
    expect((await h.apply(bare)).changes).toEqual([])
    expect((await h.nouns()).rules.map((r) => r.name)).toEqual(['by-hand'])
  })
  test('F5: what a mapping granted ends with the mapping; direct memberships stay', async () => {
    await h.apply(small)
    const person = await h.addPerson('carol', { mapped: ['staff', 'finance'], direct: ['staff'] })
    await h.apply(small.replace('[staff, finance] }', '[staff] }'))
    expect(await h.sourcesOf(person)).toEqual(['staff direct', 'staff mapped'])
    await h.apply(bare)
    expect(await h.sourcesOf(person)).toEqual(['staff direct'])
  })
})

describe('an administrator always remains', () => {
  const locking = (rule: string) => `${small.replace('signOnRules: [', `signOnRules: [${rule}, `)}`
  test.each([
    ['forbidding the group', '{ name: no, groups: [Administrators], deny: true }'],
    ['forbidding everybody', '{ name: no, deny: true }'],
    ['a level that no allowed factor reaches', '{ name: no, level: phishing-resistant, factors: [totp] }'],
    ['only recovery codes, which nobody can enrol alone', '{ name: no, level: mfa, factors: [recovery-code] }'],
  ])('refused: %s', async (_, rule) => {
    await h.apply(small)
    await h.addPerson('ada', { direct: ['Administrators'], password: true })
    const problem = await refusal(locking(rule))
    expect([problem.slug, problem.reason]).toEqual(['not-permitted', 'last-administrator'])
    expect(problem.message).toContain('`ada`')
    expect((await h.nouns()).rules).toHaveLength(1)
  })
  test('refused: the identity provider that is their only way in', async () => {
    await h.apply(small)
    await h.addPerson('ada', { direct: ['Administrators'], link: 'corp' })
    expect((await refusal(small.replace('- name: corp\n', '- name: corp\n        enabled: false\n'))).reason).toBe(
      'last-administrator',
    )
  })
  test('allowed: a demand they can meet', async () => {
    await h.apply(small)
    await h.addPerson('ada', { direct: ['Administrators'], password: true })
    await h.apply(locking('{ name: strong, groups: [Administrators], level: phishing-resistant }'))
  })
  test('allowed: while there is no administrator yet', async () => {
    await h.apply(locking('{ name: no, groups: [Administrators], deny: true }'))
  })
  test('the system group keeps its name and its mark whatever a file says of it', async () => {
    await h.apply(
      'tenancy: { name: acme }\ndomains: [{ name: default, groups: [{ name: administrators, description: Ours }] }]',
    )
    expect((await h.nouns()).groups).toMatchObject([{ name: 'Administrators', description: 'Ours', system: true }])
  })
})
