// I7, I8: what waits to be sent, over the API, on both stores: seen page by page without what is in it, tried again, dropped.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sendOutbox } from '../../../src/flows/upkeep/send-outbox.ts'
import type { OutboxItem } from '../../../src/ports/store.ts'
import { type Bed, openBed, stores } from './bed.ts'

type Message = { id: string; kind: string; status: string; receiver?: string; attempts: number; lastError?: string }
type List = { items: Message[]; next?: string }
const LINK = 'https://id.example/d/acme/default/invitation?token=nHq3kTz0w2'
const mail = { to: 'kim@acme.example', subject: 'Your code is 481516', text: `Open ${LINK} or type 481516.` }

describe.each(stores)('%s', (_name, open) => {
  describe.skipIf(open === undefined)('the outbox', () => {
    let bed: Bed
    let answers: ('sent' | { failed: string })[]
    let sent: number
    const at = '/outbox'
    const add = async (differs: Partial<OutboxItem> = {}): Promise<string> => {
      const { random, store, tenancyId, clock } = bed
      const id = random.id()
      const item = { kind: 'mail', payload: mail, attempts: 0, dueAt: clock(), lastError: undefined }
      await store.write((tx) => tx.outbox.add({ id, tenancyId, ...item, ...differs }))
      return id
    }
    const run = () => {
      const deliver = async () => {
        sent++
        return answers.shift() ?? ('sent' as const)
      }
      return sendOutbox({ ...bed, deliver: { mail: deliver, 'backchannel-logout': deliver } })()
    }
    beforeAll(async () => {
      bed = await openBed(open)
    })
    afterAll(() => bed.close())

    test('I7: what fails is seen with its error, and nothing of a mail but its address', async () => {
      ;[answers, sent] = [[{ failed: `550 no thanks: <${LINK}>, 481516` }], 0]
      const id = await add()
      await run()
      const { body } = await bed.call<List>('GET', at)
      expect(body.items).toEqual([
        {
          id,
          kind: 'mail',
          status: 'failing',
          receiver: 'kim@acme.example',
          attempts: 1,
          dueAt: expect.any(String),
          lastError: '550 no thanks: <…>, …',
        },
      ])
      const one = await bed.call('GET', `${at}/${id}`)
      for (const text of [body, one.body].map((b) => JSON.stringify(b)))
        for (const part of ['481516', 'nHq3kTz0w2', 'subject', 'Open']) expect(text).not.toContain(part)
      await bed.call('DELETE', `${at}/${id}`)
    })

    test('I7: tried again at once, with all its attempts before it, and on record', async () => {
      ;[answers, sent] = [[{ failed: 'the mail server is down' }], 0]
      const id = await add({ attempts: 28 })
      expect(await run()).toMatchObject([{ outcome: 'retry' }])
      await run()
      expect(sent).toBe(1) // it waits
      const hurried = await bed.call<Message>('POST', `${at}/${id}/retry`)
      expect([hurried.status, hurried.body]).toMatchObject([200, { attempts: 0, status: 'failing' }])
      expect(await run()).toMatchObject([{ id, outcome: 'sent' }])
      expect((await bed.call('GET', `${at}/${id}`)).status).toBe(404)
      expect((await bed.call('POST', `${at}/${id}/retry`)).status).toBe(404)
      const [event] = await bed.audit('outbox.retried')
      expect(event).toMatchObject({ actor: { name: 'root' }, target: { type: 'outbox', id, name: 'mail' } })
      expect(JSON.stringify(event)).not.toContain('481516')
    })

    test('I7: dropped: never sent, and on record', async () => {
      ;[answers, sent] = [[], 0]
      const id = await add({ kind: 'backchannel-logout', payload: { appId: 'gone', personId: 'p', sid: 's' } })
      expect((await bed.call<Message>('GET', `${at}/${id}`)).body).toMatchObject({
        receiver: 'gone',
        status: 'waiting',
      })
      expect((await bed.call('DELETE', `${at}/${id}`)).status).toBe(204)
      await run()
      expect(sent).toBe(0)
      expect((await bed.audit('outbox.dropped'))[0]).toMatchObject({ target: { id, name: 'backchannel-logout' } })
    })

    test('I3: page by page and by filter; of this tenancy only, and only for whoever may', async () => {
      const all: string[] = []
      for (const differs of [{}, {}, { kind: 'backchannel-logout', lastError: 'no answer' }]) {
        bed.later(1)
        all.push(await add(differs))
      }
      const foreign = await add({ tenancyId: bed.otherTenancyId })
      const first = await bed.call<List>('GET', `${at}?limit=2`)
      const second = await bed.call<List>('GET', `${at}?limit=2&cursor=${first.body.next}`)
      expect([...first.body.items, ...second.body.items].map((m) => m.id)).toEqual(all)
      const failing = await bed.call<List>('GET', `${at}?filter=${encodeURIComponent('status eq "failing"')}`)
      expect(failing.body.items.map((m) => m.id)).toEqual(all.slice(2))
      for (const [method, path] of [
        ['GET', ''],
        ['DELETE', ''],
        ['POST', '/retry'],
      ] as const)
        expect((await bed.call(method, `${at}/${foreign}${path}`)).status).toBe(404)
      const eyes = await bed.somebody('eyes', [
        "inspect outbox-messages in tenancy where target.outbox-message.kind != 'mail'",
      ])
      expect((await bed.call<List>('GET', at, {}, eyes.key)).body.items.map((m) => m.id)).toEqual(all.slice(2))
      expect((await bed.call('DELETE', `${at}/${all[2]}`, {}, eyes.key)).status).toBe(403)
      expect((await bed.call('POST', `${at}/${all[2]}/retry`, {}, eyes.key)).status).toBe(403)
      const nobody = await bed.somebody('nobody')
      expect((await bed.call('GET', at, {}, nobody.key)).status).toBe(403)
      expect(bed.thrown).toEqual([])
    })
  })
})
