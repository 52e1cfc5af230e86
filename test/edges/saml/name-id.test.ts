// Which name an application gets, by what it asked and what it is registered for.
import { describe, expect, test } from 'vitest'
import { keyEncryptionKey, secrets as openSecrets } from '../../../src/adapters/secrets.ts'
import type { SamlApp } from '../../../src/core/model/app.ts'
import type { Released } from '../../../src/core/release/attribute-bag.ts'
import { nameIdFor } from '../../../src/edges/saml/name-id.ts'
import { id, samlApp } from '../../stores/rows.ts'

const of = (name: string, version = '2.0') => `urn:oasis:names:tc:SAML:${version}:nameid-format:${name}`
const persistent = of('persistent')
const transient = of('transient')
const email = of('emailAddress', '1.1')
const secrets = openSecrets([keyEncryptionKey(new Uint8Array(32))])
const issuer = 'https://gateway.example/d/acme/default/saml/metadata'

const bag = (differs: Partial<Released> = {}): Released => ({
  sub: 'person-1',
  username: 'alice',
  email: 'alice@acme.example',
  emailVerified: true,
  name: 'Alice',
  givenName: undefined,
  familyName: undefined,
  locale: undefined,
  other: {},
  groups: [],
  level: 1,
  amr: [],
  authTimeSeconds: undefined,
  ...differs,
})
const app = (entityId: string, differs: Partial<SamlApp> = {}): SamlApp => ({
  ...(samlApp('wiki', entityId).settings as SamlApp),
  nameId: { format: persistent, from: 'pairwise' },
  ...differs,
})
const ask = (
  settings: SamlApp,
  format: string | undefined,
  q: { readonly bag?: Released; readonly session?: string; readonly qualifier?: string } = {},
) =>
  nameIdFor(secrets, settings, { format, spNameQualifier: q.qualifier }, q.bag ?? bag(), id(q.session ?? 's1'), issuer)

describe('F13 NameID', () => {
  test('F13 pairwise: stable for a person at an application, unlike at another, and says nothing about the person', () => {
    const here = ask(app('https://a'), persistent)
    expect(here).toMatchObject({ format: persistent, nameQualifier: issuer, spNameQualifier: 'https://a' })
    expect(ask(app('https://a'), persistent, { session: 's2' })?.value).toBe(here?.value)
    expect(ask(app('https://b'), persistent)?.value).not.toBe(here?.value)
    expect(ask(app('https://a'), persistent, { bag: bag({ sub: 'person-2' }) })?.value).not.toBe(here?.value)
    expect(here?.value).not.toContain('person')
  })
  test('F13 transient: another one in every session, the same in one, so that a sign-out can name it', () => {
    const first = ask(app('https://a'), transient)
    expect(first?.format).toBe(transient)
    expect(ask(app('https://a'), transient)?.value).toBe(first?.value)
    expect(ask(app('https://a'), transient, { session: 's2' })?.value).not.toBe(first?.value)
    expect(ask(app('https://b'), transient)?.value).not.toBe(first?.value)
  })
  test.for([undefined, of('unspecified', '1.1'), of('unspecified'), of('encrypted')])(
    'F13 %s asks for nothing in particular: the configured one',
    (format) =>
      expect(ask(app('https://a', { nameId: { format: email, from: 'email' } }), format)).toEqual({
        value: 'alice@acme.example',
        format: email,
        nameQualifier: undefined,
        spNameQualifier: undefined,
      }),
  )
  test('F13 an e-mail address is given as a name only to who is told it anyway; others get their own name, not a refusal', () => {
    const told = app('https://a', { attributes: [{ name: 'mail', from: 'email' }] })
    expect(ask(told, email)).toMatchObject({ value: 'alice@acme.example', format: email })
    expect(ask(app('https://a'), email)?.format).toBe(persistent)
  })
  test('F13 what cannot be had is refused', () => {
    const byMail = app('https://a', { nameId: { format: email, from: 'email' } })
    expect(ask(byMail, email, { bag: bag({ email: undefined }) })).toBeUndefined()
    expect(ask(app('https://a'), of('kerberos'))).toBeUndefined()
  })
  test('F13 the pseudonym made for somebody else is refused', () => {
    expect(ask(app('https://a'), persistent, { qualifier: 'https://b' })).toBeUndefined()
    expect(ask(app('https://a'), persistent, { qualifier: 'https://a' })).toBeDefined()
  })
  test.for(['alice ', ' alice', 'alice\u0000', 'ali\u0007ce', 'alice\u202e', '\n'])(
    'F13 a name that a reader would trim or cut into another is not given: %j',
    (username) => {
      const byName = app('https://a', { nameId: { format: of('unspecified', '1.1'), from: 'username' } })
      expect(ask(byName, undefined, { bag: bag({ username }) })).toBeUndefined()
    },
  )
})
