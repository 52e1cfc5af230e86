// ES256 over text. Keys are parsed once each; which key may sign what is not known here.
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import type { JsonObject } from '../core/model/json.ts'
import type { Signer } from '../ports/keys.ts'

const KEPT = 1000

/** The signature is r and s, one after the other (RFC 7518 §3.4), not the DER of other places. */
const form = (key: KeyObject) => ({ key, dsaEncoding: 'ieee-p1363' }) as const

const remembered = (parse: (jwk: string) => KeyObject): ((jwk: string) => KeyObject) => {
  const known = new Map<string, KeyObject>()
  return (jwk) => {
    const before = known.get(jwk)
    if (before) return before
    if (known.size >= KEPT) known.clear()
    const key = parse(jwk)
    known.set(jwk, key)
    return key
  }
}

export const signer = (): Signer => {
  const privateKey = remembered((jwk) => createPrivateKey({ key: JSON.parse(jwk), format: 'jwk' }))
  const publicKey = remembered((jwk) => createPublicKey({ key: JSON.parse(jwk), format: 'jwk' }))
  return {
    sign: (jwk, text) => sign('sha256', Buffer.from(text), form(privateKey(jwk))).toString('base64url'),
    verify: (jwk: JsonObject, text, signature) =>
      verify('sha256', Buffer.from(text), form(publicKey(JSON.stringify(jwk))), Buffer.from(signature, 'base64url')),
  }
}
