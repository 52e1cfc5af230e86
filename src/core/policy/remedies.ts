// What to write instead of words that are often written and are no part of the language. To suggest, never to decide.
import type { Cursor } from './cursor.ts'
import type { Token } from './lex.ts'
import { nearest } from './near.ts'
import { isVerb } from './verbs.ts'

type Fix = string | undefined
const write = (word: string): string => `write \`${word}\``

const misspelt = (token: Token, words: readonly string[]): Fix => {
  const meant = token.kind === 'word' ? nearest(token.text.toLowerCase(), words, 2) : undefined
  return meant === undefined ? undefined : write(meant)
}

const isName = ({ kind }: Token): boolean => kind === 'word' || kind === 'text'

export const startFix = (c: Cursor, starts: readonly string[], subjects: readonly string[]): Fix => {
  if (subjects.some((s) => c.isWord(s))) return 'begin with `Allow` or `Deny`'
  return c.peek().kind === 'text' ? 'remove the quotes around the statement' : misspelt(c.peek(), starts)
}

export const subjectFix = (c: Cursor, subjects: readonly string[]): Fix => {
  const token = c.peek()
  if (c.isWord('user') || c.isWord('users'))
    return "write `group NAME`, or `any-user` and `where request.user.name = '…'`"
  if (c.isWord('any')) return misspelt({ ...token, text: `any-${c.peek(1).text}` }, ['any-user', 'any-group'])
  const near = misspelt(token, subjects)
  if (near !== undefined) return near
  return token.kind === 'word' && c.isWord('to', 1) ? write(`group ${token.text.slice(0, 60)}`) : undefined
}

/** Behind the subject, where `to` should stand. */
export const toFix = (c: Cursor, named: boolean): string => {
  if (isVerb(c.peek())) return 'add `to`'
  if (c.isWord('and') || c.isWord('or')) return 'part names with `,`'
  if (c.isWord('from')) return write('to')
  if (c.isWord('of')) return 'begin with `Admit`, for a subject of another tenancy'
  return named && isName(c.peek()) ? 'put a name with spaces in single quotes' : 'add `to`'
}

const verbs = ['inspect', 'read', 'use', 'manage']
const likeVerbs: { readonly [word: string]: string } = {
  list: 'inspect',
  view: 'read',
  get: 'read',
  execute: 'use',
  write: 'manage',
  edit: 'manage',
  update: 'manage',
  create: 'manage',
  delete: 'manage',
  administer: 'manage',
}
export const isPermission = ({ kind, text }: Token): boolean =>
  kind === 'word' && /^[A-Z0-9]+(?:_[A-Z0-9]+)+$/.test(text)

export const verbFix = (token: Token): Fix => {
  if (isPermission(token)) return write(`{${token.text.slice(0, 60)}}`)
  const word = token.text.toLowerCase()
  const like = Object.hasOwn(likeVerbs, word) ? likeVerbs[word] : undefined
  return like === undefined ? misspelt(token, verbs) : `${write(like)}, or its permissions in braces`
}

/** Behind a verb, where the resource-type should stand. */
export const typeFix = (c: Cursor): Fix => {
  if (c.isMark('{')) return 'leave out the verb before `{`'
  return c.isMark(',') || c.isMark('/') ? 'name the highest of the verbs alone' : undefined
}

const places = ['tenancy', 'compartment', 'any-tenancy']
export const namesPlace = (c: Cursor): boolean => places.some((word) => c.isWord(word))

/** Behind `in`, where neither `tenancy` nor `compartment` stands. */
export const placeFix = (c: Cursor, otherwise: string): string => {
  const token = c.peek()
  if (places.some((word) => c.isWord(word, 1))) return `remove \`${token.text.slice(0, 60)}\``
  if (c.isWord('any-tenancy') || c.isWord('root') || c.isWord('tenant') || c.isWord('account'))
    return write('in tenancy')
  const meant = token.kind === 'word' ? nearest(token.text.toLowerCase(), ['tenancy', 'compartment'], 2) : undefined
  if (meant !== undefined) return write(`in ${meant}`)
  const named = isName(token) && (!isName(c.peek(1)) || c.isWord('where', 1))
  return named ? write(`in compartment ${token.text.slice(0, 60)}`) : otherwise
}

const likeEquals = ['is', 'equals', 'eq', 'like', 'matches']
const likePatterns = ['contains', 'startswith', 'endswith', 'starts', 'ends']
export const operatorFix = (c: Cursor): Fix => {
  if (likeEquals.some((word) => c.isWord(word))) return write('=')
  if (likePatterns.some((word) => c.isWord(word))) return 'write `=` and a pattern: `/x*/`, `/*x/` or `/*x*/`'
  return c.isWord('not') || c.isWord('ne') ? write('!=') : undefined
}

/** Behind what would have been a whole statement. */
export const restFix = (c: Cursor, inCompartment: boolean): Fix => {
  const token = c.peek()
  if (c.isMark('}')) return 'remove `}`'
  if (c.isWord('when') || c.isWord('if')) return write('where')
  if (!inCompartment) return undefined
  if (c.isMark('/')) return 'part the compartments of a path with `:`'
  if (c.isMark(',') || c.isWord('and')) return 'write one statement for each compartment'
  const ends = c.peek(1).kind === 'end' || c.isWord('where', 1)
  return isName(token) && ends && !c.isWord('in') ? 'put a name with spaces in single quotes' : undefined
}
