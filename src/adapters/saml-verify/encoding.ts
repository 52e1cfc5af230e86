// Bytes of the bindings → text: strict base64, DEFLATE with a limit on what comes out, UTF-8 that really is. SAML Bindings §3.4.4.1, §3.5.4.
import { inflateRawSync } from 'node:zlib'
import type { Refusal } from '../../ports/upstream.ts'
import { MAX_XML_BYTES } from './document.ts'
import { refuse } from './reasons.ts'

const MAX_INFLATED_BYTES = 256 * 1024

/** White space inside is tolerated: real providers break lines. Anything else that is not base64 is not. */
const decoded = (text: string): Buffer | undefined => {
  const bare = text.replace(/[\r\n\t ]/g, '')
  return bare !== '' && /^[A-Za-z0-9+/]+={0,2}$/.test(bare) && bare.length % 4 !== 1
    ? Buffer.from(bare, 'base64')
    : undefined
}

export const textOfBytes = (bytes: Uint8Array): string | Refusal => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
    return text.includes('\0') ? refuse('encoding-invalid', { detail: 'the message holds NUL characters' }) : text
  } catch {
    return refuse('encoding-invalid', { detail: 'the message is not UTF-8' })
  }
}

export const textOfPost = (encoded: string): string | Refusal => {
  if (encoded.length > MAX_XML_BYTES * 2) return refuse('too-large')
  const bytes = decoded(encoded)
  return bytes ? textOfBytes(bytes) : refuse('encoding-invalid', { detail: 'the message is not base64' })
}

export const textOfRedirect = (encoded: string): string | Refusal => {
  if (encoded.length > MAX_XML_BYTES) return refuse('too-large')
  const bytes = decoded(encoded)
  if (!bytes) return refuse('encoding-invalid', { detail: 'the message is not base64' })
  try {
    return textOfBytes(inflateRawSync(bytes, { maxOutputLength: MAX_INFLATED_BYTES }))
  } catch (thrown) {
    const tooLarge = thrown instanceof RangeError || (thrown as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    return tooLarge
      ? refuse('too-large', { detail: `the message inflates to more than ${MAX_INFLATED_BYTES} bytes` })
      : refuse('encoding-invalid', { detail: 'the message is not DEFLATE' })
  }
}
