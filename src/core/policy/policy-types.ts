// `target.policy.type`: whether the policy that is being written allows, denies, or both. Who may write Deny can be told by it, so what
// cannot be read counts as both: it must not slip past a guard.
import { parseStatement } from './parse.ts'

export type PolicyType = 'allow' | 'deny'

const typesOf = (text: string): readonly PolicyType[] => {
  const { statement } = parseStatement(text)
  if (!statement) return ['allow', 'deny']
  if (statement.kind === 'endorse' || statement.kind === 'admit') return [statement.deny ? 'deny' : 'allow']
  return statement.kind === 'define' ? [] : [statement.kind]
}

/** Of an update ask for the statements before and after: taking a Deny away changes a Deny. */
export const policyTypes = (statements: readonly string[]): readonly PolicyType[] =>
  [...new Set(statements.flatMap(typesOf))].sort()
