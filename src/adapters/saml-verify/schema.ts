// The SAML schemas, compiled once, in libxml2 (wasm). Nothing is fetched: the four files beside this one are all there is.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ParseOption, XmlBufferInputProvider, XmlDocument, XsdValidator, xmlRegisterInputProvider } from 'libxml2-wasm'

const files = [
  'saml-schema-protocol-2.0.xsd',
  'saml-schema-assertion-2.0.xsd',
  'xmldsig-core-schema.xsd',
  'xenc-schema.xsd',
]
const BASE = 'file:///gwanmun-schemas/'

const compile = (): XsdValidator => {
  const bytes = Object.fromEntries(
    files.map((name) => [`${BASE}${name}`, new Uint8Array(readFileSync(join(import.meta.dirname, 'schemas', name)))]),
  )
  xmlRegisterInputProvider(new XmlBufferInputProvider(bytes))
  const protocol = bytes[`${BASE}${files[0]}`]
  const document = XmlDocument.fromBuffer(protocol as Uint8Array, { url: `${BASE}${files[0]}` })
  return XsdValidator.fromDoc(document)
}

let compiled: XsdValidator | undefined

/** Undefined when the document follows the schema; otherwise the first fault in words. */
export const schemaFault = (xml: string): string | undefined => {
  compiled ??= compile()
  let document: XmlDocument | undefined
  try {
    // No network, no entities, no recovery: what does not parse here is refused.
    document = XmlDocument.fromString(xml, { option: ParseOption.XML_PARSE_NONET })
    compiled.validate(document)
    return undefined
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message.trim().slice(0, 300) : 'not valid'
  } finally {
    document?.dispose()
  }
}
