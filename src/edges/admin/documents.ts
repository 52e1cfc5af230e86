// Bodies that are documents of a tenancy file: the same shapes, save that the name is in the path. Handed in by wire.ts, because reading files
// is where they are at home.
import { z } from 'zod'
import type {
  DeclaredApp,
  DeclaredDomain,
  DeclaredIdp,
  DeclaredMapping,
  DeclaredPasswordPolicy,
  DeclaredSignOnRule,
  DeclaredTenancy,
} from '../../core/model/declared.ts'
import { jsonSchemaOf, type Schema } from './json-schema.ts'

export type Documents = {
  readonly application: z.ZodType<DeclaredApp>
  readonly identityProvider: z.ZodType<DeclaredIdp>
  readonly mapping: z.ZodType<DeclaredMapping>
  readonly signOnRule: z.ZodType<DeclaredSignOnRule>
  readonly passwordPolicy: z.ZodType<DeclaredPasswordPolicy>
  readonly domain: z.ZodType<DeclaredDomain>
  /** A whole tenancy as its file, with the documents beside it and the environment variables that stand for its secrets. */
  readonly tenancyText: (document: DeclaredTenancy) => {
    readonly text: string
    readonly files: readonly { readonly path: string; readonly text: string }[]
    readonly variables: readonly { readonly name: string; readonly what: string }[]
  }
}

const PLACEHOLDER = 'unnamed-document'

const membersOf = (schema: Schema): { readonly [name: string]: Schema } =>
  (schema.properties ?? {}) as { readonly [name: string]: Schema }
const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((v) => typeof v === 'string') : []

export type DocumentShape<D> = {
  readonly body: z.ZodType<D>
  readonly members: readonly string[]
  /** The members of a view that shows the document. */
  readonly view: { readonly [member: string]: z.ZodType }
}

const addAll = (issues: z.core.$RefinementCtx<unknown>, found: readonly z.core.$ZodIssue[]): void => {
  for (const issue of found) {
    const path = [...issue.path]
    if (issue.code !== 'unrecognized_keys') issues.addIssue({ code: 'custom', path, message: issue.message })
    else
      for (const key of issue.keys)
        issues.addIssue({ code: 'custom', path: [...path, key], message: 'there is no such member: leave it out' })
  }
}

/** @param without members that have routes of their own, and are empty here */
export const documentShape = <D>(schema: z.ZodType<D>, without: readonly string[] = []): DocumentShape<D> => {
  const json = jsonSchemaOf(schema, 'input')
  const hidden = new Set(['name', 'metadataFile', ...without])
  const shown = Object.entries(membersOf(json)).filter(([member]) => !hidden.has(member))
  const required = textsIn(json.required).filter((member) => !hidden.has(member))
  const body = z
    .unknown()
    .meta({
      type: 'object',
      properties: Object.fromEntries(shown),
      additionalProperties: false,
      ...(required.length > 0 ? { required } : {}),
    })
    .transform((given, issues): D => {
      if (typeof given !== 'object' || given === null || Array.isArray(given)) {
        issues.addIssue({ code: 'custom', message: 'expected an object' })
        return z.NEVER
      }
      const strange = Object.keys(given).filter((key) => hidden.has(key))
      for (const key of strange) issues.addIssue({ code: 'custom', path: [key], message: 'has no place here' })
      const read = schema.safeParse({ ...given, name: PLACEHOLDER })
      if (read.success && strange.length === 0) return read.data
      if (!read.success) addAll(issues, read.error.issues)
      return z.NEVER
    })
  const view = Object.fromEntries(
    shown.map(([member, of]) => [
      member,
      z
        .unknown()
        .meta({ ...of, default: undefined })
        .optional(),
    ]),
  )
  return { body, members: shown.map(([member]) => member), view }
}

/** The document under its name; what is by default called like the thing is. */
export const named = <D extends { readonly name: string; readonly displayName?: string }>(
  document: D,
  name: string,
): D => ({
  ...document,
  name,
  ...(document.displayName === PLACEHOLDER ? { displayName: name } : {}),
})
