// A gateway of our own, as operators run it: `gwanmun serve` in its own process, an SQLite file, one tenancy file written for the test.
// It is on `localhost` and the foreign programs on `127.0.0.1`: other sites, as in life, so cookies travel as they do there.
import { join, resolve } from 'node:path'
import type { Stage } from './peers/run.ts'
import { people, type TestPerson } from './people.ts'

const main = resolve(import.meta.dirname, '../../src/main.ts')

export const TENANCY = 'acme'
export type Site = {
  readonly port: number
  readonly baseUrl: string
  readonly issuer: string
  readonly idpMetadataUrl: string
  readonly idpEntityId: string
}
/** Where the gateway will be: foreign programs are registered before it starts, and registered with before they do. */
export const newSite = (stage: Stage): Site => {
  const port = stage.port()
  const baseUrl = `http://localhost:${port}`
  const issuer = `${baseUrl}/d/${TENANCY}/default`
  const idpMetadataUrl = `${issuer}/saml/metadata`
  return { port, baseUrl, issuer, idpMetadataUrl, idpEntityId: idpMetadataUrl }
}

type Declared = { readonly [key: string]: unknown }
export type Tenancy = {
  readonly applications: readonly Declared[]
  readonly idps?: readonly Declared[]
  readonly signOnRules?: readonly Declared[]
  /** Beside the groups of the seeded people. */
  readonly groups?: readonly string[]
  readonly seeded?: readonly TestPerson[]
}

const fileOf = ({ applications, idps = [], signOnRules = [], groups = [], seeded = people }: Tenancy) => ({
  tenancy: { name: TENANCY },
  domains: [
    {
      name: 'default',
      groups: [...new Set([...groups, ...seeded.flatMap((p) => p.groups)])].map((name) => ({ name })),
      idps,
      signOnRules,
    },
  ],
  applications,
  seed: {
    people: seeded.map((p) => ({
      username: p.username,
      displayName: p.name,
      email: p.email,
      password: { literal: p.password },
      groups: p.groups,
    })),
  },
  demo: {}, // says that every secret in the file is public
})

export const startGateway = async (stage: Stage, site: Site, tenancy: Tenancy): Promise<void> => {
  stage.write(`tenancies/${TENANCY}.yaml`, JSON.stringify(fileOf(tenancy), undefined, 1)) // JSON is YAML
  const settings = {
    baseUrl: site.baseUrl,
    'listen.host': 'localhost',
    'listen.port': String(site.port),
    'management.port': '0',
    'store.kind': 'embedded',
    'store.path': join(stage.dir, 'gwanmun.db'),
    'keys.dir': join(stage.dir, 'keys'),
    tenanciesDir: join(stage.dir, 'tenancies'),
    'outgoing.allowPrivate': 'localhost,127.0.0.1',
  }
  await stage.start({
    name: 'gateway',
    command: process.execPath,
    args: [main, 'serve', ...Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`])],
    readyUrl: site.idpMetadataUrl,
    withinSeconds: 30,
  })
}

/** The gateway's metadata as SAML identity provider, for programs that read it from a file. */
export const idpMetadata = async (site: Site): Promise<string> => (await fetch(site.idpMetadataUrl)).text()

/** An application of the tenancy file, with what every SAML application of these tests is told. */
export const samlApplication = (name: string, saml: Declared): Declared => ({
  name,
  saml: {
    attributes: [
      { name: 'uid', from: 'username' },
      { name: 'mail', from: 'email' },
      { name: 'displayName', from: 'name' },
      { name: 'groups', from: 'groups' },
      { name: 'acr', from: 'acr' },
    ],
    ...saml,
  },
})
