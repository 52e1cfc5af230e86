// Distinguished names (RFC 4514), compared RDN by RDN: attribute types and values without case, spacing aside, escapes undone,
// multi-valued RDNs as sets. `*` as a value matches any; a leading `**` any number of RDNs.

type Ava = { readonly type: string; readonly value: string }
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
    text += whole && code <= 0x10ffff ? String.fromCodePoint(code) : '\u{fffd}'
    i += whole ? more + 1 : 1
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

/** Unescaped outer spaces do not count (an escaped trailing one does), inner runs count as one. */
const comparable = (raw: string): string => {
  const trimmed = raw.replace(/^\s+/, '').replace(/((?:^|[^\\])(?:\\\\)*)\s+$/, '$1')
  return unescaped(trimmed).normalize('NFKC').replace(/\s+/g, ' ').toLowerCase()
}

const avaOf = (text: string): Ava | undefined => {
  const at = text.indexOf('=')
  const type = text
    .slice(0, Math.max(0, at))
    .trim()
    .toLowerCase()
    .replace(/^oid\./, '')
  return /^([a-z][a-z0-9-]*|\d+(\.\d+)*)$/.test(type) ? { type, value: comparable(text.slice(at + 1)) } : undefined
}

/** Undefined when the text is no distinguished name. */
export const parseDn = (text: string): Dn | undefined => {
  const parts = split(text.trim(), ',;')
  const anyBefore = parts[0]?.trim() === '**'
  const rdns: Rdn[] = []
  for (const part of anyBefore ? parts.slice(1) : parts) {
    const avas = split(part, '+').map(avaOf)
    if (!avas.every((a) => a !== undefined)) return undefined
    rdns.push([...avas].sort((a, b) => (a.type < b.type ? -1 : 1)))
  }
  return rdns.length === 0 ? undefined : { anyBefore, rdns }
}

const sameRdn = (pattern: Rdn, rdn: Rdn): boolean =>
  pattern.length === rdn.length &&
  pattern.every((p, i) => p.type === rdn[i]?.type && (p.value === '*' || p.value === rdn[i]?.value))

export const dnMatches = (pattern: Dn, dn: Dn): boolean => {
  const extra = dn.rdns.length - pattern.rdns.length
  if (dn.anyBefore || extra < 0 || (extra > 0 && !pattern.anyBefore)) return false
  return pattern.rdns.every((rdn, i) => sameRdn(rdn, dn.rdns[i + extra] ?? []))
}
