// The shapes of a tenancy file that say who may do what besides policies: tags, dynamic groups, service IDs, role assignments, registered
// services; and what a domain asks of people at their first sign-in. Whether the names exist is not asked here.
import { z } from 'zod'
import type {
  DeclaredDynamicGroup,
  DeclaredRoleAssignment,
  DeclaredService,
  DeclaredServiceId,
} from '../../core/model/declared.ts'
import type { Onboarding } from '../../core/model/tenancy.ts'
import { isError, lineOf } from '../../core/policy/fault.ts'
import { parseRule } from '../../core/policy/parse-rule.ts'
import { present, resourceType, words } from './catalogue-file.ts'
import { compact, httpUrl, name, slug, text } from './tenancy-parts.ts'

/** `Prod/Web`: a path below the root compartment. */
export const compartmentPath = z
  .string()
  .transform((p) => p.split('/').filter((s) => s !== ''))
  .default([])

const rule = z
  .string()
  .min(1)
  .superRefine((written, issues) => {
    for (const fault of parseRule(written).faults.filter(isError))
      issues.addIssue({ code: 'custom', message: lineOf(fault) })
  })
export const dynamicGroup: z.ZodType<DeclaredDynamicGroup> = z.strictObject({
  name,
  description: text.default(''),
  rule,
})

const terms = z.strictObject({
  version: z.string().min(1).max(100),
  text: z.strictObject({ en: z.string().min(1).max(20_000), ko: z.string().min(1).max(20_000) }),
  url: httpUrl.optional(),
})
export const onboarding = z
  .strictObject({
    confirm: z.boolean().default(false),
    contactEmail: z.boolean().default(false),
    profile: z.boolean().default(false),
    terms: terms.optional(),
  })
  .transform(({ terms: asked, ...rest }): Onboarding => (asked ? { ...rest, terms: compact(asked) } : rest))

/** Strangers make accounts: where they come in is said, never assumed. */
export const selfRegistration = z
  .strictObject({
    groups: z.array(name).max(50).describe('groups of this domain that a new account is in'),
    emailDomains: z
      .array(z.string().regex(/^[a-z0-9.-]+\.[a-z0-9-]+$/, 'expected a lower-case domain without `@`'))
      .min(1)
      .optional()
      .describe('addresses of these domains only'),
  })
  .transform(compact)

export const serviceId: z.ZodType<DeclaredServiceId> = z.strictObject({
  name,
  description: text.default(''),
  compartment: compartmentPath,
  active: z.boolean().default(true),
})

const instant = z.iso
  .datetime({ offset: true, error: 'expected a time such as `2030-01-31T09:30:00Z`' })
  .transform((written) => Date.parse(written))
const called = z.string().min(1).max(300)
const about = z
  .strictObject({
    type: z.string().min(1).optional(),
    id: z.string().min(1).optional(),
    attributes: z.record(z.string(), z.string()).default({}),
  })
  .prefault({})
  .transform(({ type, id, attributes }) => ({ type, id, attributes }))

export const roleAssignment = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._@/+-]{0,199}$/u, 'expected 1 to 200 letters, digits, spaces and `._@/+-`'),
    group: called.optional(),
    person: called.optional(),
    serviceId: called.optional(),
    roles: z.array(z.string().min(1)).min(1).max(20),
    service: z.string().min(1).optional(),
    compartment: compartmentPath,
    resource: about,
    expiresAt: instant.optional(),
  })
  .transform(({ group, person, serviceId: program, ...given }, issues): DeclaredRoleAssignment => {
    const holders = [
      { kind: 'group' as const, called: group },
      { kind: 'person' as const, called: person },
      { kind: 'service-id' as const, called: program },
    ].flatMap((holder) => (holder.called === undefined ? [] : [{ ...holder, called: holder.called }]))
    const [holder, another] = holders
    if (!holder || another) {
      issues.addIssue({ code: 'custom', message: 'expected exactly one of `group`, `person`, `serviceId`' })
      return z.NEVER
    }
    return { ...given, holder, service: given.service, expiresAt: given.expiresAt }
  })

/** As in config/catalogue, one service at a time. */
export const service = z
  .strictObject({
    name: slug,
    types: z.record(z.string(), resourceType),
    families: z.record(z.string(), words).default({}),
    aliases: z.record(z.string(), z.string()).default({}),
  })
  .transform(
    ({ name: called, types, families, aliases }): DeclaredService => ({
      name: called,
      data: {
        service: called,
        types: Object.fromEntries(
          Object.entries(types).map(([key, t]) => [key, { ...t, permissions: present(t.permissions) }]),
        ),
        families,
        aliases,
        regions: {},
      },
    }),
  )
