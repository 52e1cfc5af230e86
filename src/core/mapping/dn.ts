// Distinguished names (RFC 4514), compared RDN by RDN: attribute types and values without case, spacing aside, escapes undone,
// multi-valued RDNs as sets. `*` as a value matches any; a leading `**` any number of RDNs.

type Ava = { readonly type: string; readonly value: string; readonly star: 'none' | 'whole' | 'part' } // unescaped `*`
type Rdn = readonly Ava[]
export type Dn = { readonly anyBefore: boolean; readonly rdns: readonly Rdn[] }

const decoder = (bytes: readonly number[]): string => {
  // UTF-8 without a platform decoder: core has none. Ill-formed sequences become U+FFFD.
  let text = ''
  for (let i = 0; i < bytes.length; ) {
    const b = bytes[i] ?? 0
    const more = b < 0x80 ? 0 : b >= 0xf0 ? 3 : b >= 0xe0 ? 2 : b >= 0xc0 ? 1 : -1
    const tail = more < 0 ? [] : bytes.slice(i + 1, i + 1 + more)
    const whole = more >= 0 && tail.length === more && tail.every((c) => (c & 0xc0) === 0x80)
    const code = tail.reduce((sum, c) => (sum << 6) | (c & 0x3f), more <= 0 ? b : b & (0x3f >> more))
    const least = [0, 0x80, 0x800, 0x10000][more] ?? 0 // an overlong form is another spelling of the same character
    const valid = whole && code >= least && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
    text += valid ? String.fromCodePoint(code) : '\u{fffd}'
    i += valid ? more + 1 : 1
  }
  return text
}

/** Splits at an unescaped separator, outside quotes; escapes stay. */
const split = (text: string, separators: string): readonly string[] => {
  const parts: string[] = []
  let part = ''
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? ''
    if (c === '\\') {
      part += c + (text[++i] ?? '')
      continue
    }
    if (c === '"') quoted = !quoted
    if (!quoted && separators.includes(c)) {
      parts.push(part)
      part = ''
    } else part += c
  }
  return [...parts, part]
}

const unescaped = (text: string): string => {
  const quoted = /^"([\s\S]*)"$/.exec(text)
  const inner = quoted?.[1] ?? text
  return inner.replace(/(?:\\[0-9a-fA-F]{2})+|\\([\s\S])/g, (found, single: string | undefined) =>
    single === undefined
      ? decoder([...found.matchAll(/\\([0-9a-fA-F]{2})/g)].map((m) => Number.parseInt(m[1] ?? '', 16)))
      : single,
  )
}

/** Without unescaped outer spaces; an escaped trailing one counts. By hand: a pattern for the end is quadratic in a run of spaces. */
const trimmed = (raw: string): string => {
  const text = raw.trimStart()
  let end = text.length
  while (end > 0 && /\s/.test(text[end - 1] ?? '')) end--
  let backslashes = 0
  while (text[end - 1 - backslashes] === '\\') backslashes++
  return text.slice(0, backslashes % 2 === 1 ? end + 1 : end)
}

/** Inner runs of spaces count as one (RFC 4518 §2.6.1). */
const comparable = (value: string): string => unescaped(value).normalize('NFKC').replace(/\s+/g, ' ').toLowerCase()

/** RFC 4514 §3: the types that are written by name or by number. */
const names: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'cn'],
  ['2.5.4.6', 'c'],
  ['2.5.4.7', 'l'],
  ['2.5.4.8', 'st'],
  ['2.5.4.9', 'street'],
  ['2.5.4.10', 'o'],
  ['2.5.4.11', 'ou'],
  ['0.9.2342.19200300.100.1.1', 'uid'],
  ['0.9.2342.19200300.100.1.25', 'dc'],
])

const avaOf = (text: string): Ava | undefined => {
  const at = text.indexOf('=')
  const type = text
    .slice(0, Math.max(0, at))
    .trim()
    .toLowerCase()
    .replace(/^oid\./, '')
  if (!/^([a-z][a-z0-9-]*|\d+(\.\d+)*)$/.test(type)) return undefined
  const value = trimmed(text.slice(at + 1))
  const star = value === '*' ? 'whole' : /\*/.test(value.replace(/\\[\s\S]/g, '')) ? 'part' : 'none'
  return { type: names.get(type) ?? type, value: comparable(value), star }
}

const escapesNothing = (text: string): boolean => text.replace(/\\[\s\S]/g, '').includes('\\') // at the very end

/** Undefined when the text is no distinguished name. */
export const parseDn = (text: string): Dn | undefined => {
  if (escapesNothing(text)) return undefined
  const parts = split(text, ',;')
  const anyBefore = parts[0]?.trim() === '**'
  const rdns: Rdn[] = []
  for (const part of anyBefore ? parts.slice(1) : parts) {
    const avas = split(part, '+').map(avaOf)
    if (!avas.every((a) => a !== undefined)) return undefined
    rdns.push(avas)
  }
  return rdns.length === 0 ? undefined : { anyBefore, rdns }
}

const isAny = (ava: Ava): boolean => ava.star === 'whole'

/** A multi-valued RDN is a set: named values first, then each `*` takes one of its type that is left. */
const sameRdn = (pattern: Rdn, rdn: Rdn): boolean => {
  const left = [...rdn]
  for (const p of [...pattern].sort((a, b) => Number(isAny(a)) - Number(isAny(b)))) {
    const at = left.findIndex((v) => v.type === p.type && (isAny(p) || v.value === p.value))
    if (at < 0) return false
    left.splice(at, 1)
  }
  return left.length === 0
}

/** `*` stands for a whole value; inside one it is a literal star, which is seldom what was meant. */
export const hasLooseStar = (dn: Dn): boolean => dn.rdns.some((rdn) => rdn.some((ava) => ava.star === 'part'))

export const dnMatches = (pattern: Dn, dn: Dn): boolean => {
  const extra = dn.rdns.length - pattern.rdns.length
  if (dn.anyBefore || extra < 0 || (extra > 0 && !pattern.anyBefore)) return false
  return pattern.rdns.every((rdn, i) => sameRdn(rdn, dn.rdns[i + extra] ?? []))
}
