// Settings: flag > environment > file > default, and every fault at once with its source.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { configJsonSchema, isLoopback, loadConfig } from '../../src/config.ts'
import { Problem } from '../../src/problem.ts'

const folder = mkdtempSync(join(tmpdir(), 'gwanmun-config-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
const file = (text: string): string => {
  const path = join(folder, `${++files}.yaml`)
  writeFileSync(path, text)
  return path
}
type From = Parameters<typeof loadConfig>[0]
const load = (text: string, more: Omit<NonNullable<From>, 'file'> = {}) =>
  loadConfig({ env: {}, file: file(text), ...more })
const faults = (work: () => unknown): readonly string[] => {
  try {
    work()
  } catch (thrown) {
    if (!(thrown instanceof Problem)) throw thrown
    expect(thrown.slug).toBe('config-invalid')
    return thrown.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim().replaceAll(`${folder}/`, ''))
  }
  throw new Error('there was no fault')
}
const base = 'baseUrl: https://login.example.com\n'

describe('precedence', () => {
  const text = `${base}listen:\n  port: 1001\n`
  const sourceOf = (loaded: ReturnType<typeof load>) => loaded.settings.find((s) => s.name === 'listen.port')?.source
  test('a default, when nobody says anything', () => {
    const loaded = load(base)
    expect(loaded.config.listen.port).toBe(8080)
    expect(sourceOf(loaded)).toBe('default')
  })
  test('the file over the default', () => {
    const loaded = load(text)
    expect(loaded.config.listen.port).toBe(1001)
    expect(sourceOf(loaded)).toMatch(/\.yaml:3:9$/)
  })
  test('the environment over the file', () => {
    const loaded = load(text, { env: { GWANMUN_LISTEN_PORT: '1002' } })
    expect(loaded.config.listen.port).toBe(1002)
    expect(sourceOf(loaded)).toBe('GWANMUN_LISTEN_PORT')
  })
  test('a flag over the environment', () => {
    const loaded = load(text, { env: { GWANMUN_LISTEN_PORT: '1002' }, flags: { 'listen.port': '1003' } })
    expect(loaded.config.listen.port).toBe(1003)
    expect(sourceOf(loaded)).toBe('--set listen.port')
  })
  test('every setting has a variable of its own', () => {
    const names = load(base).settings.map((s) => s.env)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toContain('GWANMUN_OUTGOING_TIMEOUT_SECONDS')
  })
})

describe('values', () => {
  test('lists, numbers and booleans of the environment', () => {
    const env = {
      GWANMUN_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
      GWANMUN_INSECURE_HTTP: 'true',
      GWANMUN_BASE_URL: 'http://a.example',
    }
    const { config } = load('{}', { env })
    expect(config.trustedProxies).toEqual(['10.0.0.0/8', '::1'])
    expect(config.baseUrl).toBe('http://a.example')
  })
  test.each([
    ['http://localhost:8080', true],
    ['http://127.0.0.1:1', true],
    ['http://[::1]:1', true],
    ['https://login.example.com', false],
    ['https://localhost.example.com', false],
  ])('%s is on this machine: %s', (url, expected) => {
    expect(load(`baseUrl: "${url}"`).config.baseUrl).toBe(url)
    expect(isLoopback(url)).toBe(expected)
  })
  test.each([
    ['postgres://u:p@h/d', { kind: 'postgres', url: 'postgres://u:p@h/d' }],
    ['postgresql://u:p@h/d', { kind: 'postgres', url: 'postgresql://u:p@h/d' }],
    ['/var/lib/gwanmun.db', { kind: 'embedded', path: '/var/lib/gwanmun.db' }],
    ['sqlite:data/x.db', { kind: 'embedded', path: 'data/x.db' }],
  ])('GWANMUN_DATABASE_URL=%s', (url, store) => {
    expect(load(base, { env: { GWANMUN_DATABASE_URL: url } }).config.store).toEqual(store)
  })
  test('what Kubernetes puts beside a service named gwanmun is no setting', () => {
    const env = {
      GWANMUN_PORT: 'tcp://10.0.0.1:80',
      GWANMUN_SERVICE_HOST: '10.0.0.1',
      GWANMUN_PORT_80_TCP_ADDR: '10.0.0.1',
    }
    expect(load(base, { env }).config.listen.port).toBe(8080)
  })
})

describe('secrets', () => {
  test('by reference from a file, by value or file from the environment; never shown', () => {
    const secret = file('hush\n')
    const byRef = load(`${base}bootstrapAdmin: { username: a, password: { file: ${secret} } }`)
    expect(byRef.config.bootstrapAdmin.password).toBe('hush')
    const env = { GWANMUN_BOOTSTRAP_ADMIN_USERNAME: 'a', GWANMUN_BOOTSTRAP_ADMIN_PASSWORD_FILE: secret }
    expect(load(base, { env }).config.bootstrapAdmin.password).toBe('hush')
    for (const loaded of [byRef, load(base, { env })]) {
      expect(JSON.stringify(loaded.settings)).not.toContain('hush')
      expect(loaded.settings.find((s) => s.name === 'bootstrapAdmin.password')?.value).toBe('********')
    }
  })
  test('written out in a file: refused', () => {
    expect(faults(() => load(`${base}keys: { encryptionKey: abc }`))).toEqual([
      '%: `keys.encryptionKey` expected `{ env: NAME }` or `{ file: path }`, not the secret itself'.replace(
        '%',
        `${files}.yaml:2:24`,
      ),
    ])
  })
  test('on the command line: refused, with the way that works', () => {
    expect(faults(() => load(base, { flags: { 'store.url': 'postgres://u:p@h/d' } }))[0]).toContain(
      'GWANMUN_STORE_URL_FILE',
    )
  })
  test('twice: refused', () => {
    const env = { GWANMUN_STORE_URL: 'postgres://a/b', GWANMUN_STORE_URL_FILE: '/x', GWANMUN_STORE_KIND: 'postgres' }
    expect(faults(() => load(base, { env }))).toContain(
      'GWANMUN_STORE_URL: set either GWANMUN_STORE_URL or GWANMUN_STORE_URL_FILE, not both',
    )
  })
})

describe('faults', () => {
  test('all at once, each with its place', () => {
    const text = 'baseUrl: nonsense\nlisten:\n  port: "x"\n  prot: 1\nlog: { level: loud }\n'
    const found = faults(() =>
      load(text, { env: { GWANMUN_TRUSTED_PROXIES: 'everyone', GWANMUN_LISTEN_PRT: '1' }, flags: { nothing: '1' } }),
    )
    const at = (place: string) => `${files}.yaml:${place}`
    expect(found).toEqual([
      'GWANMUN_LISTEN_PRT: unknown setting: `gwanmun config show` lists the known ones',
      '--set: unknown setting `nothing`',
      `${at('1:10')}: \`baseUrl\` expected an origin such as \`https://login.example.com\`, without path, query or user`,
      `${at('3:9')}: \`listen.port\` expected a number, got text \`x\``,
      `${at('4:3')}: unknown key \`listen.prot\``,
      'GWANMUN_TRUSTED_PROXIES: `trustedProxies[0]` expected an address or CIDR range such as `10.0.0.0/8`',
      `${at('5:15')}: \`log.level\` expected \`fatal\` or \`error\` or \`warn\` or \`info\` or \`debug\` or \`trace\` or \`silent\`, got text \`loud\``,
    ])
  })
  test.each([
    ['http without saying so', 'baseUrl: http://login.example.com', 'is not https'],
    ['a path', 'baseUrl: https://login.example.com/auth', 'expected an origin'],
    ['a user', 'baseUrl: https://u:p@login.example.com', 'expected an origin'],
    ['no base URL', 'listen: {}', '`baseUrl` is required'],
    ['a key twice', `${base}log: {}\nlog: {}`, 'not valid yaml: Map keys must be unique'],
    ['no yaml', `${base}listen: {`, 'not valid yaml'],
    ['not a mapping', '- a', 'expected a mapping, got a list'],
    ['postgres without a URL', `${base}store: { kind: postgres }`, '`store.url` is required'],
    ['half a TLS', `${base}tls: { certFile: a }`, '`tls.keyFile` is required'],
    ['half an administrator', `${base}bootstrapAdmin: { username: a }`, 'go together'],
    ['sessions longer idle than alive', `${base}session: { idleSeconds: 9, absoluteSeconds: 8 }`, 'must not exceed'],
    ['a proxy by name', `${base}trustedProxies: [proxy.example.com]`, 'expected an address'],
    ['a range too wide to be one', `${base}trustedProxies: [10.0.0.0/33]`, 'expected an address'],
  ])('%s', (_, text, message) => {
    expect(faults(() => load(text)).join('\n')).toContain(message)
  })
  test('a document that swells when it is read', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
      .split('')
      .map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`)
      .join('\n')}`
    expect(faults(() => load(bomb))).toEqual([expect.stringContaining('too many or unresolved aliases')])
  })
  test('a file that is named but not there', () => {
    expect(faults(() => loadConfig({ env: {}, file: join(folder, 'none.yaml') }))).toEqual([
      'none.yaml: cannot be read (ENOENT)',
    ])
  })
  test('GWANMUN_DATABASE_URL beside another way to say the same', () => {
    const env = { GWANMUN_DATABASE_URL: 'x.db', GWANMUN_STORE_KIND: 'postgres' }
    expect(faults(() => load(base, { env }))[0]).toBe(
      'GWANMUN_DATABASE_URL: does not go with GWANMUN_STORE_KIND: set one of them',
    )
  })
  test.each(['postgres://u@h/d', '/elsewhere.db'])(
    'GWANMUN_DATABASE_URL=%s wins over the path that an image sets',
    (url) => {
      const env = { GWANMUN_DATABASE_URL: url, GWANMUN_STORE_PATH: '/var/lib/gwanmun/gwanmun.db' }
      expect(Object.values(load(base, { env }).config.store)).toContain(url)
    },
  )
})

test('the published schema forbids unknown keys and literal secrets', () => {
  const schema = JSON.stringify(configJsonSchema())
  expect(schema).toContain('"additionalProperties":false')
  expect(schema).not.toContain('__shared')
})
test('the settings file of this checkout is sound', () => {
  const { config } = loadConfig({ env: {}, file: join(import.meta.dirname, '../../config/gwanmun.yaml') })
  expect(config).toMatchObject({ baseUrl: 'http://localhost:8080', listen: { port: 8080 }, management: { port: 9000 } })
})
