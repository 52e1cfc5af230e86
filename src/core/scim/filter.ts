// Filters of RFC 7644 §3.4.2.2 as trees, and trees as text. `print` and parse-filter.ts are each other's way back: brackets that the author
// wrote around parts of the same kind are kept as nodes.
import { type AttributePath, pathText } from './schema.ts'

export const comparisons = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const
export type Comparison = (typeof comparisons)[number]
export type FilterValue = string | number | boolean | null

export type Test =
  | { readonly kind: 'compare'; readonly path: AttributePath; readonly op: Comparison; readonly value: FilterValue }
  | { readonly kind: 'present'; readonly path: AttributePath }
export type Filter =
  | Test
  | { readonly kind: 'and' | 'or'; readonly all: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  /** `emails[type eq "work"]`, or with a test of what was found: `emails[type eq "work"].value eq "x"`. */
  | { readonly kind: 'some'; readonly path: AttributePath; readonly where: Filter; readonly test: Test | undefined }

const tested = (test: Test, subject: string): string =>
  test.kind === 'present' ? `${subject} pr` : `${subject} ${test.op} ${JSON.stringify(test.value)}`

const part = (filter: Filter, within: 'and' | 'or'): string =>
  filter.kind === 'or' || (filter.kind === 'and' && within === 'and') ? `(${print(filter)})` : print(filter)

export const print = (filter: Filter): string => {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.all.map((one) => part(one, filter.kind)).join(` ${filter.kind} `)
    case 'not':
      return `not (${print(filter.filter)})`
    case 'some': {
      const found = `${pathText(filter.path)}[${print(filter.where)}]`
      return filter.test ? tested(filter.test, `${found}.${pathText(filter.test.path)}`) : found
    }
    default:
      return tested(filter, pathText(filter.path))
  }
}
