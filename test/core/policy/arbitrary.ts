// Random statements as text, over the whole grammar.
import fc from 'fast-check'

const quote = (s: string): string => `'${s.replaceAll("'", "\\'")}'`
const bare = fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,8}$/).filter((s) => !/^(id|to|in|of|with|where|as)$/i.test(s))
const text = fc.string({ maxLength: 8 }).filter((s) => !s.endsWith('\\'))
const name = fc.oneof(bare, text.filter((s) => s !== '').map(quote))
const id = fc.stringMatching(/^ocid1\.[a-z0-9.]{1,12}$/)
const list = (one: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(one, { minLength: 1, maxLength: 3 }).map((all) => all.join(', '))
const principal = fc.oneof(
  name,
  fc.tuple(name, name).map(([d, n]) => `${d}/${n}`),
  id.map((i) => `id ${i}`),
)
const subject = fc.oneof(
  fc.constantFrom('any-user', 'any-group'),
  list(principal).map((p) => `group ${p}`),
  list(principal).map((p) => `dynamic-group ${p}`),
  list(bare).map((s) => `service ${s}`),
  fc.tuple(bare, name).map(([a, b]) => `resource ${a} ${b}`),
)
const type = fc.constantFrom('users', 'all-resources', 'instance-family', 'Objects')
const permission = fc.constantFrom('USER_READ', 'OBJECT_DELETE', 'x_y')
const action = fc.oneof(
  fc.tuple(fc.constantFrom('inspect', 'READ', 'use', 'Manage'), type).map(([v, t]) => `to ${v} ${t}`),
  list(permission).map((p) => `to {${p}}`),
  list(permission).map((p) => `{ ${p} }`),
)
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((p) => p.join(':'))
const place = fc.oneof(
  fc.constant('in tenancy'),
  path.map((p) => `in compartment ${p}`),
  id.map((i) => `IN compartment id ${i}`),
)
const farPlace = fc.oneof(
  fc.constantFrom('in any-tenancy', 'in tenancy'),
  name.map((n) => `in tenancy ${n}`),
  fc.tuple(path, name).map(([p, n]) => `in compartment ${p} of tenancy ${n}`),
)
const variable = fc.constantFrom(
  'request.user.name',
  'target.bucket.name',
  'target.resource.tag.a-b.c@d',
  'request.utc-timestamp',
)
const value = fc.oneof(
  text.map(quote),
  text.map((t) => `/${t.replaceAll('/', '\\/')}/`),
  variable,
  bare,
)
const test = fc.oneof(
  fc.tuple(variable, fc.constantFrom('=', '!=', ' ! = '), value).map((p) => p.join('')),
  fc.tuple(variable, fc.constantFrom('in', 'not in', 'IN'), list(value)).map(([v, o, l]) => `${v} ${o} (${l})`),
  fc.tuple(variable, fc.constantFrom('before', 'after'), text.map(quote)).map((p) => p.join(' ')),
  fc.tuple(variable, text.map(quote), text.map(quote)).map(([v, a, b]) => `${v} between ${a} and ${b}`),
  fc.tuple(fc.constantFrom('!', 'not ', ''), variable).map((p) => p.join('')),
  fc
    .tuple(
      fc.constantFrom('intersect', 'equal'),
      variable,
      fc.oneof(
        variable,
        text.map(quote),
        list(text.map(quote)).map((l) => `(${l})`),
      ),
    )
    .map(([o, v, x]) => `sets-${o}(${v}, ${x})`),
)
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    test,
    fc.tuple(fc.constantFrom('any', 'ALL '), list(tie('condition'))).map(([q, l]) => `${q}{${l}}`),
  ),
}))
const where = fc.oneof(
  fc.constant(''),
  condition.map((c) => ` where ${c}`),
)
const deny = fc.constantFrom('', 'Deny ')

export const statementText: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom('Allow', 'deny'), subject, action, place, where)
      .map(([k, s, a, p, w]) => `${k} ${s} ${a} ${p}${w}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(deny, subject, action, farPlace, where)
      .map(([d, s, a, p, w]) => `${d}Endorse ${s} ${a} ${p}${w}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        deny,
        subject,
        fc.oneof(
          fc.constantFrom('', ' of any-tenancy'),
          name.map((n) => ` of tenancy ${n}`),
        ),
        action,
        place,
        where,
      )
      .map(([d, s, o, a, p, w]) => `${d}admit ${s}${o} ${a} ${p}${w}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('tenancy', 'group', 'compartment'), name, id)
      .map(([w, n, i]) => `define ${w} ${n} as ${i}`),
  },
)
