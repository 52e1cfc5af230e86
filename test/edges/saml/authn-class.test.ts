// RequestedAuthnContext: what is demanded and what is answered, as a table.
import { describe, expect, test } from 'vitest'
import type { Level } from '../../../src/core/assurance/level.ts'
import { type Comparison, classFor, levelAsked } from '../../../src/edges/saml/authn-class.ts'

const password = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'
const mfa = 'https://refeds.org/profile/mfa'
const phishing = 'urn:gwanmun:acr:3'
const kerberos = 'urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos'

const rows: readonly (readonly [Comparison, readonly string[], Level | 'impossible', Level, string | undefined])[] = [
  // comparison, asked, level demanded, level reached, class answered
  ['exact', [password], 1, 1, password],
  ['exact', [password], 1, 3, password], // whoever did more did this too, and applications compare texts
  ['exact', [mfa], 2, 1, undefined],
  ['exact', [mfa], 2, 2, mfa],
  ['exact', [mfa, password], 1, 1, password], // in order of preference
  ['exact', [mfa, password], 1, 2, mfa],
  ['exact', [kerberos, mfa], 2, 2, mfa], // what we do not know is passed over
  ['exact', [kerberos], 'impossible', 3, undefined],
  ['exact', [], 'impossible', 3, undefined], // declarations only
  ['minimum', [password], 1, 2, password],
  ['minimum', [password, phishing], 1, 3, phishing],
  ['minimum', [mfa], 2, 1, undefined],
  ['better', [password], 2, 2, mfa],
  ['better', [password], 2, 1, undefined],
  ['better', [password, mfa], 3, 3, phishing],
  ['better', [phishing], 'impossible', 3, undefined],
  ['maximum', [mfa], 2, 3, mfa],
  ['maximum', [password, mfa], 1, 1, password],
]

describe('M11 RequestedAuthnContext', () => {
  test.for(rows)(
    'M11 %s of %j demands %s; reached %s, answers %s',
    ([comparison, classes, demanded, reached, answer]) => {
      expect(levelAsked({ comparison, classes })).toBe(demanded)
      expect(classFor({ comparison, classes }, reached)).toBe(answer)
    },
  )
  test('M11 nothing asked demands nothing and answers in our own words', () => {
    expect(levelAsked(undefined)).toBe(0)
    expect(classFor(undefined, 1)).toBe(password)
    expect(classFor(undefined, 2)).toBe(mfa)
  })
})
