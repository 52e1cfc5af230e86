// Regular expressions in linear time: parsed to a small machine and run on all its states at once (Thompson, 1968), so no value that an
// identity provider sends can make it slow. A subset: literals, `.`, classes, groups, `|`, `*`, `+`, `?`, `{n,m}` up to 100; the whole
// value must match. No back-references, no look-around, no flags.

type Test = (c: string) => boolean
type State = { readonly test: Test | undefined; out: number; out2: number } // test undefined: goes on without a character
export type Regex = { readonly states: readonly State[]; readonly start: number; readonly end: number }
export type RegexFault = { readonly fault: string; readonly at: number }

type Node =
  | { readonly kind: 'test'; readonly test: Test }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'choice'; readonly options: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly min: number; readonly max: number | undefined }

const MAX_REPEAT = 100
const MAX_STATES = 2000
const MAX_LENGTH = 1000 // also bounds how deep groups nest

const escapes: { readonly [c: string]: Test } = {
  d: (c) => /[0-9]/.test(c),
  D: (c) => !/[0-9]/.test(c),
  w: (c) => /[A-Za-z0-9_]/.test(c),
  W: (c) => !/[A-Za-z0-9_]/.test(c),
  s: (c) => /\s/.test(c),
  S: (c) => !/\s/.test(c),
}

type Cursor = { readonly chars: readonly string[]; at: number }
const codeOf = (c: string): number => c.codePointAt(0) ?? 0
const isFault = (x: Node | RegexFault): x is RegexFault => 'fault' in x

const escapedTest = (c: Cursor): Test | RegexFault => {
  const letter = c.chars[c.at++]
  if (letter === undefined) return { fault: 'a backslash at the end escapes nothing', at: c.at - 2 }
  if (Object.hasOwn(escapes, letter)) return escapes[letter] as Test
  if (/[A-Za-z0-9]/.test(letter)) return { fault: `\`\\${letter}\` is not supported`, at: c.at - 1 }
  return (x) => x === letter
}

const parseClass = (c: Cursor): Node | RegexFault => {
  const opened = c.at - 1
  const negated = c.chars[c.at] === '^'
  if (negated) c.at++
  const tests: Test[] = []
  while (c.chars[c.at] !== ']' || tests.length === 0) {
    const char = c.chars[c.at++]
    if (char === undefined) return { fault: 'a class is not closed: add `]`', at: opened }
    if (char === '\\') {
      const test = escapedTest(c)
      if (typeof test !== 'function') return test
      tests.push(test)
    } else if (c.chars[c.at] === '-' && c.chars[c.at + 1] !== ']' && c.chars[c.at + 1] !== undefined) {
      const to = c.chars[c.at + 1] ?? ''
      c.at += 2
      if (to === '\\' || to === '[') return { fault: `write the end of a range without \`${to}\``, at: c.at - 1 }
      if (codeOf(to) < codeOf(char)) return { fault: `the range \`${char}-${to}\` is empty`, at: c.at - 3 }
      tests.push((x) => codeOf(x) >= codeOf(char) && codeOf(x) <= codeOf(to))
    } else tests.push((x) => x === char)
  }
  c.at++
  return { kind: 'test', test: (x) => tests.some((t) => t(x)) !== negated }
}

const parseAtom = (c: Cursor): Node | RegexFault => {
  const at = c.at
  const char = c.chars[c.at++] ?? ''
  if (char === '(') {
    if (c.chars[c.at] === '?') {
      if (c.chars[c.at + 1] !== ':') return { fault: 'only `(…)` and `(?:…)` are supported', at }
      c.at += 2
    }
    const inner = parseChoice(c)
    if (isFault(inner)) return inner
    return c.chars[c.at++] === ')' ? inner : { fault: 'a group is not closed: add `)`', at }
  }
  if (char === '[') return parseClass(c)
  if (char === '$' && c.at === c.chars.length) return { kind: 'sequence', parts: [] }
  if (char === '^' || char === '$')
    return {
      fault: `the whole value must match: \`${char}\` goes to the ${char === '^' ? 'beginning' : 'end'} or away`,
      at,
    }
  if (char === '.') return { kind: 'test', test: (x) => x !== '\n' }
  if (char === '\\') {
    const test = escapedTest(c)
    return typeof test === 'function' ? { kind: 'test', test } : test
  }
  if ('*+?{'.includes(char)) return { fault: `nothing for \`${char}\` to repeat`, at }
  return { kind: 'test', test: (x) => x === char }
}

