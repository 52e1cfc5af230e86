// May this statement be written? Parses, refuses what is not evaluated (rather than storing words without effect), checks variables and
// their operators, warns of names the catalogue does not know, and binds the rest.
import type { Bindings } from '../model/policy.ts'
import type { Action, Condition, Grant, Name, Statement, Test } from './ast.ts'
import { bind, type Report, type World } from './bind.ts'
import type { Catalogue } from './catalogue.ts'
import { instantOf, timeOfDayOf } from './condition.ts'
import { type Fault, faultAt, isError } from './fault.ts'
import { parseStatement } from './parse.ts'
import type { Place } from './tree.ts'

export type Checked = { readonly bindings: Bindings; readonly faults: readonly Fault[] }
export type Setting = {
  readonly catalogue: Catalogue
  readonly world: World
  readonly attachedTo: Place
  readonly denyEnabled: boolean
}

const notYet = (what: string): string => `${what} is parsed but not yet evaluated by this version`

const subjectKinds: { readonly [kind: string]: string | undefined } = {
  'dynamic-group': 'a `dynamic-group` subject',
  service: 'a `service` subject',
  resource: 'a `resource` subject',
}

const grantOf = (statement: Statement, report: Report): Grant | undefined => {
  if (statement.kind !== 'allow' && statement.kind !== 'deny') {
    const word = 'deny' in statement && statement.deny ? `deny ${statement.kind}` : statement.kind
    report(0, { code: 'not-evaluated', message: notYet(`\`${word}\``) })
    return undefined
  }
  const what = subjectKinds[statement.subject.kind]
  if (what !== undefined) report(0, { code: 'not-evaluated', message: notYet(what) })
  return statement
}

export const isKnownType = (word: string, { types, families }: Catalogue): boolean =>
  word === 'all-resources' || types.has(word) || families.has(word)

/** One edit away, or the plural: only to suggest, never to decide. */
export const nearType = (word: string, { types, families }: Catalogue): string | undefined =>
  [...types.keys(), ...families.keys()].find(
    (k) => k === `${word}s` || `${k}s` === word || `${k}-family` === word || oneEdit(k, word),
  )

const oneEdit = (a: string, b: string): boolean => {
  if (Math.abs(a.length - b.length) > 1) return false
  let n = 0
  while (n < a.length && a[n] === b[n]) n++
  const [restA, restB] = [a.slice(n), b.slice(n)]
  return restA.slice(1) === restB.slice(1) || restA.slice(1) === restB || restA === restB.slice(1)
}

const checkAction = (action: Action, catalogue: Catalogue, report: Report): void => {
  const type = action.resourceType
  if (type && !isKnownType(type.text, catalogue)) {
    const like = nearType(type.text, catalogue)
    report(type.at, {
      severity: 'warning',
      code: 'resource-type-unknown',
      message: `no resource-type or family is called \`${type.text}\`: the statement has no effect until there is one`,
      ...(like === undefined ? {} : { fix: `did you mean \`${like}\`` }),
    })
  }
  if (action.kind === 'permissions')
    for (const permission of action.permissions)
      if (!catalogue.permissions.has(permission.text))
        report(permission.at, {
          severity: 'warning',
          code: 'permission-unknown',
          message: `no resource-type has the permission \`${permission.text}\`: it has no effect until one does`,
        })
}

const tagsNotKept = [
  'request.principal.group.tag.',
  'request.principal.compartment.tag.',
  'target.resource.compartment.tag.',
] as const

const isKnownTarget = (name: string, { variables }: Catalogue): boolean =>
  variables.has(name) ||
  name.startsWith('target.resource.') ||
  name === 'target.compartment.id' ||
  name === 'target.compartment.name' ||
  name === 'target.group.member'

