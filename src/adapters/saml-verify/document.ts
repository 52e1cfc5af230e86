// Text → one XML tree, or a refusal. Everything that two parsers could read differently is refused before either reads it: document
// types, comments, processing instructions, CDATA, duplicate IDs (SAML Core §1.3.4, §5.4; "void canonicalization" and parser differentials).
import { DOMParser } from '@xmldom/xmldom'
import type { Refusal } from '../../ports/upstream.ts'
import { attribute, depthOf, everyElement } from './dom.ts'
import { type Reason, refuse } from './reasons.ts'
import { schemaFault } from './schema.ts'

export const MAX_XML_BYTES = 512 * 1024
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
const declaration = /^\u{feff}?<\?xml\s[^?<>]*\?>/u

const lexicalRefusal = (text: string, mayComment: boolean): Refusal | undefined => {
  const declared = declaration.exec(text)?.[0] ?? ''
  const encoding = /encoding\s*=\s*["']([^"']*)["']/.exec(declared)?.[1]
  if (encoding !== undefined && !/^(utf-8|us-ascii)$/i.test(encoding))
    return refuse('encoding-invalid', { expected: 'UTF-8', received: encoding })
  const rest = text.slice(declared.length)
  for (const [opening, reason] of forbidden) {
    if (mayComment && (opening === '<!--' || opening === '<!')) continue
    if (rest.toUpperCase().includes(opening)) return refuse(reason)
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

/** IDs of any spelling count: `Id` beside `ID` is how a decoy hides. */
const idsOf = (root: Element): readonly string[] =>
  everyElement(root).flatMap((e) =>
    ['ID', 'Id', 'id', 'iD'].map((name) => attribute(e, name)).filter((v) => v !== undefined),
  )

const treeRefusal = (document: Document): Refusal | undefined => {
  const root = document.documentElement
  const roots = Array.from(document.childNodes).filter((n) => n.nodeType === 1)
  if (roots.length !== 1) return refuse('xml-invalid', { detail: 'there is more than one root element' })
  if (depthOf(root) > MAX_DEPTH || everyElement(root).length > MAX_ELEMENTS) return refuse('too-deep')
  const ids = idsOf(root)
  const twice = ids.find((id, i) => ids.indexOf(id) !== i)
  return twice === undefined ? undefined : refuse('duplicate-id', { received: twice })
}

export type Parsed = { readonly text: string; readonly document: Document; readonly root: Element }

const parse = (text: string, mayComment: boolean): Parsed | Refusal => {
  if (Buffer.byteLength(text) > MAX_XML_BYTES * (mayComment ? 20 : 1)) return refuse('too-large')
  const lexical = lexicalRefusal(text, mayComment)
  if (lexical) return lexical
  const document = parseText(text.replace(/^\u{feff}/u, ''))
  if (!document) return refuse('xml-invalid')
  return (
    (mayComment ? undefined : treeRefusal(document)) ?? {
      text: text.replace(/^\u{feff}/u, ''),
      document,
      root: document.documentElement,
    }
  )
}

/** A protocol message: against the schema too. */
export const parseMessage = (text: string): Parsed | Refusal => {
  const parsed = parse(text, false)
  if ('refused' in parsed) return parsed
  const fault = schemaFault(parsed.text)
  return fault === undefined ? parsed : refuse('schema-invalid', { received: fault })
}

/** Part of a message that was checked as a whole before, e.g. canonical signed bytes or a decrypted assertion. */
export const parsePart = (text: string): Parsed | Refusal => parse(text, false)

/** Metadata comes from administrators: comments are theirs to write; document types are not. */
export const parseMetadataText = (text: string): Parsed | Refusal => parse(text, true)
