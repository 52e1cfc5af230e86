// Mails about changed ways in: to verified addresses only, in the person's language, delivered by the outbox.
import { expect, test } from 'vitest'
import type { TenancyId } from '../../src/core/model/ids.ts'
import { mailDelivery, notify } from '../../src/flows/notice.ts'
import type { Message } from '../../src/ports/sender.ts'
import { testStore } from '../stores/open-test-store.ts'
import { person } from '../stores/rows.ts'

const now = Date.UTC(2026, 0, 15)
const random = { id: () => 'mail-1' }

test.for([
  [
    'verified, English',
    { email: 'a@acme.example', emailVerified: true, locale: 'en' },
    'The password of your account was changed.',
  ],
  [
    'verified, Korean',
    { email: 'a@acme.example', emailVerified: true, locale: 'ko-KR' },
    '계정의 비밀번호가 변경되었습니다.',
  ],
  ['not verified', { email: 'a@acme.example', emailVerified: false }, undefined],
  ['no address', { email: undefined, emailVerified: false }, undefined],
] as const)('U4 I4: %s', async ([, differs, subject]) => {
  const store = await testStore()
  const alice = { ...person('alice'), ...differs }
  await store.write((tx) => notify(tx, random, alice, 'password-changed', now))
  const items = await store.read((tx) => tx.outbox.list(alice.tenancyId as TenancyId))
  expect(items.map((i) => [i.kind, i.payload.subject])).toEqual(subject === undefined ? [] : [['mail', subject]])
  await store.close()
})

test('the outbox hands the message to the sender, and a broken one to nobody', async () => {
  const sent: Message[] = []
  const deliver = mailDelivery({
    channel: 'mail',
    send: async (message) => (sent.push(message) > 0 ? 'sent' : { failed: '' }),
  })
  const item = {
    id: '1',
    tenancyId: 't' as TenancyId,
    kind: 'mail',
    payload: {},
    attempts: 0,
    dueAt: now,
    lastError: undefined,
  }
  expect(await deliver({ to: 'a@b.example', subject: 's', text: 't' }, item)).toBe('sent')
  expect(await deliver({ to: 1 }, item)).toEqual({ gone: 'not a message' })
  expect(sent).toEqual([{ to: 'a@b.example', subject: 's', text: 't' }])
})