const checkVariable = ({ text, at }: Name, catalogue: Catalogue, report: Report): void => {
  const name = text.toLowerCase()
  if (tagsNotKept.some((prefix) => name.startsWith(prefix)))
    report(at, { code: 'not-evaluated', message: notYet(`\`${text}\` (tags of groups and compartments)`) })
  else if (!/^(?:request|target)\./.test(name))
    report(at, {
      code: 'variable-unknown',
      message: `there is no variable \`${text}\``,
      fix: 'variables begin with `request.` or `target.`',
    })
  else if (name.startsWith('target.') && !isKnownTarget(name, catalogue))
    report(at, {
      severity: 'warning',
      code: 'variable-unknown',
      message: `no resource-type has the variable \`${text}\`: the test is false wherever it is not supplied`,
    })
}

const timestamp = 'request.utc-timestamp'
const timeOfDay = 'request.utc-timestamp.time-of-day'

/** The two time variables have operators of their own, and only those. */
const checkTime = (test: Test, report: Report): void => {
  const name = test.variable.text.toLowerCase()
  const wrong = (message: string, fix: string): void =>
    report(test.variable.at, { code: 'operator-misfit', message, fix })
  if (test.kind === 'before' || test.kind === 'after') {
    if (name !== timestamp) wrong(`\`${test.kind}\` compares \`${timestamp}\` only`, 'use `=` or `!=`')
    if (instantOf(test.instant.text) === undefined)
      report(test.instant.at, {
        code: 'time-malformed',
        message: `\`${test.instant.text}\` is not a time in UTC`,
        fix: "write `'2030-01-31Z'` or `'2030-01-31T09:30:00Z'`",
      })
  } else if (test.kind === 'between') {
    if (name !== timeOfDay) wrong(`\`between\` compares \`${timeOfDay}\` only`, 'use `=` or `!=`')
    for (const edge of [test.from, test.to])
      if (timeOfDayOf(edge.text) === undefined)
        report(edge.at, {
          code: 'time-malformed',
          message: `\`${edge.text}\` is not a time of day in UTC`,
          fix: "write `'17:00:00Z'`",
        })
  } else if (name === timestamp)
    wrong(`\`${timestamp}\` is compared with \`before\` and \`after\` only`, `write \`${timestamp} before '…'\``)
  else if (name === timeOfDay)
    wrong(`\`${timeOfDay}\` is compared with \`between\` only`, "write `between '…' and '…'`")
}

export const otherVariables = (test: Test): readonly Name[] => {
  if (test.kind === 'sets') return 'kind' in test.other ? [test.other] : []
  const values = test.kind === 'compare' ? [test.value] : test.kind === 'in' ? test.values : []
  return values.filter((v) => v.kind === 'variable')
}

const checkCondition = (condition: Condition, catalogue: Catalogue, report: Report): void => {
  if (condition.kind === 'group') {
    for (const inner of condition.of) checkCondition(inner, catalogue, report)
    return
  }
  checkTime(condition, report)
  for (const name of [condition.variable, ...otherVariables(condition)]) checkVariable(name, catalogue, report)
}

/** One statement, as it would be written now. Warnings let it pass. */
export const checkStatement = (text: string, { catalogue, world, attachedTo, denyEnabled }: Setting): Checked => {
  const parsed = parseStatement(text)
  if (!parsed.statement) return { bindings: {}, faults: parsed.faults }
  const faults = [...parsed.faults]
  const report: Report = (at, parts) => {
    faults.push(faultAt(text, at, parts))
  }
  const grant = grantOf(parsed.statement, report)
  if (!grant) return { bindings: {}, faults }
  if (grant.kind === 'deny' && !denyEnabled)
    report(0, {
      code: 'deny-not-enabled',
      message: 'Deny statements are not enabled in this tenancy',
      fix: 'a member of the Administrators group of the Default domain can enable them, for good',
    })
  checkAction(grant.action, catalogue, report)
  if (grant.where) checkCondition(grant.where, catalogue, report)
  const bindings = bind(grant, world, attachedTo, report)
  return { bindings: faults.some(isError) ? {} : bindings, faults }
}
