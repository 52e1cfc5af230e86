// Exact, glob and regular expressions, against the values that providers send and the ones that make matchers slow.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { globMatches } from '../../../src/core/mapping/glob.ts'
import { parseRegex, regexMatches } from '../../../src/core/mapping/regex.ts'
import { matcherOf, matchFault } from '../../../src/core/mapping/rule.ts'

const regex = (value: string) => matcherOf({ kind: 'regex', value })
const quickly = (work: () => void): void => {
  const began = performance.now()
  work()
  expect(performance.now() - began).toBeLessThan(2000)
}

describe('F4: exact', () => {
  test.for([
    ['a,b;c', 'a,b;c', false, true],
    ['a,b;c', 'a', false, false],
    ['a,b;c', 'b', false, false],
    ['Grüppe mit Leerzeichen', 'Gru\u0308ppe mit Leerzeichen', false, true],
    ['admins', 'Admins', false, false],
    ['admins', 'Admins', true, true],
    ['admins', 'admins ', false, false],
    ['admins', ' admins', true, false],
    ['관리자', '관리자', false, true],
    ['a*', 'ab', false, false],
  ] as const)('`%s` and `%s` (case aside: %s): %s', ([value, upstream, ignoreCase, is]) => {
    expect(matcherOf({ kind: 'exact', value, ignoreCase })(upstream)).toBe(is)
  })
})

