// Secrets in configuration are references to an environment variable or a file; what they point at is read while parsing.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'

/** Where a secret is kept. A literal does not parse: files are read by more eyes than secrets should be. */
export type SecretRef = { readonly env: string } | { readonly file: string }
export type ReadSecret = (ref: SecretRef, baseDir?: string) => { readonly value: string } | { readonly fault: string }
export type Env = { readonly [name: string]: string | undefined }

/** Reads what a reference points at: a variable, or a file relative to `baseDir` without its last line break. */
export const secretReader =
  (env: Env): ReadSecret =>
  (ref, baseDir = '.') => {
    if ('env' in ref) {
      const value = env[ref.env]
      return value ? { value } : { fault: `environment variable \`${ref.env}\` is not set or empty` }
    }
    try {
      const value = readFileSync(resolve(baseDir, ref.file), 'utf8').replace(/\r?\n$/, '')
      return value ? { value } : { fault: `secret file \`${ref.file}\` is empty` }
    } catch (cause) {
      return {
        fault: `secret file \`${ref.file}\` cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'error'})`,
      }
    }
  }

const secretShape = z
  .strictObject(
    { env: z.string().min(1).optional(), file: z.string().min(1).optional() },
    'expected `{ env: NAME }` or `{ file: path }`, not the secret itself',
  )
  .refine((s) => (s.env === undefined) !== (s.file === undefined), 'expected either `env` or `file`')
const secretSchemas = new WeakSet<object>()
export const isSecretField = (schema: unknown): boolean =>
  typeof schema === 'object' && schema !== null && secretSchemas.has(schema)

/** A secret in a file: `{env: NAME}` or `{file: path}`, read while parsing so that a missing one is a fault of its line. */
export const secretField = (read: ReadSecret, baseDir?: string) => {
  const field = secretShape.transform((ref, issues) => {
    const got = read(ref.env === undefined ? { file: ref.file ?? '' } : { env: ref.env }, baseDir)
    if ('value' in got) return got.value
    issues.addIssue({ code: 'custom', message: got.fault })
    return z.NEVER
  })
  secretSchemas.add(field)
  return field
}
