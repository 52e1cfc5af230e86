// All of the configuration, read once: flag > environment > file > default. Unknown keys are faults, every fault is reported at once
// with its source, durations carry their unit in the name, and no other file reads process.env.
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { type Fault, faultsOf, inOurWords, type Located, parseLocated } from './adapters/yaml/located.ts'
import { networks } from './adapters/yaml/network.ts'
import { type Env, type ReadSecret, secretField, secretReader } from './adapters/yaml/secret-field.ts'
import {
  fromEnvironment,
  fromFlags,
  isTree,
  type Leaf,
  leavesOf,
  type Sources,
  valueAt,
  withValue,
} from './adapters/yaml/settings.ts'
import { Problem } from './problem.ts'

const port = z.int().min(0).max(65_535)
const positive = z.int().positive()
const path = z.string().min(1)

const isBase = (text: string): boolean => {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && text.replace(/\/$/, '') === url.origin
}
const loopbackHosts = ['localhost', '127.0.0.1', '[::1]']

export const configSchema = (read: ReadSecret) =>
  z
    .strictObject({
      /** What people's browsers use; issuers and links are made from it and never from request headers. */
      baseUrl: z
        .string()
        .refine(isBase, 'expected an origin such as `https://login.example.com`, without path, query or user')
        .overwrite((u) => u.replace(/\/$/, '')),
      insecureHttp: z.boolean().default(false),
      listen: z.strictObject({ host: z.string().min(1).default('127.0.0.1'), port: port.default(8080) }).prefault({}),
      tls: z.strictObject({ certFile: path, keyFile: path }).optional(),
      management: z
        .strictObject({ host: z.string().min(1).default('127.0.0.1'), port: port.default(9000) })
        .prefault({}),
      /** Addresses or CIDR ranges whose X-Forwarded-For is believed (client address only, never host or scheme). */
      trustedProxies: networks,
      store: z
        .strictObject({
          kind: z.enum(['embedded', 'postgres']).optional(),
          path: path.default('data/gwanmun.db'),
          url: secretField(read).optional(),
        })
        .prefault({}),
      /** `encryptionKey`: 32 bytes, base64 or base64url; without it the key-encryption key is kept in `dir`. */
      keys: z.strictObject({ dir: path.default('keys'), encryptionKey: secretField(read).optional() }).prefault({}),
      tenanciesDir: path.default('config/tenancies'),
      /** Tenancy files with a `demo` section hold public passwords: applied only where baseUrl is on localhost, unless this is set. */
      allowDemo: z.boolean().default(false),
      catalogueDir: path.default('config/catalogue'),
      rolesDir: path.default('config/roles'),
      policy: z
        .strictObject({
          /** Allow and Deny count alike; what ships with the product does not count. */
          limits: z
            .strictObject({
              policiesPerTenancy: positive.default(100),
              statementsPerPolicy: positive.default(50),
              /** Over all policies attached along one way from the root to a leaf compartment. */
              statementsPerPath: positive.default(500),
            })
            .prefault({}),
        })
        .prefault({}),
      /** How long what was recorded is kept (without a number, for ever), and how safe it is before anybody is answered. */
      audit: z
        .strictObject({
          retentionDays: positive.optional(),
          decisionRetentionDays: positive.optional(),
          /** Whether a decision is told only when its record would survive a power cut, not only the end of the process. */
          flushDecisions: z.boolean().default(false),
        })
        .prefault({}),
      outgoing: z
        .strictObject({
          /** Hosts or CIDR ranges inside private networks that may be called. */
          allowPrivate: z.array(z.string().min(1)).default([]),
          timeoutSeconds: positive.default(10),
          maxBytes: positive.default(5_000_000),
        })
        .prefault({}),
      mail: z
        .strictObject({
          kind: z.enum(['folder', 'smtp']).default('folder'),
          /** Of `kind: folder`: mails are files in here, and nothing leaves. */
          folder: z.string().min(1).default('data/mail'),
          url: secretField(read).optional(),
          from: z.string().min(3).default('gwanmun@localhost'),
        })
        .prefault({}),
      log: z
        .strictObject({ level: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info') })
        .prefault({}),
      /** Where a domain's file says nothing. Defaults: NIST SP 800-63B (rev. 3) §4.2.3, AAL2. */
      session: z
        .strictObject({ idleSeconds: positive.default(30 * 60), absoluteSeconds: positive.default(12 * 3600) })
        .prefault({}),
      bootstrapAdmin: z
        .strictObject({
          username: z.string().min(1).optional(),
          password: secretField(read).optional(),
          email: z.email().optional(),
          tenancy: z
            .string()
            .regex(/^[a-z0-9-]{1,63}$/)
            .default('main'),
        })
        .prefault({}),
    })
    .superRefine((c, issues) => {
      const fault = (at: string, message: string) => issues.addIssue({ code: 'custom', path: at.split('.'), message })
      if (c.baseUrl.startsWith('http:') && !c.insecureHttp && !isLoopback(c.baseUrl))
        fault(
          'baseUrl',
          `\`${c.baseUrl}\` is not https: use https, or set \`insecureHttp: true\` if you know that nobody can listen`,
        )
      if (c.store.kind === 'postgres' && c.store.url === undefined)
        fault('store.url', 'is required for `kind: postgres` (or set GWANMUN_DATABASE_URL)')
      if (c.store.kind === 'embedded' && c.store.url !== undefined)
        fault('store.url', 'does not go with `kind: embedded`')
      if (c.store.url !== undefined && !/^postgres(ql)?:\/\//.test(c.store.url))
        fault('store.url', 'expected a URL that begins with `postgres://`')
      if (c.mail.kind === 'smtp' && c.mail.url === undefined) fault('mail.url', 'is required for `kind: smtp`')
      if (c.session.idleSeconds > c.session.absoluteSeconds)
        fault('session.idleSeconds', 'must not exceed `session.absoluteSeconds`')
      if ((c.bootstrapAdmin.username === undefined) !== (c.bootstrapAdmin.password === undefined))
        fault('bootstrapAdmin', '`username` and `password` go together')
    })
    .transform(({ store, ...rest }) => ({
      ...rest,
      store:
        store.url === undefined
          ? { kind: 'embedded' as const, path: store.path }
          : { kind: 'postgres' as const, url: store.url },
    }))

export type Config = z.output<ReturnType<typeof configSchema>>

export const isLoopback = (baseUrl: string): boolean => loopbackHosts.includes(new URL(baseUrl).hostname)

// ── Reading it ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const nothing: Located = { value: {}, at: () => 'configuration', atKey: () => 'configuration' }
const readYaml = (file: string, mayBeAbsent: boolean): Located | { readonly faults: readonly Fault[] } => {
  try {
    return parseLocated(readFileSync(file, 'utf8'), file)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'error'
    return mayBeAbsent && code === 'ENOENT'
      ? nothing
      : { faults: [{ where: file, message: `cannot be read (${code})` }] }
  }
}

export type Setting = { readonly name: string; readonly value: string; readonly source: string; readonly env: string }
export type LoadedConfig = { readonly config: Config; readonly settings: readonly Setting[] }

export const configFault = (faults: readonly Fault[]): Problem =>
  new Problem(
    'config-invalid',
    `the configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}\n${faults.map((f) => `  ${f.where}: ${f.message}`).join('\n')}`,
  )

const settingsOf = (leaves: readonly Leaf[], tree: unknown, config: Config, sources: Sources): readonly Setting[] =>
  leaves.map((leaf) => {
    const given = valueAt(tree, leaf.path)
    const value = given ?? valueAt(config, leaf.path)
    const text = value === undefined ? '' : Array.isArray(value) ? value.join(', ') : String(value)
    return {
      name: leaf.path,
      value: leaf.kind === 'secret' ? (given === undefined ? '' : '********') : text,
      source: sources.get(leaf.path) ?? 'default',
      env: leaf.env,
    }
  })

/** Throws Problem('config-invalid') whose detail lists every fault with its source. */
export const loadConfig = (
  from: {
    readonly env?: Env
    readonly file?: string | undefined
    readonly flags?: { readonly [path: string]: string }
  } = {},
): LoadedConfig => {
  const env = from.env ?? process.env
  const named = from.file ?? env.GWANMUN_CONFIG
  const file = named ?? 'config/gwanmun.yaml'
  const schema = configSchema(secretReader(env))
  const leaves = leavesOf(schema)
  const written = readYaml(file, named === undefined)
  if ('faults' in written) throw configFault(written.faults)
  const sources: Sources = new Map()
  for (const leaf of leaves)
    if (valueAt(written.value, leaf.path) !== undefined) sources.set(leaf.path, written.at(leaf.path.split('.')))
  const layers = [fromEnvironment(leaves, env), fromFlags(leaves, from.flags ?? {})]
  let tree: unknown = written.value
  for (const [name, value, source] of layers.flatMap((l) => l.set)) {
    if (isTree(tree)) tree = withValue(tree, name.split('.'), value)
    sources.set(name, source)
  }
  const parsed = schema.safeParse(tree, { error: inOurWords })
  const at: Located['at'] = (issuePath) => {
    const source =
      sources.get(issuePath.join('.')) ??
      sources.get(issuePath.slice(0, 2).join('.')) ??
      sources.get(String(issuePath[0]))
    if (source && !source.startsWith(file)) return source
    return written.at(issuePath) === 'configuration' ? file : written.at(issuePath)
  }
  const faults = [
    ...layers.flatMap((l) => l.faults),
    ...faultsOf(parsed.error?.issues ?? [], { at, atKey: written.atKey }),
  ]
  if (!parsed.success || faults.length > 0) throw configFault(faults)
  return { config: parsed.data, settings: settingsOf(leaves, tree, parsed.data, sources) }
}

/** Secret references in other files (tenancies) are read from this process's environment too. */
export const readSecret: ReadSecret = secretReader(process.env)

/** A file of the person at the terminal, where their programs keep such things (XDG Base Directory: a relative folder there counts as none). */
export const userConfigFile = (name: string): string => {
  const { XDG_CONFIG_HOME: folder = '' } = process.env
  return join(isAbsolute(folder) ? folder : join(homedir(), '.config'), 'gwanmun', name)
}

/** The published schema of config/gwanmun.yaml. */
export const configJsonSchema = (): object =>
  z.toJSONSchema(configSchema(readSecret), { io: 'input', target: 'draft-2020-12' })
