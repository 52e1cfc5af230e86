// Readable whatever an administrator chooses, in light and in dark (WCAG 2.2 §1.4.3: 4.5 to 1), and nothing a colour could smuggle in.
import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accentRule } from '../../../src/edges/sign-in/branding.ts'

const luminance = (hex: string): number => {
  const long = hex.length === 4 ? `#${[...hex.slice(1)].map((c) => c + c).join('')}` : hex
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const v = Number.parseInt(long.slice(at, at + 2), 16) / 255
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
const contrast = (a: string, b: string): number => {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}
const css = readFileSync(new URL('../../../src/edges/sign-in/static/pages.css', import.meta.url), 'utf8')
const [light = '', dark = ''] = [...css.matchAll(/:root \{([^}]+)\}/g)].map((m) => m[1] ?? '')
const colour = (block: string, name: string): string =>
  new RegExp(`--${name}: (#[0-9a-f]{3,6});`).exec(block)?.[1] ?? ''

describe.for([
  ['light', light, light],
  ['dark', dark, light],
] as const)('I1 contrast in %s', ([, block, fallback]) => {
  test.for([
    ['ink', 'ground'],
    ['ink', 'card'],
    ['ink', 'quiet'],
    ['soft', 'card'],
    ['soft', 'ground'],
    ['soft', 'quiet'],
    ['link', 'card'],
    ['link', 'ground'],
    ['bad', 'bad-ground'],
    ['bad', 'card'],
    ['note', 'note-ground'],
    ['good', 'good-ground'],
    ['on-accent', 'accent'],
  ] as const)('%s on %s', ([ink, ground]) => {
    const of = (name: string) => colour(block, name) || colour(fallback, name)
    expect(contrast(of(ink), of(ground))).toBeGreaterThanOrEqual(4.5)
  })
  test('the edge of a field is seen (WCAG §1.4.11: 3 to 1)', () => {
    expect(contrast(colour(block, 'line'), colour(block, 'card'))).toBeGreaterThanOrEqual(3)
  })
})

describe('T4 the accent of a domain', () => {
  const hex = fc.integer({ min: 0, max: 0xffffff }).map((n) => `#${n.toString(16).padStart(6, '0')}`)
  const ruleOf = (accent: string) => accentRule({ displayName: 'x', branding: { accent } })
  test('text on it can be read, whatever it is', () => {
    fc.assert(
      fc.property(hex, (accent) => {
        const ink = /--on-accent:(#[0-9a-f]{6})/.exec(ruleOf(accent) ?? '')?.[1] ?? ''
        return contrast(ink, accent) >= 4.5
      }),
    )
  })
  test.for(['red', '#fff', '#12345g', '#123456}body{display:none', 'url(//evil)', ''])(
    '`%s` is no colour and changes nothing',
    (accent) => {
      expect(ruleOf(accent)).toBeUndefined()
    },
  )
})
