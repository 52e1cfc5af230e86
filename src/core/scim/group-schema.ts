// The Group resource (RFC 7643 §4.2). Members are people; groups within groups are not.
import { attribute, type ResourceType, text } from './schema.ts'

export const group: ResourceType = {
  name: 'Group',
  endpoint: '/Groups',
  description: 'Groups of the identity domain',
  core: {
    id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
    name: 'Group',
    description: 'A group of people',
    attributes: [
      text('displayName', 'its name; unique in the domain', { required: true, uniqueness: 'server' }),
      attribute('members', 'complex', 'people in the group', {
        many: true,
        sub: [
          text('value', 'id of the person', { caseExact: true, mutability: 'immutable' }),
          attribute('$ref', 'reference', 'address of the person', {
            caseExact: true,
            mutability: 'immutable',
            refersTo: ['User'],
          }),
          text('display', 'name of the person', { mutability: 'readOnly' }),
          text('type', 'always `User`', { mutability: 'immutable', canonical: ['User'] }),
        ],
      }),
    ],
  },
  extensions: [],
}
