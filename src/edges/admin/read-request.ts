// From what came to what a route is given: parts that have their shapes, or every fault of them at once, each with its place, what is expected
// there, and what to do.
import type { z } from 'zod'
import { Problem, type ProblemField } from '../../problem.ts'

const lowerFirst = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`
const placeOf = (path: readonly PropertyKey[], within: string | undefined): string =>
  [...(within === undefined ? [] : [within]), ...path.map(String)].join('.') || 'body'

/** What is behind an issue that only says that something is wrong inside: of alternatives the one that came nearest. */
const behind = (issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] => {
  if (issue.code === 'invalid_key') return issue.issues.map((inner) => ({ ...inner, path: issue.path }))
  if (issue.code !== 'invalid_union') return []
  const [nearest] = [...issue.errors].sort((a, b) => a.length - b.length)
  return (nearest ?? []).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))
}

const fieldsOf = (issue: z.core.$ZodIssue, within: string | undefined): readonly ProblemField[] => {
  const inner = behind(issue)
  if (inner.length > 0) return inner.flatMap((one) => fieldsOf(one, within))
  const place = placeOf(issue.path, within)
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      field: place === 'body' ? key : `${place}.${key}`,
      expected: 'no such member',
      remedy: 'leave it out, or correct its spelling',
    }))
  return [{ field: place, expected: lowerFirst(issue.message.replace(/^Invalid input: /, '')) }]
}

/** @param within the parameter, when what is read is one */
export const parsed = <T>(shape: z.ZodType<T>, value: unknown, within?: string): T => {
  const read = shape.safeParse(value)
  if (read.success) return read.data
  const fields = read.error.issues.flatMap((issue) => fieldsOf(issue, within))
  const [first] = fields
  throw new Problem(
    'request-malformed',
    first && `\`${first.field.slice(0, 200)}\`: ${first.expected}${first.remedy ? `; ${first.remedy}` : ''}`,
    { reason: 'shape', fields },
  )
}
