// What the reference evaluator is told: tenancies, somebody, a question; what each variable of the language is worth in it, and how single
// values compare. Written from the description of the language, without a look at the engine's own table.
import type { Rule, Test } from '../../../src/core/policy/ast.ts'
import type { Catalogue, Permission, ResourceType } from '../../../src/core/policy/catalogue.ts'
import { parseRule } from '../../../src/core/policy/parse-rule.ts'

export type Texts = Readonly<Record<string, string>>
export type Row = {
  readonly id: string
  readonly name: string
  readonly parentId: string | undefined
  readonly tags?: Texts
}
/** `only`: a role assignment, the same grant for one person. */
export type Line = { readonly ref: string; readonly at: string; readonly text: string; readonly only?: string }
export type Tenancy = {
  readonly id: string
  readonly rows: readonly Row[]
  readonly groups: Texts // `default/devs` → id
  readonly rules: readonly { readonly id: string; readonly name: string; readonly rule: string }[]
  readonly groupTags: Readonly<Record<string, Texts>>
  readonly administrators: string
  readonly aliases: Texts // `tenancy:partner` → id
  readonly lines: readonly Line[]
}
export type Who = {
  readonly type: string
  readonly id: string
  readonly groups: readonly string[]
  readonly compartment?: string
  readonly tags?: Texts
  readonly facts?: Texts
}
export type Asked = {
  readonly type: ResourceType
  readonly permissions: readonly Permission[]
  readonly operation: string | undefined
  readonly kind: 'list' | 'create' | 'other'
  readonly at: string
  readonly facts: Readonly<Record<string, readonly string[]>> // whole names, lower case
  readonly tagsSaid: boolean
  readonly now: number
}
/** `home`: where the asker is from; `there`: where the resource is. */
export type Q = {
  readonly home: Tenancy
  readonly there: Tenancy
  readonly who: Who
  readonly asked: Asked
  readonly catalogue: Catalogue
}
/** `none`: it has no value here; `unsaid`: it could have, and nobody said. */
export type Worth = readonly string[] | 'none' | 'unsaid'

export const low = (text: string): string => text.toLowerCase()
/** A compartment and all above it. */
export const chain = (t: Tenancy, id: string | undefined): readonly Row[] => {
  const row = t.rows.find((r) => r.id === id)
  return row ? [row, ...chain(t, row.parentId)] : []
}
const fits = (rule: Rule, who: Who): boolean => {
  if (rule.kind === 'group')
    return rule.quantifier === 'any' ? rule.of.some((r) => fits(r, who)) : rule.of.every((r) => fits(r, who))
  const test =
    rule.kind === 'tag'
      ? rule.value && { operator: rule.value.operator, text: rule.value.text.text }
      : { operator: rule.operator, text: rule.value.text }
  const facts: Texts = { id: who.id, type: who.type, 'compartment.id': who.compartment ?? '' }
  const [noun, ...fact] = rule.kind === 'fact' ? rule.variable.text.split('.') : []
  const value =
    rule.kind === 'tag'
      ? who.tags?.[low(`${rule.namespace}.${rule.key}`)]
      : noun === 'instance' && who.type !== 'instance'
        ? undefined
        : facts[fact.join('.')]
  return value !== undefined && (!test || (low(value) === low(test.text)) === (test.operator === '='))
}
const isWorkload = (who: Who): boolean => !['user', 'service-id', 'service', 'resource'].includes(who.type)
/** A workload's id is what its application says: it is nobody's. */
export const isHolder = (only: string, who: Who): boolean => !isWorkload(who) && who.id === only
export const groupsOf = ({ home, who }: Q): readonly string[] =>
  isWorkload(who)
    ? home.rules.filter(({ rule }) => fits(parseRule(rule).rule as Rule, who)).map((g) => g.id)
    : who.groups

