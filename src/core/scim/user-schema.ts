// The User resource (RFC 7643 §4.1, §4.3): what is kept of a person. `password` is not among it: people prove themselves by their identity
// provider or with what they set here themselves.
import { type Attribute, attribute, type ResourceType, text } from './schema.ts'

export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

const plural = (name: string, description: string, canonical: readonly string[], value: Attribute): Attribute =>
  attribute(name, 'complex', description, {
    many: true,
    sub: [
      value,
      text('display', 'for people'),
      text('type', 'what it is for', { canonical }),
      attribute('primary', 'boolean', 'the preferred one; at most one is'),
    ],
  })

const nameParts: readonly Attribute[] = [
  text('formatted', 'the whole name, as it is shown'),
  text('familyName', 'family name'),
  text('givenName', 'given name'),
  text('middleName', 'middle name'),
  text('honorificPrefix', 'title before the name'),
  text('honorificSuffix', 'suffix after the name'),
]

const address = attribute('addresses', 'complex', 'postal addresses', {
  many: true,
  sub: [
    text('formatted', 'the whole address, as it is printed'),
    text('streetAddress', 'street and number'),
    text('locality', 'city'),
    text('region', 'state or region'),
    text('postalCode', 'postal code'),
    text('country', 'country'),
    text('type', 'what it is for', { canonical: ['work', 'home', 'other'] }),
    attribute('primary', 'boolean', 'the preferred one; at most one is'),
  ],
})

const groups = attribute('groups', 'complex', 'groups the person is in, whatever they are in them for', {
  many: true,
  mutability: 'readOnly',
  sub: [
    text('value', 'id of the group', { caseExact: true, mutability: 'readOnly' }),
    attribute('$ref', 'reference', 'address of the group', {
      caseExact: true,
      mutability: 'readOnly',
      refersTo: ['Group'],
    }),
    text('display', 'name of the group', { mutability: 'readOnly' }),
    text('type', 'always `direct`', { mutability: 'readOnly', canonical: ['direct'] }),
  ],
})

const manager = attribute('manager', 'complex', "the person's manager", {
  sub: [
    text('value', 'id of the manager', { caseExact: true }),
    attribute('$ref', 'reference', 'address of the manager', { caseExact: true, refersTo: ['User'] }),
    text('displayName', 'name of the manager'),
  ],
})

export const user: ResourceType = {
  name: 'User',
  endpoint: '/Users',
  description: 'People of the identity domain',
  core: {
    id: 'urn:ietf:params:scim:schemas:core:2.0:User',
    name: 'User',
    description: 'A person',
    attributes: [
      text('userName', 'what the person signs in as; unique in the domain', { required: true, uniqueness: 'server' }),
      attribute('name', 'complex', "the parts of the person's name", { sub: nameParts }),
      text('displayName', 'the name that others see'),
      text('nickName', 'casual name'),
      attribute('profileUrl', 'reference', 'a page about the person', { refersTo: ['external'] }),
      text('title', 'title in the organization'),
      text('userType', 'relationship to the organization'),
      text('preferredLanguage', 'preferred language'),
      text('locale', 'language tag for times and numbers'),
      text('timezone', 'time zone'),
      attribute('active', 'boolean', 'false: the person cannot sign in, and every session has ended'),
      plural(
        'emails',
        'e-mail addresses; mail goes to the primary one',
        ['work', 'home', 'other'],
        text('value', 'address'),
      ),
      plural(
        'phoneNumbers',
        'phone numbers',
        ['work', 'home', 'mobile', 'fax', 'pager', 'other'],
        text('value', 'number'),
      ),
      plural('ims', 'instant messaging addresses', [], text('value', 'address')),
      plural(
        'photos',
        'pictures',
        ['photo', 'thumbnail'],
        attribute('value', 'reference', 'its address', { caseExact: true, refersTo: ['external'] }),
      ),
      address,
      groups,
      plural('entitlements', 'what the person is entitled to elsewhere', [], text('value', 'entitlement')),
      plural('roles', 'roles of the person elsewhere; they grant nothing here', [], text('value', 'role')),
    ],
  },
  extensions: [
    {
      id: ENTERPRISE,
      name: 'EnterpriseUser',
      description: 'What an employer knows of a person',
      attributes: [
        text('employeeNumber', 'identifier that the organization gave'),
        text('costCenter', 'cost center'),
        text('organization', 'organization'),
        text('division', 'division'),
        text('department', 'department'),
        manager,
      ],
    },
  ],
}
