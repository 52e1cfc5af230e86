// May this statement be written? Parses, checks variables and their operators, warns of names the catalogue does not know, and binds
// the rest to what it means now.
import type { Bindings } from '../model/policy.ts'
import { type Aliases, aliasesOf } from './aliases.ts'
import type { Action, Condition, Name, Statement, Test } from './ast.ts'
import { bind, type Report, type World } from './bind.ts'
import { bindCross, checkDefine } from './bind-cross.ts'
import type { Catalogue } from './catalogue.ts'
import { instantOf, timeOfDayOf } from './condition.ts'
import { type Fault, faultAt, isError } from './fault.ts'
import { nearest } from './near.ts'
import { parseStatement } from './parse.ts'
import type { Place } from './tree.ts'

export type Checked = { readonly bindings: Bindings; readonly faults: readonly Fault[] }
export type Setting = {
  readonly catalogue: Catalogue
  readonly world: World
  readonly attachedTo: Place
  readonly denyEnabled: boolean
  /** Of the whole policy: `aliasesIn(statements)`. Without it, only what the statement itself defines. */
  readonly aliases?: Aliases
}

export const isKnownType = (word: string, { types, families }: Catalogue): boolean =>
  word === 'all-resources' || types.has(word) || families.has(word)

/** The plural, the family, or a slip of the pen: only to suggest, never to decide. */
export const nearType = (word: string, { types, families }: Catalogue): string | undefined => {
  const all = [...types.keys(), ...families.keys()]
  const kin = all.find((k) => k === `${word}s` || `${k}s` === word || `${k}-family` === word)
  return kin ?? nearest(word, all, word.length > 6 ? 2 : 1)
}

const checkType = ({ text, at }: Name, catalogue: Catalogue, report: Report): void => {
  if (isKnownType(text, catalogue)) return
  const like = nearType(text, catalogue)
  report(at, {
    severity: 'warning',
    code: 'resource-type-unknown',
    message: `no resource-type or family is called \`${text}\`: the statement has no effect until there is one`,
    ...(like === undefined ? {} : { fix: `did you mean \`${like}\`` }),
  })
}

const checkAction = (action: Action, catalogue: Catalogue, report: Report): void => {
  if (action.resourceType) checkType(action.resourceType, catalogue, report)
  if (action.kind === 'permissions')
    for (const permission of action.permissions)
      if (!catalogue.permissions.has(permission.text))
        report(permission.at, {
          severity: 'warning',
          code: 'permission-unknown',
          message: `no resource-type has the permission \`${permission.text}\`: it has no effect until one does`,
        })
}

export const isKnownTarget = (name: string, { variables }: Catalogue): boolean =>
  variables.has(name) ||
  name.startsWith('target.resource.') ||
  name === 'target.compartment.id' ||
  name === 'target.compartment.name' ||
  name === 'target.group.member'

const checkVariable = ({ text, at }: Name, catalogue: Catalogue, report: Report): void => {
  const name = text.toLowerCase()
  if (!/^(?:request|target)\./.test(name))
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

const denies = (statement: Statement): boolean =>
  statement.kind === 'deny' || ((statement.kind === 'endorse' || statement.kind === 'admit') && statement.deny)

const bindingsOf = (
  statement: Statement,
  { world, attachedTo, aliases = aliasesOf([statement]) }: Setting,
  report: Report,
): Bindings => {
  const setting = { world, attachedTo, aliases, report }
  if (statement.kind === 'endorse' || statement.kind === 'admit') return bindCross(statement, setting)
  if (statement.kind !== 'define') return bind(statement, world, attachedTo, report)
  checkDefine(statement, setting)
  return {}
}

/** One statement, as it would be written now. Warnings let it pass. */
export const checkStatement = (text: string, setting: Setting): Checked => {
  const { statement, faults: found } = parseStatement(text)
  if (!statement) return { bindings: {}, faults: found }
  const faults = [...found]
  const report: Report = (at, parts) => {
    faults.push(faultAt(text, at, parts))
  }
  if (denies(statement) && !setting.denyEnabled)
    report(0, {
      code: 'deny-not-enabled',
      message: 'Deny statements are not enabled in this tenancy',
      fix: 'a member of the Administrators group of the Default domain can enable them, for good',
    })
  if (statement.kind !== 'define') {
    checkAction(statement.action, setting.catalogue, report)
    if ('partner' in statement && statement.partner)
      checkType(statement.partner.resourceType, setting.catalogue, report)
    if (statement.where) checkCondition(statement.where, setting.catalogue, report)
  }
  const bindings = bindingsOf(statement, setting, report)
  return { bindings: faults.some(isError) ? {} : bindings, faults }
}
