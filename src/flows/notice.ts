// Tells a person by mail that something about how they sign in has changed, so that a thief's change is seen by its owner. Only to an
// address that was proven; through the outbox, so that a mail server that is down holds up nobody.
import type { TenancyId } from '../core/model/ids.ts'
import type { Person } from '../core/model/person.ts'
import type { EpochMs } from '../core/model/time.ts'
import type { Random } from '../ports/random.ts'
import type { Sender } from '../ports/sender.ts'
import type { Tx } from '../ports/store.ts'
import type { Deliver } from './upkeep/send-outbox.ts'

export type Notice =
  | 'password-changed'
  | 'factor-enrolled'
  | 'factor-removed'
  | 'bypass-code-issued'
  | 'bypass-code-used'
  | 'email-changed'

const words: {
  readonly [L in 'en' | 'ko']: { readonly [N in Notice]: string } & { readonly hello: string; readonly unless: string }
} = {
  en: {
    hello: 'Hello',
    'password-changed': 'The password of your account was changed.',
    'factor-enrolled': 'A second factor was added to your account.',
    'factor-removed': 'A second factor was removed from your account.',
    'bypass-code-issued':
      'An administrator gave out a code for one sign-in to your account without your second factor.',
    'bypass-code-used':
      'Your account was signed in to with a code from an administrator instead of your second factor.',
    'email-changed': 'Your account has another e-mail address now; this one is no longer used.',
    unless: 'If this was not you, tell your administrator at once.',
  },
  ko: {
    hello: '안녕하세요',
    'password-changed': '계정의 비밀번호가 변경되었습니다.',
    'factor-enrolled': '계정에 추가 인증 수단이 등록되었습니다.',
    'factor-removed': '계정에서 추가 인증 수단이 삭제되었습니다.',
    'bypass-code-issued': '관리자가 추가 인증을 대신할 일회용 코드를 발급했습니다.',
    'bypass-code-used': '추가 인증 대신 관리자가 발급한 코드로 계정에 로그인했습니다.',
    'email-changed': '계정의 이메일 주소가 변경되었습니다. 이 주소는 더 이상 쓰이지 않습니다.',
    unless: '본인이 한 것이 아니라면 즉시 관리자에게 알려 주십시오.',
  },
}

export type Letter = {
  readonly tenancyId: TenancyId
  readonly to: string
  readonly subject: string
  readonly text: string
}
/** Puts a mail in the outbox: it is sent after the transaction that says why, or never. */
export const post = (tx: Tx, random: Pick<Random, 'id'>, letter: Letter, now: EpochMs): Promise<void> => {
  const { tenancyId, to, subject, text } = letter
  const payload = { to, subject, text }
  return tx.outbox.add({
    id: random.id(),
    tenancyId,
    kind: 'mail',
    payload,
    attempts: 0,
    dueAt: now,
    lastError: undefined,
  })
}

/** Where a person is reached: an address that they have proven, for their account or for contact. */
export const provenAddress = ({ email, emailVerified, contact }: Person): string | undefined =>
  emailVerified && email !== undefined ? email : contact?.email

/** The language a person reads. */
export const tongueOf = ({ locale }: Pick<Person, 'locale'>): 'en' | 'ko' =>
  locale?.toLowerCase().startsWith('ko') ? 'ko' : 'en'

export const notify = async (
  tx: Tx,
  random: Pick<Random, 'id'>,
  person: Person,
  notice: Notice,
  now: EpochMs,
): Promise<void> => {
  const to = provenAddress(person)
  if (to === undefined) return
  const say = words[tongueOf(person)]
  const text = `${say.hello} ${person.displayName},\n\n${say[notice]} (${person.username}, ${new Date(now).toISOString()})\n\n${say.unless}\n`
  await post(tx, random, { tenancyId: person.tenancyId, to, subject: say[notice], text }, now)
}

/** For the outbox, kind `mail`. */
export const mailDelivery =
  (sender: Sender): Deliver =>
  async ({ to, subject, text }) => {
    if (typeof to !== 'string' || typeof subject !== 'string' || typeof text !== 'string')
      return { gone: 'not a message' }
    return sender.send({ to, subject, text })
  }
