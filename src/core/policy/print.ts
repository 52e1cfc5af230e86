// The canonical form of statements and rules: what parses to the same tree. Keywords are lower case but for the first, names keep their
// spelling and are quoted only where they must be.
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
} from './ast.ts'

// a bare word of these would be read as the keyword
const keywords = new Set(
  'to in where of with as id and not any all group dynamic-group any-user any-group service resource tenancy any-tenancy compartment'.split(
    ' ',
  ),
)
const quoted = (text: string): string => `'${text.replaceAll("'", "\\'")}'`
const name = ({ text }: Name): string =>
  /^[A-Za-z0-9._-]+$/.test(text) && !keywords.has(text.toLowerCase()) ? text : quoted(text)
const id = ({ text }: Name): string =>
  /^[A-Za-z0-9._@:+$-]+$/.test(text) && !keywords.has(text.toLowerCase()) ? text : quoted(text)

const principal = (p: Principal): string =>
  p.kind === 'id' ? `id ${id(p.id)}` : `${p.domain === undefined ? '' : `${name(p.domain)}/`}${name(p.name)}`

const subject = (s: Subject): string => {
  switch (s.kind) {
    case 'any-user':
    case 'any-group':
      return s.kind
    case 'group':
    case 'dynamic-group':
      return `${s.kind} ${s.principals.map(principal).join(', ')}`
    case 'service':
      return `service ${s.names.map(name).join(', ')}`
    case 'resource':
      return `resource ${s.words.map(id).join(' ')}`
  }
}

const action = (a: Action): string =>
  a.kind === 'verb'
    ? `to ${a.verb} ${a.resourceType.text}`
    : `to {${a.permissions.map((p) => p.text).join(', ')}}${a.resourceType === undefined ? '' : ` ${a.resourceType.text}`}`

const place = (p: Place | FarPlace): string => {
  switch (p.kind) {
    case 'any-tenancy':
      return 'in any-tenancy'
    case 'tenancy':
      return 'name' in p && p.name !== undefined ? `in tenancy ${name(p.name)}` : 'in tenancy'
    default: {
      const what = p.kind === 'compartment' ? p.path.map(name).join(':') : `id ${id(p.id)}`
      return `in compartment ${what}${'of' in p && p.of !== undefined ? ` of tenancy ${name(p.of)}` : ''}`
    }
  }
}

const value = (v: Value): string => {
  switch (v.kind) {
    case 'text':
      return quoted(v.text)
    case 'pattern':
      return `/${v.text.replaceAll('/', '\\/')}/`
    default:
      return v.text
  }
}

const test = (t: Test): string => {
  const variable = t.variable.text
  switch (t.kind) {
    case 'compare':
      return `${variable} ${t.operator} ${value(t.value)}`
    case 'in':
      return `${variable} ${t.negated ? 'not in' : 'in'} (${t.values.map(value).join(', ')})`
    case 'before':
    case 'after':
      return `${variable} ${t.kind} ${quoted(t.instant.text)}`
    case 'between':
      return `${variable} between ${quoted(t.from.text)} and ${quoted(t.to.text)}`
    case 'absent':
      return `not ${variable}`
    case 'present':
      return variable
    case 'sets': {
      const other = 'kind' in t.other ? t.other.text : `(${t.other.map((n) => quoted(n.text)).join(', ')})`
      return `sets-${t.operator}(${variable}, ${other})`
    }
  }
}

export const printCondition = (c: Condition): string =>
  c.kind === 'group' ? `${c.quantifier} { ${c.of.map(printCondition).join(', ')} }` : test(c)

const capital = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`

export const printStatement = (s: Statement): string => {
  if (s.kind === 'define') return `Define ${s.what} ${name(s.name)} as ${id(s.id)}`
  const far = s.kind === 'endorse' || s.kind === 'admit'
  const words = [far && s.deny ? `Deny ${s.kind}` : capital(s.kind), subject(s.subject)]
  if (s.kind === 'admit' && s.of !== undefined)
    words.push(s.of.kind === 'tenancy' ? `of tenancy ${name(s.of.name)}` : 'of any-tenancy')
  words.push(action(s.action), place(s.place))
  if (far && s.partner !== undefined) words.push(`with ${s.partner.resourceType.text} ${place(s.partner.place)}`)
  if (s.where !== undefined) words.push(`where ${printCondition(s.where)}`)
  return words.join(' ')
}

const ruleTest = (t: RuleTest): string => {
  if (t.kind === 'fact') return `${t.variable.text} ${t.operator} ${quoted(t.value.text)}`
  const tag = `tag.${t.namespace}.${t.key}.value`
  return t.value === undefined ? tag : `${tag} ${t.value.operator} ${quoted(t.value.text.text)}`
}

export const printRule = (r: Rule): string =>
  r.kind === 'group' ? `${r.quantifier} { ${r.of.map(printRule).join(', ')} }` : ruleTest(r)
