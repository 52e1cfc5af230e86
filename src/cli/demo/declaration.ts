// The `demo` section of a tenancy file: the people of the stand-in corporate providers and what the sample applications show. The
// gateway itself ignores it.
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { Problem } from '../../problem.ts'

const person = z.strictObject({
  username: z.string(),
  password: z.string(),
  email: z.string(),
  name: z.string(),
  groups: z.array(z.string()).default([]),
  /** What this provider says it checked (RFC 8176), and the SAML class it claims. */
  amr: z.array(z.string()).default(['pwd']),
  acr: z.string().optional(),
  story: z.string().default(''),
})
const action = z.strictObject({
  label: z.string(),
  action: z.string(),
  type: z.string(),
  id: z.string(),
  compartment: z.string().optional(),
})

const Demo = z.strictObject({
  gateway: z.strictObject({ port: z.int() }),
  corporateSaml: z.strictObject({ port: z.int(), name: z.string(), people: z.array(person) }),
  corporateOidc: z.strictObject({
    port: z.int(),
    name: z.string(),
    clientId: z.string(),
    clientSecret: z.string(),
    people: z.array(person),
  }),
  sampleOidc: z.strictObject({
    port: z.int(),
    domain: z.string(),
    clientId: z.string(),
    clientSecret: z.string(),
    pdpClientId: z.string(),
    pdpClientSecret: z.string(),
  }),
  sampleSaml: z.strictObject({ port: z.int(), domain: z.string() }),
  actions: z.array(action),
  /** What to say of the seeded people, by user name. */
  stories: z.record(z.string(), z.string()).default({}),
})
export type Demo = z.infer<typeof Demo>
export type DemoPerson = z.infer<typeof person>
export type DemoAction = z.infer<typeof action>

const Seeded = z.looseObject({
  tenancy: z.looseObject({ name: z.string() }),
  domains: z.array(
    z.looseObject({
      name: z.string(),
      seed: z
        .looseObject({
          people: z.array(
            z.looseObject({
              username: z.string(),
              password: z.string().optional(),
              displayName: z.string().optional(),
              groups: z.array(z.string()).default([]),
            }),
          ),
        })
        .optional(),
    }),
  ),
  demo: Demo,
})
export type Declared = z.infer<typeof Seeded>

export type Ports = {
  readonly gateway: number
  readonly corporateSaml: number
  readonly corporateOidc: number
  readonly sampleOidc: number
  readonly sampleSaml: number
}

/** The file's text with every `localhost:<declared port>` moved to the ports that are free here, so that several demos can run. */
export const withPorts = (text: string, ports: Ports | undefined): string => {
  if (!ports) return text
  const declared = Seeded.parse(parse(text)).demo
  const moves = (Object.keys(ports) as (keyof Ports)[]).map((name) => [declared[name].port, ports[name]] as const)
  const moved = new Map(moves)
  return text
    .replace(/(localhost:)(\d+)/g, (whole, host: string, port: string) =>
      moved.has(Number(port)) ? `${host}${moved.get(Number(port))}` : whole,
    )
    .replace(/(port:\s*)(\d+)/g, (whole, key: string, port: string) =>
      moved.has(Number(port)) ? `${key}${moved.get(Number(port))}` : whole,
    )
}

export const readDeclared = (file: string): Declared => {
  const parsed = Seeded.safeParse(parse(readFileSync(file, 'utf8')))
  if (!parsed.success)
    throw new Problem('config-invalid', `${file} cannot be shown as a demo:\n${z.prettifyError(parsed.error)}`)
  return parsed.data
}
