// Statements about everybody or everything, where somebody or something was probably meant.
import type { Statement } from './ast.ts'
import type { LintId } from './lint-rules.ts'

type Broad = { readonly id: LintId; readonly at: number; readonly message: string; readonly fix: string }

const manageAll = (at: number): Broad => ({
  id: 'manage-all-in-tenancy',
  at,
  message: '`manage all-resources in tenancy` without a condition',
  fix: 'name the resource-types, a compartment, or a condition',
})
const anyUser: Broad = {
  id: 'any-user-without-where',
  at: 0,
  message: '`any-user` without a condition',
  fix: 'name a group, write `any-group`, or add `where …`',
}
const lockOut = (at: number): Broad => ({
  id: 'deny-all-to-everybody',
  at,
  message: 'this Deny is about everybody and everything, without a condition',
  fix: 'name a group, a compartment, or the resource-types',
})

export const breadthOf = (statement: Exclude<Statement, { readonly kind: 'define' }>): readonly Broad[] => {
  const { subject, action, where } = statement
  if (where) return []
  const everybody = subject.kind === 'any-user' || subject.kind === 'any-group'
  const verb = action.kind === 'verb' && action.resourceType.text === 'all-resources' ? action : undefined
  const everything = verb && statement.place.kind === 'tenancy' ? verb : undefined
  if (statement.kind === 'deny') return everybody && everything ? [lockOut(everything.resourceType.at)] : []
  if ('deny' in statement && statement.deny) return []
  return [
    ...(subject.kind === 'any-user' ? [anyUser] : []),
    ...(statement.kind === 'allow' && everything?.verb === 'manage' ? [manageAll(everything.resourceType.at)] : []),
  ]
}
