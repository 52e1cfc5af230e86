// M10: a code for somebody who lost their second factor, for one sign-in and at most a day. Shown once, here.
import { z } from 'zod'
import { MOST_BYPASS_HOURS } from '../../../core/assurance/bypass-code.ts'
import type { Person } from '../../../core/model/person.ts'
import type { Domain } from '../../../core/model/tenancy.ts'
import type { BypassWanted } from '../../../flows/directory/bypass-code.ts'
import { actionRoute } from '../noun-act.ts'
import type { Route } from '../route.ts'
import { text, whenOf } from '../shapes.ts'
import { user } from './users.ts'

const body: z.ZodType<BypassWanted> = z.strictObject({
  hours: z.int().min(1).max(MOST_BYPASS_HOURS).default(1).describe('how long it may be used'),
  reason: text(500).min(1).describe('how you made sure that it is them, for the audit log'),
})

export const bypassCodeRoutes: readonly Route[] = [
  actionRoute<Person, Domain, z.infer<typeof user.view>, BypassWanted>(user as never, {
    path: '/bypass-code',
    operation: 'IssueUserBypassCode',
    summary: 'Give a user one code in place of a lost second factor',
    description:
      'It is typed where a recovery code would be, once, beside the password. It stands in only where a one-time code is allowed, never at level 3. The user is told by mail when it is given and when it is used.',
    body,
    bodyExample: { hours: 1, reason: 'lost phone; recognised at the desk' },
    answers: [
      {
        status: 201,
        description: 'The code, shown once',
        schema: z.strictObject({ code: z.string(), expiresAt: z.string() }),
        example: { code: '7KQ2-MXWD-93FA-P8ZE', expiresAt: '2030-01-16T13:00:00.000Z' },
      },
    ],
    run: async (work, { row, body: wanted, flows }) => {
      const { code, expiresAt } = await flows.issueBypassCode(work, row, wanted)
      return { status: 201, body: { code, expiresAt: whenOf(expiresAt) } }
    },
  }),
]