const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
export const worth = (name: string, q: Q, permission: string): Worth => {
  const v = low(name)
  const { who, home, there, asked, catalogue } = q
  const [own, place] = [chain(home, who.compartment)[0], chain(there, asked.at)[0]]
  const tag = (prefix: string, tags: readonly (Texts | undefined)[]): Worth => {
    const found = tags.flatMap((t) => t?.[v.slice(prefix.length)] ?? [])
    return found.length > 0 ? found : 'none'
  }
  const said = asked.facts[v]
  if (v === 'request.permission') return [permission]
  if (v === 'request.operation') return asked.operation === undefined ? 'unsaid' : [asked.operation]
  if (v === 'request.user.name' || v === 'request.user.id') return who.type === 'user' ? [who.id] : 'none'
  if (v === 'request.principal.id') return [who.id]
  if (v === 'request.principal.type') return [who.type]
  if (v === 'request.groups.id') return who.type === 'service' || who.type === 'resource' ? 'none' : groupsOf(q)
  if (v.startsWith('request.principal.group.tag.'))
    return tag(
      'request.principal.group.tag.',
      groupsOf(q).map((g) => home.groupTags[g]),
    )
  if (v === 'request.principal.compartment.id') return own ? [own.id] : 'none'
  if (v.startsWith('request.principal.compartment.tag.')) return tag('request.principal.compartment.tag.', [own?.tags])
  if (v.startsWith('request.principal.')) return tag('request.principal.', [who.facts])
  if (v === 'request.utc-timestamp.day-of-week') return [days[new Date(asked.now).getUTCDay()] ?? '']
  if (v === 'request.region') return said?.map((r) => catalogue.regions.get(low(r)) ?? r) ?? 'unsaid'
  if (v.startsWith('request.')) return said ?? 'unsaid'
  if (v.startsWith('target.resource.compartment.tag.')) return tag('target.resource.compartment.tag.', [place?.tags])
  if (asked.kind === 'list') return 'none'
  if (v === 'target.compartment.id') return place ? [place.id] : 'none'
  const isTag = v.startsWith('target.resource.tag.')
  if (asked.kind === 'create' && (isTag || v === low(`target.${asked.type.noun}.id`))) return 'none'
  return said ?? (asked.type.variables.has(v) || (isTag && !asked.tagsSaid) ? 'unsaid' : 'none')
}

export type Truth = 'yes' | 'no' | 'open'
export const truthOf = (yes: boolean): Truth => (yes ? 'yes' : 'no')

export const any = (all: readonly Truth[]): Truth =>
  all.includes('yes') ? 'yes' : all.includes('open') ? 'open' : 'no'
export const not = (t: Truth): Truth => (t === 'yes' ? 'no' : t === 'no' ? 'yes' : 'open')

/** One literal against one value; of a region both spellings count. */
const like = (glob: string, value: string): boolean => {
  const parts = low(glob)
    .split('*')
    .map((part) => part.replace(/[^a-z0-9]/g, '\\$&'))
  return new RegExp(`^${parts.join('[^]*')}$`).test(low(value))
}
export const literal = (text: string, value: string, region: boolean, { regions }: Catalogue): boolean =>
  like((region && regions.get(low(text))) || text, value) ||
  (region && text.includes('*') && [...regions].some(([key, long]) => long === low(value) && like(text, key)))

const seconds = (text: string): number => Date.parse(`1970-01-01T${text}`) / 1000
const instant = (text: string): number => Date.parse(text.includes('T') ? text : text.replace('Z', 'T00:00:00Z'))
export const onClock = (t: Test, now: number): Truth | undefined => {
  if (t.kind === 'before') return truthOf(now < instant(t.instant.text))
  if (t.kind === 'after') return truthOf(now > instant(t.instant.text))
  if (t.kind !== 'between') return undefined
  const [from, to, s] = [seconds(t.from.text), seconds(t.to.text), Math.floor(now / 1000) % 86400]
  return truthOf(from <= to ? from <= s && s <= to : from <= s || s <= to)
}
