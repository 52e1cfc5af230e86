// Reads `*.policy-test.yaml`: people and programs, tags, dynamic groups, role assignments, resources, a clock, and a table of expectations. Knows the file's
// shape; what comes of the questions is core/policy/trial.
import { z } from 'zod'
import type { Json, JsonObject } from '../../core/model/json.ts'
import type { Cast } from '../../core/policy/stage.ts'
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

const tags = z.record(name, z.string())
const tagged = z.strictObject({ tags: tags.default({}) }).transform((t) => t.tags)
const person = z
  .strictObject({ id: name.optional(), groups: z.array(name).default([]), domain: name.optional() })
  .transform((p) => ({ kind: 'person' as const, ...p, id: p.id, domain: p.domain }))
const program = z
  .strictObject({
    type: name,
    id: name.optional(),
    compartment: name.optional(),
    tags: facts.default({}),
    facts: facts.default({}),
  })
  .transform((p) => ({ kind: 'program' as const, ...p, id: p.id, compartment: p.compartment }))
const resource = z
  .strictObject({
    type: name,
    id: name.optional(),
    compartment: name.optional(),
    properties: facts.default({}),
    tags: facts.optional(),
  })
  .transform((r) => ({ ...r, id: r.id, compartment: r.compartment, tags: r.tags }))
const about = z
  .strictObject({ type: name.optional(), id: name.optional(), attributes: z.record(name, name).default({}) })
  .default({ attributes: {} })
  .transform((r) => ({ type: r.type, id: r.id, attributes: r.attributes }))
const assignment = z
  .strictObject({
    name: name.optional(),
    /** One of `people` or `programs`. */
    who: name.optional(),
    group: name.optional(),
    roles: z.array(name).min(1),
    service: name.optional(),
    compartment: name.optional(),
    resource: about,
    expiresAt: instant.optional(),
  })
  .refine((a) => (a.who === undefined) !== (a.group === undefined), 'expected `who` or `group`')

const schema = z
  .strictObject({
    /** A tenancy file, relative to this one. */
    tenancy: name.optional(),
    /** Files of statements, relative to this one; beside a tenancy, they are added to its policies. */
    files: z.array(name).default([]),
    now: instant,
    /** Tags of groups and compartments (`root` is the root), where conditions ask for them. */
    groups: z.record(name, tagged).default({}),
    compartments: z.record(name, tagged).default({}),
    /** Name → matching rule. */
    dynamicGroups: z.record(name, name).default({}),
    people: z.record(name, person).default({}),
    programs: z.record(name, program).default({}),
    resources: z.record(name, resource),
    roleAssignments: z.array(assignment).default([]),
    expect: z.array(row).min(1),
  })
  .refine((t) => !Object.keys(t.people).some((p) => Object.hasOwn(t.programs, p)), {
    path: ['programs'],
    error: 'a person and a program of the same name cannot be told apart',
  })

type Parsed = z.infer<typeof schema>
const castOf = ({ groups, compartments, dynamicGroups, people, programs, roleAssignments }: Parsed): Cast => ({
  groupTags: groups,
  compartmentTags: compartments,
  dynamicGroups,
  subjects: { ...people, ...programs },
  assignments: roleAssignments.map(({ name: called, who, group, service, compartment, expiresAt, ...rest }, n) => ({
    ...rest,
    name: called ?? `assignment-${n + 1}`,
    holder: group === undefined ? { kind: 'one' as const, name: who ?? '' } : { kind: 'group' as const, name: group },
    service,
    compartment,
    expiresAt,
  })),
})

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
  const { tenancy, files, now, resources, expect } = parsed.data
  const trial = { now, resources, expect, cast: castOf(parsed.data) }
  return { trial, files: [...(tenancy === undefined ? [] : [tenancy]), ...files], where: located.at }
}
