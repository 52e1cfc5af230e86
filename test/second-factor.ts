// Somebody with an authenticator app: enrols it where a page leads there, and spends a recovery code wherever a second factor is asked again,
// because a code of the app is good once in half a minute.
import { generate } from 'otplib'
import type { Seen, Visitor } from './program.ts'

export type SecondFactor = (browser: Visitor, page: Seen) => Promise<Seen>

const secretIn = ({ text }: Seen): string | undefined =>
  /id="totp-secret">(.*?)<\/code>/s
    .exec(text)?.[1]
    ?.replace(/<[^>]*>/g, '')
    .replace(/\s/g, '')

export const secondFactor = (): SecondFactor => {
  let codes: string[] = []
  return async (browser, page) => {
    const secret = secretIn(page)
    if (secret !== undefined) {
      const shown = await browser.answer(page, { do: 'enrol-totp', otp: await generate({ secret }) })
      codes = [...(/id="recovery-codes">(.*?)<\/ul>/s.exec(shown.text)?.[1] ?? '').matchAll(/<li>([^<]*)</g)].map(
        (m) => m[1] ?? '',
      )
      return browser.answer(shown, { do: 'keep-codes' })
    }
    if (!page.text.includes('name="otp"')) return page
    return browser.answer(page, { do: 'recovery', recovery_code: codes.pop() ?? '' })
  }
}
