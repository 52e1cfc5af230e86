// One provisioning cycle of a real client as a table: each request in the shape and the order it is really sent, and what must come back.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stores } from '../admin/bed.ts'
import { type Bed, type Body, openBed } from './bed.ts'

export type Step = {
  readonly title: string
  readonly send: readonly [method: string, path: string, body?: unknown]
  readonly status: number
  readonly like?: unknown
  /** What later steps call the resource. */
  readonly as?: string
}
export const eq = (attribute: string, value: string) => `filter=${encodeURIComponent(`${attribute} eq "${value}"`)}`
export const none = { totalResults: 0, Resources: [] }

export const cycle = (client: string, steps: readonly Step[]): void =>
  describe.each(stores)('%s', (_, open) => {
    if (!open) return test.skip('no second store', () => undefined)
    let bed: Bed
    const ids = new Map<string, string>()
    const filled = (text: string): string =>
      text.replace(/\{(user|group)\}/g, (_all, name: string) => ids.get(name) ?? '')
    beforeAll(async () => {
      bed = await openBed(open)
    })
    afterAll(() => bed.close())
    test.each(steps.map((step) => [step.title, step] as const))(`U9: ${client}: %s`, async (_title, step) => {
      const [method, path, body] = step.send
      const sent = body === undefined ? {} : { body: filled(JSON.stringify(body)) }
      const answer = await bed.scim(method, filled(path), sent)
      const unexpected = answer.status === step.status ? undefined : answer.body
      expect([answer.status, unexpected]).toEqual([step.status, undefined])
      if (step.like !== undefined)
        expect(answer.body).toMatchObject(JSON.parse(filled(JSON.stringify(step.like))) as Body)
      if (step.as !== undefined) ids.set(step.as, answer.body.id)
    })
  })
