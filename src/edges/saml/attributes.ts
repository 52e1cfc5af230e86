// The attribute bag in SAML's spelling, as the application's mapping says. An attribute without values is left out: the applications
// tested read absent and empty alike. Pure. SAML Core §2.7.3.1.
import type { SamlApp } from '../../core/model/app.ts'
import type { Released } from '../../core/release/attribute-bag.ts'
import { acrOf } from '../../core/release/names.ts'
import type { WireAttribute } from './messages.ts'
import { attributeNameFormat } from './urns.ts'

const one = (value: string | undefined): readonly string[] => (value === undefined || value === '' ? [] : [value])

const sources: { readonly [from: string]: (bag: Released) => readonly string[] } = {
  id: (bag) => [bag.sub],
  username: (bag) => [bag.username],
  email: (bag) => one(bag.email),
  name: (bag) => one(bag.name),
  givenName: (bag) => one(bag.givenName),
  familyName: (bag) => one(bag.familyName),
  locale: (bag) => one(bag.locale),
  groups: (bag) => bag.groups.map((g) => g.name),
  /** Why the person is in each, in words: for pages that show it, not for decisions. */
  groupReasons: (bag) => bag.groups.flatMap((g) => g.because.map((why) => `${g.name}: ${why}`)),
  acr: (bag) => [acrOf[bag.level]],
  amr: (bag) => bag.amr,
}

/** Our own words first; anything else names a further attribute of the person. */
export const valuesFrom = (bag: Released, from: string): readonly string[] => {
  const source = Object.hasOwn(sources, from) ? sources[from] : undefined
  if (source) return source(bag)
  return Object.hasOwn(bag.other, from) ? (bag.other[from] ?? []) : []
}

export const wireAttributes = (mapping: SamlApp['attributes'], bag: Released): readonly WireAttribute[] =>
  mapping
    .map(({ name, from, nameFormat, friendlyName }) => ({
      name,
      nameFormat: nameFormat ?? (/^(urn:|https?:)/i.test(name) ? attributeNameFormat.uri : attributeNameFormat.basic),
      friendlyName,
      values: valuesFrom(bag, from),
    }))
    .filter((a) => a.values.length > 0)
