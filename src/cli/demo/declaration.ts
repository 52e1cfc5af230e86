// The `demo` section of a tenancy file: the people of the stand-in corporate providers and what the sample applications ask. The
// gateway itself ignores it; the stand-ins and the printed table know nothing else.
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { Problem } from '../../problem.ts'

const Person = z.strictObject({
  username: z.string(),
  password: z.string(),
  displayName: z.string(),
  givenName: z.string().default(''),
  familyName: z.string().default(''),
  email: z.string(),
  groups: z.array(z.string()).default([]),
  /** What this provider says it checked (RFC 8176), and the class it claims. */
  amr: z.array(z.string()).default(['pwd']),
  acr: z.string().optional(),
  note: z.string().default(''),
})
const Pdp = z.strictObject({ clientId: z.string(), clientSecret: z.string() })
const SamlIdp = z.strictObject({
  kind: z.literal('saml-idp'),
  name: z.string(),
  url: z.url(),
  entityId: z.string(),
  trusts: z.array(z.strictObject({ domain: z.string(), idp: z.string() })),
  people: z.array(Person),
})
const OidcOp = z.strictObject({
  kind: z.literal('oidc-op'),
  name: z.string(),
  url: z.url(),
  clients: z.array(
    z.strictObject({ clientId: z.string(), clientSecret: z.string(), redirectUris: z.array(z.string()) }),
  ),
  people: z.array(Person),
})
const OidcApp = z.strictObject({
  kind: z.literal('oidc-app'),
  name: z.string(),
  url: z.url(),
  domain: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  pdp: Pdp,
})
const SamlApp = z.strictObject({
  kind: z.literal('saml-app'),
  name: z.string(),
  url: z.url(),
  domain: z.string(),
  entityId: z.string(),
  pdp: Pdp,
})
const StandIn = z.discriminatedUnion('kind', [SamlIdp, OidcOp, OidcApp, SamlApp])
const Question = z.strictObject({
  label: z.string(),
  action: z.string(),
  resource: z.strictObject({ type: z.string(), id: z.string(), compartment: z.string().optional() }),
})
const Declared = z.looseObject({
  tenancy: z.looseObject({ name: z.string() }),
  domains: z.array(
    z.looseObject({
      name: z.string(),
      signOnRules: z
        .array(
          z.looseObject({
            name: z.string(),
            groups: z.array(z.string()).default([]),
            apps: z.array(z.string()).default([]),
            level: z.union([z.string(), z.number()]).optional(),
            factors: z.array(z.string()).optional(),
            trustedDevice: z.looseObject({ days: z.number(), count: z.number() }).optional(),
          }),
        )
        .default([]),
    }),
  ),
  seed: z.looseObject({
    people: z.array(
      z.looseObject({
        username: z.string(),
        domain: z.string().default('default'),
        displayName: z.string(),
        password: z.strictObject({ literal: z.string() }).optional(),
        groups: z.array(z.string()).default([]),
        note: z.string().default(''),
      }),
    ),
  }),
  demo: z.strictObject({ standIns: z.array(StandIn), questions: z.array(Question) }),
})

export type Declared = z.infer<typeof Declared>
export type StandIn = z.infer<typeof StandIn>
export type SamlIdp = z.infer<typeof SamlIdp>
export type OidcOp = z.infer<typeof OidcOp>
export type OidcApp = z.infer<typeof OidcApp>
export type SamlApp = z.infer<typeof SamlApp>
export type Question = z.infer<typeof Question>
export type DemoPerson = z.infer<typeof Person>

export const readDeclared = (text: string, file: string): Declared => {
  const parsed = Declared.safeParse(parse(text))
  if (!parsed.success)
    throw new Problem('config-invalid', `${file} cannot be shown as a demonstration:\n${z.prettifyError(parsed.error)}`)
  return parsed.data
}
export const readDeclaredFile = (file: string): Declared => readDeclared(readFileSync(file, 'utf8'), file)

/** Every `localhost:<port>` of the text moved to another port, so that several demonstrations can run beside each other. */
export const withPorts = (text: string, moves: ReadonlyMap<number, number>): string =>
  text.replace(/(localhost:)(\d+)/g, (whole, host: string, port: string) => {
    const to = moves.get(Number(port))
    return to === undefined ? whole : `${host}${to}`
  })

/** The ports a file speaks of, in order of appearance. */
export const portsIn = (text: string): readonly number[] => [
  ...new Set([...text.matchAll(/localhost:(\d+)/g)].map((m) => Number(m[1]))),
]
