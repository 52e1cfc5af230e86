// Recovery codes: ten of 80 bits each in Crockford's alphabet, stored as digests, each removed by its use.
import type { RecoveryCodes } from '../ports/factor.ts'
import type { Random } from '../ports/random.ts'
import type { Secrets } from '../ports/secrets.ts'

const COUNT = 10
const LENGTH = 16
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** What people confuse is read as what was meant (Crockford base32). */
const canonical = (typed: string): string =>
  typed
    .toUpperCase()
    .replace(/[\s\p{Pd}]/gu, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
const grouped = (code: string): string => code.match(/.{4}/g)?.join('-') ?? code

type Deps = { readonly random: Pick<Random, 'bytes'>; readonly secrets: Pick<Secrets, 'digest'> }

export const recoveryCodes = ({ random, secrets }: Deps): RecoveryCodes => ({
  make: () => {
    const codes = Array.from({ length: COUNT }, () =>
      Array.from(random.bytes(LENGTH), (byte) => alphabet[byte & 31]).join(''),
    )
    return { codes: codes.map(grouped), hashes: codes.map((code) => secrets.digest(code)) }
  },
  verify: async (credential, typed, now) => {
    const code = canonical(typed)
    if (credential.data.kind !== 'recovery-code') return { refused: 'unknown-credential', detail: 'no recovery codes' }
    if (!/^[0-9A-HJKMNP-TV-Z]{16}$/.test(code))
      return { refused: 'malformed', detail: `expected ${LENGTH} letters and digits` }
    const used = secrets.digest(code)
    const hashes = credential.data.hashes.filter((hash) => hash !== used)
    if (hashes.length === credential.data.hashes.length) return { refused: 'wrong', detail: 'unknown or used' }
    return {
      evidence: { kind: 'recovery-code', at: now },
      save: { ...credential, data: { ...credential.data, hashes }, lastUsedAt: now },
    }
  },
})
