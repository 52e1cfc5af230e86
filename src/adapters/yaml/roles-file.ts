// Reads config/roles/*.yaml: every fault of every file at once, each with file, line and column. Knows the files' shape; what a role
// must be is checked by core/policy/roles.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { verbs } from '../../core/policy/ast.ts'
import type { Catalogue } from '../../core/policy/catalogue.ts'
import { type Roles, type RolesData, roleKinds, rolesOf } from '../../core/policy/roles.ts'
import { type Fault, faultsOf, inOurWords, type Located, parseLocated } from './located.ts'

const texts = z.array(z.string().min(1))
const inTwoLanguages = z.strictObject({ en: z.string().min(1), ko: z.string().min(1) })
const role = z.strictObject({
  kind: z.enum(roleKinds),
  title: inTwoLanguages,
  description: inTwoLanguages,
  grants: texts.default([]),
  everyType: z.enum(verbs).optional(),
  services: z.record(z.string(), texts).default({}),
  includes: texts.default([]),
  requires: texts.default([]),
  aboveDeny: z.boolean().default(false),
  invitable: z.boolean().default(false),
  everybody: z.boolean().default(false),
})
const file = z.strictObject({ roles: z.record(z.string(), role).default({}) })

export const rolesJsonSchema = (): object => z.toJSONSchema(file, { io: 'input', target: 'draft-2020-12' })

type Source = { readonly data: RolesData; readonly where: Pick<Located, 'at'> }

const sourceOf = (text: string, name: string): Source | { readonly faults: readonly Fault[] } => {
  const located = parseLocated(text, name)
  if ('faults' in located) return located
  const parsed = file.safeParse(located.value, { error: inOurWords })
  if (!parsed.success) return { faults: faultsOf(parsed.error.issues, located) }
  const roles = Object.entries(parsed.data.roles).map(([key, r]) => [key, { ...r, everyType: r.everyType }] as const)
  return { data: Object.fromEntries(roles), where: located }
}

export type RolesFiles = { readonly roles: Roles } | { readonly faults: readonly Fault[] }

/** Several texts make one set of roles: a role may include one of another file. */
export const parseRoles = (
  read: readonly { readonly name: string; readonly text: string }[],
  catalogue: Catalogue,
): RolesFiles => {
  const each = read.map(({ name, text }) => sourceOf(text, name))
  const malformed = each.flatMap((e) => ('faults' in e ? e.faults : []))
  if (malformed.length > 0) return { faults: malformed }
  const sources = each.flatMap((e) => ('faults' in e ? [] : e))
  const { roles, faults } = rolesOf(
    sources.map((s) => s.data),
    catalogue,
  )
  if (faults.length === 0) return { roles }
  return {
    faults: faults.map(({ source, path, message }) => {
      const steps = ['roles', ...path].map((step) => (/^\d+$/.test(step) ? Number(step) : step))
      return { where: sources[source]?.where.at(steps) ?? '', message }
    }),
  }
}

/** Every `*.yaml` and `*.yml` of the folder, in order of name. */
export const readRoles = (folder: string, catalogue: Catalogue): RolesFiles => {
  try {
    const names = readdirSync(folder)
      .filter((f) => /\.ya?ml$/.test(f))
      .sort()
      .map((f) => join(folder, f))
    return parseRoles(
      names.map((name) => ({ name, text: readFileSync(name, 'utf8') })),
      catalogue,
    )
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause
    return { faults: [{ where: folder, message: `cannot be read (${String(cause.code)})` }] }
  }
}
