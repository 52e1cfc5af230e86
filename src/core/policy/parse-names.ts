// Names and ids in a statement: which characters stand without quotes, and what was forgotten where one should be.
import type { Name } from './ast.ts'
import { type Cursor, mayName, nameOf } from './cursor.ts'
import type { Token } from './lex.ts'

const bareName = /^[A-Za-z0-9._-]+$/

const quoteFix = (text: string): string => `write \`'${text}'\``

/** A bare name holds fewer characters than an id (no `:`, `@`, `+`, `$`): there, a colon parts a path. */
export const checkedName = (c: Cursor, token: Token): Name => {
  if (
    token.kind === 'word' &&
    !bareName.test(token.text) &&
    /^[\x21-\x7e]+$/.test(token.text) &&
    !/[<{]/.test(token.text)
  )
    c.report(token.at, {
      code: 'name-needs-quotes',
      message: `\`${token.text}\` holds characters that need quotes`,
      fix: quoteFix(token.text),
    })
  if (token.kind === 'text' && token.text === '')
    c.report(token.at, { code: 'name-empty', message: 'a name has at least one character' })
  return nameOf(token)
}

/** `to` where a name should stand means that the name was forgotten, not that something is called `to`. */
export const isForgotten = (c: Cursor): boolean => !mayName(c.peek()) || c.isWord('to')

/** After the word `id`. A group or compartment that is called `id` is written in quotes. */
export const idAfter = (c: Cursor, ...next: readonly string[]): Name | undefined => {
  c.take()
  if (!mayName(c.peek()) || next.some((word) => c.isWord(word))) return c.expected('an id', 'id-missing')
  return checkedId(c, c.take())
}
export const checkedId = (c: Cursor, token: Token): Name => {
  if (token.text === '') c.report(token.at, { code: 'name-empty', message: 'an id has at least one character' })
  return nameOf(token)
}
