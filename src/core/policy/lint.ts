// Reads statements as a careful colleague would: what was probably not meant, why, where and what to write instead. Looks at a set of
// statements and the catalogue; knows no store. What does not parse is left to check.ts, which refuses it.
import type { Condition, Grant, Name, Statement } from './ast.ts'
import type { Catalogue } from './catalogue.ts'
import { isKnownType, nearType } from './check.ts'
import { type Fault, faultAt } from './fault.ts'
import { lex } from './lex.ts'
import { breadthOf } from './lint-breadth.ts'
import { type Doom, doomsIn, firstTest, unequalGroups } from './lint-condition.ts'
import { overlaps } from './lint-cover.ts'
import { type Gap, gapsOf, isMeaningless, permissionsOf, unreached } from './lint-reach.ts'
import { type LintId, type LintSeverity, lintRules } from './lint-rules.ts'
import { strangeVariables } from './lint-variables.ts'
import { parseStatement } from './parse.ts'
import { printCondition } from './print.ts'
import { templateIn } from './template.ts'

/** A statement and the path, from below the root, of the compartment its policy is attached to. */
export type Linted = { readonly text: string; readonly attachedTo?: readonly string[] }
export type Finding = {
  readonly id: LintId
  readonly severity: LintSeverity
  /** Index in what was given. */
  readonly statement: number
  readonly line: number // both start at 1
  readonly column: number
  readonly message: string
  readonly explanation: string
  readonly fix: string | undefined
}
type Say = (id: LintId, at: number, message: string, fix?: string) => void

const shortList = (words: readonly string[]): string => {
  const shown = words.slice(0, 3).map((w) => `\`${w}\``)
  return words.length > 3 ? `${shown.join(', ')} and ${words.length - 3} more` : shown.join(', ')
}

/** Codes of the parser's own warnings that are advice rather than faults. */
const fromParser: { readonly [code: string]: LintId | undefined } = {
  'value-bare': 'bare-value',
  'slash-in-quotes': 'slash-in-quotes',
  'verb-access': 'verb-access',
}

const deprecated: ReadonlyMap<string, string> = new Map([
  ['request.user.mfatotpverified', 'ask for the second factor in a sign-on rule of the identity domain'],
])

const checkType = (type: Name, catalogue: Catalogue, say: Say): void => {
  if (!isKnownType(type.text, catalogue)) {
    const like = nearType(type.text, catalogue)
    const message = `no resource-type or family is called \`${type.text}\``
    say('unknown-resource-type', type.at, message, like === undefined ? undefined : `did you mean \`${like}\``)
    return
  }
  const meant = catalogue.types.get(type.text)?.name ?? familyMeant(type.text, catalogue)
  if (meant !== undefined && meant !== type.text)
    say('alias', type.at, `\`${type.text}\` is an alias`, `write \`${meant}\``)
}
/** An alias of a family is the same list under another name. */
const familyMeant = (word: string, { families }: Catalogue): string | undefined => {
  const members = families.get(word)
  return members && [...families].find(([, other]) => other === members)?.[0]
}

const checkGroups = (condition: Condition, say: Say): void => {
  if (condition.kind !== 'group') return
  const [only, second] = condition.of
  if (only && !second)
    say(
      'single-element-group',
      firstTest(condition)?.variable.at ?? 0,
      `\`${condition.quantifier}\` holds a single test`,
      `write \`${printCondition(only)}\``,
    )
  for (const inner of condition.of) checkGroups(inner, say)
}

const checkVariables = (condition: Condition, say: Say): void => {
  if (condition.kind === 'group') {
    for (const inner of condition.of) checkVariables(inner, say)
    return
  }
  const fix = deprecated.get(condition.variable.text.toLowerCase())
  if (fix !== undefined)
    say('deprecated-variable', condition.variable.at, `\`${condition.variable.text}\` is out of use`, fix)
  const values = condition.kind === 'compare' ? [condition.value] : condition.kind === 'in' ? condition.values : []
  for (const { kind, text, at } of values)
    if (kind === 'text' && /^(?:request|target)\.[a-z]+\.[a-z.-]+$/i.test(text))
      say('quoted-variable', at, `\`'${text}'\` is compared as text`, `write \`${text}\` for its value`)
}

