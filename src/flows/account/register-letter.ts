// The mails of a self-registration, in the language of the page: a link for an address that is new, and a word to one that has an account.
export type RegisterLetter =
  | { readonly kind: 'link'; readonly link: string; readonly minutes: number }
  | { readonly kind: 'known'; readonly signIn: string }

const english = (domain: string, letter: RegisterLetter) =>
  letter.kind === 'link'
    ? {
        subject: `Your account at ${domain}`,
        text: `Hello,\n\nsomebody asked for an account at ${domain} with this address. Open this link to make it:\n\n${letter.link}\n\nIt works once, for ${letter.minutes} minutes. If it was not you, do nothing: no account is made.\n`,
      }
    : {
        subject: `You have an account at ${domain}`,
        text: `Hello,\n\nsomebody asked for an account at ${domain} with this address, which has one already. Sign in here:\n\n${letter.signIn}\n\nThere you can also ask for a new password. If it was not you, do nothing.\n`,
      }

const korean = (domain: string, letter: RegisterLetter) =>
  letter.kind === 'link'
    ? {
        subject: `${domain} 계정 만들기`,
        text: `안녕하세요,\n\n이 주소로 ${domain} 계정 요청이 있었습니다. 아래 링크에서 계정을 만드십시오:\n\n${letter.link}\n\n링크는 ${letter.minutes}분 동안 한 번만 쓸 수 있습니다. 본인이 요청하지 않았다면 아무것도 하지 마십시오. 계정은 만들어지지 않습니다.\n`,
      }
    : {
        subject: `${domain} 계정이 이미 있습니다`,
        text: `안녕하세요,\n\n이 주소로 ${domain} 계정 요청이 있었지만 이미 계정이 있습니다. 아래에서 로그인하십시오:\n\n${letter.signIn}\n\n비밀번호도 그곳에서 다시 설정할 수 있습니다. 본인이 요청하지 않았다면 아무것도 하지 마십시오.\n`,
      }

export const registerLetter = (
  language: 'en' | 'ko',
  domain: string,
  letter: RegisterLetter,
): { readonly subject: string; readonly text: string } => (language === 'ko' ? korean : english)(domain, letter)
