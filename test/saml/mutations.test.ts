// Whatever is done to a signed message, it is refused or says what was signed. Random edits, a fixed seed.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decryptionPair, encryptAssertionOf } from './encrypt.ts'
import { answerTo } from './judged.ts'
import { makePair, modes, responseXml, sign, usual, valid } from './make-response.ts'

const pair = await makePair('idp')
const runs = { numRuns: 250, seed: 20260115 }

type Edit = {
  readonly kind: 'delete' | 'repeat' | 'insert' | 'move'
  readonly at: number
  readonly length: number
  readonly to: number
  readonly text: string
}
const fragments = [
  '<',
  '>',
  '&',
  '"',
  '/',
  ' ',
  'x',
  '\0',
  '&#97;',
  '&lt;',
  '<!---->',
  '<![CDATA[x]]>',
  '<?x?>',
  '<!DOCTYPE x>',
  'mallory@corp.example',
  '_evil',
  '</saml:NameID>',
  '<saml:NameID>mallory</saml:NameID>',
  '</saml:Assertion>',
  '<saml:Audience>https://evil.example</saml:Audience>',
  ' ID="_assertion1"',
  '<saml:AttributeValue>admins</saml:AttributeValue>',
  'xmlns:saml="urn:x"',
  '<ds:Object/>',
  '<samlp:Extensions><x:y xmlns:x="urn:x"/></samlp:Extensions>',
]
const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom('delete', 'repeat', 'insert', 'move'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 400 }),
  to: fc.double({ min: 0, max: 1, noNaN: true }),
  text: fc.constantFrom(...fragments),
})
/** Half of the edits begin at a tag, where they hurt most. */
const placeIn = (xml: string, part: number): number => {
  const at = Math.floor(part * xml.length)
  return at % 2 === 0 ? Math.max(0, xml.indexOf('<', at)) : at
}
const edited = (xml: string, { kind, at, length, to, text }: Edit): string => {
  const from = placeIn(xml, at)
  const piece = xml.slice(from, from + length)
  const rest = xml.slice(0, from) + xml.slice(from + length)
  const target = placeIn(rest, to)
  if (kind === 'delete') return rest
  if (kind === 'repeat') return xml.slice(0, from) + piece + xml.slice(from)
  if (kind === 'insert') return xml.slice(0, from) + text + xml.slice(from)
  return rest.slice(0, target) + piece + rest.slice(target)
}

const ours = decryptionPair()
const decryptionKeys = [ours.privateKey]
const genuine = [
  ...modes.map((mode) => [`signed at the ${mode}`, valid(mode, pair)] as const),
  ['encrypted, signed inside', encryptAssertionOf(valid('assertion', pair), ours.publicKey)] as const,
  [
    'encrypted, signed outside',
    sign(encryptAssertionOf(responseXml(usual), ours.publicKey), 'Response', pair),
  ] as const,
]

describe('F1: random edits of a genuine message', () => {
  test.each(genuine)('%s', (_, xml) => {
    const { responseId: _id, ...said } = answerTo(xml, pair, { decryptionKeys }) as {
      responseId?: string
      nameId: object
    }
    expect(said.nameId).toMatchObject({ value: 'carol@corp.example' })
    let accepted = 0
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        const answer = answerTo(edits.reduce(edited, xml), pair, { decryptionKeys })
        if ('refused' in answer) return
        accepted++
        expect(answer).toMatchObject(said)
      }),
      runs,
    )
    expect(accepted).toBeLessThan(runs.numRuns / 2) // most edits must matter, or the test tries nothing
  })
})
