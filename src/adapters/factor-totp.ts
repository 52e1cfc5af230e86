// TOTP (RFC 6238) by otplib: SHA-1, six digits, thirty seconds, as every authenticator app expects. One step of drift either way; each
// step once, because the last used step comes back with the credential to save.
import { generateSecret, generateURI, verify } from 'otplib'
import { renderSVG } from 'uqr'
import type { Credential, TotpCredential } from '../core/model/credential.ts'
import { type EpochMs, secondsOf } from '../core/model/time.ts'
import type { FactorRefusal, TotpFactor } from '../ports/factor.ts'
import type { Secrets } from '../ports/secrets.ts'

const PERIOD_SECONDS = 30
const DRIFT_SECONDS = 30
const malformed: FactorRefusal = { refused: 'malformed', detail: 'expected six digits' }

/** ASCII digits only: other scripts' digits would let two spellings of one code pass a replay guard on text. */
const digitsOf = (code: string): string | undefined => {
  const bare = code.replace(/[\s-]/g, '')
  return /^[0-9]{6}$/.test(bare) ? bare : undefined
}

type Step = { readonly step: number } | FactorRefusal

const stepOf = async (secret: string, code: string, now: EpochMs, after: number): Promise<Step> => {
  const token = digitsOf(code)
  if (token === undefined) return malformed
  const asked = { secret, token, epoch: secondsOf(now), period: PERIOD_SECONDS, epochTolerance: DRIFT_SECONDS }
  // A clock that was set back: nothing in the window is later than what was used, and the library throws when asked.
  const behind = after > Math.floor((asked.epoch + DRIFT_SECONDS) / PERIOD_SECONDS)
  const answer = behind ? undefined : await verify(after < 0 ? asked : { ...asked, afterTimeStep: after })
  if (answer?.valid && 'timeStep' in answer && typeof answer.timeStep === 'number') return { step: answer.timeStep }
  // Right but used: said apart, so that a person waits for the next code instead of doubting the app.
  const used = after >= 0 && (await verify(asked)).valid
  return used
    ? { refused: 'replayed', detail: 'this code was used' }
    : { refused: 'wrong', detail: 'no step in the window has this code' }
}

const picture = (secret: string, account: string, issuer: string) => {
  const uri = generateURI({ issuer, label: account, secret })
  return { uri, qrSvg: renderSVG(uri, { border: 2 }) }
}

export const totpFactor = ({ secrets }: { readonly secrets: Pick<Secrets, 'open'> }): TotpFactor => ({
  offer: (account, issuer) => {
    const secret = generateSecret()
    return { secret, ...picture(secret, account, issuer) }
  },
  picture,
  confirm: (secret, code, now) => stepOf(secret, code, now, -1),
  verify: async (credential: Credential, code, now) => {
    if (credential.data.kind !== 'totp') return { refused: 'unknown-credential', detail: 'not an authenticator app' }
    const data: TotpCredential = credential.data
    const answer = await stepOf(secrets.open(data.secretSealed, `totp:${credential.id}`), code, now, data.lastStep)
    if ('refused' in answer) return answer
    return {
      evidence: { kind: 'totp', at: now, credentialId: credential.id },
      save: { ...credential, data: { ...data, lastStep: answer.step }, lastUsedAt: now },
    }
  },
})
