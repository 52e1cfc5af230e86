// Small readers over xmldom trees. By namespace and local name, direct children only: nothing is ever found "somewhere below".

export const isElement = (node: Node): node is Element => node.nodeType === 1

export const childrenOf = (parent: Node): readonly Element[] => {
  const found: Element[] = []
  for (let at = parent.firstChild; at; at = at.nextSibling) if (isElement(at)) found.push(at)
  return found
}
export const is = (element: Element, namespace: string, name: string): boolean =>
  element.namespaceURI === namespace && element.localName === name

export const children = (parent: Node, namespace: string, name: string): readonly Element[] =>
  childrenOf(parent).filter((e) => is(e, namespace, name))
export const child = (parent: Node, namespace: string, name: string): Element | undefined =>
  children(parent, namespace, name)[0]

/** Undefined when absent; xmldom answers '' for both. */
export const attribute = (element: Element, name: string): string | undefined =>
  element.hasAttribute(name) ? (element.getAttribute(name) ?? undefined) : undefined

const outerXmlSpace = /^[\t\n\r ]+|[\t\n\r ]+$/g

/** URIs and the like: outer white space does not count (AD FS writes line breaks into Issuer). */
export const textOf = (element: Element): string => (element.textContent ?? '').replace(outerXmlSpace, '')

/** What people are called and which groups they are in: as written, save for the line breaks and indents of pretty printers. */
export const writtenIn = (element: Element): string =>
  (element.textContent ?? '').replace(/^[\t ]*[\r\n][\t\n\r ]*|[\t ]*[\r\n][\t\n\r ]*$/g, '')

export const everyElement = (root: Element): readonly Element[] => {
  const found: Element[] = []
  const open: Element[] = [root]
  for (let at = open.pop(); at; at = open.pop()) {
    found.push(at)
    open.push(...childrenOf(at))
  }
  return found
}

export const depthOf = (root: Element): number => {
  let deepest = 0
  const open: [Element, number][] = [[root, 1]]
  for (let at = open.pop(); at; at = open.pop()) {
    deepest = Math.max(deepest, at[1])
    for (const below of childrenOf(at[0])) open.push([below, (at?.[1] ?? 0) + 1])
  }
  return deepest
}

/** XML Schema booleans: true, false, 1, 0. */
export const booleanOf = (value: string | undefined): boolean | undefined =>
  value === undefined ? undefined : ['true', '1'].includes(value.trim())

/** xs:dateTime in UTC (SAML Core §1.3.3), or with an offset; undefined when it is neither. */
export const timeOf = (value: string | undefined): number | undefined => {
  if (value === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/.test(value.trim()))
    return undefined
  const text = value.trim()
  const at = Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`)
  return Number.isNaN(at) ? undefined : at
}
