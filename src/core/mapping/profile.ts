// Upstream attributes → the fields of a person. Only the user name is indispensable; a value that cannot be what its field says is left
// out, never repaired into something that another person might own.
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
const MAX_NAME = 320
const MAX_VALUES = 100
// Control characters, and the invisible ones that make two names look alike (Unicode TR36 §2.5).
const invisible = /[\p{Cc}\u{ad}\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2060}-\u{2069}\u{feff}]/gu

const shown = (value: string): string =>
  [...value.slice(0, 2 * MAX_LENGTH).replace(invisible, '')].slice(0, MAX_LENGTH).join('').trim()

const rawOf = (attributes: Attributes, name: string | undefined): string | undefined =>
  name === undefined || !Object.hasOwn(attributes, name) ? undefined : attributes[name]?.[0]

const first = (attributes: Attributes, name: string | undefined): string | undefined =>
  shown(rawOf(attributes, name) ?? '') || undefined

/** As sent or not at all: cut or cleaned, `x@corp.example.evil.test` could become an address at `corp.example`. */
const emailOf = (raw: string | undefined): string | undefined => {
  const email = raw?.trim()
  return email !== undefined &&
    email.length <= MAX_NAME &&
    email === shown(email) &&
    /^[^\s@,;<>"()]+@[^\s@,;<>"()]+$/.test(email)
    ? email
    : undefined
}

/** BCP 47, which some providers write with an underscore. */
const localeOf = (raw: string | undefined): string | undefined => {
  const tag = raw?.replaceAll('_', '-')
  return tag !== undefined && /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$/.test(tag) ? tag : undefined
}

const others = (mapping: AttributeMapping, attributes: Attributes): Attributes =>
  Object.fromEntries(
    Object.entries(mapping.other)
      .filter(([, theirs]) => Object.hasOwn(attributes, theirs))
      .map(([ours, theirs]) => [ours, (attributes[theirs] ?? []).slice(0, MAX_VALUES).map(shown)]),
  )

/** @returns the fields, or what is missing in words that name the attribute */
export const profileOf = (
  mapping: AttributeMapping,
  subject: string,
  attributes: Attributes,
): Profile | { readonly faults: readonly string[] } => {
  const raw = mapping.username === '$subject' ? subject : rawOf(attributes, mapping.username)
  const username = (raw ?? '').normalize('NFKC').replace(invisible, '').trim()
  if (username === '') return { faults: [`the attribute \`${mapping.username}\` for the user name is missing`] }
  if (username.length > MAX_NAME)
    return { faults: [`the attribute \`${mapping.username}\` is longer than a user name may be (${MAX_NAME})`] }
  const given = first(attributes, mapping.givenName)
  const family = first(attributes, mapping.familyName)
  return {
    username,
    email: emailOf(rawOf(attributes, mapping.email)),
    displayName: first(attributes, mapping.displayName) ?? ([given, family].filter(Boolean).join(' ') || undefined),
    givenName: given,
    familyName: family,
    locale: localeOf(rawOf(attributes, mapping.locale)),
    other: others(mapping, attributes),
  }
}
