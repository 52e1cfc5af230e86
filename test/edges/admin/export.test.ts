// The tenancy as its file, over HTTP (I5): the same bytes for the same tenancy, no secret, and a permission of its own.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseTenancy } from '../../../src/adapters/yaml/tenancy-file.ts'
import { type Bed, openBed, stores } from './bed.ts'

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  beforeAll(async () => {
    bed = await openBed(open)
  })
  afterAll(() => bed.close())

  test('I5 what was made over the API comes back as a file that can be read', async () => {
    await bed.call('PUT', '/compartments/Prod', { body: { tags: { 'org.stage': 'live' } } })
    await bed.call('PUT', '/domains/default/groups/staff', { body: { tags: { 'org.cost-center': '4711' } } })
    await bed.call('PUT', '/service-ids/deployer', { body: { compartment: 'Prod' } })
    await bed.somebody('lee', ['read users in tenancy'])
    const { status, body, headers } = await bed.call('GET', '/export')
    const { text } = body as { text: string }
    expect(status).toBe(200)
    expect(text).toMatch(/- name: staff\n +tags:\n +org\.cost-center: "4711"/)
    expect(text).toMatch(/serviceIds:\n +- name: deployer\n +compartment: Prod/)
    expect(text).not.toMatch(/username|password:|seed:/)
    expect('document' in parseTenancy(text, 'acme.yaml', () => ({ value: 'x' }))).toBe(true)
    const etag = headers.get('etag') ?? ''
    expect((await bed.call('GET', '/export', { headers: { 'if-none-match': etag } })).status).toBe(304)
  })

  test('I5 whoever may read every part may not therefore have it all', async () => {
    const reader = await bed.somebody('reader', ['read all-resources in tenancy'])
    expect((await bed.call('GET', '/export', {}, reader.key)).status).toBe(403)
    const manager = await bed.somebody('manager', ['manage tenancies in tenancy'])
    expect((await bed.call('GET', '/export', {}, manager.key)).status).toBe(200)
    expect((await bed.call('GET', '/export', {}, 'gwm_nobody')).status).toBe(401)
  })
})
