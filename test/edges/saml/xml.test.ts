// Templates: whatever a value says, it stays a value.
import { DOMParser } from '@xmldom/xmldom'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attribute, escaped, xml } from '../../../src/edges/saml/xml.ts'

const parsed = (text: string) => {
  const faults: string[] = []
  const note = (fault: string) => faults.push(fault)
  const dom = new DOMParser({ errorHandler: { warning: note, error: note, fatalError: note } })
  const root = dom.parseFromString(text, 'text/xml').documentElement
  return { root, faults }
}

describe('F13 XML by template', () => {
  test('F13 no text becomes markup, in content or in an attribute (GHSA-34r5-q4jw-r36m)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const { root, faults } = parsed(xml`<a${attribute('b', text)}><c>${text}</c></a>`.xml)
        expect(faults).toEqual([])
        expect(root.childNodes).toHaveLength(1)
        expect(root.attributes).toHaveLength(1)
        const ours = text
          .replace(/\r\n?/g, '\n')
          .replace(/[^\t\n\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd')
        expect(root.firstChild?.textContent).toBe(ours)
        expect(root.getAttribute('b')).toBe(ours.replace(/[\t\n]/g, ' '))
      }),
    )
  })
  test('F13 placeholders of other template languages mean nothing', () => {
    expect(xml`<a>${'{ID} $& $1'}</a>`.xml).toBe('<a>{ID} $&amp; $1</a>')
  })
  test('F13 characters that XML cannot write are replaced', () => {
    expect(escaped('a\u0000b\ud800c\uffff\r\nd')).toBe('a\ufffdb\ufffdc\ufffd\nd')
  })
  test('F13 an absent value is an absent attribute', () => {
    expect(xml`<a${attribute('b', undefined)}${attribute('c', '')}/>`.xml).toBe('<a c=""/>')
  })
})