const groups = (where: Condition, quantifier: 'any' | 'all'): boolean =>
  where.kind === 'group' && (where.quantifier === quantifier || where.of.some((inner) => groups(inner, quantifier)))

const sayDoom = ({ fate, at, because }: Doom, where: Condition, say: Say): void => {
  const [id, other, plain] =
    fate === 'always'
      ? (['always-true-condition', groups(where, 'any') && 'write `all` for `any`', 'leave the condition out'] as const)
      : (['never-true-condition', groups(where, 'all') && 'write `any` for `all`', 'correct the values'] as const)
  say(id, at, `this is ${fate} true: ${because}`, other ? `${other}, or ${plain}` : plain)
}

const checkCondition = (grant: Grant, where: Condition, catalogue: Catalogue, say: Say): void => {
  const permissions = permissionsOf(grant, catalogue).map((p) => p.name)
  const grounds = { catalogue, permissions }
  const dooms = doomsIn(where, grounds)
  const strange = strangeVariables(grant, where, catalogue)
  for (const doom of dooms) sayDoom(doom, where, say)
  if (!dooms.some((d) => d.fate === 'always'))
    for (const test of unequalGroups(where, grounds))
      say('any-of-unequal', test.variable.at, `\`any\` of several \`!=\` on \`${test.variable.text}\``, 'write `all`')
  const meaningless = dooms.length === 0 && isMeaningless(grant, where, catalogue)
  // of a condition that is never true as a whole, its variables are the reason
  for (const { name, message, fix } of strange)
    if (!meaningless || !catalogue.variables.has(name.text.toLowerCase()))
      say('unknown-variable', name.at, message, fix)
  if (dooms.length > 0) return
  const at = firstTest(where)?.variable.at ?? 0
  if (meaningless) {
    say(
      'never-true-condition',
      at,
      'this is never true: what it asks for has no meaning for the resource-types of the statement',
      'test a variable of these resource-types',
    )
    return
  }
  checkReach(grant, where, at, catalogue, say)
}

const inWords: { readonly [why in Gap['why']]: (variable: string, types: readonly string[]) => string } = {
  unsaid: (variable) => `where nobody supplies \`${variable}\`, this Deny applies to everybody`,
  meaningless: (variable, types) =>
    `\`${variable}\` has no meaning for ${shortList(types)}: this Deny does not apply there`,
  principal: (variable) => `this Deny does not apply to whoever has no \`${variable}\``,
  untagged: (variable) => `this Deny does not apply in a compartment without \`${variable}\``,
}

const checkReach = (grant: Grant, where: Condition, at: number, catalogue: Catalogue, say: Say): void => {
  const allow = grant.kind === 'allow'
  for (const kind of ['list', 'create'] as const) {
    const { operations, types } = unreached(grant, where, kind, catalogue)
    if (operations.length === 0) continue
    const message = `the condition cannot hold for ${shortList(operations)}: ${allow ? 'they are not allowed' : 'they are not denied'}`
    const [type = ''] = types
    const verb = kind === 'list' ? 'inspect' : 'manage'
    const other = `\`Allow … to ${verb} ${types.length === 1 ? type : '…'} …\` without this condition`
    say(
      kind === 'list' ? 'not-for-list' : 'not-for-create',
      at,
      message,
      allow ? `add ${other}, if meant` : 'deny them in a statement of its own, if meant',
    )
  }
  if (allow) return
  for (const { test, variable, why, types } of gapsOf(grant, where, catalogue))
    say(
      'deny-fact-may-be-missing',
      test.variable.at,
      inWords[why](variable, types),
      `say what should be there: \`any { not ${variable}, … }\` to deny, \`all { ${variable}, … }\` not to`,
    )
}

