// The mails of access requests, to both sides, in the language each reads. Only to addresses that were proven.
import type { Group } from '../../core/model/group.ts'
import type { Person } from '../../core/model/person.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Random } from '../../ports/random.ts'
import type { Tx } from '../../ports/store.ts'
import { post, provenAddress, tongueOf } from '../notice.ts'

export type AccessLetter =
  | { readonly kind: 'asked'; readonly by: Person; readonly reason: string }
  | { readonly kind: 'approved'; readonly role: 'user' | 'admin'; readonly until: EpochMs | undefined }
  | { readonly kind: 'denied' }
  | { readonly kind: 'role-changed'; readonly role: 'user' | 'admin' }
  | { readonly kind: 'removed' }

const day = (at: EpochMs): string => new Date(at).toISOString().slice(0, 10)

const inEnglish = (group: string, letter: AccessLetter): readonly [subject: string, text: string] => {
  switch (letter.kind) {
    case 'asked':
      return [
        `${letter.by.displayName} asks for access to ${group}`,
        `${letter.by.displayName} (${letter.by.username}) asks to join the group ${group}.\n\nReason: ${letter.reason}\n\nThe request waits on your account page.`,
      ]
    case 'approved':
      return [
        `You have access to ${group}`,
        `Your request was approved: you are ${letter.role === 'admin' ? 'an administrator' : 'a member'} of the group ${group}${letter.until === undefined ? '' : ` until ${day(letter.until)}`}.`,
      ]
    case 'denied':
      return [`Your request for ${group} was denied`, `Your request to join the group ${group} was denied.`]
    case 'role-changed':
      return [
        `Your role in ${group} has changed`,
        `You are now ${letter.role === 'admin' ? 'an administrator' : 'a member'} of the group ${group}.`,
      ]
    case 'removed':
      return [`You have left ${group}`, `You are no longer a member of the group ${group}.`]
  }
}

const inKorean = (group: string, letter: AccessLetter): readonly [subject: string, text: string] => {
  switch (letter.kind) {
    case 'asked':
      return [
        `${letter.by.displayName} 님이 ${group} 그룹의 사용 권한을 요청했습니다`,
        `${letter.by.displayName}(${letter.by.username}) 님이 ${group} 그룹에 들어오기를 요청했습니다.\n\n사유: ${letter.reason}\n\n요청은 내 계정 페이지에서 기다리고 있습니다.`,
      ]
    case 'approved':
      return [
        `${group} 그룹의 사용 권한이 승인되었습니다`,
        `요청이 승인되었습니다. ${letter.until === undefined ? '' : `${day(letter.until)}까지 `}${group} 그룹의 ${letter.role === 'admin' ? '관리자' : '구성원'}입니다.`,
      ]
    case 'denied':
      return [`${group} 그룹 요청이 거부되었습니다`, `${group} 그룹에 들어오려는 요청이 거부되었습니다.`]
    case 'role-changed':
      return [
        `${group} 그룹에서의 역할이 바뀌었습니다`,
        `이제 ${group} 그룹의 ${letter.role === 'admin' ? '관리자' : '구성원'}입니다.`,
      ]
    case 'removed':
      return [`${group} 그룹에서 나왔습니다`, `이제 ${group} 그룹의 구성원이 아닙니다.`]
  }
}

export const write = async (
  tx: Tx,
  random: Pick<Random, 'id'>,
  person: Person,
  group: Group,
  letter: AccessLetter,
  now: EpochMs,
): Promise<void> => {
  const to = provenAddress(person)
  if (to === undefined) return
  const korean = tongueOf(person) === 'ko'
  const [subject, text] = (korean ? inKorean : inEnglish)(group.name, letter)
  const hello = korean ? '안녕하세요' : 'Hello'
  const { tenancyId, displayName } = person
  await post(tx, random, { tenancyId, to, subject, text: `${hello} ${displayName},\n\n${text}\n` }, now)
}
