// Questions that a gateway answers itself, of its own people, groups, roles and statements: why, and what a change of policies would do.
// `--file` beside `--tenancy` is a proposal: nothing is written.
import type { Json, JsonObject } from '../../core/model/json.ts'
import type { ApiClient } from '../api-client.ts'
import { clean, readPolicyFiles } from './offline.ts'
import { listOf, type Row, rowOf, textIn, textsIn } from './rows.ts'

export type QuestionOnline = {
  readonly subject: { readonly type: string; readonly id: string; readonly properties: JsonObject }
  readonly action: string
  readonly resource: { readonly type: string; readonly id: string; readonly properties: JsonObject }
  readonly context: JsonObject
}
export type ProposedPolicy = {
  readonly compartment: string
  readonly name: string
  readonly statements: readonly string[]
}

/** Policies as the API names their places. */
export const proposedIn = (files: readonly string[]): readonly ProposedPolicy[] =>
  readPolicyFiles(files).flatMap(({ policies }) =>
    policies.map(({ name, compartment, statements }) => ({
      name,
      compartment: compartment.length === 0 ? 'root' : compartment.join(':'),
      statements: statements.map((s) => s.text),
    })),
  )

const wireOf = ({ subject, action, resource, context }: QuestionOnline) => ({
  subject,
  action: { name: action, properties: {} },
  resource,
  context,
})

/** As it is; with a proposal, as it would be. */
export const explainedOnline = async (
  api: ApiClient,
  question: QuestionOnline,
  put: readonly ProposedPolicy[],
): Promise<Row> => {
  if (put.length === 0) return rowOf(await api.post('/decisions/explain', wireOf(question)))
  const told = rowOf(await api.post('/decisions/simulate', { proposal: { put }, question: wireOf(question) }))
  return rowOf(told.after)
}

const inWords: { readonly [reason: string]: string } = {
  granted: 'allowed',
  'denied-by-policy': 'denied by a statement',
  'not-granted': 'not granted by any statement',
  'subject-unknown': 'there is nobody of that name',
  'subject-not-active': 'whoever that is may not act at present',
}

const named = (row: Row): string => `${textIn(row, 'policy')}: ${textIn(row, 'statement')}`
const lackInWords = (lack: Row): string => {
  if (lack.element !== 'subject') return `another ${String(lack.element)}`
  const groups = listOf(lack, 'anyOf').map((g) => textIn(g, 'name'))
  return `is about ${groups.join(', ') || 'somebody else'}`
}
const needsInWords = (needs: Row): readonly string[] => {
  const groups = listOf(needs, 'groups').map((g) => `  membership of ${textIn(rowOf(g.group), 'name')}`)
  const signIn =
    needs.signIn === undefined ? [] : [`  a stronger sign-in: ${textsIn(rowOf(needs.signIn), 'factors').join(' or ')}`]
  const facts = listOf(needs, 'facts').flatMap((c) =>
    typeof c.when === 'string' ? [`  a request with ${c.when}`] : [],
  )
  return [...signIn, ...groups, ...facts]
}

export const explainedInWords = (told: Row): readonly string[] => {
  const decided = new Set(textsIn(told, 'decidedBy'))
  const matched = listOf(told, 'matched').filter((m) => decided.has(String(m.ref)))
  const nearest = listOf(told, 'notGranted').flatMap((missing) => listOf(missing, 'nearest'))
  const near = new Map(nearest.map((row) => [named(row), listOf(row, 'lacks').map(lackInWords)]))
  const needs = needsInWords(rowOf(told.needs))
  const reason = textIn(told, 'reason')
  return [
    inWords[reason] ?? reason,
    ...listOf(told, 'permissions').map((p) => `  ${textIn(p, 'permission')}: ${textIn(p, 'outcome')}`),
    ...(matched.length > 0 ? ['decided by:', ...matched.map((m) => `  ${named(m)}`)] : []),
    ...listOf(told, 'deniedBy').flatMap((d) =>
      typeof d.lifted === 'string' ? [`  no longer denies where ${d.lifted}`] : [],
    ),
    ...(near.size > 0 ? ['nearest:', ...[...near].map(([text, lacks]) => `  ${text} (${lacks.join('; ')})`)] : []),
    ...(needs.length > 0 ? ['what would change it:', ...needs] : []),
  ].map(clean)
}

