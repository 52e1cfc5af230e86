// The image and the composition, without an engine: both files read as what they are. What the image runs is in image.test.ts.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { loadConfig } from '../src/config.ts'
import { dockerfile } from './dockerfile.ts'
import { root } from './program.ts'

const read = (name: string): string => readFileSync(join(root, name), 'utf8')

// ── Dockerfile ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

describe('Dockerfile', () => {
  test('every instruction is one, and both stages stand on the same slim Node 24', () => {
    const known = /^(FROM|WORKDIR|COPY|RUN|ENV|USER|VOLUME|EXPOSE|HEALTHCHECK|ENTRYPOINT|CMD)$/
    for (const { verb } of dockerfile.stages.flat()) expect(verb).toMatch(known)
    expect(dockerfile.stages.map((s) => s[0]?.rest)).toEqual(['node:24-slim AS packages', 'node:24-slim'])
  })
  test('runs as nobody special, and asks itself for its health', () => {
    const { last, user, entry, healthcheck, command } = dockerfile
    expect(user).toEqual(['node'])
    const after = last.slice(last.findIndex((l) => l.verb === 'USER'))
    expect(after.filter((l) => l.verb === 'RUN')).toEqual([])
    expect([...entry, 'health']).toEqual(healthcheck)
    expect(command).toEqual(['serve'])
  })
  test('holds no secret: none in ENV or ARG, and nothing is copied that is not named', () => {
    expect(Object.keys(dockerfile.env).filter((name) => /PASSWORD|SECRET|TOKEN|ENCRYPTION|URL/.test(name))).toEqual([])
    expect(dockerfile.text).not.toMatch(/^ARG|postgres:\/\/|BEGIN /m)
    for (const { from } of dockerfile.copiesOfAll) expect(from).not.toMatch(/^\.?\/?$|\*|^(keys|data|config)\/?$/)
  })
  test('every source of a COPY is there, and none is hidden by .dockerignore', () => {
    const hidden = read('.dockerignore').trim().split('\n')
    for (const { from } of dockerfile.copiesOfAll) {
      expect([from, existsSync(join(root, from))]).toEqual([from, true])
      expect(hidden.filter((h) => from === h || from.startsWith(`${h}/`))).toEqual([])
    }
    for (const private_ of ['.git', 'data', 'keys', 'node_modules']) expect(hidden).toContain(private_)
  })
  test('its settings are settings', () => {
    expect(() => loadConfig({ env: dockerfile.env, file: join(root, 'config/gwanmun.yaml') })).not.toThrow()
  })
})

// ── compose.yml ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

type Service = {
  readonly command?: readonly string[]
  readonly environment?: { readonly [name: string]: string }
  readonly secrets?: readonly string[]
  readonly depends_on?: { readonly [service: string]: { readonly condition: string } }
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly volumes?: readonly string[]
  readonly [more: string]: unknown
}
const compose = parse(read('compose.yml'), { merge: true }) as {
  readonly services: { readonly [name: string]: Service }
  readonly secrets: { readonly [name: string]: { readonly file: string } }
  readonly volumes: { readonly [name: string]: unknown }
}
const ours = Object.entries(compose.services).filter(([, s]) => s.build !== undefined)

describe('compose.yml', () => {
  test('two gateways wait for the migration, which waits for a healthy database', () => {
    const { database, migrate } = compose.services
    expect(ours.map(([name]) => name)).toEqual(['migrate', 'gateway-a', 'gateway-b'])
    expect(database?.healthcheck?.test.join(' ')).toContain('pg_isready')
    expect(migrate?.command).toEqual(['migrate', 'up'])
    expect(migrate?.depends_on).toEqual({ database: { condition: 'service_healthy' } })
    for (const name of ['gateway-a', 'gateway-b'])
      expect(compose.services[name]?.depends_on).toEqual({ migrate: { condition: 'service_completed_successfully' } })
  })
  test.each(ours)('%s may write nothing but /tmp, and has no privilege', (_, service) => {
    expect(service).toMatchObject({
      read_only: true,
      tmpfs: ['/tmp'],
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    })
    for (const volume of service.volumes ?? []) expect(volume).toMatch(/:ro$/)
  })
  test('secrets are files, declared where they are used, and hidden from git', () => {
    for (const [name, { secrets = [], environment = {} }] of Object.entries(compose.services)) {
      for (const secret of secrets)
        expect([name, Object.keys(compose.secrets)]).toEqual([name, expect.arrayContaining([secret])])
      for (const [variable, value] of Object.entries(environment)) {
        if (/PASSWORD|KEY|URL_FILE|_FILE$/.test(variable)) expect(variable).toMatch(/_FILE$/)
        if (variable.endsWith('_FILE')) expect(secrets.map((s) => `/run/secrets/${s}`)).toContain(value)
      }
    }
    for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/keys\//)
    expect(read('.gitignore')).toContain('keys/*')
  })
  test('every variable is a setting: the gateway takes its environment as it is', () => {
    expect(loadConfig({ env: composeEnv(mkdtemp()), file: join(root, 'config/gwanmun.yaml') }).config).toMatchObject({
      baseUrl: 'http://localhost:8080',
      store: { kind: 'postgres', url: secretTexts.database_url },
      keys: { encryptionKey: secretTexts.kek },
      bootstrapAdmin: { username: 'admin', password: secretTexts.admin_password },
    })
  })
})

const folders: string[] = []
const mkdtemp = (): string => {
  folders.push(mkdtempSync(join(tmpdir(), 'gwanmun-image-')))
  return folders.at(-1) ?? ''
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})
const secretTexts = {
  database_url: 'postgres://gwanmun:hush@database/gwanmun',
  kek: Buffer.alloc(32, 7).toString('base64'),
  admin_password: 'keeper-of-the-north-gate',
}
/** The image's environment with the composition's over it, `${NAME:-default}` filled in and secrets in a folder. */
const composeEnv = (folder: string): { readonly [name: string]: string } => {
  for (const [name, text] of Object.entries(secretTexts)) writeFileSync(join(folder, name), `${text}\n`)
  const given = Object.entries(compose.services['gateway-a']?.environment ?? {}).map(([name, value]) => [
    name,
    value.replace(/\$\{\w+:-([^}]*)\}/, '$1').replace('/run/secrets', folder),
  ])
  return { ...dockerfile.env, ...Object.fromEntries(given) }
}
