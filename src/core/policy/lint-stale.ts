// Names that no longer mean what they meant when a policy was written, as findings among the others. What is stale is decided in stale.ts.
import type { Finding } from './lint.ts'
import { lintRules } from './lint-rules.ts'
import type { StaleBinding } from './stale.ts'

/** @param statement index of the binding's statement in the list that is linted */
export const staleFinding = (binding: StaleBinding, statement: number): Finding => {
  const { reference, id, state, nowCalled, nowMeans } = binding
  const is =
    state === 'gone' ? 'is gone' : nowCalled === undefined ? 'has another name now' : `is called \`${nowCalled}\` now`
  const means = nowMeans === undefined ? '' : `, and the name belongs to \`${nowMeans}\``
  return {
    id: 'stale-binding',
    severity: lintRules['stale-binding'].severity,
    statement,
    line: 1,
    column: 1,
    message: `\`${reference}\` was bound to \`${id}\`, which ${is}${means}`,
    explanation: lintRules['stale-binding'].explanation,
    fix: nowMeans === undefined ? 'name what is there now' : 'save the policy again to bind the name anew, if meant',
  }
}
