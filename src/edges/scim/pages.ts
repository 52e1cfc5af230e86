// One page of a list on the wire: by index (RFC 7644 §3.4.2.4), or by a cursor (RFC 9865), which neither skips nor repeats when people come
// and go meanwhile, and costs the same on every page. Where there is no `nextCursor` the list ends.
import type { JsonObject } from '../../core/model/json.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import { canonical } from '../admin/etag.ts'
import { openedCursor, sealedCursor } from '../cursor.ts'
import { LIST_RESPONSE, listBody, type Query, type ScimEdge } from './call.ts'
import { found, foundAfter, type Position, positionOf, type Source } from './find.ts'
import { malformed } from './read-body.ts'

export type Page<R> = {
  readonly rows: readonly R[]
  /** Of as many of the rows as were made into resources: what is left out is on the next page. */
  readonly body: (resources: readonly JsonObject[]) => JsonObject
}

const positionIn = ({ secrets }: ScimEdge, bound: string, cursor: string): Position | undefined => {
  if (cursor === '') return undefined // the first page
  const opened = openedCursor(secrets, bound, cursor)
  if (!Array.isArray(opened))
    throw malformed('invalidCursor', '`cursor`: expected `nextCursor` of the page before, with the same `filter`')
  const [name, id] = opened as readonly unknown[]
  return { name: String(name), id: String(id) }
}

export const pageOf = async <R>(
  edge: ScimEdge,
  domain: Pick<Domain, 'id'>,
  source: Source<R>,
  query: Query,
): Promise<Page<R>> => {
  if (query.cursor === undefined) {
    const { total, rows } = await found(source, query)
    return { rows, body: (resources) => listBody({ total, resources }, query.startIndex) }
  }
  const bound = `scim-cursor:${canonical([domain.id, source.type.name, query.filter ?? ''])}`
  const { total, rows, next } = await foundAfter(source, query, positionIn(edge, bound, query.cursor))
  const body = (resources: readonly JsonObject[]): JsonObject => {
    const last = resources.length < rows.length ? rows[resources.length - 1] : undefined
    const ends = last === undefined ? next : positionOf(source, last)
    return {
      schemas: [LIST_RESPONSE],
      ...(total === undefined ? {} : { totalResults: total }),
      itemsPerPage: resources.length,
      ...(ends === undefined ? {} : { nextCursor: sealedCursor(edge.secrets, bound, [ends.name, ends.id]) }),
      Resources: resources,
    }
  }
  return { rows, body }
}
