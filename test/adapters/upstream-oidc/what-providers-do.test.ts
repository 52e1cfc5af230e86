// Small habits of real providers, each as a row: scopes withheld or spelled their own way, client secrets that are not decoded.
import { Configuration } from 'openid-client'
import { describe, expect, test } from 'vitest'
import { withheldScope } from '../../../src/adapters/upstream-oidc/claims.ts'
import { clientAuthOf } from '../../../src/adapters/upstream-oidc/client-auth.ts'
import { refusalOf } from '../../../src/adapters/upstream-oidc/refusals.ts'

describe('F2: a scope that was not granted', () => {
  const asked = ['openid', 'profile', 'email', 'groups', 'offline_access']
  test.for([
    // what is granted, where groups are read from, what came, what is withheld
    ['everything granted, nobody has groups', 'openid profile email groups', ['groups'], {}, undefined],
    ['the scope of the groups declined', 'openid profile email', ['groups'], {}, 'groups'],
    ['declined, and an empty list came', 'openid profile email', ['groups'], { groups: [] }, undefined],
    ['spelled differently, with groups', 'https://api.example/email', ['roles'], { roles: ['a'] }, undefined],
    ['groups inside another claim', 'openid', ['realm_access.roles'], { 'realm_access.roles': ['a'] }, undefined],
    ['no groups are wanted', 'openid', [], {}, undefined],
    ['not said: as asked for (RFC 6749 §5.1)', undefined, ['groups'], {}, undefined],
    ['offline_access is rarely repeated', 'profile email groups', ['groups'], {}, undefined],
  ] as const)('%s', ([, granted, groupsFrom, attributes, withheld]) => {
    expect(withheldScope(asked, granted, groupsFrom, attributes)).toBe(withheld)
  })
})

describe('F2: our client secret', () => {
  const sentBy = (clientId: string, secret: string): string => {
    const headers = new Headers()
    const server = { issuer: 'https://idp.example' }
    const metadata = new Configuration(server, clientId).clientMetadata()
    clientAuthOf('client_secret_basic', secret)(server, metadata, new URLSearchParams(), headers)
    return Buffer.from(headers.get('authorization')?.replace('Basic ', '') ?? '', 'base64').toString()
  }
  test.for([
    ['what most secrets are made of is sent as it is', 'aZ09-._*', 'aZ09-._*'],
    ['a colon cannot end the id', 'a:b', 'a%3Ab'],
    ['what needs escaping is escaped', 'a b+c%d/é', 'a+b%2Bc%25d%2F%C3%A9'],
  ])('%s', ([, secret, sent]) => {
    expect(sentBy('an-app', secret ?? '')).toBe(`an-app:${sent}`)
    expect(sentBy(secret ?? '', 'x')).toBe(`${sent}:x`)
  })
  test('refused, it is not the token that is called invalid', () => {
    const thrown = Object.assign(new Error('server responded with a challenge'), {
      code: 'OAUTH_WWW_AUTHENTICATE_CHALLENGE',
      cause: [{ scheme: 'basic', parameters: {} }],
    })
    expect(refusalOf(thrown).refused).toBe('upstream-credentials-refused')
  })
})
