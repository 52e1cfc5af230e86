// The servers under measurement, each in a process of its own: the gateway as operators start it, and the references. What they log goes
// where production logs of a benchmark belong: to /dev/null, written all the same.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
export const BASE = 'http://localhost:8080' // a name; where it really listens is another port
export const HOST = new URL(BASE).host
export const TENANCY = 'bench'
export const ISSUER = `${BASE}/d/${TENANCY}/default`
export const PASSWORD = 'lantern-over-the-north-gate'
export const SECRET = 'a-secret-of-the-benchmarks-0123456789'
export const CALLBACK = 'http://127.0.0.1:7999/callback'
export const SP = 'http://127.0.0.1:7998/metadata'
export const ACS = 'http://127.0.0.1:7998/acs'
export const personNamed = (n: number): string => `person-${n}`

export type Server = {
  readonly pid: number
  readonly port: number
  readonly readyMs: number
  readonly stop: () => Promise<void>
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((done) =>
    child.exitCode !== null || child.signalCode !== null ? done() : child.once('exit', () => done()),
  )

/** Until `said` has something on that stream: the port. */
const started = async (args: readonly string[], stream: 'stdout' | 'stderr', said: RegExp): Promise<Server> => {
  const begun = performance.now()
  const stdio = stream === 'stderr' ? (['ignore', 'ignore', 'pipe'] as const) : (['ignore', 'pipe', 'ignore'] as const)
  const child = spawn(process.execPath, args, { cwd: root, stdio: [...stdio] })
  let text = ''
  const port = await new Promise<number>((done, failed) => {
    child[stream]?.setEncoding('utf8').on('data', (chunk: string) => {
      text = `${text}${chunk}`.slice(-10_000)
      const found = said.exec(text)?.[1]
      if (found !== undefined) done(Number(found))
    })
    child.once('exit', (code) => failed(new Error(`${args.join(' ')} ended with ${code}:\n${text}`)))
  })
  const readyMs = performance.now() - begun
  return {
    pid: child.pid ?? 0,
    port,
    readyMs,
    stop: async () => {
      child.kill('SIGTERM')
      await ended(child)
    },
  }
}

export type Reference = 'provider' | 'echo' | 'samlify'
export const startReference = (kind: Reference): Promise<Server> =>
  started([join(import.meta.dirname, 'reference', `${kind}.ts`)], 'stdout', /listens on (\d+)/)
/** Express with nothing in it, for start-up time. */
export const startBare = (): Promise<Server> =>
  started(
    [
      '--input-type=module',
      '-e',
      "import express from 'express'; const s = express().listen(0, '127.0.0.1', () => console.log('listens on', s.address().port))",
    ],
    'stdout',
    /listens on (\d+)/,
  )

const spMetadata = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${SP}"><SPSSODescriptor AuthnRequestsSigned="false" WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${ACS}" index="0" isDefault="true"/></SPSSODescriptor></EntityDescriptor>`

const groups = ['employees', 'finance', 'developers']
const tenancyFile = (people: number): object => ({
  tenancy: { name: TENANCY },
  compartments: [{ name: 'Prod', compartments: [{ name: 'Data' }] }],
  domains: [{ name: 'default', groups: groups.map((name) => ({ name })) }],
  applications: [
    {
      name: 'machine',
      oidc: {
        clientId: 'machine',
        clientSecrets: [{ literal: SECRET }],
        grants: ['client_credentials'],
        scopes: ['pdp'],
      },
    },
    {
      name: 'web',
      oidc: {
        clientId: 'web',
        clientSecrets: [{ literal: SECRET }],
        redirectUris: [CALLBACK],
        grants: ['authorization_code'],
        scopes: ['openid', 'profile', 'email'],
      },
    },
    {
      name: 'saml',
      saml: {
        entityId: SP,
        metadataFile: './sp.xml',
        attributes: ['username', 'email', 'name', 'groups'].map((from) => ({ name: from, from })),
      },
    },
  ],
  policies: [
    {
      name: 'finance',
      statements: [
        'Allow group finance to manage finance-family in compartment Prod:Data',
        'Allow group employees to read reports in compartment Prod:Data',
      ],
    },
  ],
  seed: {
    people: Array.from({ length: people }, (_, n) => ({
      username: personNamed(n),
      displayName: `Person ${n}`,
      email: `person-${n}@bench.example`,
      password: { literal: PASSWORD },
      groups,
    })),
  },
  demo: {}, // says that every secret in the file is public
})

export type Place = { readonly folder: string; readonly remove: () => void }
/** A folder with the declared state of a tenancy of so many people; the store goes there too unless it is elsewhere. */
export const newPlace = (people: number): Place => {
  const folder = mkdtempSync(join(tmpdir(), 'gwanmun-bench-'))
  const tenancies = join(folder, 'tenancies')
  mkdirSync(tenancies)
  writeFileSync(join(tenancies, 'sp.xml'), spMetadata)
  writeFileSync(join(tenancies, `${TENANCY}.yaml`), JSON.stringify(tenancyFile(people))) // JSON is YAML
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
export const storePath = ({ folder }: Place): string => join(folder, 'gwanmun.db')

/** `gwanmun serve`, as it comes: only addresses and folders are said. `postgres`: instead of the embedded store. */
export const startGateway = (place: Place, postgres?: string): Promise<Server> => {
  const settings = {
    baseUrl: BASE,
    'listen.port': '0',
    'management.port': '0',
    'keys.dir': join(place.folder, 'keys'),
    tenanciesDir: join(place.folder, 'tenancies'),
    trustedProxies: '127.0.0.1',
    ...(postgres === undefined ? { 'store.path': storePath(place) } : {}),
  }
  const config = join(place.folder, 'gwanmun.yaml')
  const urlFile = join(place.folder, 'database-url') // a command line can be read by others
  if (postgres !== undefined) writeFileSync(urlFile, postgres, { mode: 0o600 })
  writeFileSync(
    config,
    postgres === undefined ? '{}' : JSON.stringify({ store: { kind: 'postgres', url: { file: urlFile } } }),
  )
  const flags = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`])
  const profile = process.argv.includes('--cpu-prof') ? ['--cpu-prof', `--cpu-prof-dir=${process.cwd()}/.cpu-prof`] : []
  return started(
    [...profile, join(root, 'src/main.ts'), '--config', config, 'serve', ...flags],
    'stderr',
    /listens on [^ ;]*:(\d+)/,
  )
}

/** Resident memory, in bytes; undefined where Linux does not tell. */
export const residentOf = (pid: number): number | undefined => {
  try {
    const found = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return found === undefined ? undefined : Number(found) * 1024
  } catch {
    return undefined
  }
}
