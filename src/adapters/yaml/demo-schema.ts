// The `demo` section of a tenancy file: who stands in for corporate identity providers and for applications, with their people and
// passwords. The gateway ignores it; its presence says that every secret in the file is public.
import { z } from 'zod'
import type { Demonstration, StandIn, UpstreamPerson } from '../../core/model/declared.ts'

const text = z.string().min(1)
const origin = z
  .string()
  .refine((u) => URL.parse(u)?.origin === u, 'expected an origin such as `http://localhost:7001`')

const person = z
  .strictObject({
    username: text,
    password: text,
    subject: text.optional(),
    displayName: text,
    givenName: text.optional(),
    familyName: text.optional(),
    email: z.email(),
    groups: z.array(text).default([]),
    amr: z.array(text).default([]),
    acr: text.optional(),
    note: text.optional(),
  })
  .transform(
    (p): UpstreamPerson => ({
      ...p,
      subject: p.subject ?? p.username,
      givenName: p.givenName,
      familyName: p.familyName,
      acr: p.acr,
      note: p.note,
    }),
  )
const credentials = z.strictObject({ clientId: text, clientSecret: text })
const common = { name: text, url: origin }

const standIn = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('saml-idp'),
    ...common,
    entityId: text,
    trusts: z.array(z.strictObject({ domain: text, idp: text })).min(1),
    people: z.array(person),
  }),
  z.strictObject({
    kind: z.literal('oidc-op'),
    ...common,
    clients: z.array(credentials.extend({ redirectUris: z.array(text).min(1) })).min(1),
    people: z.array(person),
  }),
  z.strictObject({
    kind: z.literal('oidc-app'),
    ...common,
    domain: text,
    ...credentials.shape,
    pdp: credentials.optional(),
  }),
  z.strictObject({ kind: z.literal('saml-app'), ...common, domain: text, entityId: text, pdp: credentials.optional() }),
])

const question = z
  .strictObject({
    label: text,
    action: text,
    resource: z.strictObject({ type: text, id: text, compartment: text.optional() }),
  })
  .transform((q) => ({ ...q, resource: { ...q.resource, compartment: q.resource.compartment } }))

export const demo = z
  .strictObject({ standIns: z.array(standIn).default([]), questions: z.array(question).default([]) })
  .transform(
    (d): Demonstration => ({
      standIns: d.standIns.map((s) => ('pdp' in s ? s : { ...s, pdp: undefined })) as readonly StandIn[],
      questions: d.questions,
    }),
  )
