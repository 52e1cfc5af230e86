// Six digits that are mailed to an address to prove it, and the letter around them. What a code is bound to is for whoever checks it.
import type { Person } from '../../core/model/person.ts'
import type { Random } from '../../ports/random.ts'
import { tongueOf } from '../notice.ts'

export const CODE_SECONDS = 600
const DIGITS = 6

const words = {
  en: (name: string, code: string) => ({
    subject: 'Your code',
    text: `Hello ${name},\n\nyour code is ${code}. It is good for ten minutes, in the window where you asked for it.\n\nIf you did not ask for it, ignore this mail.\n`,
  }),
  ko: (name: string, code: string) => ({
    subject: '인증 코드',
    text: `안녕하세요 ${name},\n\n인증 코드는 ${code}입니다. 코드를 요청한 창에서 10분 동안 쓸 수 있습니다.\n\n요청하지 않았다면 이 메일을 무시하십시오.\n`,
  }),
}

/** Uniform over 000000 … 999999: of four random bytes, those that would favour low numbers are drawn again. */
export const drawCode = ({ bytes }: Pick<Random, 'bytes'>): string => {
  const most = Math.floor(2 ** 32 / 10 ** DIGITS) * 10 ** DIGITS
  for (;;) {
    const drawn = new DataView(bytes(4).slice().buffer).getUint32(0)
    if (drawn < most) return String(drawn % 10 ** DIGITS).padStart(DIGITS, '0')
  }
}

/** As it was typed, without what people put between digits; undefined: not of that form. */
export const codeIn = (typed: string): string | undefined => {
  const code = typed.replace(/[\s-]/g, '')
  return /^\d{6}$/.test(code) ? code : undefined
}

export const codeLetter = (
  person: Pick<Person, 'displayName' | 'locale'>,
  code: string,
): { readonly subject: string; readonly text: string } => words[tongueOf(person)](person.displayName, code)
