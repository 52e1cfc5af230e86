// A device in few words: it asks for a code, somebody types it in a browser, it polls for tokens.
import { DEVICE_CODE } from '../../../src/core/model/app.ts'
import type { Bed } from './bed.ts'
import type { Browser, Stop } from './browser.ts'
import { type Answer, post, type Wish } from './relying-party.ts'

export type Device = {
  readonly device_code: string
  readonly user_code: string
  readonly verification_uri: string
  readonly verification_uri_complete: string
}
export const ask = async (bed: Bed, clientId: string, wish: Wish = {}): Promise<Device> => {
  const answer = await post(bed, '/device_authorization', { client_id: clientId, scope: 'openid', ...wish })
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
  return answer.body as Device
}
export const poll = (bed: Bed, clientId: string, { device_code }: Pick<Device, 'device_code'>): Promise<Answer> =>
  post(bed, '/token', { grant_type: DEVICE_CODE, client_id: clientId, device_code })

/** As people type: lower case, no dash. */
export const typed = (userCode: string): string => userCode.toLowerCase().replace('-', ' ')

export const fieldsIn = (page: Stop): { readonly [name: string]: string } =>
  Object.fromEntries(
    [...page.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)].map((m) => [
      m[1] ?? '',
      m[2] ?? '',
    ]),
  )
const send = (browser: Browser, url: string, fields: { readonly [name: string]: string }): Promise<Stop> =>
  browser.go(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: new URL(url).origin,
      'sec-fetch-site': 'same-origin',
    },
    body: new URLSearchParams(fields).toString(),
  })

export const enter = async (bed: Bed, browser: Browser, userCode: string): Promise<Stop> => {
  const url = `${bed.issuer}/device`
  const page = await browser.go(url)
  return send(browser, url, { ...fieldsIn(page), user_code: userCode })
}
/** Presses a button of the page that asks whether it is meant. */
export const confirm = (browser: Browser, asked: Stop, button: 'confirm' | 'abort' = 'confirm'): Promise<Stop> =>
  send(browser, asked.url.href, { ...fieldsIn(asked), [button]: 'yes' })
