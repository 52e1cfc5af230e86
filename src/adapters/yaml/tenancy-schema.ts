// The shape of a tenancy file (config/tenancies/*.yaml): strict, references by name, defaults filled in. Whether the names exist is for
// flows/directory to say, which also knows the store.
import { z } from 'zod'
import type { DeclaredCompartment, DeclaredDomain, DeclaredTenancy, SeedPerson } from '../../core/model/declared.ts'
import { demo } from './demo-schema.ts'
import { type FileField, fileIn, type SecretField, secretIn } from './references.ts'
import type { ReadSecret } from './secret-field.ts'
import {
  compartmentPath,
  dynamicGroup,
  onboarding,
  roleAssignment,
  selfRegistration,
  service,
  serviceId,
} from './tenancy-access.ts'
import { application } from './tenancy-apps.ts'
import {
  byName,
  compact,
  group,
  httpUrl,
  idp,
  name,
  names,
  passwordPolicy,
  signOnRule,
  slug,
  tags,
  text,
  unique,
} from './tenancy-parts.ts'

const positive = z.int().positive()
const compartment: z.ZodType<DeclaredCompartment> = z.lazy(() =>
  z.strictObject({
    name,
    description: text.default(''),
    tags,
    compartments: z.array(compartment).superRefine(byName).default([]),
  }),
)

export const domain = (secret: SecretField, file: FileField) =>
  z
    .strictObject({
      name: slug,
      displayName: name.optional(),
      compartment: compartmentPath,
      active: z.boolean().default(true),
      locale: z.enum(['en', 'ko']).default('en'),
      session: z.strictObject({ idleSeconds: positive.optional(), absoluteSeconds: positive.optional() }).prefault({}),
      accessTokenSeconds: z.int().min(60).max(86_400).default(600),
      refreshTokenSeconds: z
        .int()
        .min(300)
        .default(30 * 86_400),
      branding: z
        .strictObject({
          accent: z
            .string()
            .regex(/^#[0-9a-fA-F]{6}$/, 'expected a colour such as `#0b6e4f`')
            .optional(),
          logoUrl: httpUrl.optional(),
          notice: text.optional(),
        })
        .prefault({}),
      localSignIn: z.boolean().default(true),
      passwordReset: z.boolean().default(true),
      onboarding: onboarding.optional(),
      selfRegistration: selfRegistration.optional(),
      groups: z.array(group).superRefine(byName).default([]),
      dynamicGroups: z.array(dynamicGroup).superRefine(byName).default([]),
      passwordPolicies: z.array(passwordPolicy).superRefine(byName).default([]),
      signOnRules: z.array(signOnRule).superRefine(byName).default([]),
      idps: z.array(idp(secret, file)).superRefine(byName).default([]),
    })
    .refine((d) => d.active || d.name !== 'default', {
      path: ['active'],
      message: 'the domain `default` cannot be deactivated',
    })
    .transform(
      (d): DeclaredDomain => ({
        ...d,
        displayName: d.displayName ?? (d.name === 'default' ? 'Default' : d.name),
        onboarding: d.onboarding,
        selfRegistration: d.selfRegistration,
        session: compact(d.session),
        branding: compact(d.branding),
      }),
    )

// ── The rest ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const policy = z.strictObject({
  name,
  description: text.default(''),
  compartment: compartmentPath,
  statements: z.array(z.string().min(1)).min(1),
})

const seedPerson = (secret: SecretField) =>
  z
    .strictObject({
      domain: slug.default('default'),
      username: z
        .string()
        .min(1)
        .max(200)
        .regex(/^[^\s\p{Cc}]+$/u, 'must not contain spaces or control characters'),
      email: z.email().optional(),
      emailVerified: z.boolean().default(true),
      displayName: z.string().min(1).max(200).optional(),
      givenName: z.string().optional(),
      familyName: z.string().optional(),
      locale: z.enum(['en', 'ko']).optional(),
      password: secret.optional(),
      passwordSetDaysAgo: z.int().min(0).default(0),
      mustChangePassword: z.boolean().default(false),
      serviceAccount: z.boolean().default(false),
      groups: names,
      links: z.array(z.strictObject({ idp: slug, subject: z.string().min(1) })).default([]),
      note: text.optional(),
    })
    .transform((p) => ({ ...blank, ...p, displayName: p.displayName ?? p.username }) as SeedPerson)
const blank = {
  email: undefined,
  givenName: undefined,
  familyName: undefined,
  locale: undefined,
  password: undefined,
  note: undefined,
}

const tenancy = z.strictObject({
  name: slug,
  displayName: name.optional(),
  denyEnabled: z.literal(true, 'expected `true`: once enabled, Deny statements cannot be switched off').optional(),
  root: z.strictObject({ description: text.default(''), tags }).optional(),
})

const personKey = (p: SeedPerson): string => `${p.domain}/${p.username}`

/** The whole file. `baseDir` is where relative paths begin; `isDemo` admits secrets written out. */
export const tenancySchema = (read: ReadSecret, baseDir: string, isDemo: boolean) => {
  const secret = secretIn(read, baseDir, isDemo)
  const file = fileIn(baseDir)
  return z
    .strictObject({
      tenancy,
      services: z.array(service).superRefine(byName).default([]),
      compartments: z.array(compartment).superRefine(byName).default([]),
      domains: z.array(domain(secret, file)).superRefine(byName).default([]),
      applications: z.array(application(secret, file)).superRefine(byName).default([]),
      serviceIds: z.array(serviceId).superRefine(byName).default([]),
      roleAssignments: z.array(roleAssignment).superRefine(byName).default([]),
      policies: z
        .array(policy)
        .superRefine(unique((p) => [...p.compartment, p.name].join('/'), 'name'))
        .default([]),
      seed: z
        .strictObject({ people: z.array(seedPerson(secret)).superRefine(unique(personKey, 'username')).default([]) })
        .prefault({}),
      demo: demo.optional(),
    })
    .transform(
      (t): DeclaredTenancy => ({
        ...t,
        tenancy: {
          name: t.tenancy.name,
          displayName: t.tenancy.displayName,
          denyEnabled: t.tenancy.denyEnabled ?? false,
          root: t.tenancy.root,
        },
        demo: t.demo,
      }),
    )
}
