// Reads config/catalogue/*.yaml: every fault of every file at once, each with file, line and column. Knows the files' shape; what a
// catalogue must be is checked by core/policy/catalogue.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type Catalogue, type CatalogueData, catalogueOf } from '../../core/policy/catalogue.ts'
import { type Fault, faultsOf, inOurWords, type Located, parseLocated } from './located.ts'

export const words = z.array(z.string().min(1))
const operation = z.union([
  words.transform((needs) => ({ needs, kind: 'other' as const })),
  z.strictObject({ needs: words, kind: z.enum(['list', 'create', 'other']).default('other') }),
])
export const resourceType = z.strictObject({
  noun: z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case letters, digits and `-`'),
  permissions: z.strictObject({
    inspect: words.optional(),
    read: words.optional(),
    use: words.optional(),
    manage: words.optional(),
  }),
  variables: words.default([]),
  operations: z.record(z.string(), operation).default({}),
})
const file = z.strictObject({
  services: z.record(z.string(), z.strictObject({ types: z.record(z.string(), resourceType) })).default({}),
  families: z.record(z.string(), words).default({}),
  aliases: z.record(z.string(), z.string()).default({}),
  regions: z.record(z.string(), z.string()).default({}),
  workloads: words.default([]),
})

/** One source for each service of a file, and one for what stands beside them; `base` leads from the file to it. */
type Source = { readonly data: CatalogueData; readonly where: Pick<Located, 'at'>; readonly base: readonly string[] }

/** What was not given is left out, as it is where a service registers itself. */
export const present = <T extends object>(o: T): { [K in keyof T]: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(o).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: NonNullable<T[K]>
  }

const sourcesOf = (text: string, name: string): readonly Source[] | { readonly faults: readonly Fault[] } => {
  const located = parseLocated(text, name)
  if ('faults' in located) return located
  const parsed = file.safeParse(located.value, { error: inOurWords })
  if (!parsed.success) return { faults: faultsOf(parsed.error.issues, located) }
  const { services, families, aliases, regions, workloads } = parsed.data
  const none = { types: {}, families: {}, aliases: {}, regions: {} }
  return [
    ...Object.entries(services).map(([service, { types }]) => ({
      data: {
        ...none,
        service,
        types: Object.fromEntries(
          Object.entries(types).map(([key, t]) => [key, { ...t, permissions: present(t.permissions) }]),
        ),
      },
      where: located,
      base: ['services', service],
    })),
    { data: { ...none, service: '', families, aliases, regions, workloads }, where: located, base: [] },
  ]
}

export type CatalogueFiles = { readonly catalogue: Catalogue } | { readonly faults: readonly Fault[] }

/** Several texts make one catalogue: a family may name types of another file. */
export const parseCatalogue = (texts: readonly { readonly name: string; readonly text: string }[]): CatalogueFiles => {
  const read = texts.map(({ name, text }) => sourcesOf(text, name))
  const malformed = read.flatMap((r) => ('faults' in r ? r.faults : []))
  if (malformed.length > 0) return { faults: malformed }
  const sources = read.flatMap((r) => ('faults' in r ? [] : r))
  const { catalogue, faults } = catalogueOf(sources.map((s) => s.data))
  if (faults.length === 0) return { catalogue }
  return {
    faults: faults.map(({ source, path, message }) => {
      const { where, base } = sources[source] ?? { where: { at: () => '' }, base: [] }
      const steps = [...base, ...path].map((step) => (/^\d+$/.test(step) ? Number(step) : step))
      return { where: where.at(steps), message }
    }),
  }
}

/** Every `*.yaml` and `*.yml` of the folder, in order of name. */
export const readCatalogue = (folder: string): CatalogueFiles => {
  try {
    const files = readdirSync(folder)
      .filter((f) => /\.ya?ml$/.test(f))
      .sort()
      .map((f) => join(folder, f))
    return parseCatalogue(files.map((name) => ({ name, text: readFileSync(name, 'utf8') })))
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause
    return { faults: [{ where: folder, message: `cannot be read (${String(cause.code)})` }] }
  }
}
