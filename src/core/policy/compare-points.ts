// Whoever and whatever two sets of policies are asked about: principals made of subjects of statements, and points in the space of values
// that are worth trying. Nobody here exists; everybody could.
import type { EpochMs } from '../model/time.ts'
import { ANY_GROUP, ANY_USER } from './clause.ts'
import type { Choices } from './compare-values.ts'
import type { Principal } from './question.ts'

/** What a subject of a statement is: whoever is asked about belongs to groups and is at most one thing by itself. */
export type KindOfSubject = (
  subject: string,
) => 'group' | 'dynamic-group' | 'user' | 'service-id' | 'service' | 'resource'

const ownKinds: ReadonlySet<string> = new Set(['user', 'service-id', 'service', 'resource'])
const SOMEBODY = 'somebody'

/** Undefined: nobody is two things at once. */
export const principalOf = (set: readonly string[], kindOf: KindOfSubject): Principal | undefined => {
  const named = set.filter((s) => s !== ANY_USER && s !== ANY_GROUP)
  const own = named.filter((s) => ownKinds.has(kindOf(s)))
  const [self] = own
  if (own.length > 1) return undefined
  const type = self === undefined ? 'user' : kindOf(self)
  const ofKind = (kind: string): readonly string[] => named.filter((s) => kindOf(s) === kind)
  const groups = [...ofKind('group'), ...(set.includes(ANY_GROUP) && named.length === 0 ? ['a group'] : [])]
  const name = self === undefined ? SOMEBODY : self.replace(/^(?:service|resource) /, '')
  return { id: self ?? SOMEBODY, name, type, groupIds: groups, dynamicGroupIds: ofKind('dynamic-group') }
}

/** What conditions may ask of a principal that is nobody in particular. */
const asPrincipal = (base: Principal, variable: string, values: readonly string[]): Principal => {
  const [value] = values
  const free = base.id === SOMEBODY
  if (variable === 'request.principal.type') return free && value !== undefined ? { ...base, type: value } : base
  if (/^request\.(?:user|principal)\.name$/.test(variable)) return value === undefined ? base : { ...base, name: value }
  if (/^request\.(?:user|principal)\.id$/.test(variable))
    return free && value !== undefined ? { ...base, id: value } : base
  if (variable === 'request.groups.id')
    return { ...base, groupIds: [...new Set([...base.groupIds, ...values.filter((v) => v !== 'another')])] }
  return { ...base, facts: new Map([...(base.facts ?? []), [variable, values]]) }
}
const isOfPrincipal = (variable: string): boolean =>
  /^request\.(?:principal\.|domain\.|groups\.id$|user\.(?:id|name)$)/.test(variable)
/** The question, the catalogue or the tree settles these. */
export const isSettled = (variable: string): boolean =>
  /^request\.(?:permission|operation|service(?:\.name)?)$|^target\.(?:compartment\.|resource\.compartment\.)|^target\.group\.member$/.test(
    variable,
  )

export type Point = {
  readonly principal: Principal
  readonly facts: ReadonlyMap<string, readonly string[]>
  readonly now: EpochMs
}

/** The n-th of all combinations of choices, as digits of a number with a radix per variable. */
export const pointAt = (n: number, base: Principal, choices: Choices, moments: readonly EpochMs[]): Point => {
  let rest = n
  let principal = base
  const facts = new Map<string, readonly string[]>()
  const now = moments[rest % moments.length] ?? 0
  rest = Math.floor(rest / moments.length)
  for (const [variable, options] of choices) {
    const values = options[rest % options.length]
    rest = Math.floor(rest / options.length)
    if (values === undefined) continue
    if (isOfPrincipal(variable)) principal = asPrincipal(principal, variable, values)
    else facts.set(variable, values)
  }
  return { principal, facts, now }
}
