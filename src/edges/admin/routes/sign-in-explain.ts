// What would a sign-in ask of this person, and why: every step, every demand with the rule and the group that won it. The answer tells of the
// person, of factors, rules and providers, and of what the question names, so the caller must be allowed to read each of them.
import { z } from 'zod'
import type { Level } from '../../../core/assurance/level.ts'
import { grounds } from '../../../core/journey/home-realm.ts'
import type { App } from '../../../core/model/app.ts'
import type { Person } from '../../../core/model/person.ts'
import type { Domain, Tenancy } from '../../../core/model/tenancy.ts'
import type { Asking } from '../../../flows/access/administer.ts'
import type { Demand, Standing, Target } from '../../../flows/access/permits.ts'
import { explainSignIn, type SignInExplained } from '../../../flows/sign-in/explain.ts'
import type { Tx } from '../../../ports/store.ts'
import { Problem } from '../../../problem.ts'
import { domainFacts, inDomain } from '../in-domain.ts'
import { nothing, type Params, paramsIn } from '../noun.ts'
import { asTargetUser, personIn } from '../people-facts.ts'
import { type Call, type Edge, notFound, type Permission, type Reply, type Route, route } from '../route.ts'
import { reference, whenOf } from '../shapes.ts'
import { applicationCalled, applicationTarget } from './applications.ts'
import { group as groupNoun } from './groups.ts'
import { user as userNoun } from './users.ts'

const PATH = '/domains/{domain}/sign-ins/explain'

const readUser: Permission = { operation: 'GetUser', resourceType: 'users' }
const readFactors: Permission = { operation: 'GetCredential', resourceType: 'credentials' }
const ofDomain: readonly Permission[] = [
  { operation: 'GetSignOnPolicy', resourceType: 'sign-on-policies' },
  { operation: 'GetPasswordPolicy', resourceType: 'password-policies' },
  { operation: 'GetIdentityProvider', resourceType: 'identity-providers' },
]
const readApp: Permission = { operation: 'GetApplication', resourceType: 'applications' }
const readGroup: Permission = { operation: 'GetGroup', resourceType: 'groups' }

const level = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]) satisfies z.ZodType<Level>
const body = z.strictObject({
  user: reference,
  app: reference.optional().describe('at this application'),
  groups: z.array(reference).max(50).optional().describe('as if the person were in these groups and no others'),
  level: level.default(0).describe('the level the application asks for'),
  idp: reference.optional().describe('through this identity provider, by its name'),
  upstreamLevel: level.optional().describe('what that provider vouches for'),
  address: z
    .union([z.ipv4(), z.ipv6()])
    .optional()
    .describe('from this address: providers may be routed to by network'),
  trustedDeviceDays: z.int().min(0).max(36_500).optional().describe('from a device trusted so many days ago'),
})
type Body = z.infer<typeof body>

const because = z
  .strictObject({
    by: z.enum(['rule', 'request', 'administrator', 'default']),
    rule: z.string().optional(),
    group: z.string().optional(),
    app: z.string().optional(),
  })
  .describe('who set it: a rule with the group and the application by which it applied, the request, or a default')
