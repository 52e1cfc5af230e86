// A6: an id in a path finds a policy as well as its name does, so nothing may be named like an id: it would be found in the other's place.
import { describe, expect, test } from 'vitest'
import { openBed, stores } from './bed.ts'

describe.each(stores)('%s', (_, open) => {
  test.skipIf(open === undefined)('A6 no policy is named like an id', async () => {
    const bed = await openBed(open)
    const at = '/compartments/root/policies'
    const body = { statements: ['Allow group Administrators to read users in tenancy'] }
    const { id } = (await bed.call<{ id: string }>('PUT', `${at}/books`, { body })).body
    expect((await bed.call('PUT', `${at}/01JCXM4ZV7Q2T8N5R3W6Y9B0KD`, { body })).body).toMatchObject({
      status: 422,
      detail: expect.stringContaining('must not look like an id'),
    })
    expect((await bed.call('GET', `${at}/${id}`)).body).toMatchObject({ id, name: 'books' })
    await bed.close()
  })
})
