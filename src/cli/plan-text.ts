// Changes as people read them: what comes, what goes, and field by field what becomes what. Colours only where somebody looks; a name or a
// value may hold anything, and nothing of it reaches a terminal as an escape sequence.
import type { Json } from '../core/model/json.ts'
import type { Change } from '../flows/directory/reconcile.ts'

export type Paint = (colour: keyof typeof colours, text: string) => string
const colours = { green: 32, yellow: 33, red: 31, faint: 2 } as const
export const painter =
  (isColoured: boolean): Paint =>
  (colour, text) =>
    isColoured ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text

export type Field = { readonly field: string; readonly before: Json | undefined; readonly after: Json | undefined }

/** Ids, times and what is derived: of no interest to whoever reads a plan. */
const unread = new Set(
  'id tenancyId domainId idpId parentId createdAt updatedAt createdBy version revision bindings system'.split(' '),
)
const SECRET = '********'

const isMapping = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isSame = (a: Json | undefined, b: Json | undefined): boolean => {
  if (isMapping(a) && isMapping(b))
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((k) => isSame(a[k], b[k]))
  return JSON.stringify(a) === JSON.stringify(b)
}

const differences = (path: string, before: Json | undefined, after: Json | undefined): readonly Field[] => {
  if (isSame(before, after)) return []
  const [left, right] = [isMapping(before) ? before : undefined, isMapping(after) ? after : undefined]
  const isInside = (left || right) && (left || before === undefined) && (right || after === undefined)
  if (!isInside) return [{ field: path, before, after }]
  const keys = [...new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})])]
  return keys
    .filter((key) => path !== '' || !unread.has(key))
    .flatMap((key) => differences(path === '' ? key : `${path}.${key}`, left?.[key], right?.[key]))
}

const nothing = (value: Json | undefined): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)

/** Both sides of whatever differs. A secret that changed differs in nothing that may be shown, and is told as such. */
export const fieldsOf = ({ action, before, after }: Change): readonly Field[] => {
  if (action === 'remove') return []
  if (action === 'create' && !isMapping(after)) return []
  const all = differences('', before, after)
  if (action === 'create') return all.filter(({ after: value }) => !nothing(value))
  return all.length > 0 ? all : [{ field: 'secret', before: SECRET, after: SECRET }]
}

const clean = (text: string): string => text.replace(/\p{Cc}+/gu, ' ')
const shown = (value: Json | undefined): string => {
  if (value === undefined) return 'none'
  return clean(typeof value === 'string' ? (value === '' ? "''" : value) : JSON.stringify(value))
}

const listLines = (paint: Paint, field: string, before: readonly Json[], after: readonly Json[]): readonly string[] => {
  const has = (list: readonly Json[], item: Json) => list.some((other) => isSame(other, item))
  const gone = before.filter((item) => !has(after, item)).map((item) => paint('red', `        - ${shown(item)}`))
  const come = after.filter((item) => !has(before, item)).map((item) => paint('green', `        + ${shown(item)}`))
  return [`      ${field}:${gone.length + come.length === 0 ? ' in another order' : ''}`, ...gone, ...come]
}

const fieldLines = (paint: Paint, action: Change['action'], { field, before, after }: Field): readonly string[] => {
  if (before === SECRET && after === SECRET) return [`      ${field}: changed, not shown`]
  if (Array.isArray(before) && Array.isArray(after)) return listLines(paint, field, before, after)
  if (action === 'create') return [`      ${field}: ${shown(after)}`]
  return [`      ${field}: ${paint('red', shown(before))} → ${paint('green', shown(after))}`]
}

const signs = {
  create: ['green', '+'],
  update: ['yellow', '~'],
  disable: ['red', '!'],
  remove: ['red', '-'],
} as const

export const changeLines = (paint: Paint, change: Change): readonly string[] => {
  const [colour, sign] = signs[change.action]
  const head = paint(colour, `  ${sign} ${change.action} ${change.noun} ${clean(change.name)}`)
  return [head, ...fieldsOf(change).flatMap((field) => fieldLines(paint, change.action, field))]
}

/** So many of a kind are named; a program that wants all of them asks for JSON. */
const MOST_NAMED = 20
export const undeclaredLines = (
  paint: Paint,
  undeclared: readonly { readonly noun: string; readonly name: string }[],
): readonly string[] =>
  [...Map.groupBy(undeclared, (u) => u.noun)].flatMap(([noun, all]) => [
    ...all.slice(0, MOST_NAMED).map(({ name }) => paint('faint', `  not declared: ${noun} ${clean(name)}`)),
    ...(all.length > MOST_NAMED ? [paint('faint', `  not declared: ${all.length - MOST_NAMED} more of ${noun}`)] : []),
  ])
