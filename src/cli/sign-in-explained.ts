// What `gwanmun sign-in explain` prints for people, of an answer of this installation or of a gateway that was asked.
import { listOf, type Row, rowOf, textIn, textsIn } from './policy/rows.ts'
import { table } from './print.ts'

const because = (winner: Row): string => {
  switch (winner.by) {
    case 'rule':
      return [
        `rule ${textIn(winner, 'rule')}`,
        typeof winner.group === 'string' && `group ${winner.group}`,
        typeof winner.app === 'string' && `application ${winner.app}`,
      ]
        .filter((part) => part !== false)
        .join(', ')
    case 'request':
      return 'the application asked'
    case 'administrator':
      return `default for the group ${textIn(winner, 'group')}`
    default:
      return 'default'
  }
}

const words: { readonly [demand: string]: (value: unknown) => string } = {
  denied: () => 'yes',
  factors: (value) => (Array.isArray(value) ? value.join(', ') : ''),
  trustedDevice: (value) => `${String(rowOf(value).count)} for ${String(rowOf(value).days)} days`,
}
const demandRows = (need: Row) =>
  ['denied', 'level', 'factors', 'maxAgeSeconds', 'trustedDevice'].flatMap((demand) => {
    const won = rowOf(need[demand])
    if (won.value === undefined) return []
    return [{ demand, value: (words[demand] ?? String)(won.value), 'set by': because(rowOf(won.because)) }]
  })

const stepText = (step: Row): string => {
  const kind = textIn(step, 'do')
  switch (kind) {
    case 'challenge':
    case 'enrol':
      return `${kind}: ${textsIn(step, 'offer').join(', ')} (level ${String(step.level)}, ${because(rowOf(step.because))})`
    case 'change-password':
      return `${kind}: ${textIn(step, 'why')}`
    case 'refuse':
      return `${kind}: ${textIn(step, 'why')}${step.because === undefined ? '' : ` (${because(rowOf(step.because))})`}`
    case 'done':
      return `${kind}: level ${String(step.level)}, amr ${textsIn(step, 'amr').join(' ')}`
    default:
      return kind
  }
}

const groundText = (route: Row): string => {
  const choice = textsIn(route, 'choice')
  const ground = textIn(route, 'ground')
  return choice.length > 0 ? `${ground}; to choose among ${choice.join(', ')}` : ground
}

export const explainedInWords = (told: Row): string => {
  const [route, policy] = [rowOf(told.route), rowOf(told.passwordPolicy)]
  return [
    `groups: ${textsIn(told, 'groups').join(', ') || 'none'}`,
    `factors: ${textsIn(told, 'enrolled').join(', ') || 'none'}`,
    `signs in: ${route.kind === 'idp' ? `at ${textIn(route, 'name')} (${groundText(route)}), which vouches for level ${String(route.level)}` : 'here'}`,
    `password policy: ${textIn(policy, 'name')}${typeof policy.group === 'string' ? ` (group ${policy.group})` : ''}`,
    '',
    table(['demand', 'value', 'set by'], demandRows(rowOf(told.need))),
    '',
    ...listOf(told, 'steps').map((step, n) => `${n + 1}. ${stepText(step)}`),
  ].join('\n')
}
