// The words that say what may be done. `associate` joins two resources and stands in agreements between tenancies only.
import type { Verb } from './ast.ts'
import type { Token } from './lex.ts'

export const ladder: { readonly [word: string]: Verb | 'associate' } = {
  inspect: 'inspect',
  read: 'read',
  use: 'use',
  manage: 'manage',
  associate: 'associate',
}
export const isVerb = (token: Token): boolean =>
  token.kind === 'word' && Object.hasOwn(ladder, token.text.toLowerCase())
