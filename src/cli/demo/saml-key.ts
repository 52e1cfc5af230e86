// The signing key of a stand-in SAML provider, kept in the demonstration's state so that a restart is not a key rollover.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keyMaker, privateKeyPem } from '../../adapters/keys.ts'
import type { SamlKey } from '../../flows/upkeep/key-ring.ts'

export const samlKeyOf = async (stateDir: string, name: string): Promise<SamlKey> => {
  const file = join(stateDir, `${name}.key.json`)
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as SamlKey
  } catch {
    const made = await keyMaker().make('RS256', { commonName: name, years: 5, now: Date.now() })
    const key: SamlKey = { privateKeyPem: privateKeyPem(made.privateJwk), certificatePem: made.certificatePem ?? '' }
    mkdirSync(stateDir, { recursive: true })
    writeFileSync(file, JSON.stringify(key), { mode: 0o600 })
    return key
  }
}
