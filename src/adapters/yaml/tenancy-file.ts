// Reads config/tenancies/*.yaml: every fault of every file at once, each with file, line and column. Knows the files' shape, not what
// is in the store.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { Declared } from '../../core/model/declared.ts'
import { isTestFile } from './golden-file.ts'
import { type Fault, faultsOf, inOurWords, parseLocated } from './located.ts'
import type { ReadSecret } from './secret-field.ts'
import { tenancySchema } from './tenancy-schema.ts'

export type TenancyFiles =
  | { readonly tenancies: readonly (Declared & { readonly file: string })[] }
  | { readonly faults: readonly Fault[] }

const hasDemo = (value: unknown): boolean => typeof value === 'object' && value !== null && Object.hasOwn(value, 'demo')

const inOrder = (a: Fault, b: Fault): number => a.where.localeCompare(b.where, 'en', { numeric: true })

/** One file's text → the document, or all its faults. */
export const parseTenancy = (
  text: string,
  file: string,
  readSecret: ReadSecret,
): (Declared & { readonly file: string }) | { readonly faults: readonly Fault[] } => {
  const located = parseLocated(text, file)
  if ('faults' in located) return located
  const schema = tenancySchema(readSecret, dirname(file), hasDemo(located.value))
  const parsed = schema.safeParse(located.value, { error: inOurWords })
  if (!parsed.success) return { faults: faultsOf(parsed.error.issues, located).toSorted(inOrder) }
  return { document: parsed.data, where: located.at, file }
}

/** Every `*.yaml` and `*.yml` of the folder but tests, in order of name. A folder that is not there holds no tenancies. */
export const readTenancies = (folder: string, readSecret: ReadSecret): TenancyFiles => {
  let files: readonly string[]
  try {
    files = readdirSync(folder)
      .filter((f) => /\.ya?ml$/.test(f) && !isTestFile(f))
      .sort()
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'error'
    return code === 'ENOENT' ? { tenancies: [] } : { faults: [{ where: folder, message: `cannot be read (${code})` }] }
  }
  const read = files.map((name) => {
    const file = join(folder, name)
    try {
      return parseTenancy(readFileSync(file, 'utf8'), file, readSecret)
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause)) throw cause
      return { faults: [{ where: file, message: `cannot be read (${String(cause.code)})` }] }
    }
  })
  const tenancies = read.filter((r) => 'document' in r)
  const faults = [...read.flatMap((r) => ('faults' in r ? r.faults : [])), ...declaredTwice(tenancies)]
  return faults.length > 0 ? { faults } : { tenancies }
}

const declaredTwice = (tenancies: readonly (Declared & { readonly file: string })[]): readonly Fault[] =>
  tenancies.flatMap((t, index) => {
    const earlier = tenancies.slice(0, index).find((e) => e.document.tenancy.name === t.document.tenancy.name)
    return earlier
      ? [
          {
            where: t.where(['tenancy', 'name']),
            message: `tenancy \`${t.document.tenancy.name}\` is declared in ${earlier.file} already`,
          },
        ]
      : []
  })

/** The published schema of a tenancy file. */
export const tenancyJsonSchema = (): object =>
  z.toJSONSchema(
    tenancySchema(() => ({ fault: '' }), '.', true),
    { io: 'input', target: 'draft-2020-12', unrepresentable: 'any' },
  )
