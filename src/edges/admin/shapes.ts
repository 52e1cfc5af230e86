// The words that bodies of the administrative API are made of. Strict: an unknown member is refused, so that a typing error is not a silent
// default. Text is refused where a database would (NUL) or where a name could be taken for something else (an id, a path).
import { z } from 'zod'
import { looksLikeId } from '../../core/model/ids.ts'

export const notAnId = (text: string): boolean => !looksLikeId(text)
const printable = /^[^\p{Cc}\p{Cs}]*$/u

/** In a path: a name or an id. */
export const reference = z.string().min(1).max(300).regex(printable, 'must not contain control characters')
export const slug = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'expected lower-case letters, digits and `-`')
  .refine(notAnId, 'must not look like an id')
/** For people: nothing that reads as a separator in a policy statement or a path. */
export const name = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Cs}'"/:,{}]+$/u, 'must not contain control characters or any of \' " / : , { }')
  .refine((text) => text.trim() === text, 'must not begin or end with a space')
  .refine(notAnId, 'must not look like an id')
/** Line breaks and tabs are text; other control characters are not. */
export const text = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u, 'must not contain control characters')
export const description = text(1000).default('')
/** Of a policy. Longer than one may be: what is wrong with it is said by whoever reads it, with its place and the limit. */
export const statementText = text(200_000)
export const instant = z.iso.datetime({ offset: true, error: 'expected a time such as `2030-01-31T09:30:00Z`' })

const MOST_TAGS = 64
/** `namespace.key`, lower case → value. */
export const tags = z
  .record(
    z.string().regex(/^[a-z0-9_-]{1,100}\.[a-z0-9_-]{1,100}$/, 'expected `namespace.key` in lower case'),
    text(256).min(1),
  )
  .refine((all) => Object.keys(all).length <= MOST_TAGS, `expected at most ${MOST_TAGS} tags`)
  .default({})

export const whenOf = (at: number): string => new Date(at).toISOString()
/** Members without a value are left out: JSON has no undefined. */
export const given = <T extends object>(all: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
