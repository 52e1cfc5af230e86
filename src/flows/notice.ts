// Tells a person by mail that something about how they sign in has changed, so that a thief's change is seen by its owner. Only to an
// address that was verified; through the outbox, so that a mail server that is down holds up nobody.
import type { Person } from '../core/model/person.ts'
import type { EpochMs } from '../core/model/time.ts'
import type { Random } from '../ports/random.ts'
import type { Sender } from '../ports/sender.ts'
import type { Tx } from '../ports/store.ts'
import type { Deliver } from './upkeep/send-outbox.ts'

export type Notice = 'password-changed' | 'factor-enrolled' | 'factor-removed'

const words: {
  readonly [L in 'en' | 'ko']: { readonly [N in Notice]: string } & { readonly hello: string; readonly unless: string }
} = {
  en: {
    hello: 'Hello',
    'password-changed': 'The password of your account was changed.',
    'factor-enrolled': 'A second factor was added to your account.',
    'factor-removed': 'A second factor was removed from your account.',
    unless: 'If this was not you, tell your administrator at once.',
  },
  ko: {
    hello: '안녕하세요',
    'password-changed': '계정의 비밀번호가 변경되었습니다.',
    'factor-enrolled': '계정에 추가 인증 수단이 등록되었습니다.',
    'factor-removed': '계정에서 추가 인증 수단이 삭제되었습니다.',
    unless: '본인이 한 것이 아니라면 즉시 관리자에게 알려 주십시오.',
  },
}

export const notify = async (
  tx: Tx,
  random: Pick<Random, 'id'>,
  person: Person,
  notice: Notice,
  now: EpochMs,
): Promise<void> => {
  if (person.email === undefined || !person.emailVerified) return
  const say = words[person.locale?.toLowerCase().startsWith('ko') ? 'ko' : 'en']
  const text = `${say.hello} ${person.displayName},\n\n${say[notice]} (${person.username}, ${new Date(now).toISOString()})\n\n${say.unless}\n`
  await tx.outbox.add({
    id: random.id(),
    tenancyId: person.tenancyId,
    kind: 'mail',
    payload: { to: person.email, subject: say[notice], text },
    attempts: 0,
    dueAt: now,
    lastError: undefined,
  })
}

/** For the outbox, kind `mail`. */
export const mailDelivery =
  (sender: Sender): Deliver =>
  async ({ to, subject, text }) => {
    if (typeof to !== 'string' || typeof subject !== 'string' || typeof text !== 'string')
      return { gone: 'not a message' }
    return sender.send({ to, subject, text })
  }
