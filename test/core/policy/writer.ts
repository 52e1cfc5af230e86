// A tree written the way people write: any case, any white space, quotes where none are needed, `! =`, `any{`, a list without `to`. Knows
// the grammar only from its description; it shares nothing with the printer, so that the two cannot be wrong together.
import type {
  Action,
  Condition,
  FarPlace,
  Name,
  Place,
  Principal,
  Rule,
  RuleTest,
  Statement,
  Subject,
  Test,
  Value,
} from '../../../src/core/policy/ast.ts'

/** Numbers below 1 that depend on the seed alone (mulberry32). */
export const diceOf = (seed: number): (() => number) => {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

// every keyword, in any position, so that a bare name never looks like one
const reserved =
  /^(?:allow|deny|endorse|admit|define|to|in|where|of|with|as|id|not|any|all|and|or|group|dynamic-group|any-user|any-group|service|resource|tenancy|any-tenancy|compartment|before|after|between)$/i
const gaps = [' ', ' ', ' ', '  ', '\t', '\n', '\r\n    ', '\u00a0', '\u2003'] as const
/** Between two parts: white space, or none. */
const maybe = '\u0001'

const handOf = (seed: number) => {
  const dice = diceOf(seed)
  const pick = <T>(of: readonly T[]): T => of[Math.floor(dice() * of.length)] as T
  const chance = (one: number): boolean => dice() * one < 1
  const cased = (word: string): string =>
    pick([
      word,
      word,
      word.toUpperCase(),
      `${word.charAt(0).toUpperCase()}${word.slice(1)}`,
      word.replace(/[a-m]/g, (c) => c.toUpperCase()),
    ])
  const quoted = (text: string): string => `'${text.replaceAll("'", "\\'")}'`
  const bareOr = (text: string, shape: RegExp): string =>
    shape.test(text) && !reserved.test(text) && !chance(6) ? text : quoted(text)
  const name = ({ text }: Name): string => bareOr(text, /^[A-Za-z0-9._-]+$/)
  const id = ({ text }: Name): string => bareOr(text, /^[A-Za-z0-9._@:+$-]+$/)
  const gap = (): string => (seed === 0 ? ' ' : pick(gaps))
  const joined = (parts: readonly string[]): string => {
    return parts.map((part) => (part !== maybe ? part : chance(3) ? gap() : '')).join('')
  }
  const listed = (parts: readonly string[]): string =>
    joined(parts.flatMap((p, n) => (n === 0 ? [p] : [maybe, ',', maybe, p])))
  const spaced = (...parts: readonly (string | undefined)[]): string =>
    parts.filter((p) => p !== undefined && p !== '').join(gap())
  return { pick, chance, cased, quoted, name, id, gap, joined, listed, spaced }
}
type Hand = ReturnType<typeof handOf>

const principal = (h: Hand, p: Principal): string =>
  p.kind === 'id'
    ? h.spaced(h.cased('id'), h.id(p.id))
    : p.domain === undefined
      ? h.name(p.name)
      : h.joined([h.name(p.domain), maybe, '/', maybe, h.name(p.name)])

const subject = (h: Hand, s: Subject): string => {
  switch (s.kind) {
    case 'any-user':
    case 'any-group':
      return h.cased(s.kind)
    case 'group':
    case 'dynamic-group':
      return h.spaced(h.cased(s.kind), h.listed(s.principals.map((p) => principal(h, p))))
    case 'service':
      return h.spaced(h.cased('service'), h.listed(s.names.map(h.name)))
    case 'resource':
      return h.spaced(h.cased('resource'), ...s.words.map(h.id))
  }
}

const action = (h: Hand, a: Action): string => {
  if (a.kind === 'verb') return h.spaced(h.cased('to'), h.cased(a.verb), h.cased(a.resourceType.text))
  const held = h.joined(['{', maybe, h.listed(a.permissions.map((p) => h.cased(p.text))), maybe, '}'])
  return h.spaced(h.chance(3) ? undefined : h.cased('to'), held, a.resourceType && h.cased(a.resourceType.text))
}

const place = (h: Hand, p: Place | FarPlace): string => {
  const within = h.cased('in')
  if (p.kind === 'any-tenancy') return h.spaced(within, h.cased('any-tenancy'))
  if (p.kind === 'tenancy')
    return h.spaced(within, h.cased('tenancy'), 'name' in p && p.name ? h.name(p.name) : undefined)
  const what =
    p.kind === 'compartment'
      ? h.joined(p.path.flatMap((n, i) => (i === 0 ? [h.name(n)] : [maybe, ':', maybe, h.name(n)])))
      : h.spaced(h.cased('id'), h.id(p.id))
  const of = 'of' in p && p.of ? h.spaced(h.cased('of'), h.cased('tenancy'), h.name(p.of)) : undefined
  return h.spaced(within, h.cased('compartment'), what, of)
}

const value = (h: Hand, v: Value): string =>
  v.kind === 'text' ? h.quoted(v.text) : v.kind === 'pattern' ? `/${v.text.replaceAll('/', '\\/')}/` : v.text

const inParentheses = (h: Hand, parts: readonly string[]): string => h.joined(['(', maybe, h.listed(parts), maybe, ')'])

const test = (h: Hand, t: Test): string => {
  const variable = t.variable.text
  switch (t.kind) {
    case 'compare': {
      const operator = t.operator === '=' ? '=' : h.pick(['!=', '!=', '! ='])
      return h.joined([variable, maybe, operator, maybe, value(h, t.value)])
    }
    case 'in': {
      const listed = inParentheses(
        h,
        t.values.map((v) => value(h, v)),
      )
      return h.joined([h.spaced(variable, t.negated ? h.cased('not') : undefined, h.cased('in')), maybe, listed])
    }
    case 'before':
    case 'after':
      return h.joined([h.spaced(variable, h.cased(t.kind)), maybe, h.quoted(t.instant.text)])
    case 'between': {
      const from = h.joined([h.spaced(variable, h.cased('between')), maybe, h.quoted(t.from.text), maybe])
      return h.joined([from, h.cased('and'), maybe, h.quoted(t.to.text)])
    }
    case 'absent':
      return h.chance(2) ? h.joined(['!', maybe, variable]) : h.spaced(h.cased('not'), variable)
    case 'present':
      return variable
    case 'sets': {
      const [only, second] = 'kind' in t.other ? [] : t.other
      const other =
        'kind' in t.other
          ? t.other.text
          : only && !second && h.chance(2)
            ? h.quoted(only.text)
            : inParentheses(
                h,
                t.other.map((n) => h.quoted(n.text)),
              )
      return h.joined([
        h.cased(`sets-${t.operator}`),
        maybe,
        '(',
        maybe,
        variable,
        maybe,
        ',',
        maybe,
        other,
        maybe,
        ')',
      ])
    }
  }
}

const inBraces = (h: Hand, quantifier: string, parts: readonly string[]): string =>
  h.joined([h.cased(quantifier), maybe, '{', maybe, h.listed(parts), maybe, '}'])

const condition = (h: Hand, c: Condition): string =>
  c.kind === 'group'
    ? inBraces(
        h,
        c.quantifier,
        c.of.map((one) => condition(h, one)),
      )
    : test(h, c)

const statement = (h: Hand, s: Statement): string => {
  if (s.kind === 'define')
    return h.spaced(
      h.cased('define'),
      h.cased(s.what),
      h.name(s.name),
      h.cased('as'),
      h.chance(2) || reserved.test(s.id.text) ? h.cased('id') : undefined,
      h.id(s.id),
    )
  const far = s.kind === 'endorse' || s.kind === 'admit'
  const of =
    s.kind === 'admit' && s.of
      ? h.spaced(
          h.cased('of'),
          ...(s.of.kind === 'tenancy' ? [h.cased('tenancy'), h.name(s.of.name)] : [h.cased('any-tenancy')]),
        )
      : undefined
  return h.spaced(
    far && s.deny ? h.cased('deny') : far && h.chance(3) ? h.cased('allow') : undefined,
    h.cased(s.kind),
    subject(h, s.subject),
    of,
    action(h, s.action),
    place(h, s.place),
    ...(far && s.partner ? [h.cased('with'), h.cased(s.partner.resourceType.text), place(h, s.partner.place)] : []),
    ...(s.where ? [h.cased('where'), condition(h, s.where)] : []),
  )
}

const ruleTest = (h: Hand, t: RuleTest): string => {
  const compared = (left: string, operator: string, text: Name): string =>
    h.joined([left, maybe, operator === '!=' && h.chance(3) ? '! =' : operator, maybe, h.quoted(text.text)])
  if (t.kind === 'fact') return compared(h.cased(t.variable.text), t.operator, t.value)
  const tag = `${h.cased('tag')}.${t.namespace}.${t.key}.${h.cased('value')}`
  return t.value ? compared(tag, t.value.operator, t.value.text) : tag
}

const rule = (h: Hand, r: Rule): string => {
  if (r.kind !== 'group') return ruleTest(h, r)
  const parts = r.of.map((one) => rule(h, one))
  const last = parts.pop() ?? ''
  // a trailing comma is let pass in rules
  return inBraces(h, r.quantifier, [...parts, h.chance(4) ? h.joined([last, maybe, ',']) : last])
}

/** Seed 0 writes plainly, with single spaces. */
export const textOf = {
  statement: (tree: Statement, seed: number): string => {
    const h = handOf(seed)
    return h.joined([maybe, statement(h, tree), maybe])
  },
  rule: (tree: Rule, seed: number): string => {
    const h = handOf(seed)
    return h.joined([maybe, rule(h, tree), maybe])
  },
}
