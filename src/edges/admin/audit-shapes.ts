// What an export is asked for, and what verifying found, as the administrative API spells it.
import { z } from 'zod'
import { checkpointBodyOf } from '../../core/audit/trail.ts'
import type { TrailReport } from '../../flows/audit/verify-trail.ts'
import type { AuditFilter } from '../../ports/store-audit.ts'
import { given, instant, text, whenOf } from './shapes.ts'

const id = text(300).optional()
export const searched = {
  action: id.describe('such as `sign-in.refused`'),
  actor: id.describe('id of who did it'),
  target: id.describe('id of what it was done to'),
  outcome: z.enum(['success', 'failure']).optional(),
  requestId: id,
  domain: id.describe('name or id of an identity domain'),
  from: instant.optional(),
  to: instant.optional().describe('itself not included'),
}
export type Searched = { readonly [K in keyof typeof searched]?: z.output<(typeof searched)[K]> }
const instantOf = (when: string | undefined): number | undefined => (when === undefined ? undefined : Date.parse(when))
export const filterOf = (asked: Searched, domainId: string | undefined): AuditFilter => {
  const { action, actor: actorId, target: targetId, outcome, requestId } = asked
  const [from, to] = [instantOf(asked.from), instantOf(asked.to)]
  return given({ action, actorId, targetId, outcome, requestId, domainId, from, to }) as AuditFilter
}

const checkpoint = z.strictObject({ body: z.string(), kid: z.string(), signature: z.string() })
const finding = z.strictObject({
  kind: z.string(),
  seal: z.int().optional(),
  seq: z.int().optional(),
  id: z.string().optional(),
  detail: z.string(),
})
export const report = z.strictObject({
  intact: z.boolean(),
  trails: z.array(
    z.strictObject({
      trail: z.enum(['event', 'decision']),
      seals: z.int(),
      rows: z.int().describe('that are sealed'),
      unsealed: z.int().describe('that are younger than a minute'),
      keptSince: z.string().optional().describe('what is older was deleted by policy'),
      sealedThrough: z.string().optional(),
      checkpoint: checkpoint.optional().describe('keep it elsewhere: it shows when the whole database is set back'),
      findings: z.array(finding).describe('at most a thousand'),
    }),
  ),
})
export const reportShown = (reports: readonly TrailReport[]) => ({
  intact: reports.every((one) => one.findings.length === 0),
  trails: reports.map(({ floor, findings, checkpoint: signed, ...rest }) => {
    const at = signed && checkpointBodyOf(signed)?.at
    return given({
      ...rest,
      keptSince: floor && whenOf(floor.before),
      sealedThrough: at === undefined ? undefined : whenOf(at),
      checkpoint: signed,
      findings: findings.map(({ trail: _, ...found }) => found),
    })
  }),
})
export const reportExample = {
  intact: false,
  trails: [
    {
      trail: 'event',
      seals: 412,
      rows: 1280,
      unsealed: 0,
      sealedThrough: '2030-01-16T12:00:00.000Z',
      findings: [
        { kind: 'row-removed', seal: 17, seq: 61, detail: 'row 61, sealed at 2030-01-16T11:20:03.000Z, is gone' },
      ],
    },
  ],
}
