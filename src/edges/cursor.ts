// A place in a list, carried by whoever reads it from page to page: sealed, because the row it names may be one that they may not see, and good
// for the list alone that it was given for. Made of letters, digits, `-` and `_`.
import type { Secrets } from '../ports/secrets.ts'

export const sealedCursor = (secrets: Pick<Secrets, 'seal'>, bound: string, position: unknown): string =>
  Buffer.from(secrets.seal(JSON.stringify(position), bound)).toString('base64url')

/** Undefined: it is none of ours, or of another list. */
export const openedCursor = (secrets: Pick<Secrets, 'open'>, bound: string, cursor: string): unknown => {
  try {
    return JSON.parse(secrets.open(Buffer.from(cursor, 'base64url').toString(), bound)) as unknown
  } catch {
    return undefined
  }
}
