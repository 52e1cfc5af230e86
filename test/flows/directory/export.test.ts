// Export, on both databases: the same bytes whatever way the tenancy came to be, and a file that declares what it was made of (I5).
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { secretReader } from '../../../src/adapters/yaml/secret-field.ts'
import { parseTenancy } from '../../../src/adapters/yaml/tenancy-file.ts'
import { type TenancyText, tenancyText } from '../../../src/adapters/yaml/tenancy-text.ts'
import type { Declared } from '../../../src/core/model/declared.ts'
import { applyTenancy, planTenancy } from '../../../src/flows/directory/apply.ts'
import { exportTenancy } from '../../../src/flows/directory/export-tenancy.ts'
import type { Store } from '../../../src/ports/store.ts'
import { noPostgres, postgresUrl, testPostgres, testStore } from '../../stores/open-test-store.ts'
import { type House, house, operator } from './house.ts'
import { randomTenancy } from './random-tenancy.ts'

const folder = mkdtempSync(join(tmpdir(), 'gwanmun-export-'))
afterAll(() => rmSync(folder, { recursive: true }))
const secrets = new Proxy({}, { get: (_, name) => `secret of ${String(name)}` })

const declared = (text: string): Declared => {
  const parsed = parseTenancy(text, join(folder, 'acme.yaml'), secretReader(secrets))
  if ('faults' in parsed) throw new Error(`${JSON.stringify(parsed.faults, null, 1)}\n${text}`)
  return parsed
}
const exported = async (h: House): Promise<TenancyText & { readonly left: readonly string[] }> => {
  const { document, left } = await h.store.read(async (tx) => {
    const tenancy = await tx.tenancies.byName(undefined, 'acme')
    if (!tenancy) throw new Error('no tenancy')
    return exportTenancy(tx, tenancy.id, h.deps.clock())
  })
  const written = tenancyText(document)
  for (const { path, text } of written.files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return { ...written, left }
}
const apply = (h: House, text: string) => applyTenancy(h.deps)(operator, declared(text))
const plan = (h: House, text: string) => planTenancy(h.deps)(operator, declared(text))

const whole = `
tenancy: { name: acme, displayName: Acme Inc., root: { description: 'everything', tags: { z.a: '1', a.z: '2' } } }
compartments:
  - { name: Test }
  - { name: Prod, description: "it's: live", tags: { org.stage: live }, compartments: [{ name: Web }, { name: Data }] }
domains:
  - name: partners
    displayName: 파트너
    compartment: Prod/Web
    locale: ko
    groups: [{ name: contractors }]
  - name: default
    passwordReset: false
    onboarding: { confirm: true, terms: { version: '2', text: { en: Be kind., ko: 친절하게. } } }
    groups: [{ name: staff }, { name: finance, tags: { org.cost-center: '4711' } }]
    dynamicGroups: [{ name: web-servers, rule: "tag.app.tier.value = 'web'" }]
    passwordPolicies: [{ name: everyone, maxAgeDays: null }]
    signOnRules:
      - { name: finance-mfa, groups: [finance], apps: [shop], level: mfa, trustedDevice: { days: 7, count: 2 } }
      - { name: console-mfa, apps: [gwanmun-console], level: 2 }
    idps:
      - name: corp
        saml: { metadataFile: corp.xml }
        groupsFrom: [memberOf]
        mappings: [{ name: two, allOf: [{ exact: A }, { glob: 'B-*' }], groups: [staff] }, { name: books, exact: X, groups: [finance, staff] }]
      - name: sister
        oidc: { issuer: 'https://op.example', clientId: us, clientSecret: { env: SISTER } }
        assurance: { unmatched: 0 }
        routes: { applications: [회계, shop, gwanmun-console], networks: ['2001:db8::/32', 10.0.0.0/8] }
applications:
  - name: shop
    oidc: { clientId: shop, clientSecrets: [{ env: ONE }, { env: TWO }], redirectUris: ['https://shop.example/cb'] }
  - name: 회계
    domains: [default, partners]
    saml: { entityId: 'urn:books', metadataFile: corp.xml }
serviceIds: [{ name: deployer, compartment: Prod/Web }]
roleAssignments:
  - { name: staff-views, group: staff, roles: [viewer], compartment: Prod }
  - { name: partners-view, group: partners/contractors, roles: [viewer], compartment: Test, expiresAt: 2031-01-31T09:30:00+09:00 }
policies:
  - { name: books, compartment: Prod/Data, statements: [Allow group finance to read users in compartment Data] }
  - { name: all, statements: ["allow   group staff  to read users in tenancy"] }
`
writeFileSync(join(folder, 'corp.xml'), '<md>\r\n  é</md>\n')

const onEachStore = (title: string, open: () => Promise<Store>, runs: number, isSkipped: boolean) =>
  describe.skipIf(isSkipped)(title, () => {
    const inTwo = async (work: (a: House, b: House) => Promise<void>): Promise<void> => {
      const [a, b] = [await house(await open()), await house(await open())]
      try {
        await work(a, b)
      } finally {
        await a.close()
        await b.close()
      }
    }
    /** What went in says the same as what comes out, there and on a fresh store. */
    const roundTrip = (text: string) =>
      inTwo(async (first, fresh) => {
        await apply(first, text)
        const one = await exported(first)
        expect(one.left).toEqual([])
        await apply(first, one.text) // secrets are those of the variables from here on
        expect((await plan(first, one.text)).changes).toEqual([])
        await apply(fresh, one.text)
        const { changes, undeclared } = await plan(fresh, one.text)
        expect([changes, undeclared]).toEqual([[], []])
        const two = await exported(fresh)
        expect(two.text).toBe(one.text)
        expect(two.files).toEqual(one.files)
      })

    test('I5: export, apply on a fresh store, export: byte-identical; plan is empty', () => roundTrip(whole))
    test('I5: what no file ever declared is exported as well as what one did', () =>
      inTwo(async (first, fresh) => {
        await apply(first, 'tenancy: { name: acme }\ndomains: [{ name: default, groups: [{ name: staff }] }]')
        const empty = await exported(first)
        await apply(fresh, whole)
        const full = await exported(fresh)
        await apply(first, full.text)
        expect((await exported(first)).text).toBe(full.text)
        expect(empty.text).not.toBe(full.text)
      }))
    test('I5: random tenancies survive export, apply and export', async () => {
      await fc.assert(
        fc.asyncProperty(randomTenancy, (document) => roundTrip(stringify(document, { aliasDuplicateObjects: false }))),
        { numRuns: runs },
      )
    }, 240_000)
  })

onEachStore('SQLite', testStore, 40, false)
if (postgresUrl === undefined) console.warn(noPostgres)
onEachStore('PostgreSQL', testPostgres, 4, postgresUrl === undefined)