export const comparedOnline = async (
  api: ApiClient,
  put: readonly ProposedPolicy[],
  remove: readonly Omit<ProposedPolicy, 'statements'>[],
): Promise<Row> => rowOf(await api.post('/decisions/compare', { proposal: { put, remove } }))

const factsInWords = (witness: Row): string =>
  Object.entries(rowOf(witness.facts))
    .map(
      ([name, values]) =>
        `${name} = ${(Array.isArray(values) ? (values as readonly Json[]) : []).map((v) => `'${String(v)}'`).join(', ')}`,
    )
    .join(' and ')

/** What ids of an answer are called: places by their path, statements by policy, number and text. As far as the caller may see them. */
export type Book = { readonly place: (id: string) => string; readonly statement: (ref: string) => string }

export const bookOf = async (api: ApiClient, put: readonly ProposedPolicy[]): Promise<Book> => {
  const places = (await api.all('/compartments'))
    .map(rowOf)
    .map((row) => [textIn(row, 'id'), textIn(row, 'path')] as const)
  const kept = (await api.all('/policies')).map(rowOf)
  const idOf = (policy: ProposedPolicy): Row | undefined =>
    kept.find((row) => keyOf(policy) === keyOf({ name: textIn(row, 'name'), compartment: textIn(row, 'compartment') }))
  // a proposed policy has the id of the one it replaces, or its number
  const proposed = put.map(
    (policy, n) => [String(idOf(policy)?.id ?? `proposed:${n + 1}`), policy.name, policy.statements] as const,
  )
  const standing = kept.map((row) => [textIn(row, 'id'), textIn(row, 'name'), textsIn(row, 'statements')] as const)
  const paths = new Map(places)
  const texts = new Map<string, string>(
    [...standing, ...proposed].flatMap(([id, name, statements]) =>
      statements.map((text, n) => [`${id}#${n + 1}`, `${name}#${n + 1}: ${text}`] as const),
    ),
  )
  return { place: (id) => paths.get(id) ?? id, statement: (ref) => texts.get(ref) ?? ref }
}
export const keyOf = ({ compartment, name }: Omit<ProposedPolicy, 'statements'>): string =>
  `${compartment}/${name}`.toLowerCase()

const differenceInWords = (change: 'gained' | 'lost', one: Row, book: Book): readonly string[] => {
  const witness = rowOf(one.witness)
  const groups = listOf(one, 'groups').map((g) => textIn(g, 'name'))
  const who = one.as === undefined ? 'somebody' : textIn(rowOf(one.as), 'name')
  const facts = factsInWords(witness)
  const [through, denied] = [textsIn(one, 'through').map(book.statement), textsIn(one, 'denied').map(book.statement)]
  const isTimed = [...through, ...denied].some((text) => /\butc-timestamp\b/i.test(text))
  return [
    `${change} ${textsIn(one, 'permissions').join(', ')}`,
    `  ${groups.length === 0 ? who : `${who} in ${groups.join(' and ')}`}: ${textIn(witness, 'action')} ${textIn(witness, 'resourceType')} in ${book.place(textIn(witness, 'compartmentId'))}`,
    ...(facts === '' ? [] : [`  when ${facts}`]),
    ...(isTimed ? [`  at ${textIn(witness, 'now')}`] : []),
    ...through.map((text) => `  ${change === 'gained' ? 'through' : 'was through'} ${text}`),
    ...denied.map((text) => `  ${change === 'gained' ? 'was denied by' : 'denied by'} ${text}`),
  ]
}

export const comparedInWords = (told: Row, book: Book): readonly string[] => {
  const [gained, lost] = [listOf(told, 'gained'), listOf(told, 'lost')]
  return [
    ...gained.flatMap((one) => differenceInWords('gained', one, book)),
    ...lost.flatMap((one) => differenceInWords('lost', one, book)),
    `${gained.length} gained, ${lost.length} lost`,
  ].map(clean)
}
export const changesIn = (told: Row): number => listOf(told, 'gained').length + listOf(told, 'lost').length
