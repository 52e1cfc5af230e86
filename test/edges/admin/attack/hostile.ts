// Words that somebody might send where a name, an id or a text is expected, and ways to spoil a document.
import fc from 'fast-check'

export const hostileWords: readonly string[] = [
  '',
  ' ',
  '.',
  '..',
  '../../etc/passwd',
  '/',
  '//',
  '\\',
  '\0',
  'a\0b',
  '\n',
  'a\r\nSet-Cookie: a=b',
  '\u202etxet',
  '\u2028',
  '\ud800',
  'a\udc00b',
  '\ufeffname',
  '\uffff',
  '한글',
  '💥',
  'İstanbul',
  'K', // Kelvin sign: lower case is `k`
  'ﬁ',
  'é',
  'a'.repeat(301),
  'ä'.repeat(5000),
  '💥'.repeat(200),
  'root',
  'ROOT',
  'default',
  'Administrators',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'NaN',
  '-1',
  '0',
  '1e309',
  '*',
  '%',
  '%00',
  '%2e%2e%2f',
  "' or '1'='1",
  '"; drop table person; --',
  '<script>alert(1)</script>',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: somebody's template, not ours
  '${7*7}',
  '{{7*7}}',
  'a:b:c:d:e:f:g:h:i',
  'a/b',
  'https://169.254.169.254/latest/meta-data/',
  'javascript:alert(1)',
  'http://[::1',
  'urn:x',
  '00000000000000000000000000',
  '01JCXM4ZV7Q2T8N5R3W6Y9B0KD',
  'ZZZZZZZZZZZZZZZZZZZZZZZZZZ',
  '2030-01-16T12:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '0000-01-01T00:00:00Z',
  '+275760-09-13T00:00:00.000Z',
  '(a+)+$',
  '[',
  'CN=a,,=',
  'Allow any-user to',
  "ANY {instance.id = 'a'",
]
/** What costs more to read than to write. */
export const filterBombs: readonly string[] = [
  'id pr and '.repeat(90),
  `id pr${' and id pr'.repeat(90)}`,
  `${'('.repeat(450)}id pr${')'.repeat(450)}`,
  'not '.repeat(200),
  `name eq "${'\\'.repeat(450)}"`,
  `name eq "${'a'.repeat(900)}"`,
  `name co "${'%'.repeat(300)}_"`,
  `${' '.repeat(900)}id pr`,
  `${'a.'.repeat(450)}b eq 1`,
  'name eq 1e999',
  `name eq ${'9'.repeat(900)}`,
  "name eq 'x'",
  'name eq "x" or 1=1',
  'name\0eq "x"',
]
/** Segments of a path as they are written, not as they mean. */
export const rawSegments: readonly string[] = [
  '%',
  '%zz',
  '%00',
  '%c0%af',
  '%ed%a0%80',
  '%E0%A4%A',
  '..',
  '.',
  '%2e%2e',
  '..%2f..%2f',
  'a%2Fb',
  ';a=b',
  '',
  'a?b',
  'a#b',
  '.%2e',
  '%2E%2E%2Fother',
  '%252e%252e',
  'a%0d%0aset-cookie:%20a=b',
  '%5c..%5c',
  '*',
  ':domain',
  '__proto__',
  '%F0%9F%92%A5',
]
const odd: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  Number.MAX_SAFE_INTEGER,
  [],
  {},
  [[[[[]]]]],
  [null],
  { __proto__: null },
  { constructor: { prototype: { admin: true } } },
]
export const hostileValue = (words: fc.Arbitrary<string>): fc.Arbitrary<unknown> =>
  fc.oneof(words, fc.constantFrom(...odd), fc.jsonValue({ maxDepth: 3 }))

type Path = readonly (string | number)[]
const pathsIn = (value: unknown, at: Path = []): readonly Path[] => {
  if (typeof value !== 'object' || value === null) return [at]
  return [at, ...Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...at, key]))]
}
const changedAt = (value: unknown, [first, ...rest]: Path, change: (old: unknown) => unknown): unknown => {
  if (first === undefined) return change(value)
  if (Array.isArray(value))
    return value.map((inner, n) => (String(n) === String(first) ? changedAt(inner, rest, change) : inner))
  const entries = Object.entries(value as object)
  return Object.fromEntries(
    entries.flatMap(([key, inner]) => {
      if (key !== first) return [[key, inner] as const]
      const changed = changedAt(inner, rest, change)
      return changed === GONE ? [] : [[key, changed] as const]
    }),
  )
}
const GONE = Symbol('gone')

export type Damage = {
  readonly where: number
  readonly how: 'drop' | 'replace' | 'add' | 'repeat' | 'nest'
  readonly with: unknown
  readonly called: string
}
export const damages = (words: fc.Arbitrary<string>): fc.Arbitrary<Damage> =>
  fc.record({
    where: fc.double({ min: 0, max: 0.999, noNaN: true }),
    how: fc.constantFrom('drop', 'replace', 'replace', 'replace', 'add', 'repeat', 'nest'),
    with: hostileValue(words),
    called: words,
  })
const nested = (depth: number): unknown => (depth === 0 ? 'deep' : [nested(depth - 1)])

/** One fault, somewhere in the document. */
export const damaged = (value: unknown, { where, how, with: other, called }: Damage): unknown => {
  const paths = pathsIn(value)
  const path = paths[Math.floor(where * paths.length)] ?? []
  return changedAt(value, path, (old) => {
    if (how === 'drop') return path.length === 0 ? undefined : GONE
    if (how === 'add')
      return typeof old === 'object' && old !== null && !Array.isArray(old) ? { ...old, [called]: other } : [old, other]
    if (how === 'repeat')
      return Array.isArray(old)
        ? Array.from({ length: 600 }, () => old[0] ?? other)
        : (JSON.stringify(old) ?? '').slice(0, 1000).repeat(400)
    return how === 'nest' ? nested(500) : other
  })
}

/** The text of a body, mostly as it should be written. */
export const spoiltTexts: readonly ((text: string) => string | Buffer)[] = [
  (text) => text.slice(0, -1),
  (text) => `${text}${text}`,
  (text) => text.replace(/^\{/, '{"__proto__":{"admin":true},"constructor":null,'),
  (text) => text.replace(/^\{"(\w+)":/, '{"$1":null,"$1":'),
  (text) => text.replace(/\}$/, ',"__proto__":{"isAdmin":true,"toString":1}}'),
  (text) => text.replace(/\}$/, ',"constructor":{"prototype":{"admin":true}}}'),
  (text) => text.replace(/:"[^"]*"/, ':"\\u0000"'),
  (text) => text.replace(/:"[^"]*"/, ':"\\ud800"'),
  (text) => text.replace(/:"[^"]*"/, ':"\\udfff\\ud800"'),
  () => `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
  () => `[${'null,'.repeat(100_000)}null]`,
  () => `{${Array.from({ length: 50_000 }, (_, n) => `"k${n}":0`).join(',')}}`,
  () => `{"n":${'9'.repeat(100_000)}}`,
  () => '{"n":-0,"n":1E+2,"n":0.1e-999}',
  () => '',
  () => 'null',
  () => '"text"',
  () => '[]',
  () => '{"a":1e999}',
  () => `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  (text) => `\ufeff${text}`,
  (text) => Buffer.from([0xff, 0xfe, ...Buffer.from(text)]),
  (text) => text.replaceAll(/[a-z]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
  (text) => text.replace(/^\{/, `{"x":"${'x'.repeat(1_100_000)}",`),
]
