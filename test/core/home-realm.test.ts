// Home-realm discovery: the first ground that any enabled provider matches decides, and nothing below it counts.
import { describe, expect, test } from 'vitest'
import { inRange } from '../../src/adapters/fetch-guard.ts'
import { type Arriving, homeRealm, routed } from '../../src/core/journey/home-realm.ts'
import type { Idp } from '../../src/core/model/idp.ts'
import type { AppId } from '../../src/core/model/ids.ts'
import { idp } from '../stores/rows.ts'

const leads = (name: string, applications: readonly string[], networks: readonly string[], more: Partial<Idp> = {}) =>
  idp(name, { routes: { applications: applications as AppId[], networks }, ...more })
const idps: readonly Idp[] = [
  idp('plain'),
  idp('mail', { emailDomains: ['mail.example', 'two.example'] }),
  leads('books', ['books', 'two'], [], { emailDomains: ['two.example'], showInChooser: false }),
  leads('office', ['two'], ['10.0.0.0/8', '2001:db8::/32', '192.0.2.7']),
  leads('lab', [], ['10.9.0.0/16']),
  leads('off', ['books', 'off'], ['0.0.0.0/0', '::/0'], { enabled: false, emailDomains: ['off.example'] }),
]
const nothing: Arriving = {
  hint: undefined,
  username: undefined,
  appId: undefined,
  address: undefined,
  localSignIn: true,
}
const app = (name: string) => ({ appId: name as AppId })
const found = (rows: readonly Idp[], arriving: Partial<Arriving>) => {
  const realm = homeRealm(rows, { ...nothing, ...arriving }, inRange)
  return realm && [realm.ground, ...realm.idps.map((i) => i.name)]
}

describe('F8: home-realm discovery', () => {
  test.for<[string, Partial<Arriving>, readonly string[] | undefined]>([
    ['nothing is known', {}, undefined],
    ['a hint', { hint: 'plain' }, ['hint', 'plain']],
    ['a hint at nobody', { hint: 'nobody' }, undefined],
    ['a hint at one that is off', { hint: 'off' }, undefined],
    ['a hint goes before all else', { hint: 'plain', username: 'a@mail.example', ...app('books') }, ['hint', 'plain']],
    ['an address', { username: 'A@MAIL.example' }, ['e-mail domain', 'mail']],
    ['the last @ counts', { username: '"a@mail.example"@else.example' }, undefined],
    ['a name that looks like a domain', { username: 'mail.example' }, undefined],
    ['an address of one that is off', { username: 'a@off.example' }, undefined],
    [
      'an address goes before the application',
      { username: 'a@mail.example', ...app('books') },
      ['e-mail domain', 'mail'],
    ],
    ['an address that two own', { username: 'a@two.example' }, ['e-mail domain', 'mail', 'books']],
    ['an address that nobody owns', { username: 'a@else.example', ...app('books') }, ['application', 'books']],
    ['an application', app('books'), ['application', 'books']],
    ['an application of one that is off', app('off'), undefined],
    ['an application goes before the network', { ...app('books'), address: '10.0.0.1' }, ['application', 'books']],
    ['an application of two', { ...app('two'), address: '10.0.0.1' }, ['application', 'books', 'office']],
    ['another application', { ...app('else'), address: '10.0.0.1' }, ['network', 'office']],
    ['a network', { address: '10.255.255.255' }, ['network', 'office']],
    ['two networks', { address: '10.9.1.1' }, ['network', 'office', 'lab']],
    ['an IPv6 network', { address: '2001:db8:ffff::1' }, ['network', 'office']],
    ['an IPv4 address in IPv6', { address: '::ffff:10.0.0.1' }, ['network', 'office']],
    ['a single address', { address: '192.0.2.7' }, ['network', 'office']],
    ['its neighbour', { address: '192.0.2.8' }, undefined],
    ['no address', { address: '' }, undefined],
    ['what is none', { address: '10' }, undefined],
  ])('%s', ([, arriving, expected]) => {
    expect(found(idps, arriving)).toEqual(expected)
  })
  test('the only provider, where there is no other way in and nobody typed a name', () => {
    const [, , , , , off] = idps
    const only = [idp('plain'), ...(off ? [off] : [])]
    expect(found(only, { localSignIn: false })).toEqual(['only', 'plain'])
    expect(found(only, { localSignIn: true })).toBeUndefined()
    expect(found(only, { localSignIn: false, username: 'admin' })).toBeUndefined()
    expect(found(idps, { localSignIn: false })).toBeUndefined()
    expect(found([], { localSignIn: false })).toBeUndefined()
  })
  test('one is the way, several are a choice among them, none is neither', () => {
    const to = (arriving: Partial<Arriving>) => routed(homeRealm(idps, { ...nothing, ...arriving }, inRange))
    expect(to(app('books'))).toEqual({ route: 'books', choice: undefined })
    expect(to(app('two'))).toEqual({ route: undefined, choice: ['books', 'office'] })
    expect(to({})).toEqual({ route: undefined, choice: undefined })
  })
})