const bounds = (c: Cursor): { min: number; max: number | undefined } | RegexFault | undefined => {
  const simple = { '*': [0, undefined], '+': [1, undefined], '?': [0, 1] } as const
  const char = c.chars[c.at] ?? ''
  if (char === '*' || char === '+' || char === '?') {
    c.at++
    return { min: simple[char][0], max: simple[char][1] }
  }
  if (char !== '{') return undefined
  const found = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(c.chars.slice(c.at, c.at + 12).join(''))
  if (!found) return { fault: 'expected `{n}`, `{n,}` or `{n,m}`; escape a literal brace', at: c.at }
  const min = Number(found[1])
  const max = found[2] === undefined ? min : found[3] === '' ? undefined : Number(found[3])
  if (min > MAX_REPEAT || (max ?? 0) > MAX_REPEAT || (max !== undefined && max < min))
    return { fault: `repeat at most ${MAX_REPEAT} times, the smaller number first`, at: c.at }
  c.at += found[0].length
  return { min, max }
}

const parseSequence = (c: Cursor): Node | RegexFault => {
  const parts: Node[] = []
  while (c.at < c.chars.length && c.chars[c.at] !== '|' && c.chars[c.at] !== ')') {
    const atom = parseAtom(c)
    if (isFault(atom)) return atom
    const times = bounds(c)
    if (times && 'fault' in times) return times
    parts.push(times ? { kind: 'repeat', part: atom, ...times } : atom)
  }
  return { kind: 'sequence', parts }
}

const parseChoice = (c: Cursor): Node | RegexFault => {
  const options: Node[] = []
  for (;;) {
    const option = parseSequence(c)
    if (isFault(option)) return option
    options.push(option)
    if (c.chars[c.at] !== '|') return options.length === 1 ? option : { kind: 'choice', options }
    c.at++
  }
}

/** Appends the machine of a node that goes on to `next`; its entry state. */
const build = (states: State[], node: Node, next: number): number => {
  const add = (test: Test | undefined, out: number, out2 = -1): number => states.push({ test, out, out2 }) - 1
  if (states.length > MAX_STATES) return next
  switch (node.kind) {
    case 'test':
      return add(node.test, next)
    case 'sequence':
      // An empty one costs a state too, or `((){100}){100}` nested deeper would be built for ever.
      return node.parts.length === 0
        ? add(undefined, next)
        : node.parts.reduceRight((then, part) => build(states, part, then), next)
    case 'choice':
      return node.options.map((option) => build(states, option, next)).reduce((a, b) => add(undefined, a, b))
    case 'repeat': {
      let entry = next
      if (node.max === undefined) {
        const loop = add(undefined, -1, next)
        const body = states[loop]
        if (body) body.out = build(states, node.part, loop)
        entry = loop
      } else for (let i = node.min; i < node.max; i++) entry = add(undefined, build(states, node.part, entry), next)
      for (let i = 0; i < node.min; i++) entry = build(states, node.part, entry)
      return entry
    }
  }
}

/** Anchors at both ends may be written or not: the whole value must match either way. */
export const parseRegex = (source: string): Regex | RegexFault => {
  if (source.length > MAX_LENGTH) return { fault: `longer than ${MAX_LENGTH} characters`, at: MAX_LENGTH }
  const chars = [...source.normalize('NFC')]
  const cursor: Cursor = { chars, at: chars[0] === '^' ? 1 : 0 }
  const node = parseChoice(cursor)
  if (isFault(node)) return node
  if (cursor.at < cursor.chars.length) return { fault: 'a `)` closes nothing', at: cursor.at }
  const states: State[] = [{ test: undefined, out: -1, out2: -1 }]
  const start = build(states, node, 0)
  return states.length > MAX_STATES ? { fault: 'the expression is too large', at: 0 } : { states, start, end: 0 }
}

const reach = ({ states }: Regex, from: number, into: Set<number>): void => {
  const open = [from]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const state = states[at]
    if (!state || into.has(at)) continue
    into.add(at)
    if (!state.test) open.push(...[state.out, state.out2].filter((s) => s >= 0))
  }
}

export const regexMatches = (regex: Regex, text: string): boolean => {
  let now = new Set<number>()
  reach(regex, regex.start, now)
  for (const char of text.normalize('NFC')) {
    const next = new Set<number>()
    for (const at of now) {
      const state = regex.states[at]
      if (state?.test?.(char)) reach(regex, state.out, next)
    }
    if (next.size === 0) return false
    now = next
  }
  return now.has(regex.end)
}
