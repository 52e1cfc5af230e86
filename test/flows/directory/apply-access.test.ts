// Declared services, dynamic groups, tags, service IDs, role assignments and Deny, on both databases: owned like everything that a file
// declares, checked like what people write (I5).
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Change } from '../../../src/flows/directory/reconcile.ts'
import type { Store } from '../../../src/ports/store.ts'
import { Problem } from '../../../src/problem.ts'
import { noPostgres, postgresUrl, testPostgres, testStore } from '../../stores/open-test-store.ts'
import { type House, house } from './house.ts'

const lines = (changes: readonly Change[]) => changes.map((c) => `${c.action} ${c.noun} ${c.name}`)
const whole = `
tenancy: { name: acme, denyEnabled: true, root: { description: All of it, tags: { org.owner: it } } }
services:
  - name: library
    types:
      books:
        noun: book
        permissions: { inspect: [BOOK_INSPECT], read: [BOOK_READ], manage: [BOOK_LEND] }
        operations: { ListBooks: { needs: [BOOK_INSPECT], kind: list }, LendBook: [BOOK_LEND] }
    families: { library-family: [books] }
compartments:
  - { name: Prod, tags: { org.stage: live }, compartments: [{ name: Web }] }
domains:
  - name: default
    passwordReset: false
    groups: [{ name: staff, tags: { org.cost-center: '4711' } }]
    dynamicGroups: [{ name: web-servers, rule: "all { instance.compartment.id = 'x', tag.app.tier.value = 'web' }" }]
serviceIds:
  - { name: deployer, compartment: Prod/Web }
roleAssignments:
  - { name: staff-views, group: staff, roles: [viewer], compartment: Prod }
  - { name: deploys, serviceId: deployer, roles: [operator], compartment: Prod/Web, expiresAt: 2031-01-31T00:00:00Z }
policies:
  - name: books
    statements:
      - Allow group staff to manage books in tenancy
      - Allow dynamic-group web-servers to read books in tenancy
      - Deny group staff to inspect books in compartment Prod
`
const onEachStore = (title: string, open: () => Promise<Store>, isSkipped: boolean) =>
  describe.skipIf(isSkipped)(title, () => {
    let h: House
    beforeEach(async () => {
      h = await house(await open())
    })
    afterEach(() => h.close())
    const refusal = async (text: string): Promise<Problem> => {
      const thrown = await h.apply(text).catch((e: unknown) => e)
      if (!(thrown instanceof Problem)) throw new Error('nothing was refused')
      return thrown
    }
    const events = () => h.store.read(async (tx) => (await tx.audit.list(h.tenancyId(), { limit: 500 })).length)

    test('I5: every noun is made, once, and read back as it was declared', async () => {
      const { changes } = await h.apply(whole)
      expect(lines(changes)).toEqual([
        'create tenancy acme',
        'update tenancy acme',
        'update compartment acme',
        'create service library',
        'create compartment Prod',
        'create compartment Prod/Web',
        'update domain default',
        'create group default/staff',
        'create dynamic-group default/web-servers',
        'create service-id deployer',
        'create role-assignment staff-views',
        'create role-assignment deploys',
        'create policy books',
      ])
      const before = [await events(), await h.revision()]
      expect((await h.apply(whole)).changes).toEqual([])
      expect([await events(), await h.revision()]).toEqual(before)
      expect(await h.undeclared(whole)).toEqual([])
    })
    test('I5: tags of a declared noun are the file’s: none there are none afterwards', async () => {
      await h.apply(whole)
      const { changes } = await h.apply(whole.replace(", tags: { org.cost-center: '4711' }", ''))
      expect(changes).toMatchObject([{ before: { tags: { 'org.cost-center': '4711' } }, after: { tags: {} } }])
    })
    test('I5: Deny stays enabled in a tenancy whose file does not say so', async () => {
      await h.apply(whole)
      const silent = whole.replace('denyEnabled: true, root', 'root')
      expect((await h.apply(silent)).changes).toEqual([])
      expect(await h.store.read(async (tx) => (await tx.tenancies.get(h.tenancyId()))?.denyEnabled)).toBe(true)
      const log = await h.store.read((tx) => tx.audit.list(h.tenancyId(), { limit: 500 }))
      expect(log.filter((e) => e.action === 'tenancy.deny-enabled')).toHaveLength(1)
    })
    test('I5: what is declared no longer goes; a service ID is disabled, for its keys hang on it', async () => {
      await h.apply(whole)
      const bare = `tenancy: { name: acme }
compartments: [{ name: Prod, tags: { org.stage: live }, compartments: [{ name: Web }] }]`
      expect(lines((await h.apply(bare)).changes)).toEqual([
        'remove service library',
        'remove policy books',
        'remove dynamic-group web-servers',
        'remove role-assignment staff-views',
        'remove role-assignment deploys',
        'disable service-id deployer',
      ])
      expect((await h.apply(bare)).changes).toEqual([])
      expect(await h.undeclared(bare)).toEqual(['group default/staff', 'service-id deployer'])
    })
    test('I5: a type may move from one service to another in one go', async () => {
      await h.apply(whole)
      const { changes } = await h.apply(whole.replace('- name: library', '- name: reading-room'))
      expect(lines(changes)).toEqual(['remove service library', 'create service reading-room'])
    })
    test('I5: roles of people who are not there yet wait, and say so', async () => {
      const text = 'tenancy: { name: acme }\nroleAssignments: [{ name: ann-views, person: ann, roles: [viewer] }]'
      const { changes, waiting } = await h.apply(text)
      expect([lines(changes), waiting]).toEqual([
        ['create tenancy acme'],
        [{ where: 'acme.yaml:2:46', message: 'role assignment `ann-views` waits: there is no person `ann` yet' }],
      ])
      await h.addPerson('ann', {})
      expect(lines((await h.apply(text)).changes)).toEqual(['create role-assignment ann-views'])
    })
    test('I5: roles whose time has passed are neither a fault nor given', async () => {
      await h.apply(whole.replace('2031-01-31', '2020-01-31'))
      expect(await h.store.read((tx) => tx.roleAssignments.byName(h.tenancyId(), 'deploys'))).toBeUndefined()
    })
    test('I5: all faults at once, each at its place, and nothing is written', async () => {
      const { message } = await refusal(
        whole
          .replace('- { name: deployer, compartment: Prod/Web }', '- { name: deployer, compartment: Prod/Wob }')
          .replace('group: staff, roles: [viewer]', 'group: stuff, roles: [viewer]')
          .replace('serviceId: deployer, roles: [operator]', 'group: staff, roles: [operetta], service: nope')
          .replace('library-family: [books]', 'library-family: [books, users]'),
      )
      expect(message.split('\n').slice(1)).toEqual([
        expect.stringMatching(/acme\.yaml:9:33: service `library`: .*only resource-types and families of this service/),
        '  acme.yaml:18:36: compartment `Prod/Wob` does not exist',
        '  acme.yaml:20:33: group `stuff` does not exist',
        expect.stringMatching(/acme\.yaml:21:43: role assignment `deploys`: `roles` expects a role that there is/),
        expect.stringMatching(/acme\.yaml:21:64: role assignment `deploys`: `service` expects a service/),
      ])
      expect(await h.store.read((tx) => tx.tenancies.list(undefined))).toEqual([])
    })
  })

onEachStore('SQLite', testStore, false)
if (postgresUrl === undefined) console.warn(noPostgres)
onEachStore('PostgreSQL', testPostgres, postgresUrl === undefined)