/** Names and values in quotes; bare ones with such characters do not parse. */
const checkTemplates = (text: string, say: Say): void => {
  for (const { kind, text: said, at } of lex(text).tokens) {
    const template = kind === 'text' ? templateIn(said) : undefined
    if (template !== undefined)
      say(
        'template-left',
        at,
        `\`${template}\` is a template that nobody filled in`,
        'put the real name or value in its place',
      )
  }
}

const checkOne = (statement: Statement, catalogue: Catalogue, say: Say): void => {
  if (statement.kind === 'define') return
  const { action, where } = statement
  if (action.resourceType) checkType(action.resourceType, catalogue, say)
  if (action.kind === 'permissions')
    for (const p of action.permissions)
      if (!catalogue.permissions.has(p.text))
        say('unknown-permission', p.at, `no resource-type has the permission \`${p.text}\``)
  for (const { id, at, message, fix } of breadthOf(statement)) say(id, at, message, fix)
  if (!where) return
  checkGroups(where, say)
  checkVariables(where, say)
  if (statement.kind === 'allow' || statement.kind === 'deny') checkCondition(statement, where, catalogue, say)
  else for (const doom of doomsIn(where, { catalogue, permissions: [] })) sayDoom(doom, where, say)
}

const findingOf = (
  id: LintId,
  statement: number,
  place: Pick<Fault, 'line' | 'column'>,
  message: string,
  fix: string | undefined,
): Finding => ({
  id,
  severity: lintRules[id].severity,
  statement,
  line: place.line,
  column: place.column,
  message,
  explanation: lintRules[id].explanation,
  fix,
})

/** All findings, statement by statement in the order given. Statements that do not parse have none. */
export const lint = (statements: readonly Linted[], catalogue: Catalogue): readonly Finding[] => {
  const parsed = statements.map(({ text }) => parseStatement(text))
  const findings = parsed.flatMap(({ statement, faults }, n) => {
    if (!statement) return []
    const out: Finding[] = []
    const text = statements[n]?.text ?? ''
    const say: Say = (id, at, message, fix) => {
      out.push(findingOf(id, n, faultAt(text, at, { code: id, message }), message, fix))
    }
    for (const fault of faults) {
      const id = fromParser[fault.code]
      if (id) out.push(findingOf(id, n, fault, fault.message, fault.fix))
    }
    checkTemplates(text, say)
    checkOne(statement, catalogue, say)
    return out
  })
  return [
    ...findings,
    ...overlapping(
      statements,
      parsed.map((p) => p.statement),
      catalogue,
    ),
  ].toSorted((a, b) => a.statement - b.statement || a.line - b.line || a.column - b.column)
}

const overlapping = (
  statements: readonly Linted[],
  parsed: readonly (Statement | undefined)[],
  catalogue: Catalogue,
): readonly Finding[] => {
  const entries = parsed.flatMap((grant, statement) =>
    grant?.kind === 'allow' || grant?.kind === 'deny'
      ? [{ grant, statement, attachedTo: statements[statement]?.attachedTo ?? [] }]
      : [],
  )
  return overlaps(entries, catalogue).flatMap((overlap, n) => {
    const statement = entries[n]?.statement ?? 0
    const other = statements[entries[overlap?.by ?? -1]?.statement ?? -1]?.text
    if (!overlap || other === undefined) return []
    const start = { line: 1, column: 1 }
    return overlap.kind === 'shadowed'
      ? [
          findingOf(
            'shadowed-statement',
            statement,
            start,
            `nothing is left of this by \`${other}\``,
            'remove one of the two',
          ),
        ]
      : [findingOf('redundant-statement', statement, start, `\`${other}\` says at least as much`, 'remove this one')]
  })
}
