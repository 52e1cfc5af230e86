// The shapes of a tenancy file for single nouns that come over the administrative API: secrets written out, because the way there is private,
// and no files, because whoever writes sits somewhere else.
import { z } from 'zod'
import { application } from './tenancy-apps.ts'
import { idp, mapping, passwordPolicy, signOnRule } from './tenancy-parts.ts'
import { domain } from './tenancy-schema.ts'
import { tenancyText } from './tenancy-text.ts'

const written = z.unknown().transform((value, issues): string => {
  const read = z.string().min(16).max(500).safeParse(value)
  if (read.success) return read.data
  issues.addIssue({ code: 'custom', message: 'expected a secret of 16 to 500 characters' })
  return z.NEVER
})
const noFile = z
  .string()
  .min(1)
  .transform((_, issues): string => {
    issues.addIssue({ code: 'custom', message: 'is for tenancy files: send `metadataXml` or `metadataUrl`' })
    return z.NEVER
  })

export const apiDocuments = () => ({
  application: application(written, noFile, false),
  identityProvider: idp(written, noFile, false),
  mapping,
  signOnRule,
  passwordPolicy,
  domain: domain(written, noFile),
  tenancyText,
})
export type ApiDocuments = ReturnType<typeof apiDocuments>
