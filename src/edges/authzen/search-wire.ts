// AuthZEN Authorization API 1.0 §8: what a search looks like, and its pages. A page token is sealed: it says where the last page ended, which
// may be at somebody the search did not find, and which request it belongs to.
import { z } from 'zod'
import type { Page, PageAsked, Position } from '../../flows/access/search.ts'
import type { Secrets } from '../../ports/secrets.ts'
import { Problem } from '../../problem.ts'
import { action, object, properties, resource, subject, text } from './wire-form.ts'

const page = z
  .object({
    token: z.string().max(20_000).default(''),
    limit: z.number().int().min(0).optional(),
    properties: object.default({}),
  })
  .optional()

/** The id of what is searched for is ignored, whatever it is. */
const kindOf = z.object({ type: text(200), properties })
export const subjectSearch = z.object({ subject: kindOf, action, resource, context: properties, page })
export const resourceSearch = z.object({ subject, action, resource: kindOf, context: properties, page })
export const actionSearch = z.object({ subject, resource, context: properties, page })

type Paged = { readonly page?: z.infer<typeof page> }

const LIMIT = 100
const MOST = 1_000

/** With the members of every object in one order: the same request written differently is the same. */
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, canonical(inner)])
}

const sealedToken = z.object({ request: z.string(), after: z.array(z.string()), limit: z.number() })

export type Pager = {
  readonly asked: PageAsked
  readonly tokenFor: (next: Position) => string
}

/** @param purpose which search of which caller in which tenancy: a token holds in that one alone */
export const pagerFor = (
  secrets: Pick<Secrets, 'seal' | 'open' | 'digest'>,
  purpose: string,
  { page, ...request }: Paged,
): Pager => {
  const context = `authzen-search:${purpose}`
  const digest = secrets.digest(JSON.stringify(canonical({ ...request, page: page?.properties ?? {} })))
  const before = page === undefined || page.token === '' ? undefined : opened(secrets, page.token, context)
  if (before && before.request !== digest)
    throw new Problem(
      'request-malformed',
      '`page.token` belongs to another request: send the same one again, only `page.limit` may differ',
    )
  const limit = Math.min(page?.limit ?? before?.limit ?? LIMIT, MOST)
  return {
    asked: { after: before?.after, limit },
    tokenFor: (next) => secrets.seal(JSON.stringify({ request: digest, after: next, limit }), context),
  }
}

const opened = (secrets: Pick<Secrets, 'open'>, token: string, context: string): z.infer<typeof sealedToken> => {
  try {
    return sealedToken.parse(JSON.parse(secrets.open(token, context)))
  } catch (cause) {
    throw new Problem('request-malformed', '`page.token`: expected the `next_token` of a page of this search', {
      cause,
    })
  }
}

export const pageReply = <T>({ results, next, total }: Page<T>, { tokenFor }: Pager, show: (result: T) => object) => ({
  page: {
    next_token: next === undefined ? '' : tokenFor(next),
    count: results.length,
    ...(total === undefined ? {} : { total }),
  },
  results: results.map(show),
})
