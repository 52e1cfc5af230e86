// What an attribute of a SCIM resource is (RFC 7643 §7), and which one a path names. Names compare without case; a schema's URN before the
// name says whose attribute it is. Knows no resource in particular.
export type Kind = 'string' | 'boolean' | 'dateTime' | 'reference' | 'complex'
export type Attribute = {
  readonly name: string
  readonly kind: Kind
  readonly many: boolean
  readonly description: string
  readonly required: boolean
  readonly caseExact: boolean
  readonly mutability: 'readWrite' | 'readOnly' | 'immutable'
  readonly returned: 'default' | 'always'
  readonly uniqueness: 'none' | 'server'
  readonly canonical: readonly string[]
  readonly refersTo: readonly string[]
  readonly sub: readonly Attribute[]
}
export type Schema = {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly attributes: readonly Attribute[]
}
export type ResourceType = {
  readonly name: 'User' | 'Group'
  readonly endpoint: '/Users' | '/Groups'
  readonly description: string
  readonly core: Schema
  readonly extensions: readonly Schema[]
}

/** RFC 7644 §3.12, table 9, and RFC 9865 §2.1. */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidCursor'
export type ScimFault = { readonly scimType: ScimType; readonly detail: string }
export const isFault = <T extends object>(value: T | ScimFault): value is ScimFault => 'scimType' in value
export const fault = (scimType: ScimType, detail: string): ScimFault => ({ scimType, detail })

type More = Partial<Omit<Attribute, 'name' | 'kind' | 'description'>>
export const attribute = (name: string, kind: Kind, description: string, more: More = {}): Attribute => ({
  name,
  kind,
  many: false,
  description,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  canonical: [],
  refersTo: [],
  sub: [],
  ...more,
})
export const text = (name: string, description: string, more: More = {}): Attribute =>
  attribute(name, 'string', description, more)

/** What every resource has (RFC 7643 §3.1); in no schema's list. */
export const common: readonly Attribute[] = [
  attribute('schemas', 'reference', 'the schemas of the resource', {
    many: true,
    caseExact: true,
    mutability: 'readOnly',
    returned: 'always',
  }),
  text('id', 'our identifier of the resource', { caseExact: true, mutability: 'readOnly', returned: 'always' }),
  text('externalId', "the provisioning client's own identifier of the resource", { caseExact: true }),
  attribute('meta', 'complex', 'of the resource itself', {
    mutability: 'readOnly',
    sub: [
      text('resourceType', 'its type', { caseExact: true, mutability: 'readOnly' }),
      attribute('created', 'dateTime', 'when it was made', { mutability: 'readOnly' }),
      attribute('lastModified', 'dateTime', 'when it was last changed', { mutability: 'readOnly' }),
      attribute('location', 'reference', 'its address', { caseExact: true, mutability: 'readOnly' }),
      text('version', 'its entity tag', { caseExact: true, mutability: 'readOnly' }),
    ],
  }),
]

/** An attribute as it is written: `name.givenName`, `urn:…:User:department`. */
export type AttributePath = {
  readonly uri: string | undefined
  readonly name: string
  readonly sub: string | undefined
}
export const pathText = ({ uri, name, sub }: AttributePath): string =>
  `${uri === undefined ? '' : `${uri}:`}${name}${sub === undefined ? '' : `.${sub}`}`

/** What a path names; `extension`: the id of the schema whose object holds it. Without `attribute`: the whole of that object. */
export type Place = {
  readonly extension: string | undefined
  readonly attribute: Attribute
  readonly sub: Attribute | undefined
}
export type Whole = { readonly extension: string; readonly attribute: undefined; readonly sub: undefined }

const alike = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
export const named = (all: readonly Attribute[], name: string): Attribute | undefined =>
  all.find((a) => alike(a.name, name))
export const extensionNamed = ({ extensions }: ResourceType, id: string): Schema | undefined =>
  extensions.find((e) => alike(e.id, id))

const within = (
  all: readonly Attribute[],
  extension: string | undefined,
  name: string,
  subName: string | undefined,
): Place | undefined => {
  const attribute = named(all, name)
  const sub = subName === undefined ? undefined : named(attribute?.sub ?? [], subName)
  return attribute && (subName === undefined || sub) ? { extension, attribute, sub } : undefined
}

/** Undefined: there is no such attribute. Also reads `urn:…:2.0:User.department`, which older clients send for `…:User:department`. */
export const placeOf = (type: ResourceType, { uri, name, sub }: AttributePath): Place | Whole | undefined => {
  if (uri === undefined) return within([...type.core.attributes, ...common], undefined, name, sub)
  if (alike(uri, type.core.id)) return within([...type.core.attributes, ...common], undefined, name, sub)
  const extension = extensionNamed(type, uri)
  if (extension) return within(extension.attributes, extension.id, name, sub)
  const whole = extensionNamed(type, `${uri}:${name}`)
  if (!whole) return undefined
  return sub === undefined
    ? { extension: whole.id, attribute: undefined, sub: undefined }
    : within(whole.attributes, whole.id, sub, undefined)
}

/** Every attribute by its path, for whoever is told that theirs is none. */
export const knownNames = (type: ResourceType): string =>
  [...type.core.attributes, ...common].map((a) => `\`${a.name}\``).join(', ')
