// A person as a User resource, and back. The plain facts are the person's own, single texts are attributes as applications are told them, and
// whatever has parts or several values is kept as the client gave it.
import type { Json, JsonObject } from '../../core/model/json.ts'
import type { Attributes, Person } from '../../core/model/person.ts'
import { isObject } from '../../core/scim/document.ts'
import { ENTERPRISE, user } from '../../core/scim/user-schema.ts'
import { isProvisionedActive, type Provisioned } from '../../flows/directory/provision-person.ts'
import { canonical } from '../admin/etag.ts'
import { given, whenOf } from '../admin/shapes.ts'

/** Attributes of the person by the same name. */
const single = ['nickName', 'profileUrl', 'title', 'userType', 'preferredLanguage', 'timezone'] as const
const ofEmployer = ['employeeNumber', 'costCenter', 'organization', 'division', 'department'] as const
const keptWhole = ['phoneNumbers', 'ims', 'photos', 'addresses', 'entitlements', 'roles'] as const
const keptNames = ['formatted', 'middleName', 'honorificPrefix', 'honorificSuffix'] as const

type Out = { [name: string]: Json }
const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined)
const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})
const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : [])
const picked = (from: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name] as Json]])))
const firstOf = (attributes: Attributes, names: readonly string[]): JsonObject =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = Object.hasOwn(attributes, name) ? attributes[name]?.[0] : undefined
      return value === undefined || value === '' ? [] : [[name, value]]
    }),
  )
const filled = (object: JsonObject): JsonObject | undefined => (Object.keys(object).length > 0 ? object : undefined)

const alike = (a: Json | undefined, b: string): boolean => textOf(a)?.toLowerCase() === b.toLowerCase()

/** The addresses that the client gave, the person's own as the primary one: it may have changed by other ways since. */
const emailsOf = ({ email, provisioned = {} }: Person): readonly Json[] => {
  const all = listOf(provisioned.emails).filter(isObject)
  if (email === undefined) return all.filter((one) => one.primary !== true)
  if (all.some((one) => alike(one.value, email)))
    return all.map((one) => {
      const { primary: _, ...rest } = one
      return alike(one.value, email) ? { ...rest, primary: true } : rest
    })
  const others = all.filter((one) => one.primary !== true)
  return [{ value: email, type: 'work', primary: true }, ...others]
}

export type GroupShown = { readonly id: string; readonly name: string }

export const userDocument = (person: Person, base: string, groups: readonly GroupShown[] = []): JsonObject => {
  const { provisioned = {}, attributes } = person
  const name = {
    ...objectOf(provisioned.name),
    ...given({ familyName: person.familyName, givenName: person.givenName }),
  }
  const employer = { ...firstOf(attributes, ofEmployer), ...picked(provisioned, ['manager']) }
  const emails = emailsOf(person)
  return given<{ [name: string]: Json | undefined }>({
    schemas: [user.core.id, ...(filled(employer) ? [ENTERPRISE] : [])],
    id: person.id,
    externalId: person.externalId,
    userName: person.username,
    name: filled(name),
    displayName: person.displayName,
    ...firstOf(attributes, single),
    locale: person.locale,
    active: isProvisionedActive(person),
    emails: emails.length > 0 ? emails : undefined,
    ...picked(provisioned, keptWhole),
    groups:
      groups.length === 0
        ? undefined
        : groups.map((g) => ({ value: g.id, $ref: `${base}/Groups/${g.id}`, display: g.name, type: 'direct' })),
    [ENTERPRISE]: filled(employer),
    meta: {
      resourceType: user.name,
      created: whenOf(person.createdAt),
      lastModified: whenOf(person.updatedAt),
      location: `${base}${user.endpoint}/${person.id}`,
    },
  }) as JsonObject
}

/** Of what is kept of the person, not of their groups: those are changed elsewhere. */
export const userTag = (digest: (text: string) => string, { handle: _, ...person }: Person): string =>
  `W/"${digest(canonical(person)).slice(0, 27)}"`

const primaryOf = (emails: readonly JsonObject[]): string | undefined => {
  const chosen =
    emails.find((e) => e.primary === true) ?? emails.find((e) => alike(e.type, 'work')) ?? emails.find((e) => e.value)
  return textOf(chosen?.value)
}

/** Values under the names that are ours to write; whatever else the person has stays. */
const attributesWith = (before: Attributes, said: JsonObject): Attributes => {
  const ours: readonly string[] = [...single, ...ofEmployer]
  const others = Object.entries(before).filter(([name]) => !ours.includes(name))
  const now = ours.flatMap((name) => {
    const value = textOf(said[name])
    return value === undefined ? [] : [[name, [value]] as const]
  })
  return Object.fromEntries([...others, ...now])
}

const displayNameOf = (document: JsonObject, name: JsonObject): string =>
  textOf(document.displayName) ??
  textOf(name.formatted) ??
  ([name.givenName, name.familyName].filter(Boolean).join(' ') || (textOf(document.userName) ?? ''))

export const provisionedOf = (document: JsonObject, before: Person | undefined): Provisioned => {
  const name = objectOf(document.name)
  const employer = objectOf(document[ENTERPRISE])
  const emails = listOf(document.emails).filter(isObject)
  const email = primaryOf(emails)
  const addresses = emails.flatMap((e) => textOf(e.value) ?? [])
  const more: Out = { ...picked(document, keptWhole), ...picked(employer, ['manager']) }
  const names = picked(name, keptNames)
  if (filled(names)) more.name = names
  if (emails.length > 0) more.emails = emails
  return {
    username: textOf(document.userName) ?? '',
    email,
    displayName: displayNameOf(document, name),
    givenName: textOf(name.givenName),
    familyName: textOf(name.familyName),
    locale: textOf(document.locale),
    attributes: attributesWith(before?.attributes ?? {}, { ...document, ...employer }),
    externalId: textOf(document.externalId),
    otherEmails: addresses.filter((one) => email === undefined || !alike(one, email)),
    provisioned: more,
    active: typeof document.active === 'boolean' ? document.active : undefined,
  }
}
