// AuthZEN Authorization API 1.0 §5: what a request looks like, and our words for what is wrong with one. Unknown members are ignored.
import { z } from 'zod'
import type { JsonObject } from '../../core/model/json.ts'
import type { Decision, DecisionReason, Question } from '../../flows/access/api.ts'
import { Problem } from '../../problem.ts'

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

// taken as they are: copying them key by key would give `__proto__` a meaning
const object = z.custom<JsonObject>(isObject, 'expected an object')
const text = (most: number) => z.string().min(1).max(most)
const properties = object.default({})

const subject = z.object({ type: text(200), id: text(1000), properties })
const action = z.object({ name: text(1000), properties })
const resource = z.object({ type: text(200), id: text(1000), properties })

export const question = z.object({ subject, action, resource, context: properties })

export const semantics = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const
export type Semantic = (typeof semantics)[number]

/** Each member of the whole request stands in for items that lack it. */
export const MOST_EVALUATIONS = 500
export const batch = z.object({
  subject: subject.optional(),
  action: action.optional(),
  resource: resource.optional(),
  context: object.optional(),
  options: z.object({ evaluations_semantic: z.enum(semantics).default('execute_all') }).optional(),
  evaluations: z.array(object).max(MOST_EVALUATIONS).optional(),
})

const issueIn = ({ issues }: z.ZodError): string => {
  const [issue] = issues
  if (!issue) return 'expected another shape'
  const path = issue.path.map(String).join('.')
  return `${path === '' ? 'body' : `\`${path}\``}: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`
}

export const read = <T>(schema: z.ZodType<T>, body: unknown): T => {
  const parsed = schema.safeParse(body)
  if (!parsed.success) throw new Problem('request-malformed', issueIn(parsed.error))
  return parsed.data
}

/** An item of a batch: its question, or what is missing in it. */
export const itemOf = (
  defaults: z.infer<typeof batch>,
  item: JsonObject,
): Question | { readonly malformed: string } => {
  const { subject, action, resource, context } = defaults
  const own = (name: string): unknown => (Object.hasOwn(item, name) ? item[name] : undefined)
  const parsed = question.safeParse({
    subject: own('subject') ?? subject,
    action: own('action') ?? action,
    resource: own('resource') ?? resource,
    context: own('context') ?? context,
  })
  return parsed.success ? parsed.data : { malformed: issueIn(parsed.error) }
}

// Which statement said no, or that there is no such person, stays with the decision record: a caller could learn our policies by asking.
const forUsers = {
  forbidden: {
    'en-403': 'A policy forbids this. Your administrator can look up why with the id of this decision.',
    'ko-403': '정책에 따라 허용되지 않습니다. 이 결정의 ID로 관리자가 이유를 확인할 수 있습니다.',
  },
  notGranted: {
    'en-403':
      'You have not been given this permission. Your administrator can look up why with the id of this decision.',
    'ko-403': '이 권한이 부여되지 않았습니다. 이 결정의 ID로 관리자가 이유를 확인할 수 있습니다.',
  },
} as const

/** A mistake of the application, not of the person: its developer should see it. */
const forDevelopers = (reason: DecisionReason, { action, resource }: Question): { readonly en: string } | undefined => {
  if (reason === 'resource-type-unknown') return { en: `no resource-type is called \`${resource.type}\`` }
  if (reason === 'action-unknown')
    return {
      en: `\`${action.name}\` is no operation of \`${resource.type}\`, no verb and no known permission in braces`,
    }
  return undefined
}

export type Reply = { readonly decision: boolean; readonly context: JsonObject }

export const replyOf = ({ id, allow, reason }: Decision, asked: Question): Reply => {
  if (allow) return { decision: true, context: { id } }
  const admin = forDevelopers(reason, asked)
  return {
    decision: false,
    context: {
      id,
      reason_user: reason === 'denied-by-policy' ? forUsers.forbidden : forUsers.notGranted,
      ...(admin === undefined ? {} : { reason_admin: admin }),
    },
  }
}

export const malformedReply = (message: string): Reply => ({
  decision: false,
  context: { error: { status: 400, message } },
})
