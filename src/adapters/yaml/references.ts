// What a tenancy file points at: secrets, and files beside it. Both are read while parsing, so that one that is missing is a fault of
// its line. A secret written out is accepted only in a demonstration, whose secrets are public anyway.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { type ReadSecret, secretField } from './secret-field.ts'

const literalShape = z.strictObject({ literal: z.string().min(1) })

export type SecretField = ReturnType<typeof secretIn>
/** `{env: NAME}`, `{file: path}` relative to the tenancy file, or, in a demonstration only, `{literal: text}`. */
export const secretIn = (read: ReadSecret, baseDir: string, isDemo: boolean) => {
  const reference = secretField(read, baseDir)
  const refused = z.unknown().transform((_, issues) => {
    issues.addIssue({
      code: 'custom',
      message:
        'a secret written out is accepted only in a file with a `demo` section: use `{ env: NAME }` or `{ file: path }`',
    })
    return z.NEVER
  })
  const literal = isDemo ? literalShape.transform((l) => l.literal) : refused
  const isLiteral = (value: unknown): boolean => typeof value === 'object' && value !== null && 'literal' in value
  return z.unknown().transform((value, issues): string => {
    const parsed = (isLiteral(value) ? literal : reference).safeParse(value)
    if (parsed.success) return parsed.data
    for (const issue of parsed.error.issues) issues.addIssue({ code: 'custom', message: issue.message })
    return z.NEVER
  })
}

export type FileField = ReturnType<typeof fileIn>
/** The text of a file named relative to the tenancy file. */
export const fileIn = (baseDir: string) =>
  z
    .string()
    .min(1)
    .transform((path, issues): string => {
      try {
        return readFileSync(resolve(baseDir, path), 'utf8')
      } catch (cause) {
        issues.addIssue({
          code: 'custom',
          message: `file \`${path}\` cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'error'})`,
        })
        return z.NEVER
      }
    })
