// The decision procedure as the language's description tells it, statement by statement and permission by permission: slow, plain, and
// written without a look at the engine. It shares the parser and the catalogue with it, nothing else.
import type { Condition, FarPlace, Place, Statement, Subject, Test } from '../../../src/core/policy/ast.ts'
import { type Catalogue, levelOf, type Permission } from '../../../src/core/policy/catalogue.ts'
import { parseStatement } from '../../../src/core/policy/parse.ts'
import type { Line, Q, Tenancy, Truth } from './reference-facts.ts'
import { any, chain, groupsOf, isHolder, literal, low, not, onClock, truthOf, worth } from './reference-facts.ts'

const test = (t: Test, q: Q, p: string): Truth => {
  const mine = worth(t.variable.text, q, p)
  if (t.kind === 'absent' || t.kind === 'present')
    return truthOf((typeof mine !== 'string' && mine.length > 0) === (t.kind === 'present'))
  const timed = onClock(t, q.asked.now)
  if (timed !== undefined) return timed
  const region = low(t.variable.text) === 'request.region'
  const hits = (text: string, value: string): boolean => literal(text, value, region, q.catalogue)
  const settle = (holds: (values: readonly string[]) => boolean): Truth =>
    mine === 'none' ? 'no' : mine === 'unsaid' ? 'open' : truthOf(holds(mine))
  const against = (other: string, holds: (a: readonly string[], b: readonly string[]) => boolean): Truth => {
    const theirs = worth(other, q, p)
    if (mine === 'none' || theirs === 'none') return 'no'
    return mine === 'unsaid' || theirs === 'unsaid' ? 'open' : truthOf(holds(mine.map(low), theirs.map(low)))
  }
  const overlap = (a: readonly string[], b: readonly string[]): boolean => a.some((x) => b.includes(x))
  const within = (a: readonly string[], b: readonly string[]): boolean => a.every((x) => b.includes(x))
  if (t.kind === 'sets') {
    const meets = t.operator === 'intersect'
    if ('kind' in t.other) return against(t.other.text, meets ? overlap : (a, b) => within(a, b) && within(b, a))
    const texts = t.other.map((n) => n.text)
    const hit = (value: string): boolean => texts.some((text) => hits(text, value))
    return settle((all) => (meets ? all.some(hit) : all.every(hit) && texts.every((x) => all.some((v) => hits(x, v)))))
  }
  if (t.kind !== 'compare' && t.kind !== 'in') return 'open'
  const values = t.kind === 'compare' ? [t.value] : t.values
  const equal = any(
    values.map((v) =>
      v.kind === 'variable' ? against(v.text, overlap) : settle((all) => all.some((one) => hits(v.text, one))),
    ),
  )
  if (t.kind === 'compare' ? t.operator === '=' : !t.negated) return equal
  const empty = [t.variable, ...values.filter((v) => v.kind === 'variable')].some((v) => worth(v.text, q, p) === 'none')
  return empty ? 'no' : not(equal)
}
const holds = (c: Condition | undefined, q: Q, p: string): Truth => {
  if (c === undefined) return 'yes'
  if (c.kind !== 'group') return test(c, q, p)
  const all = c.of.map((inner) => holds(inner, q, p))
  return c.quantifier === 'any' ? any(all) : not(any(all.map(not)))
}

type Said = Exclude<Statement, { kind: 'define' }>
const statementOf = (line: Line): Said => {
  const { statement } = parseStatement(line.text)
  if (!statement || statement.kind === 'define') throw new Error(line.text)
  return statement
}
const alias = (t: Tenancy, what: string, name: string): string | undefined => t.aliases[low(`${what}:${name}`)]

const isAbout = (subject: Subject, q: Q, idOf: (name: string) => string | undefined): boolean => {
  const [who, groups] = [q.who, groupsOf(q)]
  if (subject.kind === 'service')
    return who.type === 'service' && subject.names.some((n) => low(n.text) === low(who.id))
  if (subject.kind === 'resource')
    return who.type === 'resource' && low(subject.words.map((w) => w.text).join(' ')) === low(who.id)
  if (!('principals' in subject)) return subject.kind === 'any-user' || groups.length > 0
  const ids = subject.principals.map((p) =>
    p.kind === 'id' ? p.id.text : idOf(`${low(p.domain?.text ?? 'default')}/${low(p.name.text)}`),
  )
  return ids.some((id) => id !== undefined && groups.includes(id))
}

