// A key for a stand-in provider: made at start, kept nowhere.
import { generateKeyPairSync, randomUUID } from 'node:crypto'

export const throwAwayJwk = () => ({
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  kid: randomUUID(),
  use: 'sig',
  alg: 'RS256',
})
