// The SAML schemas, compiled once, in libxml2 (wasm). Nothing is fetched: the files beside this one are all there is.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ParseOption, XmlBufferInputProvider, XmlDocument, XsdValidator, xmlRegisterInputProvider } from 'libxml2-wasm'

const files = [
  'saml-schema-protocol-2.0.xsd',
  'saml-schema-assertion-2.0.xsd',
  'xmldsig-core-schema.xsd',
  'xenc-schema.xsd',
  'xenc11-schema.xsd',
]
const BASE = 'file:///gwanmun-schemas/'

// One schema that knows all of them: the SAML schemas do not import XML Encryption 1.1, which stands where they allow other namespaces.
const together = `<schema xmlns="http://www.w3.org/2001/XMLSchema">
<import namespace="urn:oasis:names:tc:SAML:2.0:protocol" schemaLocation="saml-schema-protocol-2.0.xsd"/>
<import namespace="http://www.w3.org/2009/xmlenc11#" schemaLocation="xenc11-schema.xsd"/></schema>`

const compile = (): XsdValidator => {
  const bytes = Object.fromEntries(
    files.map((name) => [`${BASE}${name}`, new Uint8Array(readFileSync(join(import.meta.dirname, 'schemas', name)))]),
  )
  xmlRegisterInputProvider(new XmlBufferInputProvider(bytes))
  return XsdValidator.fromDoc(XmlDocument.fromString(together, { url: `${BASE}together.xsd` }))
}

let compiled: XsdValidator | undefined

const wordsOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message.trim().slice(0, 300) : 'not valid'

/** Undefined when the document follows the schema. The second parser must find it well-formed too: what only one of two reads is refused. */
export const schemaFault = (xml: string): { readonly wellFormed: boolean; readonly words: string } | undefined => {
  compiled ??= compile()
  let document: XmlDocument | undefined
  try {
    // No network, no entities, no recovery.
    document = XmlDocument.fromString(xml, { option: ParseOption.XML_PARSE_NONET })
    compiled.validate(document)
    return undefined
  } catch (thrown) {
    return { wellFormed: document !== undefined, words: wordsOf(thrown) }
  } finally {
    document?.dispose()
  }
}
