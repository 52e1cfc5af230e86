// How we authenticate to a provider as its client. RFC 6749 §2.3.1.
import * as client from 'openid-client'
import type { OidcTrust } from '../../core/model/idp.ts'

/** application/x-www-form-urlencoded, as the URL standard writes it. */
const encoded = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1)

/**
 * The library's own also escapes `-`, `.` and `_`, which is allowed and means the same; but providers that forget to decode (seen at
 * LemonLDAP::NG) would then refuse every secret with one of them.
 */
const basic =
  (secret: string): client.ClientAuth =>
  (_server, { client_id }, _body, headers) => {
    const pair = `${encoded(client_id)}:${encoded(secret)}`
    headers.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`)
  }

export const clientAuthOf = (how: OidcTrust['clientAuth'], secret: string | undefined): client.ClientAuth => {
  if (secret === undefined || how === 'none') return client.None()
  return how === 'client_secret_post' ? client.ClientSecretPost(secret) : basic(secret)
}
