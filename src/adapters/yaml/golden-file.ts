// Reads `*.mapping-test.yaml` and `*.sign-on-test.yaml`: expectations about a tenancy file that they name. Knows the files' shape; what comes
// of the cases is core/mapping/mapping-trial and core/journey/sign-on-trial.
import { z } from 'zod'
import type { SignOnExpectation } from '../../core/journey/sign-on-trial.ts'
import type { MappingExpectation } from '../../core/mapping/mapping-trial.ts'
import { type Fault, faultsOf, inOurWords, type Located, parseLocated } from './located.ts'
import { factor, level, slug, upstreamLevel } from './tenancy-parts.ts'

const kinds = ['policy', 'mapping', 'sign-on'] as const
export type TestKind = (typeof kinds)[number]
/** By the name alone; undefined: no test. */
export const testKindOf = (file: string): TestKind | undefined =>
  kinds.find((kind) => new RegExp(`\\.${kind}-test\\.ya?ml$`).test(file))
export const isTestFile = (file: string): boolean => testKindOf(file) !== undefined

const name = z.string().min(1)
const names = z.array(name)

const mappingCase = z
  .strictObject({
    provider: z.string().regex(/^[^/]+\/[^/]+$/, 'expected `domain/provider`'),
    upstream: names,
    groups: names,
    rules: names.optional(),
  })
  .transform((c): MappingExpectation => ({ ...c, rules: c.rules }))

const steps = z.enum([
  'identify',
  'upstream',
  'password',
  'challenge',
  'enrol',
  'keep-recovery-codes',
  'confirm-account',
  'contact-email',
  'accept-terms',
  'complete-profile',
  'change-password',
  'refuse',
  'done',
])
const signOnCase = z
  .strictObject({
    domain: slug.default('default'),
    groups: names.default([]),
    app: name.optional(),
    level: upstreamLevel.default(0),
    factors: z.array(factor).default([]),
    provider: name.optional(),
    upstreamLevel: upstreamLevel.optional(),
    trustedDeviceDays: z.int().min(0).optional(),
    steps: z.array(steps).min(1).optional(),
    reaches: level.optional(),
    refused: z
      .enum([
        'not-allowed-here',
        'app-not-for-you',
        'no-factor-allowed',
        'person-disabled',
        'local-sign-in-off',
        'federated-cannot',
      ])
      .optional(),
    because: name.optional(),
  })
  .refine((c) => c.steps ?? c.reaches ?? c.refused, 'expected `steps`, `reaches` or `refused`')
  .refine((c) => c.reaches === undefined || c.refused === undefined, 'expected either `reaches` or `refused`')
  .refine((c) => c.upstreamLevel === undefined || c.provider !== undefined, '`upstreamLevel` goes with `provider`')
  .transform(
    (c): SignOnExpectation => ({
      ...c,
      app: c.app,
      provider: c.provider,
      upstreamLevel: c.upstreamLevel,
      trustedDeviceDays: c.trustedDeviceDays,
      steps: c.steps,
      reaches: c.reaches,
      refused: c.refused,
      because: c.because,
    }),
  )

export type GoldenFile<C> = {
  /** A tenancy file, relative to this one. */
  readonly tenancy: string
  readonly expect: readonly C[]
  readonly where: Located['at']
}
const readerOf =
  <C>(one: z.ZodType<C>) =>
  (text: string, file: string): GoldenFile<C> | { readonly faults: readonly Fault[] } => {
    const located = parseLocated(text, file)
    if ('faults' in located) return located
    const schema = z.strictObject({ tenancy: name, expect: z.array(one).min(1) })
    const parsed = schema.safeParse(located.value, { error: inOurWords })
    if (!parsed.success) return { faults: faultsOf(parsed.error.issues, located) }
    return { ...parsed.data, where: located.at }
  }

export const parseMappingTest = readerOf(mappingCase)
export const parseSignOnTest = readerOf(signOnCase)