const won = <T extends z.ZodType>(value: T) => z.strictObject({ value, because })
const view = z.strictObject({
  person: z.strictObject({ id: z.string(), username: z.string(), status: z.string() }),
  groups: z.array(z.string()),
  need: z.strictObject({
    denied: won(z.literal(true)).optional(),
    level: won(z.int()),
    factors: won(z.array(z.string())).optional(),
    maxAgeSeconds: won(z.int()).optional(),
    trustedDevice: won(z.strictObject({ days: z.int(), count: z.int() })).optional(),
    applied: z.array(z.string()).describe('every rule that applied, winners and losers'),
  }),
  enrolled: z.array(z.string()).describe('kinds of factors the person has'),
  route: z
    .strictObject({
      kind: z.enum(['local', 'idp']),
      name: z.string().optional(),
      level: z.int().optional(),
      ground: z.enum([...grounds, 'linked']).optional(),
      choice: z.array(z.string()).optional(),
    })
    .describe('where they sign in, on what ground; `choice`: they choose among several that fit'),
  passwordPolicy: z.strictObject({
    name: z.string(),
    group: z.string().optional(),
    expiresAt: z.string().optional().describe('when the password does'),
  }),
  steps: z.array(z.looseObject({ do: z.string() })).describe('in their order, if every answer were right'),
})
const byRule = { by: 'rule', rule: 'finance-mfa', group: 'finance' }
const example = {
  person: { id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD', username: 'kim', status: 'active' },
  groups: ['finance'],
  need: { level: { value: 2, because: byRule }, applied: ['finance-mfa'] },
  enrolled: ['password', 'totp'],
  route: { kind: 'local' },
  passwordPolicy: { name: 'built-in' },
  steps: [
    { do: 'identify' },
    { do: 'password' },
    { do: 'challenge', offer: ['totp'], level: 2, because: byRule },
    { do: 'done', level: 2, amr: ['pwd', 'otp', 'mfa'] },
  ],
}

type Found = {
  readonly domain: Domain | undefined
  readonly missing: string | undefined
  readonly person: Person | undefined
  readonly app: App | undefined
  readonly groups: readonly string[] | undefined
}

/** What is not there is asked about where it would be, so that nobody learns what exists by trying. */
const absent = (place: Pick<Target, 'compartmentId' | 'facts'>, called: string): Target => ({
  ...place,
  id: called,
  name: called,
})

const asking =
  (tenancy: Tenancy, params: Params, { user, app: appName, groups: asked }: Body) =>
  async (tx: Tx, standing: Standing): Promise<Asking<Found>> => {
    const { scope: domain, place, missing } = await inDomain(tx, params, tenancy)
    const person = domain && (await personIn(tx, domain.id, user))
    const whoever = domain && person ? await userNoun.target(tx, person, domain, standing) : absent(place, user)
    const ownFacts = person && { ...place.facts, ...(await asTargetUser(tx, person, standing)) }
    const whole: Target = { ...absent(place, params.domain ?? ''), ...(domain ? { facts: domainFacts(domain) } : {}) }
    const app = appName === undefined ? undefined : await applicationCalled(tx, tenancy, appName)
    const ofApp = app
      ? applicationTarget(await tx.domains.list(tenancy.id), app)
      : absent({ compartmentId: undefined }, appName ?? '')
    const ofGroups: Demand[] = []
    const groups: string[] = []
    for (const called of asked ?? []) {
      const group = domain && (await groupNoun.find(tx, domain, called, params))
      const target = group ? await groupNoun.target(tx, group, domain, standing) : absent(place, called)
      ofGroups.push({ permission: readGroup, target })
      groups.push(group?.name ?? called)
    }
    return {
      demands: [
        { permission: readUser, target: whoever },
        { permission: readFactors, target: { ...whoever, ...(ownFacts ? { facts: ownFacts } : {}) } },
        ...ofDomain.map((permission) => ({ permission, target: whole })),
        ...(appName === undefined ? [] : [{ permission: readApp, target: ofApp }]),
        ...ofGroups,
      ],
      found: { domain, missing, person, app, groups: asked && groups },
    }
  }

const shown = (told: SignInExplained) => {
  const { passwordPolicy } = told
  const expiresAt = passwordPolicy.expiresAt === undefined ? undefined : whenOf(passwordPolicy.expiresAt)
  return { ...told, passwordPolicy: { ...passwordPolicy, expiresAt } }
}

const explain = async (edge: Edge, { who, tenancy, params, body: asked }: Call<Params, object, Body>): Promise<Reply> =>
  edge.administer.read(
    who,
    asking(tenancy, params, asked),
    async (tx, { domain, missing, person, app, groups }, now) => {
      if (!domain) throw new Problem('not-found', missing)
      if (!person) throw notFound('user', asked.user)
      if (asked.app !== undefined && !app) throw notFound('application', asked.app)
      const question = {
        domainId: domain.id,
        personId: person.id,
        appId: app?.id,
        groups,
        level: asked.level,
        idp: asked.idp,
        upstreamLevel: asked.upstreamLevel,
        trustedDeviceDays: asked.trustedDeviceDays,
        address: asked.address,
      }
      return { status: 200, body: shown(await explainSignIn(tx, question, now, edge.flows.inRange)) }
    },
  )

export const signInExplainRoutes: readonly Route[] = [
  route<Params, object, Body>({
    method: 'POST',
    path: PATH,
    operationId: 'explainSignIn',
    tag: 'sign-on rules',
    summary: 'What a sign-in would ask of somebody, step by step, and the rule and group behind each demand',
    description:
      'For a person as they are, or as they would be in other groups, at an application, from an address, through a provider, from a trusted device or not. Nothing is written.',
    permissions: [readUser, readFactors, ...ofDomain, readApp, readGroup],
    params: paramsIn(PATH),
    query: nothing,
    body,
    bodyExample: { user: 'kim', app: 'reports', groups: ['finance'], trustedDeviceDays: 3 },
    answers: [{ status: 200, description: 'Every step, and why', schema: view, example }],
    handle: explain,
  }),
]