/** Allow holds levels up to its verb, Deny those from its verb on. */
const speaksOf = ({ action }: Said, deny: boolean, p: Permission, { types, families }: Catalogue): boolean => {
  const word = action.resourceType?.text
  const type = word === undefined ? undefined : types.get(word)
  const typed = !word || word === 'all-resources' || type?.index === p.type || families.get(word)?.includes(p.type)
  if (!typed) return false
  if (action.kind === 'permissions') return action.permissions.some((n) => n.text === p.name)
  if (action.verb === 'associate') return false
  return deny ? p.level >= levelOf[action.verb] : p.level <= levelOf[action.verb]
}
/** Names lead down from where the policy hangs, or are its compartment. */
const isIn = (place: Place, at: string, t: Tenancy, target: string): boolean => {
  const above = chain(t, target).map((r) => r.id)
  if (place.kind === 'tenancy') return above.length > 0
  if (place.kind === 'compartment-id') return above.includes(place.id.text) && above.includes(at)
  const down = (id: string, [name, ...more]: readonly string[]): string | undefined => {
    const child = name && t.rows.find((r) => r.parentId === id && low(r.name) === low(name))
    return name === undefined ? id : child ? down(child.id, more) : undefined
  }
  const names = place.path.map((n) => n.text)
  const self = names.length === 1 && low(chain(t, at)[0]?.name ?? '') === low(names[0] ?? '') ? at : undefined
  return above.includes(down(at, names) ?? self ?? alias(t, 'compartment', names[0] ?? '') ?? '')
}
const isThere = (place: FarPlace, { home, there, asked }: Q): boolean => {
  if (place.kind === 'any-tenancy') return home.id !== there.id
  const name = place.kind === 'tenancy' ? place.name : place.of
  if (name === undefined || alias(home, 'tenancy', name.text) !== there.id) return false
  if (place.kind === 'tenancy') return true
  const id = place.kind === 'compartment-id' ? place.id.text : alias(home, 'compartment', place.path[0]?.text ?? '')
  return chain(there, asked.at).some((r) => r.id === id)
}

/** Each statement that has its say: whether it is a Deny. */
const speaking = (q: Q, p: Permission, of: Tenancy, kinds: readonly Said['kind'][]): readonly boolean[] =>
  of.lines.flatMap((line) => {
    const said = statementOf(line)
    if (!kinds.includes(said.kind)) return []
    const deny = said.kind === 'deny' || ('deny' in said && said.deny)
    const own = (name: string): string | undefined => of.groups[name] ?? of.rules.find((r) => r.name === name)?.id
    const foreign = (name: string): string | undefined => alias(of, said.subject.kind, name.replace(/^default\//, ''))
    const about = line.only
      ? isHolder(line.only, q.who)
      : isAbout(said.subject, q, said.kind === 'admit' ? foreign : own)
    const named = said.kind === 'admit' && said.of?.kind === 'tenancy' ? said.of.name.text : undefined
    const placed = said.kind === 'endorse' ? isThere(said.place, q) : isIn(said.place as Place, line.at, of, q.asked.at)
    if (named !== undefined && alias(of, 'tenancy', named) !== q.home.id) return []
    if (!about || !placed || !speaksOf(said, deny, p, q.catalogue)) return []
    const truth = holds(said.where, q, p.name)
    return truth === 'yes' || (deny && truth === 'open') ? [deny] : []
  })
export type Outcome = 'granted' | 'denied' | 'not-granted'
/** Default deny; a Deny wins unless the asker is a default administrator at home; across tenancies both halves are needed. */
export const outcomes = (q: Q): readonly Outcome[] =>
  q.asked.permissions.map((p): Outcome => {
    const { home, there } = q
    const exempt = groupsOf(q).includes(home.administrators)
    if (home === there) {
      const said = speaking(q, p, home, ['allow', 'deny'])
      return exempt ? 'granted' : said.includes(true) ? 'denied' : said.length > 0 ? 'granted' : 'not-granted'
    }
    const endorsed = speaking(q, p, home, ['endorse']).filter((deny) => !(deny && exempt))
    const admitted = speaking(q, p, there, ['admit'])
    const general = there.lines.filter((l) => !l.only && /^any-/.test(statementOf(l).subject.kind))
    const halted = speaking(q, p, { ...there, lines: general }, ['deny'])
    if ([...endorsed, ...admitted, ...halted].includes(true)) return 'denied'
    return endorsed.length > 0 && admitted.length > 0 ? 'granted' : 'not-granted'
  })
