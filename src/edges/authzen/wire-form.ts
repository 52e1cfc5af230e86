// AuthZEN Authorization API 1.0 §5: what a request looks like, and our words for what is wrong with one. Unknown members are ignored.
import { z } from 'zod'
import type { JsonObject } from '../../core/model/json.ts'
import type { Decision, DecisionReason, Question } from '../../flows/access/api.ts'
import { Problem } from '../../problem.ts'

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What asks goes on record, and a record is written and read by functions that go down level by level. */
const MOST_LEVELS = 32
const isDeep = (value: unknown, left = MOST_LEVELS): boolean =>
  typeof value === 'object' && value !== null && (left === 0 || Object.values(value).some((v) => isDeep(v, left - 1)))

// taken as they are: copying them key by key would give `__proto__` a meaning
export const object = z
  .custom<JsonObject>(isObject, 'expected an object')
  .refine((value) => !isDeep(value), `expected at most ${MOST_LEVELS} levels`)
export const text = (most: number) => z.string().min(1).max(most)
export const properties = object.default({})

export const subject = z.object({ type: text(200), id: text(1000), properties })
export const action = z.object({ name: text(1000), properties })
export const resource = z.object({ type: text(200), id: text(1000), properties })

export const question = z.object({ subject, action, resource, context: properties })

export const semantics = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const
export type Semantic = (typeof semantics)[number]

/**
 * Each member of the whole request stands in for items that lack it, and its `type`, `id` or `name` for an item's own member that lacks
 * one. So they need not be whole themselves.
 */
export const MOST_EVALUATIONS = 500
const entityDefaults = z.object({
  type: text(200).optional(),
  id: text(1000).optional(),
  properties: object.optional(),
})
export const batch = z.object({
  subject: entityDefaults.optional(),
  action: z.object({ name: text(1000).optional(), properties: object.optional() }).optional(),
  resource: entityDefaults.optional(),
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

const isText = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= most
const isFacts = (value: unknown): value is JsonObject => isObject(value) && !isDeep(value)
const entityAsItIs = (value: unknown): Question['subject'] | undefined => {
  if (!isObject(value)) return undefined
  const { type, id, properties = {} } = value
  return isText(type, 200) && isText(id, 1000) && isFacts(properties) ? { type, id, properties } : undefined
}
const actionAsItIs = (value: unknown): Question['action'] | undefined => {
  if (!isObject(value)) return undefined
  const { name, properties = {} } = value
  return isText(name, 1000) && isFacts(properties) ? { name, properties } : undefined
}
/** What `question` makes of a body that needs no words, at a tenth of its price; undefined: the schema finds the words. */
const questionAsItIs = (body: unknown): Question | undefined => {
  if (!isObject(body)) return undefined
  const { context = {} } = body
  const subject = entityAsItIs(body.subject)
  const action = subject && actionAsItIs(body.action)
  const resource = action && entityAsItIs(body.resource)
  return resource && isFacts(context) ? { subject, action, resource, context } : undefined
}

export const readQuestion = (body: unknown): Question => questionAsItIs(body) ?? read(question, body)

const idsOf = (whole: JsonObject | undefined): JsonObject => {
  const { properties: _, ...ids } = whole ?? {}
  return ids
}
/** The item's own object, properties and all, over what names the default's: nothing of the default's properties is mixed in. */
const memberOf = (item: JsonObject, name: string, whole: object | undefined): unknown => {
  const own = Object.hasOwn(item, name) ? item[name] : undefined
  if (own === undefined || own === null) return whole
  return isObject(own) ? { ...idsOf(whole as JsonObject | undefined), ...own } : own
}

/** An item of a batch: its question, or what is missing in it. */
export const itemOf = (
  defaults: z.infer<typeof batch>,
  item: JsonObject,
): Question | { readonly malformed: string } => {
  const parsed = question.safeParse({
    subject: memberOf(item, 'subject', defaults.subject),
    action: memberOf(item, 'action', defaults.action),
    resource: memberOf(item, 'resource', defaults.resource),
    context: (Object.hasOwn(item, 'context') ? item.context : undefined) ?? defaults.context,
  })
  return parsed.success ? parsed.data : { malformed: issueIn(parsed.error) }
}

// Which statement said no, or that there is no such person, stays with the decision record: a caller could learn our policies by asking.
const forUsers = {
  signIn: {
    'en-403': 'This needs a stronger sign-in. Sign in again with the factor that is asked for.',
    'ko-403': '더 강력한 로그인이 필요합니다. 요청되는 인증 수단으로 다시 로그인하십시오.',
  },
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

export const replyOf = ({ id, allow, reason, signIn }: Decision, asked: Question): Reply => {
  if (allow) return { decision: true, context: { id } }
  const admin = forDevelopers(reason, asked)
  return {
    decision: false,
    context: {
      id,
      reason_user: signIn ? forUsers.signIn : reason === 'denied-by-policy' ? forUsers.forbidden : forUsers.notGranted,
      ...(signIn === undefined ? {} : { acr_values: signIn.acr, factors: [...signIn.factors] }),
      ...(admin === undefined ? {} : { reason_admin: admin }),
    },
  }
}

export const malformedReply = (message: string): Reply => ({
  decision: false,
  context: { error: { status: 400, message } },
})
