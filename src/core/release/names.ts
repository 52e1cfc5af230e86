// Our levels on the wire, in both protocols' words. Unknown names mean "no level of ours", never a guess.
import type { Level } from '../assurance/level.ts'

/** `acr` values we publish (OIDC Core 1.0 §2, acr_values_supported). */
export const acrOf: { readonly [L in Level]: string } = {
  0: 'urn:gwanmun:acr:0',
  1: 'urn:gwanmun:acr:1',
  2: 'urn:gwanmun:acr:2',
  3: 'urn:gwanmun:acr:3',
}

const known: { readonly [name: string]: Level } = {
  'urn:gwanmun:acr:1': 1,
  'urn:gwanmun:acr:2': 2,
  'urn:gwanmun:acr:3': 3,
  // OpenID Connect EAP ACR Values 1.0 §2
  phr: 3,
  phrh: 3,
  mfa: 2,
  'https://refeds.org/profile/sfa': 1,
  'https://refeds.org/profile/mfa': 2,
  // SAML 2.0 Authentication Context §3.4
  'urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified': 1,
  'urn:oasis:names:tc:SAML:2.0:ac:classes:Password': 1,
  'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport': 1,
  'urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken': 2,
  'urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract': 2,
  'urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI': 3,
  // what Microsoft's relying parties ask for
  'http://schemas.microsoft.com/claims/multipleauthn': 2,
}

/** The level an application means by a context name; undefined when we do not know it. */
export const levelNamed = (name: string): Level | undefined => (Object.hasOwn(known, name) ? known[name] : undefined)

/** What SAML calls a level when the application named no class (SAML Core §2.7.2.2). */
export const authnContextOf: { readonly [L in Level]: string } = {
  0: 'urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified',
  1: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
  2: 'https://refeds.org/profile/mfa',
  3: 'urn:gwanmun:acr:3',
}
