// Evidence → the methods that applications are told (RFC 8176).
import { expect, test } from 'vitest'
import { amrOf, type Evidence, type Level } from '../../src/core/assurance/level.ts'
import type { CredentialId, IdpId } from '../../src/core/model/ids.ts'

const password: Evidence = { kind: 'password', at: 1 }
const totp: Evidence = { kind: 'totp', at: 2, credentialId: 'c' as CredentialId }
const upstream = (level: Level, ...amr: readonly string[]): Evidence => ({
  kind: 'upstream',
  at: 1,
  idpId: 'i' as IdpId,
  level,
  acr: undefined,
  amr,
})

test.for([
  ['nothing proved', [], []],
  ['password', [password], ['pwd']],
  ['password and code', [password, totp], ['mfa', 'otp', 'pwd']],
  ['an IdP vouches, silently', [upstream(1)], ['fed']],
  ['the words of the IdP go along', [upstream(1, 'password', 'kerberos')], ['fed', 'kerberos', 'password']],
  ['what is no word does not', [upstream(1, 'a b', '<x>', '')], ['fed']],
  ['M11: an IdP that says mfa, mapped to two factors', [upstream(2, 'pwd', 'mfa')], ['fed', 'mfa', 'pwd']],
  ['M11: an IdP that says mfa, mapped to one', [upstream(1, 'pwd', 'mfa')], ['fed', 'pwd']],
  ['M11: in capitals', [upstream(1, 'MFA')], ['fed']],
  ['M11: a code of ours on top of one factor there', [upstream(1, 'mfa'), totp], ['fed', 'mfa', 'otp']],
] as const)('%s', ([, evidence, amr]) => {
  expect(amrOf(evidence)).toEqual(amr)
})
