// What a domain may change of a page: its name, an accent colour and a notice. Values come from administrators, so they are checked, and
// text on the accent stays readable whatever colour they choose (WCAG 2.2 §1.4.3).
import type { Domain } from '../../core/model/tenancy.ts'

export type Branded = Pick<Domain, 'displayName' | 'branding'> &
  Partial<Pick<Domain, 'locale' | 'passwordReset' | 'selfRegistration'>>

const channel = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)

const luminance = (hex: string): number => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => channel(Number.parseInt(hex.slice(at, at + 2), 16) / 255))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** Black or white, whichever has more contrast. One of the two always has at least 4.5:1. */
const inkOn = (hex: string): string => ((luminance(hex) + 0.05) ** 2 > 1.05 * 0.05 ? '#000000' : '#ffffff')

/** A style rule, or nothing: anything but six hexadecimal digits could end the rule and begin another. */
export const accentRule = (domain: Branded | undefined): string | undefined => {
  const accent = domain?.branding.accent?.toLowerCase()
  return accent !== undefined && /^#[0-9a-f]{6}$/.test(accent)
    ? `:root{--accent:${accent};--on-accent:${inkOn(accent)}}`
    : undefined
}
