// Inputs for the fuzz scripts: well-formed ones written anew, well-formed ones damaged, and noise made of the language's own words.

export type Dice = () => number

const words = (
  'allow deny endorse admit define group dynamic-group any-user any-group service resource to in tenancy any-tenancy compartment ' +
  'id of with as where any all not and or before after between sets-intersect sets-equal inspect read use manage associate access ' +
  'all-resources users A ocid1.group.oc1..a request.user.name request.permission target.bucket.name request.utc-timestamp ' +
  'tag.ns.k.value instance.id resource.type instance.compartment.id value'
).split(' ')
const marks = ['{', '}', '(', ')', ',', '=', '!=', '!', '! =', '/', ':', "'", "''", "'x'", '/x*/', '/*/', "'a','b'"]
const dirt = [
  ...[
    '\\',
    "\\'",
    '"',
    '`',
    '#',
    '//',
    '/*',
    '*/',
    ';',
    '.',
    '..',
    '$',
    `$${'{x}'}`,
    '{{ x }}',
    '<x>',
    '%s',
    '[',
    ']',
    '*',
    '==',
  ],
  ...[
    '\u2018',
    '\u2019',
    '\u201c',
    '\u00a0',
    '\u200b',
    '\ufeff',
    '\u0000',
    '\u001b',
    '\ud800',
    '\udc00',
    '\u202e',
    '관',
    'é',
    '💥',
    '\r',
    '\n',
    '\t',
  ],
]

export const pickFrom = <T>(dice: Dice, of: readonly T[]): T => of[Math.floor(dice() * of.length)] as T
const piece = (dice: Dice): string =>
  dice() < 0.5 ? ` ${pickFrom(dice, words)} ` : dice() < 0.6 ? pickFrom(dice, marks) : pickFrom(dice, dirt)

export const noise = (dice: Dice): string => {
  const length = 1 + Math.floor(dice() ** 3 * 60)
  return Array.from({ length }, () =>
    dice() < 0.8 ? piece(dice) : String.fromCharCode(Math.floor(dice() ** 2 * 0xffff)),
  ).join(dice() < 0.5 ? ' ' : '')
}

type Blow = (text: string, dice: Dice, pool: readonly string[]) => string
const at = (text: string, dice: Dice): number => Math.floor(dice() * (text.length + 1))
const blows: readonly Blow[] = [
  (text, dice) => {
    const from = at(text, dice)
    return text.slice(0, from) + text.slice(from + 1 + Math.floor(dice() ** 2 * 12))
  },
  (text, dice) => {
    const from = at(text, dice)
    return text.slice(0, from) + piece(dice) + text.slice(from)
  },
  (text, dice) => {
    const from = at(text, dice)
    return text.slice(0, from) + piece(dice) + text.slice(from + 1 + Math.floor(dice() * 6))
  },
  (text, dice) => {
    const [from, length] = [at(text, dice), 1 + Math.floor(dice() * 40)]
    return text.slice(0, from + length) + text.slice(from)
  },
  (text, dice, pool) => {
    const other = pickFrom(dice, pool)
    return text.slice(0, at(text, dice)) + other.slice(at(other, dice))
  },
  (text, dice) => text.slice(0, at(text, dice)),
  (text, dice) => {
    const tokens = text.split(/(\s+|[{}(),=])/)
    const [a, b] = [Math.floor(dice() * tokens.length), Math.floor(dice() * tokens.length)]
    const held = tokens[a] ?? ''
    tokens[a] = tokens[b] ?? ''
    tokens[b] = held
    return tokens.join('')
  },
  (text, dice) => (dice() < 0.5 ? text.toUpperCase() : text.toLowerCase()),
  (text, dice, pool) => `${text}${pickFrom(dice, ['', ' ', '\n', ',', ', '])}${pickFrom(dice, pool)}`,
]

/** One to five blows, mostly one. */
export const damaged = (text: string, dice: Dice, pool: readonly string[]): string => {
  let out = text
  for (let n = 1 + Math.floor(dice() ** 3 * 5); n > 0; n--) out = pickFrom(dice, blows)(out, dice, pool)
  return out
}
