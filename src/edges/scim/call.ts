// One SCIM request on its way through: who asks, in which domain, how the answer is wanted, and what the answer is made of. Faults of core
// become Problems here.
import type { JsonObject } from '../../core/model/json.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import type { Projection } from '../../core/scim/project.ts'
import { isFault, type ScimFault } from '../../core/scim/schema.ts'
import type { Administer } from '../../flows/access/administer.ts'
import type { Administrator } from '../../flows/access/permits.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import type { Conditions } from '../admin/etag.ts'

export type ScimEdge = { readonly administer: Administer; readonly secrets: Pick<Secrets, 'digest' | 'seal' | 'open'> }
export type Call = {
  readonly who: Administrator
  readonly domain: Domain
  /** `<issuer>/scim/v2` */
  readonly base: string
  readonly projection: Projection
  readonly conditions: Conditions
}
export type Reply = {
  readonly status: number
  readonly body?: JsonObject | undefined
  readonly etag?: string | undefined
  readonly location?: string | undefined
}
export type Query = {
  readonly filter: string | undefined
  /** Empty: from the beginning. Undefined: pages by index are wanted. */
  readonly cursor: string | undefined
  readonly startIndex: number
  readonly count: number
}
/** What can be done with each type of resource; bulk operations come through here too. */
export type Resource = {
  readonly list: (call: Call, query: Query) => Promise<Reply>
  readonly get: (call: Call, id: string) => Promise<Reply>
  readonly create: (call: Call, body: unknown) => Promise<Reply>
  readonly replace: (call: Call, id: string, body: unknown) => Promise<Reply>
  readonly patch: (call: Call, id: string, body: unknown) => Promise<Reply>
  readonly remove: (call: Call, id: string) => Promise<Reply>
}

export const MOST_RESULTS = 200
export const USUAL_RESULTS = 100

/** @throws request-malformed, its reason the scimType */
export const sound = <T extends object>(value: T | ScimFault): T => {
  if (isFault(value)) throw new Problem('request-malformed', value.detail, { reason: value.scimType })
  return value
}

/** The domain as it is in this transaction. */
export const domainNow = async (tx: Tx, { domain }: Pick<Call, 'domain'>): Promise<Domain> =>
  (await tx.domains.get(domain.id)) ?? domain

/** What could be the id of something: whatever else comes is nothing's. */
export const isReference = (id: string): boolean => id.length <= 100 && /^[\w-]+$/.test(id)
export const notThere = (what: 'user' | 'group', id: string): Problem =>
  new Problem('not-found', `there is no ${what} \`${id.slice(0, 100)}\` in this domain`)

const tagsIn = (header: string): readonly string[] => header.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
/** The tags are weak, and RFC 7644 §3.14 compares them all the same. */
export const tagMatches = (header: string, etag: string): boolean =>
  header.trim() === '*' || tagsIn(header).includes(etag.replace(/^W\//, ''))

/** For what is there; `etag` is found out only when somebody asked. */
export const refuseStale = async ({ ifMatch }: Conditions, etag: () => Promise<string> | string): Promise<void> => {
  if (ifMatch !== undefined && !tagMatches(ifMatch, await etag()))
    throw new Problem('precondition-failed', 'it was changed since you read it: read it again, and send its version')
}

export const LIST_RESPONSE = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
export const listBody = (
  found: { readonly total: number; readonly resources: readonly JsonObject[] },
  startIndex: number,
): JsonObject => ({
  schemas: [LIST_RESPONSE],
  totalResults: found.total,
  startIndex,
  itemsPerPage: found.resources.length,
  Resources: found.resources,
})
