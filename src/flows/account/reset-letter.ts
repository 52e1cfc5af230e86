// The mails about a forgotten password, in the language each reads.
import type { Person } from '../../core/model/person.ts'

export type ResetLetter =
  | { readonly kind: 'link'; readonly link: string; readonly minutes: number }
  | { readonly kind: 'elsewhere'; readonly idps: readonly string[] }

const english = ({ displayName, username }: Person, letter: ResetLetter) =>
  letter.kind === 'link'
    ? {
        subject: 'Set a new password',
        text: `Hello ${displayName},\n\nsomebody asked for a new password for your account ${username}. Open this link to set one:\n\n${letter.link}\n\nIt works once, for ${letter.minutes} minutes. If it was not you, do nothing: your password stays as it is.\n`,
      }
    : {
        subject: 'Your password is not kept here',
        text: `Hello ${displayName},\n\nsomebody asked for a new password for your account ${username}. You sign in at ${letter.idps.join(', ')}, and only there can the password be changed.\n`,
      }

const korean = ({ displayName, username }: Person, letter: ResetLetter) =>
  letter.kind === 'link'
    ? {
        subject: '새 비밀번호 설정',
        text: `안녕하세요 ${displayName},\n\n${username} 계정의 새 비밀번호 요청이 있었습니다. 아래 링크에서 새 비밀번호를 설정하십시오:\n\n${letter.link}\n\n링크는 ${letter.minutes}분 동안 한 번만 쓸 수 있습니다. 본인이 요청하지 않았다면 아무것도 하지 마십시오. 비밀번호는 그대로입니다.\n`,
      }
    : {
        subject: '비밀번호는 이곳에서 관리하지 않습니다',
        text: `안녕하세요 ${displayName},\n\n${username} 계정의 새 비밀번호 요청이 있었습니다. ${letter.idps.join(', ')}에서 로그인하므로 비밀번호도 그곳에서만 변경할 수 있습니다.\n`,
      }

export const resetLetter = (
  language: 'en' | 'ko',
  person: Person,
  letter: ResetLetter,
): { readonly subject: string; readonly text: string } => (language === 'ko' ? korean : english)(person, letter)