describe('F4: glob', () => {
  test.for([
    ['*', '', true],
    ['*', 'a,b;c', true],
    ['app-*', 'app-', true],
    ['app-*', 'app-x-y', true],
    ['app-*', 'my-app-x', false],
    ['*-admins', 'app-admins', true],
    ['*-admins', 'app-admins-not', false],
    ['app-*-admins', 'app-a-b-admins', true],
    ['app-*-admins', 'app-admins', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['a?c', 'a🔑c', true],
    ['a?c', 'au\u0308c', true],
    ['Gr?ppe mit *', 'Grüppe mit Leerzeichen', true],
    ['a.c', 'abc', false],
    ['a[bc]', 'ab', false],
    ['a[bc]', 'a[bc]', true],
    ['a,b;*', 'a,b;c', true],
    ['**', 'x', true],
    ['a\n*', 'a\nb', true],
    ['', '', true],
    ['', 'a', false],
  ] as const)('`%s` and `%s`: %s', ([pattern, value, is]) => {
    expect(globMatches(pattern, value, false)).toBe(is)
  })
  test('case counts unless said otherwise', () => {
    expect(globMatches('App-*', 'app-x', false)).toBe(false)
    expect(globMatches('App-*', 'APP-x', true)).toBe(true)
  })
  test('agrees with the same pattern as an expression of the platform', () => {
    const letter = fc.constantFrom('a', 'b', ',', 'ü', '🔑')
    const pattern = fc.array(fc.oneof(letter, fc.constantFrom('*', '?')), { maxLength: 8 })
    fc.assert(
      fc.property(pattern, fc.array(letter, { maxLength: 8 }), (p, v) => {
        const source = p.map((c) => (c === '*' ? '[^]*' : c === '?' ? '[^]' : c)).join('')
        expect(globMatches(p.join(''), v.join(''), false)).toBe(new RegExp(`^${source}$`, 'u').test(v.join('')))
      }),
      { numRuns: 500 },
    )
  })
  test('many stars against a long near miss stay fast', () => {
    quickly(() => expect(globMatches(`${'*a'.repeat(50)}b`, 'a'.repeat(50_000), false)).toBe(false))
  })
})

describe('F4: regular expressions in linear time', () => {
  test.for([
    ['app-(read|write)', 'app-read', true],
    ['app-(read|write)', 'app-readwrite', false],
    ['app', 'my-app', false],
    ['^app$', 'app', true],
    ['app-[a-z0-9_-]+', 'app-a_9-z', true],
    ['app-[^,;]+', 'app-a,b;c', false],
    ['a{2}', 'aa', true],
    ['a{2}', 'aaa', false],
    ['a{2,}', 'aaaaa', true],
    ['a{0,2}b', 'b', true],
    ['(?:ab)*', 'ababab', true],
    ['(?:ab)*', '', true],
    ['(a|b|)c', 'c', true],
    ['.', '🔑', true],
    ['.', '\n', false],
    ['Gr.ppe mit Leer.*', 'Gru\u0308ppe mit Leerzeichen', true],
    ['\\d+\\.\\d+', '10.5', true],
    ['\\d', '٣', false],
    ['CN=x\\, y', 'CN=x, y', true],
    ['[]a]+', ']a', true],
    ['[a-]+', 'a-', true],
    ['[\\]-]+', ']-', true],
    ['[가-힣]+', '관문', true],
    ['[🔐-🔓]', '🔑', true],
    ['a\\$', 'a$', true],
    ['a\\\\$', 'a\\', true],
    ['(a*)*b', 'aaab', true],
    ['((a|b)+c){2}', 'abcbc', true],
    ['', '', true],
  ] as const)('`%s` and `%s`: %s', ([pattern, value, is]) => {
    expect(matchFault({ kind: 'regex', value: pattern }) ?? '').toBe(
      pattern === '' ? 'expected a value to match, found nothing' : '',
    )
    expect(regex(pattern)(value)).toBe(is)
  })

  test.for([
    ['(a', 'not closed', 1],
    ['a)', 'closes nothing', 2],
    ['[a', 'not closed', 1],
    ['*a', 'nothing for `*`', 1],
    ['a**', 'nothing for `*`', 3],
    ['a+?', 'nothing for `?`', 3],
    ['a{101}', 'at most 100', 2],
    ['a{3,2}', 'smaller number first', 2],
    ['a{x}', 'escape a literal brace', 2],
    ['(?=a)', 'only `(…)`', 1],
    ['(?<n>a)', 'only `(…)`', 1],
    ['\\1', 'not supported', 2],
    ['\\bfoo', 'not supported', 2],
    ['a\\', 'escapes nothing', 2],
    ['[z-a]', 'is empty', 2],
    ['[!-\\]]', 'end of a range', 4],
    ['^a$|^b$', 'goes to the end or away', 3],
    ['a|^b', 'goes to the beginning or away', 3],
    ['((((a{100}){100}){100}){100})', 'too large', 1],
    [`${'('.repeat(12)}${'){100}'.repeat(12)}`, 'too large', 1],
  ] as const)('`%s` is refused: %s', ([pattern, why, at]) => {
    quickly(() => {
      const fault = matchFault({ kind: 'regex', value: pattern })
      expect(fault).toContain(why)
      expect(fault).toContain(`at character ${at})`)
    })
    expect(regex(pattern)('a')).toBe(false)
  })

  test('size and nesting are bounded before anything is built', () => {
    expect(matchFault({ kind: 'regex', value: 'a'.repeat(1001) })).toContain('longer than 1000')
    expect(matchFault({ kind: 'regex', value: `${'('.repeat(500)}${')'.repeat(499)}` })).toContain('not closed')
    expect(matchFault({ kind: 'regex', value: `${'('.repeat(500)}${')'.repeat(500)}` })).toBeUndefined()
  })

  test.for(['(a+)+b', '(a|a)*b', '(a|aa)+b', '(.*)(.*)(.*)(.*)(.*)b', '(a*)*b', '(a?){100}a{100}b', '([a-z]+)*[0-9]'])(
    '`%s` does not hang on a long near miss',
    (pattern) => {
      quickly(() => expect(regex(pattern)('a'.repeat(5000))).toBe(false))
    },
  )

  test('agrees with the expressions of the platform', () => {
    const { atom } = fc.letrec<{ atom: string; piece: string }>((tie) => ({
      atom: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', ','),
        fc.array(tie('piece'), { minLength: 1, maxLength: 3 }).map((p) => `(${p.join('')})`),
        fc.array(tie('piece'), { minLength: 2, maxLength: 3 }).map((p) => `(?:${p.join('|')})`),
      ),
      piece: fc
        .tuple(tie('atom'), fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,2}', '{0,}'))
        .map((p) => p.join('')),
    }))
    const value = fc.array(fc.constantFrom('a', 'b', '1', ','), { maxLength: 7 }).map((v) => v.join(''))
    fc.assert(
      fc.property(fc.array(atom, { maxLength: 3 }), value, (parts, text) => {
        const source = parts.join('')
        const ours = parseRegex(source)
        if (!('states' in ours)) throw new Error(`${source}: ${ours.fault}`)
        expect(regexMatches(ours, text)).toBe(new RegExp(`^(?:${source})$`, 'u').test(text))
      }),
      { numRuns: 1000 },
    )
  })
})
