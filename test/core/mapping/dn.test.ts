// Distinguished names as identity providers really write them, and as an attacker would.
import { describe, expect, test } from 'vitest'
import { matcherOf, matchFault } from '../../../src/core/mapping/rule.ts'

const matches = (pattern: string, value: string): boolean => matcherOf({ kind: 'dn', value: pattern })(value)

describe('F4: distinguished names are compared part by part (RFC 4514)', () => {
  test.for([
    // what differs, pattern, value
    ['nothing', 'CN=Admins,OU=Groups,DC=corp,DC=example', 'CN=Admins,OU=Groups,DC=corp,DC=example'],
    ['case of types and values', 'CN=Admins,DC=corp', 'cn=ADMINS,dc=CORP'],
    ['spacing around separators', 'CN=Admins,OU=Groups,DC=corp', ' CN = Admins , OU=Groups ,  DC =corp '],
    ['runs of spaces inside', 'CN=Domain Admins,DC=corp', 'CN=Domain   Admins,DC=corp'],
    ['the separator of old directories', 'CN=Admins,DC=corp', 'CN=Admins;DC=corp'],
    ['an escaped comma', 'CN=Smith\\, John,DC=corp', 'CN=Smith\\, John,DC=corp'],
    ['an escaped comma by number', 'CN=Smith\\, John,DC=corp', 'CN=Smith\\2C John,DC=corp'],
    ['quotes of the old style', 'CN=Smith\\, John,DC=corp', 'CN="Smith, John",DC=corp'],
    ['UTF-8 by number', 'CN=Grüppe mit Leerzeichen,DC=corp', 'CN=Gr\\C3\\BCppe mit Leerzeichen,DC=corp'],
    ['composed and decomposed letters', 'CN=Gru\u0308ppe,DC=corp', 'CN=Gr\u00fcppe,DC=corp'],
    ['Hangul by number', 'CN=관문,DC=corp', 'CN=\\EA\\B4\\80\\EB\\AC\\B8,DC=corp'],
    ['an astral character by number', 'CN=🔑,DC=corp', 'CN=\\F0\\9F\\94\\91,DC=corp'],
    ['several values in one part, other order', 'CN=Admins+OU=Ops,DC=corp', 'OU=ops + CN=admins,DC=corp'],
    ['two values of one type, other order', 'CN=b+CN=a,DC=corp', 'CN=a+CN=b,DC=corp'],
    ['a type by number', 'CN=Admins,DC=corp', '2.5.4.3=Admins,OID.0.9.2342.19200300.100.1.25=corp'],
    ['an escaped plus', 'CN=C\\+\\+,DC=corp', 'CN=C\\2B\\2B,DC=corp'],
    ['an equals sign in a value', 'CN=a=b,DC=corp', 'CN=a\\=b,DC=corp'],
    ['an escaped trailing space', 'CN=a\\ ,DC=corp', 'CN=a\\20,DC=corp'],
    ['an escaped trailing space at the very end', 'DC=corp,CN=a\\ ', 'DC=corp,CN=a\\20'],
    ['any value', 'CN=*,OU=Groups,DC=corp', 'CN=Whatever\\, really,OU=Groups,DC=corp'],
    ['any value in a set', 'CN=*+OU=Ops,DC=corp', 'OU=Ops+CN=x,DC=corp'],
    ['any value beside a named one of its type', 'CN=*+CN=a,DC=corp', 'CN=a+CN=z,DC=corp'],
    ['any parts before', '**,OU=Groups,DC=corp', 'CN=a,OU=b,OU=Groups,DC=corp'],
    ['no part before', '**,OU=Groups,DC=corp', 'OU=Groups,DC=corp'],
    ['a literal star', 'CN=\\2A,DC=corp', 'CN=*,DC=corp'],
  ] as const)('the same apart from %s', ([, pattern, value]) => {
    expect(matches(pattern, value)).toBe(true)
  })

  test.for([
    ['another value', 'CN=Admins,DC=corp', 'CN=Users,DC=corp'],
    ['a longer name', 'CN=Admins,DC=corp', 'CN=Admins,OU=x,DC=corp'],
    ['a shorter name', 'CN=Admins,OU=x,DC=corp', 'CN=Admins,DC=corp'],
    ['parts in another order', 'OU=a,OU=b', 'OU=b,OU=a'],
    ['a comma smuggled in by escape', 'CN=Admins,OU=Groups', 'CN=Admins\\,OU=Groups'],
    ['a comma smuggled in by number', 'CN=Admins,OU=Groups', 'CN=Admins\\2COU=Groups'],
    ['a comma smuggled in by quotes', 'CN=Admins,OU=Groups', '"CN=Admins,OU=Groups"'],
    ['a plus smuggled in', 'CN=a+OU=b', 'CN=a\\+OU=b'],
    ['an overlong spelling of a letter', 'CN=a,DC=corp', 'CN=\\C1\\A1,DC=corp'],
    ['a value that says "any"', 'CN=Admins,DC=corp', 'CN=*,DC=corp'],
    ['a name that says "any before"', 'CN=x,OU=y,DC=corp', '**,DC=corp'],
    ['an escaped star for another name', 'CN=\\2A,DC=corp', 'CN=Users,DC=corp'],
    ['another escaped star for another name', 'CN=\\*,DC=corp', 'CN=Users,DC=corp'],
    ['the suffix of a value', '**,OU=Groups,DC=corp', 'CN=a,OU=My Groups,DC=corp'],
    ['one value too many in a part', 'CN=a,DC=corp', 'CN=a+OU=b,DC=corp'],
    ['one value too few in a part', 'CN=a+OU=b,DC=corp', 'CN=a,DC=corp'],
    ['"any" of another type', 'CN=*,DC=corp', 'OU=x,DC=corp'],
    ['a backslash that escapes nothing', 'CN=a', 'CN=a\\'],
    ['an empty part', 'CN=a,DC=corp', 'CN=a,,DC=corp'],
    ['a trailing comma', 'CN=a', 'CN=a,'],
    ['no name at all', 'CN=Admins', 'Admins'],
    ['nothing', 'CN=Admins', ''],
    ['a type named like something built in', 'constructor=x', 'toString=x'],
    ['an open quote', 'CN=a,DC=corp', 'CN="a,DC=corp'],
  ] as const)('not the same: %s', ([, pattern, value]) => {
    expect(matches(pattern, value)).toBe(false)
  })

  test.for([
    ['Admins', 'no distinguished name'],
    ['CN=a,**', 'no distinguished name'],
    ['**', 'no distinguished name'],
    ['CN=app-*,DC=corp', 'no wildcard'],
    ['', 'found nothing'],
  ] as const)('`%s` is no pattern', ([pattern, why]) => {
    expect(matchFault({ kind: 'dn', value: pattern })).toContain(why)
  })
  test.for(['CN=*,DC=corp', '**,DC=corp', 'CN=a\\*b,DC=corp', 'CN=a\\2Ab'])('`%s` is a pattern', (pattern) => {
    expect(matchFault({ kind: 'dn', value: pattern })).toBeUndefined()
  })

  test.for([
    ['spaces', `CN=a${' '.repeat(200_000)}b,DC=corp`],
    ['backslashes', `CN=${'\\\\'.repeat(100_000)},DC=corp`],
    ['hex pairs', `CN=${'\\C3'.repeat(60_000)},DC=corp`],
    ['parts', `${'CN=a,'.repeat(40_000)}DC=corp`],
    ['values in a part', `${'CN=a+'.repeat(40_000)}DC=corp`],
    ['quotes', `CN=${'"'.repeat(200_000)},DC=corp`],
  ] as const)('a flood of %s is judged in linear time', ([, value]) => {
    const began = performance.now()
    expect(matches('CN=*,DC=corp', value)).toBe(
      value.startsWith('CN=a ') || value.includes('\\') || value.includes('"'),
    )
    expect(performance.now() - began).toBeLessThan(1500)
  })
})
