// A Problem in the words of RFC 7644 §3.12.
import type { JsonObject } from '../../core/model/json.ts'
import { catalogue, type Problem, type Slug } from '../../problem.ts'

const scimTypes: ReadonlySet<string> = new Set([
  'invalidFilter',
  'tooMany',
  'uniqueness',
  'mutability',
  'invalidSyntax',
  'invalidPath',
  'noTarget',
  'invalidValue',
  'invalidCursor',
])
const usual: { readonly [S in Slug]?: string } = {
  'request-malformed': 'invalidSyntax',
  'config-invalid': 'invalidValue',
  'name-taken': 'uniqueness',
}

export const statusOf = ({ slug }: Problem): number => (slug === 'config-invalid' ? 400 : catalogue[slug][0])

export const scimError = (problem: Problem): JsonObject => {
  const { slug, reason, detail } = problem
  const scimType = reason !== undefined && scimTypes.has(reason) ? reason : usual[slug]
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(statusOf(problem)),
    ...(scimType === undefined ? {} : { scimType }),
    detail: detail ?? catalogue[slug][1],
  }
}
