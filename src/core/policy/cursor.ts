// A place in a list of tokens, and the faults found so far. Parsers ask it what comes; it never throws and never looks back.

import type { Name } from './ast.ts'
import { type Fault, type FaultParts, faultAt } from './fault.ts'
import { lex, type Token } from './lex.ts'

export type Cursor = {
  readonly peek: (ahead?: number) => Token
  readonly take: () => Token
  /** Is the token this keyword (bare, without case)? */
  readonly isWord: (word: string, ahead?: number) => boolean
  readonly isMark: (mark: string, ahead?: number) => boolean
  readonly takeWord: (word: string) => boolean
  readonly takeMark: (mark: string) => boolean
  readonly report: (at: number, parts: FaultParts) => undefined
  /** `expected …, found …` at the token that stands there. */
  readonly expected: (what: string, code: string, fix?: string) => undefined
  readonly skipUntil: (stop: (ahead: number) => boolean) => void
  /** What follows can no longer be told apart: it is passed over, and no more is said of it. */
  readonly abandon: () => void
  readonly errors: () => number
  /** Every fault in the order of the text, without the echoes of a quote that was never closed. */
  readonly faults: () => readonly Fault[]
}

export const shown = (token: Token): string =>
  token.kind === 'end'
    ? 'the end'
    : token.kind === 'text'
      ? `\`'${token.text.slice(0, 60)}'\``
      : token.kind === 'pattern'
        ? `\`/${token.text.slice(0, 60)}/\``
        : `\`${token.text.slice(0, 60)}\``

const MAX_FAULTS = 20

export const cursorOver = (text: string): Cursor => {
  const lexed = lex(text)
  const { tokens } = lexed
  const end: Token = { kind: 'end', text: '', at: text.length }
  const found: { readonly at: number; readonly fault: Fault }[] = []
  let i = 0
  let abandoned = false

  const peek = (ahead = 0): Token => tokens[i + ahead] ?? end
  const take = (): Token => {
    const token = peek()
    if (i < tokens.length) i++
    return token
  }
  const isWord = (word: string, ahead = 0): boolean => {
    const token = peek(ahead)
    return token.kind === 'word' && token.text.length === word.length && token.text.toLowerCase() === word
  }
  const isMark = (mark: string, ahead = 0): boolean => peek(ahead).kind === 'mark' && peek(ahead).text === mark
  const report = (at: number, parts: FaultParts): undefined => {
    // the same again in the same place is an echo: ten braces that are missing at the end are told once
    const isEcho = found.some((f) => f.at === at && f.fault.code === parts.code)
    if (!abandoned && at < lexed.brokenAt && found.length < MAX_FAULTS && !isEcho)
      found.push({ at, fault: faultAt(text, at, parts) })
    return undefined
  }
  return {
    peek,
    take,
    isWord,
    isMark,
    takeWord: (word) => isWord(word) && take() !== undefined,
    takeMark: (mark) => isMark(mark) && take() !== undefined,
    report,
    expected: (what, code, fix) =>
      report(peek().at, {
        code,
        message: `expected ${what}, found ${shown(peek())}`,
        ...(fix === undefined ? {} : { fix }),
      }),
    skipUntil: (stop) => {
      while (peek().kind !== 'end' && !stop(0)) take()
    },
    abandon: () => {
      i = tokens.length
      abandoned = true
    },
    errors: () => found.filter(({ fault }) => fault.severity === 'error').length,
    faults: () =>
      [...lexed.faults, ...found.map(({ fault }) => fault)].sort((a, b) => a.line - b.line || a.column - b.column),
  }
}

export const nameOf = (token: Token): Name => ({ text: token.text, at: token.at })
export const mayName = (token: Token): boolean => token.kind === 'word' || token.kind === 'text'
