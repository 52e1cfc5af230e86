// Optimistic locking (RFC 9110 §13.1): the entity tag is a digest of what is shown, so that the same document has the same tag on every node
// and after every restart. Compared in the transaction that writes.
import type { Secrets } from '../../ports/secrets.ts'
import { Problem } from '../../problem.ts'

const inOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, v]) => v !== undefined)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, inOrder(v)]))
}
/** The same for the same content: databases give members back in an order of their own. */
export const canonical = (value: unknown): string => JSON.stringify(inOrder(value)) ?? 'null'

export const etagOf = (digest: Secrets['digest'], shown: unknown): string =>
  `"${digest(canonical(shown)).slice(0, 27)}"`

export type Conditions = { readonly ifMatch: string | undefined; readonly ifNoneMatch: string | undefined }

const tagsIn = (header: string): readonly string[] => header.split(',').map((tag) => tag.trim())
/** A weak tag matches no strong one (§8.8.3.2). */
const matches = (header: string, etag: string | undefined): boolean =>
  header.trim() === '*' ? etag !== undefined : etag !== undefined && tagsIn(header).includes(etag)

/** @param etag of what is there now; undefined: nothing is */
export const refuseUnless = ({ ifMatch, ifNoneMatch }: Conditions, etag: string | undefined): void => {
  if (ifMatch !== undefined && !matches(ifMatch, etag))
    throw new Problem(
      'precondition-failed',
      etag === undefined
        ? 'there is nothing that `If-Match` could match'
        : 'it was changed since you read it: read it again, look at the change, and send the new ETag as `If-Match`',
    )
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, etag))
    throw new Problem('precondition-failed', 'it is there already, and `If-None-Match` asked that it is not')
}

/** For a GET: what the caller has is still what there is. Weak comparison (§13.1.2); `*` is the router's, for it needs no tag. */
export const isUnchanged = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch !== undefined && tagsIn(ifNoneMatch).some((tag) => tag.replace(/^W\//, '') === etag)
