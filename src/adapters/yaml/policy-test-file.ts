// Reads `*.policy-test.yaml`: people with groups, resources with compartments, a clock, and a table of expectations. Knows the file's
// shape; what comes of the questions is core/policy/trial.
import { z } from 'zod'
import type { Json, JsonObject } from '../../core/model/json.ts'
import type { Trial } from '../../core/policy/trial.ts'
import { type Fault, faultsOf, inOurWords, type Located, parseLocated } from './located.ts'

const name = z.string().min(1)
const one = z.union([name, z.array(name).min(1)]).transform((v): readonly string[] => (typeof v === 'string' ? [v] : v))
const json: z.ZodType<Json> = z.json()
const facts = z.record(z.string(), json).transform((v): JsonObject => v)
const instant = z.iso
  .datetime({ error: 'expected a time in UTC such as `2030-01-16T12:00:00Z`' })
  .transform((text) => Date.parse(text))

const row = z
  .strictObject({
    who: one,
    on: one,
    may: one.default([]),
    mayNot: one.default([]),
    context: facts.default({}),
    now: instant.optional(),
    because: name.optional(),
  })
  .refine((r) => r.may.length + r.mayNot.length > 0, 'expected `may` or `mayNot`')
  .transform((r) => ({ ...r, now: r.now, because: r.because }))

const schema = z
  .strictObject({
    /** A tenancy file, relative to this one. */
    tenancy: name.optional(),
    /** Files of statements, relative to this one; beside a tenancy, they are added to its policies. */
    files: z.array(name).default([]),
    now: instant,
    people: z.record(
      name,
      z.strictObject({ id: name.optional(), groups: z.array(name).default([]) }).transform((p) => ({ ...p, id: p.id })),
    ),
    resources: z.record(
      name,
      z
        .strictObject({ type: name, id: name.optional(), compartment: name.optional(), properties: facts.default({}) })
        .transform((r) => ({ ...r, id: r.id, compartment: r.compartment })),
    ),
    expect: z.array(row).min(1),
  })
  .refine((t) => t.tenancy !== undefined || t.files.length > 0, 'expected `tenancy`, `files` or both')

export type PolicyTestFile = {
  readonly trial: Trial
  readonly files: readonly string[]
  readonly where: Located['at']
}

export const parsePolicyTest = (text: string, file: string): PolicyTestFile | { readonly faults: readonly Fault[] } => {
  const located = parseLocated(text, file)
  if ('faults' in located) return located
  const parsed = schema.safeParse(located.value, { error: inOurWords })
  if (!parsed.success) return { faults: faultsOf(parsed.error.issues, located) }
  const { tenancy, files, ...trial } = parsed.data
  return { trial, files: [...(tenancy === undefined ? [] : [tenancy]), ...files], where: located.at }
}
