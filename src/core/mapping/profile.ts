// Upstream attributes → the fields of a person. Only the user name is indispensable.
import type { AttributeMapping } from '../model/idp.ts'
import type { Attributes } from '../model/person.ts'

export type Profile = {
  readonly username: string
  readonly email: string | undefined
  readonly displayName: string | undefined
  readonly givenName: string | undefined
  readonly familyName: string | undefined
  readonly locale: string | undefined
  readonly other: Attributes
}

const MAX_LENGTH = 400
// Control characters, and the invisible ones that make two names look alike (Unicode TR36 §2.5).
const invisible = /[\p{Cc}\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2060}-\u{2069}\u{feff}]/gu

const first = (attributes: Attributes, name: string | undefined): string | undefined => {
  const values = name === undefined || !Object.hasOwn(attributes, name) ? undefined : attributes[name]
  const text = values?.[0]?.replace(invisible, '').trim().slice(0, MAX_LENGTH)
  return text === undefined || text === '' ? undefined : text
}

const others = (mapping: AttributeMapping, attributes: Attributes): Attributes =>
  Object.fromEntries(
    Object.entries(mapping.other)
      .filter(([, theirs]) => Object.hasOwn(attributes, theirs))
      .map(([ours, theirs]) => [ours, (attributes[theirs] ?? []).map((v) => v.slice(0, MAX_LENGTH)).slice(0, 100)]),
  )

/** @returns the fields, or what is missing in words that name the attribute */
export const profileOf = (
  mapping: AttributeMapping,
  subject: string,
  attributes: Attributes,
): Profile | { readonly faults: readonly string[] } => {
  const username = (mapping.username === '$subject' ? subject : first(attributes, mapping.username))?.normalize('NFKC')
  if (username === undefined || username.trim() === '')
    return { faults: [`the attribute \`${mapping.username}\` for the user name is missing`] }
  if (username.length > 320)
    return { faults: [`the attribute \`${mapping.username}\` is longer than a user name may be`] }
  const given = first(attributes, mapping.givenName)
  const family = first(attributes, mapping.familyName)
  const email = first(attributes, mapping.email)
  return {
    username: username.replace(invisible, '').trim(),
    email: email !== undefined && /^[^\s@]+@[^\s@]+$/.test(email) ? email : undefined,
    displayName: first(attributes, mapping.displayName) ?? ([given, family].filter(Boolean).join(' ') || undefined),
    givenName: given,
    familyName: family,
    locale: first(attributes, mapping.locale),
    other: others(mapping, attributes),
  }
}
