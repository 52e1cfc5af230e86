// What this server can do (RFC 7644 §4), told to anybody: the schemas are those that requests are judged by.
import type { JsonObject } from '../../core/model/json.ts'
import { group } from '../../core/scim/group-schema.ts'
import type { Attribute, ResourceType, Schema } from '../../core/scim/schema.ts'
import { user } from '../../core/scim/user-schema.ts'
import { MOST_RESULTS, USUAL_RESULTS } from './call.ts'
import { MOST_OPERATIONS } from './read-body.ts'

export const MOST_BODY = 1_048_576
const CORE = 'urn:ietf:params:scim:schemas:core:2.0:'
export const types: readonly ResourceType[] = [user, group]

export const serviceProviderConfig = (base: string): JsonObject => ({
  schemas: [`${CORE}ServiceProviderConfig`],
  patch: { supported: true },
  bulk: { supported: true, maxOperations: MOST_OPERATIONS, maxPayloadSize: MOST_BODY },
  filter: { supported: true, maxResults: MOST_RESULTS },
  pagination: {
    cursor: true,
    index: true,
    defaultPaginationMethod: 'index',
    defaultPageSize: USUAL_RESULTS,
    maxPageSize: MOST_RESULTS,
  },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: true },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'API key',
      description: 'Authorization: Bearer gwm_…, an API key with the scope `scim`',
      specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
      primary: true,
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
})

const resourceType = (base: string, { name, endpoint, description, core, extensions }: ResourceType): JsonObject => ({
  schemas: [`${CORE}ResourceType`],
  id: name,
  name,
  endpoint,
  description,
  schema: core.id,
  schemaExtensions: extensions.map(({ id }) => ({ schema: id, required: false })),
  meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${name}` },
})

const attributeShown = (attribute: Attribute): JsonObject => ({
  name: attribute.name,
  type: attribute.kind,
  multiValued: attribute.many,
  description: attribute.description,
  required: attribute.required,
  caseExact: attribute.caseExact,
  mutability: attribute.mutability,
  returned: attribute.returned,
  uniqueness: attribute.uniqueness,
  ...(attribute.canonical.length === 0 ? {} : { canonicalValues: attribute.canonical }),
  ...(attribute.refersTo.length === 0 ? {} : { referenceTypes: attribute.refersTo }),
  ...(attribute.sub.length === 0 ? {} : { subAttributes: attribute.sub.map(attributeShown) }),
})
const schemaShown = (base: string, { id, name, description, attributes }: Schema): JsonObject => ({
  schemas: [`${CORE}Schema`],
  id,
  name,
  description,
  attributes: attributes.map(attributeShown),
  meta: { resourceType: 'Schema', location: `${base}/Schemas/${id}` },
})

export const resourceTypes = (base: string): readonly JsonObject[] => types.map((type) => resourceType(base, type))
export const schemas = (base: string): readonly JsonObject[] =>
  types.flatMap(({ core, extensions }) => [core, ...extensions]).map((schema) => schemaShown(base, schema))
