// XML by template: whatever is not itself made here is text and is escaped, so that nobody's name becomes an element
// (GHSA-34r5-q4jw-r36m). Knows nothing of SAML. XML 1.0 §2.2, §2.4.

export type Xml = { readonly xml: string }

const named: { readonly [c: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }
// XML 1.0 has no way to write these, not even as references; lone surrogates included.
const unwritable = /[^\t\n\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu

/** Text for element content or a quoted attribute value. Line ends become \n: a raw \r would change in the reader's parser and break the signature. */
export const escaped = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(unwritable, '\ufffd')
    .replace(/[&<>"']/g, (c) => named[c] ?? c)

type Part = string | number | Xml | readonly Xml[] | undefined

const partOf = (part: Part): string => {
  if (part === undefined) return ''
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part))
  return 'xml' in part ? part.xml : part.map((p) => p.xml).join('')
}

export const xml = (strings: TemplateStringsArray, ...parts: readonly Part[]): Xml => ({
  xml: strings.reduce((out, s, i) => out + partOf(parts[i - 1]) + s),
})

/** An attribute with a leading space; nothing at all when there is no value. */
export const attribute = (name: string, value: string | undefined): Xml =>
  value === undefined ? { xml: '' } : { xml: ` ${name}="${escaped(value).replace(/[\t\n]/g, ' ')}"` }
