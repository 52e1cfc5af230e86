// Text → tokens. Knows characters, quotes and patterns, not what the words mean. What is not part of the language is reported where
// it stands and stepped over, so that the parser can go on and find the next fault too.
import { type Fault, type FaultParts, faultAt } from './fault.ts'

export type Token = {
  readonly kind: 'word' | 'text' | 'pattern' | 'mark' | 'end'
  readonly text: string // without quotes or slashes, unescaped; a mark is one of { } ( ) , / = != !
  readonly at: number
}
export type Lexed = {
  readonly tokens: readonly Token[]
  readonly faults: readonly Fault[]
  /** Where text stops making sense (a quote that is never closed): later faults would only be its echo. */
  readonly brokenAt: number
}

export const MAX_STATEMENT_CHARACTERS = 16_384

const wordStart = /[A-Za-z0-9_.@+$:-]+/y
const space = /\s+/y
const foreignWord = /[\p{L}\p{M}\p{N}A-Za-z0-9_.@+$:-]+/uy
const placeholder = /(?:\$\{[^}]*\}|<[^<>\s]+>|\{\{[^}]*\}\})[A-Za-z0-9_.-]*/y
const openSmart = '\u2018\u2019\u201A\u201B\u201C\u201D\u201E\u2033\u00B4`'
const endOfLine = /[^\n]*/y
const patternRun = /[^\s,'(){}=!]*/y
const invisible = /[\p{C}\p{Z}]/u

const matchAt = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

/** Reads up to an unescaped `close`; `\` escapes only that character, so `\\` stays as it is. */
const readQuoted = (
  text: string,
  from: number,
  close: string,
): { readonly text: string; readonly end: number } | undefined => {
  let out = ''
  for (let i = from; i < text.length; i++) {
    const c = text[i]
    if (c === '\\' && text[i + 1] === close) {
      out += close
      i++
    } else if (c === close) return { text: out, end: i + 1 }
    else out += c
  }
  return undefined
}

// A slash opens a pattern only where a value may stand; elsewhere it parts domain and group.
const valueMayFollow = (last: Token | undefined): boolean =>
  last?.kind === 'mark' && (last.text === '=' || last.text === '!=' || last.text === '(' || last.text === ',')

type State = { readonly text: string; at: number; brokenAt: number; readonly tokens: Token[]; readonly faults: Fault[] }

const report = (s: State, at: number, parts: FaultParts): undefined => {
  s.faults.push(faultAt(s.text, at, parts))
}
const emit = (s: State, kind: Token['kind'], text: string, end: number): undefined => {
  s.tokens.push({ kind, text, at: s.at })
  s.at = end
}

const quoted = (s: State): undefined => {
  const read = readQuoted(s.text, s.at + 1, "'")
  if (read) return emit(s, 'text', read.text, read.end)
  report(s, s.at, {
    code: 'quote-unclosed',
    message: 'a quote is opened here and never closed',
    fix: "add the closing `'`",
  })
  s.brokenAt = Math.min(s.brokenAt, s.at)
  emit(s, 'text', s.text.slice(s.at + 1), s.text.length)
}

const wrongQuotes = (s: State): undefined => {
  const opener = s.text[s.at] ?? ''
  const closers = opener === '"' ? '"' : `${openSmart}'`
  let end = s.at + 1
  while (end < s.text.length && !closers.includes(s.text[end] ?? '')) end++
  const inner = s.text.slice(s.at + 1, end)
  report(s, s.at, {
    code: opener === '"' ? 'double-quotes' : 'smart-quotes',
    message: `expected a straight single quote, found \`${opener}\``,
    fix: s.tokens.length === 0 ? 'remove the quotes around the statement' : `write \`'${inner}'\``,
  })
  if (end >= s.text.length) s.brokenAt = Math.min(s.brokenAt, s.at)
  emit(s, 'text', inner, Math.min(end + 1, s.text.length))
}

// `/logs/2030/x/` without its escapes: what is meant goes on to the last slash of the run.
const slashesInside = (s: State, end: number): number => {
  const run = matchAt(patternRun, s.text, end) ?? ''
  return end + run.lastIndexOf('/') + 1
}

const slash = (s: State): undefined => {
  if (valueMayFollow(s.tokens.at(-1))) {
    const read = readQuoted(s.text, s.at + 1, '/')
    const end = read && slashesInside(s, read.end)
    if (read && end !== undefined && end > read.end)
      report(s, s.at, {
        code: 'pattern-slash',
        message: 'a slash inside a pattern is escaped',
        fix: `write \`/${s.text.slice(s.at + 1, end - 1).replaceAll(/\\?\//g, '\\/')}/\``,
      })
    if (read) return emit(s, 'pattern', read.text, end ?? read.end)
    report(s, s.at, {
      code: 'pattern-unclosed',
      message: 'a pattern is opened here and never closed',
      fix: 'add the closing `/`',
    })
    s.brokenAt = Math.min(s.brokenAt, s.at)
    return emit(s, 'pattern', s.text.slice(s.at + 1), s.text.length)
  }
  const next = s.text[s.at + 1]
  if (next === '/' || next === '*') return comment(s)
  emit(s, 'mark', '/', s.at + 1)
}

const comment = (s: State): undefined => {
  report(s, s.at, {
    code: 'comment',
    message: 'the language has no comments',
    fix: 'say it in the description of the policy',
  })
  const block = s.text.startsWith('/*', s.at) ? s.text.indexOf('*/', s.at + 2) : -1
  s.at = block >= 0 ? block + 2 : s.at + (matchAt(endOfLine, s.text, s.at) ?? '').length
}

const comparison = (s: State): undefined => {
  const unequal = s.text.startsWith('<>', s.at)
  const length = unequal || s.text[s.at + 1] === '=' ? 2 : 1
  const found = s.text.slice(s.at, s.at + length)
  report(s, s.at, {
    code: 'operator-unknown',
    message: `\`${found}\` is no comparison here`,
    fix: unequal ? 'write `!=`' : 'write `=` or `!=`; times are compared with `before` and `after`',
  })
  emit(s, 'mark', '!=', s.at + length)
}

const bang = (s: State): undefined => {
  let next = s.at + 1
  while (/\s/.test(s.text[next] ?? '')) next++ // `! =` is written in real policies and means `!=`
  if (s.text[next] !== '=') return emit(s, 'mark', '!', s.at + 1)
  emit(s, 'mark', '!=', next + 1)
}

const equals = (s: State): undefined => {
  if (s.text[s.at + 1] !== '=') return emit(s, 'mark', '=', s.at + 1)
  report(s, s.at, { code: 'operator-unknown', message: 'expected `=`, found `==`', fix: 'write `=`' })
  emit(s, 'mark', '=', s.at + 2)
}

const instead: { readonly [character: string]: string } = {
  '*': 'write `all-resources` for every type, `any-user` for everybody, or put it in quotes',
  '&': 'write `all { …, … }`',
  '|': 'write `any { …, … }`',
}

const stray = (s: State): undefined => {
  const hole = matchAt(placeholder, s.text, s.at)
  if (hole !== undefined) {
    report(s, s.at, {
      code: 'placeholder',
      message: `\`${hole}\` is a placeholder`,
      fix: 'put the real name in its place',
    })
    return emit(s, 'word', hole, s.at + hole.length)
  }
  const word = matchAt(foreignWord, s.text, s.at)
  if (word !== undefined) {
    report(s, s.at, {
      code: 'name-needs-quotes',
      message: `\`${word}\` holds characters that need quotes`,
      fix: `write \`'${word}'\``,
    })
    return emit(s, 'word', word, s.at + word.length)
  }
  const inCondition = s.tokens.some(({ kind, text }) => kind === 'word' && text.toLowerCase() === 'where')
  if (inCondition && /[<>]/.test(s.text[s.at] ?? '')) return comparison(s)
  const point = s.text.codePointAt(s.at) ?? 0
  const c = String.fromCodePoint(point)
  // what nobody can see is told by its number
  const called = invisible.test(c) ? `U+${point.toString(16).toUpperCase().padStart(4, '0')}` : c
  report(s, s.at, {
    code: 'character-unexpected',
    message: `\`${called}\` is not part of the language`,
    fix: instead[c] ?? 'remove it',
  })
  s.at += c.length
}

const step = (s: State): undefined => {
  const gap = matchAt(space, s.text, s.at)
  if (gap !== undefined) {
    s.at += gap.length
    return
  }
  const c = s.text[s.at] ?? ''
  if ('{}(),'.includes(c) && !(c === '{' && s.text[s.at + 1] === '{')) return emit(s, 'mark', c, s.at + 1)
  if (c === "'") return quoted(s)
  if (c === '"' || openSmart.includes(c)) return wrongQuotes(s)
  if (c === '/') return slash(s)
  if (c === '=') return equals(s)
  if (c === '!') return bang(s)
  if (c === '#') return comment(s)
  const word = matchAt(wordStart, s.text, s.at)
  const after = s.text[s.at + (word ?? '').length] ?? ''
  // a word that runs on into a letter of another script, or into a placeholder, is read whole
  if (
    word !== undefined &&
    !(after > '\u007f' && matchAt(foreignWord, after, 0) !== undefined) &&
    !(word.endsWith('$') && after === '{')
  )
    return emit(s, 'word', word, s.at + word.length)
  stray(s)
}

const tooLong = (text: string, at: number, length: number, form: string): Fault =>
  faultAt(text, at, {
    code: 'statement-too-long',
    message: `a statement has at most ${MAX_STATEMENT_CHARACTERS} characters, this one has ${length}${form}`,
    fix: 'split it into several statements',
  })

const MAX_GROWTH = 4 // by spaces, and quotes around names that are keywords
/** What is read will be written again in canonical form, which has more spaces: that must not be refused where this was not. */
export const outgrown = (text: string, canonical: () => string): Fault | undefined => {
  if (text.length * MAX_GROWTH <= MAX_STATEMENT_CHARACTERS) return undefined
  const { length } = canonical()
  return length > MAX_STATEMENT_CHARACTERS ? tooLong(text, 0, length, ' in canonical form') : undefined
}

export const lex = (text: string): Lexed => {
  const s: State = {
    text: text.slice(0, MAX_STATEMENT_CHARACTERS),
    at: 0,
    brokenAt: Number.POSITIVE_INFINITY,
    tokens: [],
    faults: [],
  }
  if (text.length > MAX_STATEMENT_CHARACTERS) {
    s.faults.push(tooLong(s.text, MAX_STATEMENT_CHARACTERS, text.length, ''))
    return { tokens: [{ kind: 'end', text: '', at: 0 }], faults: s.faults, brokenAt: 0 }
  }
  while (s.at < s.text.length && s.faults.length < 50) step(s)
  s.tokens.push({ kind: 'end', text: '', at: s.at })
  return { tokens: s.tokens, faults: s.faults, brokenAt: s.faults.length < 50 ? s.brokenAt : s.at }
}
