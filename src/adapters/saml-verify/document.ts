// Text → one XML tree, or a refusal. Everything that two parsers could read differently is refused before either reads it: document
// types, comments, processing instructions, CDATA, duplicate IDs (SAML Core §1.3.4, §5.4; "void canonicalization" and parser differentials).
import { DOMParser } from '@xmldom/xmldom'
import type { Refusal } from '../../ports/upstream.ts'
import { depthOf, everyElement } from './dom.ts'
import { ns } from './names.ts'
import { type Reason, refuse } from './reasons.ts'
import { schemaFault } from './schema.ts'

export const MAX_XML_BYTES = 512 * 1024
const MAX_METADATA_BYTES = 8 * 1024 * 1024 // a small federation in one document
const MAX_DEPTH = 60
const MAX_ELEMENTS = 20_000

/** What begins with `<` and is no element. The XML declaration at the very start is the one exception. */
const forbidden: readonly (readonly [string, Reason])[] = [
  ['<!DOCTYPE', 'doctype-forbidden'],
  ['<!ENTITY', 'doctype-forbidden'],
  ['<!--', 'comment-forbidden'],
  ['<![CDATA[', 'cdata-forbidden'],
  ['<!', 'doctype-forbidden'],
  ['<?', 'processing-instruction-forbidden'],
]
const declaration = /^<\?xml\s[^?<>]*\?>/

const lexicalRefusal = (text: string, mayComment: boolean): Refusal | undefined => {
  const declared = declaration.exec(text)?.[0] ?? ''
  const encoding = /encoding\s*=\s*["']([^"']*)["']/.exec(declared)?.[1]
  if (encoding !== undefined && !/^(utf-8|us-ascii)$/i.test(encoding))
    return refuse('encoding-invalid', { expected: 'UTF-8', received: encoding })
  const version = /version\s*=\s*["']([^"']*)["']/.exec(declared)?.[1] ?? '1.0'
  if (version !== '1.0') return refuse('xml-invalid', { expected: 'XML 1.0', received: version }) // 1.1 has other line ends
  // Line ends in XML 1.1 only, and one of our two parsers takes them for such.
  if (!mayComment && /[\u{85}\u{2028}]/u.test(text))
    return refuse('xml-invalid', { detail: 'a line end of XML 1.1 is in the text' })
  const rest = text.slice(declared.length).toUpperCase()
  for (const [opening, reason] of forbidden) {
    if (mayComment && (opening === '<!--' || opening === '<!')) continue
    if (rest.includes(opening)) return refuse(reason)
  }
  return undefined
}

export const parseText = (text: string): Document | undefined => {
  let broken = false
  const fail = () => {
    broken = true
  }
  try {
    const document = new DOMParser({ errorHandler: { warning: fail, error: fail, fatalError: fail } }).parseFromString(
      text,
      'text/xml',
    )
    return broken || !document?.documentElement ? undefined : document
  } catch {
    return undefined
  }
}

/** IDs of any spelling and prefix count: `Id` or `x:ID` beside `ID` is how a decoy hides. */
const repeatedId = (elements: readonly Element[]): string | undefined => {
  const seen = new Set<string>()
  for (const element of elements)
    for (const { localName, value } of Array.from(element.attributes)) {
      if (localName?.toLowerCase() !== 'id') continue
      if (seen.has(value)) return value
      seen.add(value)
    }
  return undefined
}

/** Prefixes without a namespace are read differently by every parser, and schema locations ask a reader to fetch. */
const namespaceFault = (elements: readonly Element[]): string | undefined => {
  for (const element of elements) {
    if (!element.namespaceURI) return `\`${element.nodeName}\` has no namespace`
    for (const { prefix, namespaceURI, localName, name } of Array.from(element.attributes)) {
      if (prefix && !namespaceURI) return `\`${name}\` has no namespace`
      if (namespaceURI === ns.xsi && /^(schemaLocation|noNamespaceSchemaLocation)$/.test(localName ?? ''))
        return `\`${name}\` is not allowed`
    }
  }
  return undefined
}

const treeRefusal = (document: Document, metadata: boolean): Refusal | undefined => {
  const root = document.documentElement
  const roots = Array.from(document.childNodes).filter((n) => n.nodeType === 1)
  const stray = Array.from(document.childNodes).some((n) => n.nodeType === 3 && (n.nodeValue ?? '').trim() !== '')
  if (roots.length !== 1 || stray) return refuse('xml-invalid', { detail: 'there is more than one root element' })
  if (depthOf(root) > MAX_DEPTH) return refuse('too-deep')
  if (metadata) return undefined
  const elements = everyElement(root)
  if (elements.length > MAX_ELEMENTS)
    return refuse('too-deep', { detail: 'there are more elements than in any honest message' })
  const fault = namespaceFault(elements)
  if (fault !== undefined) return refuse('schema-invalid', { received: fault })
  const twice = repeatedId(elements)
  return twice === undefined ? undefined : refuse('duplicate-id', { received: twice })
}

export type Parsed = { readonly text: string; readonly root: Element }

const parse = (given: string, metadata: boolean): Parsed | Refusal => {
  const text = given.replace(/^\u{feff}/u, '')
  if (Buffer.byteLength(text) > (metadata ? MAX_METADATA_BYTES : MAX_XML_BYTES)) return refuse('too-large')
  const lexical = lexicalRefusal(text, metadata)
  if (lexical) return lexical
  const document = parseText(text)
  if (!document) return refuse('xml-invalid')
  return treeRefusal(document, metadata) ?? { text, root: document.documentElement }
}

/** A protocol message or an assertion: against the schema too. */
export const parseMessage = (text: string): Parsed | Refusal => {
  const parsed = parse(text, false)
  if ('refused' in parsed) return parsed
  const fault = schemaFault(parsed.text)
  return fault === undefined
    ? parsed
    : refuse(fault.wellFormed ? 'schema-invalid' : 'xml-invalid', { received: fault.words })
}

/** Part of a message that was checked as a whole before: canonical signed bytes. */
export const parsePart = (text: string): Parsed | Refusal => parse(text, false)

/** Metadata comes from administrators: comments are theirs to write; document types are not. */
export const parseMetadataText = (text: string): Parsed | Refusal => parse(text, true)
