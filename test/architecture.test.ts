// The picture of ARCHITECTURE.md, enforced by reading import lines as text.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { apiDocuments } from '../src/adapters/yaml/api-documents.ts'
import { tableOf } from '../src/edges/admin/table.ts'

const table = tableOf(apiDocuments())

const root = resolve(import.meta.dirname, '..')
const src = join(root, 'src')

const filesUnder = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name)
    if (entry.isDirectory()) return entry.name === 'static' ? [] : filesUnder(path)
    return entry.name.endsWith('.ts') ? [path] : []
  })

type File = {
  readonly path: string
  readonly text: string
  readonly imports: readonly { readonly spec: string; readonly typeOnly: boolean }[]
}
const IMPORT =
  /^\s*(?:import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/gm

const files: readonly File[] = filesUnder(src).map((path) => {
  const text = readFileSync(path, 'utf8')
  const imports = [...text.matchAll(IMPORT)].map((m) => ({ spec: m[2] ?? m[3] ?? '', typeOnly: m[1] !== undefined }))
  return { path: relative(src, path), text, imports }
})

/** A room is the first folder; a file at the top of src is its own room. */
const roomOf = (path: string): string => path.split('/')[0] ?? path
const targetOf = (file: File, spec: string): string | undefined =>
  spec.startsWith('.') ? relative(src, resolve(src, dirname(file.path), spec)) : undefined

const everything = [
  'core',
  'ports',
  'flows',
  'adapters',
  'edges',
  'cli',
  'sdk',
  'console',
  'config.ts',
  'problem.ts',
  'adapters-for.ts',
  'wire.ts',
  'main.ts',
]
const may: { readonly [room: string]: readonly string[] } = {
  core: ['core'],
  ports: ['ports', 'core'],
  flows: ['flows', 'ports', 'core', 'problem.ts'],
  adapters: ['adapters', 'ports', 'core', 'problem.ts'],
  edges: ['edges', 'flows', 'ports', 'core', 'problem.ts'],
  cli: everything.filter((room) => room !== 'main.ts'),
  sdk: ['sdk'],
  console: ['console'],
  'problem.ts': [],
  'config.ts': ['adapters', 'problem.ts'], // reads YAML through its adapter
  'adapters-for.ts': ['adapters', 'flows', 'edges', 'ports', 'core', 'config.ts', 'problem.ts'],
  'wire.ts': everything.filter((room) => room !== 'main.ts' && room !== 'cli'),
  'main.ts': ['cli', 'config.ts', 'wire.ts', 'problem.ts'],
}
const mayUsePackages = (room: string): boolean => !['core', 'ports', 'flows', 'problem.ts'].includes(room)

/** Why a file may be longer than 300 lines. */
const longOnPurpose: { readonly [path: string]: string } = { 'sdk/admin.gen.ts': 'generated from the OpenAPI document' }

describe('rooms', () => {
  test('every room is known', () => {
    expect([...new Set(files.map((f) => roomOf(f.path)))].filter((room) => !(room in may))).toEqual([])
  })
  test('imports go one way', () => {
    const wrong = files.flatMap((file) =>
      file.imports.flatMap(({ spec }) => {
        const target = targetOf(file, spec)
        if (target === undefined || may[roomOf(file.path)]?.includes(roomOf(target))) return []
        return [`${file.path} imports ${target}`]
      }),
    )
    expect(wrong).toEqual([])
  })
  test('core, ports and flows use no package and no node: module', () => {
    const wrong = files.flatMap((file) =>
      mayUsePackages(roomOf(file.path))
        ? []
        : file.imports.filter(({ spec }) => !spec.startsWith('.')).map(({ spec }) => `${file.path} imports ${spec}`),
    )
    expect(wrong).toEqual([])
  })
  test('an adapter knows no sibling', () => {
    const partOf = (path: string) => (path.split('/')[1] ?? '').replace(/\.ts$/, '')
    const wrong = files
      .filter((f) => roomOf(f.path) === 'adapters')
      .flatMap((file) =>
        file.imports.flatMap(({ spec }) => {
          const target = targetOf(file, spec)
          return target && roomOf(target) === 'adapters' && partOf(target) !== partOf(file.path)
            ? [`${file.path} imports ${target}`]
            : []
        }),
      )
    expect(wrong).toEqual([])
  })
  test('no cycles', () => {
    const byPath = new Map(files.map((f) => [f.path, f]))
    const state = new Map<string, 'open' | 'done'>()
    const cycles: string[] = []
    const visit = (path: string, trail: readonly string[]): void => {
      if (state.get(path) === 'done') return
      if (state.get(path) === 'open') {
        cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
        return
      }
      state.set(path, 'open')
      for (const { spec, typeOnly } of byPath.get(path)?.imports ?? []) {
        const target = typeOnly ? undefined : targetOf({ path, text: '', imports: [] }, spec)
        if (target && byPath.has(target)) visit(target, [...trail, path])
      }
      state.set(path, 'done')
    }
    for (const { path } of files) visit(path, [])
    expect(cycles).toEqual([])
  })
})

/** Each outside library has one home; the demonstration's stand-ins may bring their own copy of a protocol. */
const homes: { readonly [name: string]: readonly string[] } = {
  'oidc-provider': ['edges/oidc/'],
  samlify: ['edges/saml/'],
  'xml-crypto': ['adapters/saml-verify/', 'adapters/upstream-saml/'],
  '@xmldom/xmldom': ['adapters/saml-verify/'],
  'libxml2-wasm': ['adapters/saml-verify/'],
  'openid-client': ['adapters/upstream-oidc/'],
  otplib: ['adapters/factor-totp.ts'],
  '@simplewebauthn/server': ['adapters/factor-passkey.ts'],
  '@node-rs/argon2': ['adapters/hasher.ts'],
  '@peculiar/x509': ['adapters/keys.ts'],
  kysely: ['adapters/store-sql/'],
  pg: ['adapters/store-sql/'],
  undici: ['adapters/fetch-guard.ts'],
  nodemailer: ['adapters/sender-mail.ts'],
  yaml: ['adapters/yaml/'],
  eta: ['edges/sign-in/'],
  i18next: ['edges/sign-in/'],
  commander: ['cli/', 'main.ts'],
}

test('a library lives in one place', () => {
  const packageOf = (spec: string) =>
    spec
      .split('/')
      .slice(0, spec.startsWith('@') ? 2 : 1)
      .join('/')
  const wrong = files.flatMap((file) =>
    file.imports.flatMap(({ spec }) => {
      const home = homes[packageOf(spec)]
      const atHome = home?.some((place) => file.path.startsWith(place)) ?? true
      return atHome || file.path.startsWith('cli/') ? [] : [`${file.path} imports ${spec}`]
    }),
  )
  expect(wrong).toEqual([])
})

describe('purity', () => {
  const stripped = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '')
  test('core and flows read no clock, throw no dice, see no environment and no network', () => {
    const impure = /\bDate\.now\(|\bnew Date\(\s*\)|\bMath\.random\(|\bprocess\.|\bfetch\(|\bsetTimeout\(|\bcrypto\./
    const wrong = files
      .filter((f) => ['core', 'flows'].includes(roomOf(f.path)) && impure.test(stripped(f.text)))
      .map((f) => f.path)
    expect(wrong).toEqual([])
  })
  test('core throws nothing', () => {
    const wrong = files
      .filter((f) => roomOf(f.path) === 'core' && /\bthrow\b/.test(stripped(f.text)))
      .map((f) => f.path)
    expect(wrong).toEqual([])
  })
  test('the environment is read in config.ts only', () => {
    const wrong = files
      .filter((f) => f.path !== 'config.ts' && /\bprocess\.env\b/.test(stripped(f.text)))
      .map((f) => f.path)
    expect(wrong).toEqual([])
  })
  test('the wall clock is read in one adapter only', () => {
    const wrong = files
      .filter(
        (f) =>
          !['cli', 'console', 'sdk'].includes(roomOf(f.path)) &&
          f.path !== 'adapters/system.ts' &&
          /\bDate\.now\(|\bnew Date\(\s*\)/.test(stripped(f.text)),
      )
      .map((f) => f.path)
    expect(wrong).toEqual([])
  })
  test('only main.ts exits the process', () => {
    expect(
      files.filter((f) => f.path !== 'main.ts' && /\bprocess\.exit\(/.test(stripped(f.text))).map((f) => f.path),
    ).toEqual([])
  })
})

describe('administration', () => {
  test('every admin route names a permission', () => {
    const wrong = table.filter((r) => !r.permissions.some((p) => p.operation !== '' && p.resourceType !== ''))
    expect(wrong.map((r) => `${r.method} ${r.path}`)).toEqual([])
    expect(table.length).toBeGreaterThan(0)
  })
  test('every route that is written is in the table', () => {
    const written = files.filter((f) => f.path.startsWith('edges/admin/routes/'))
    const tabled = files.find((f) => f.path === 'edges/admin/table.ts')
    const named = tabled?.imports.map(({ spec }) => spec) ?? []
    const routes = written.filter((f) => /: readonly Route\[\]/.test(f.text))
    expect(routes.filter((f) => !named.includes(`./routes/${f.path.split('/').at(-1)}`)).map((f) => f.path)).toEqual([])
  })
  test('only the flow that asks the evaluator opens a transaction for administration', () => {
    const wrong = files.filter((f) => f.path.startsWith('edges/admin/') && /\bstore\.write\b/.test(f.text))
    expect(wrong.map((f) => f.path)).toEqual([])
  })
})

describe('form', () => {
  test('no export *, no barrels, no default exports, no classes but Problem', () => {
    const wrong = files.flatMap(({ path, text }) => [
      ...(/^export \*/m.test(text) ? [`${path}: export *`] : []),
      ...(/(^|\/)index\.ts$/.test(path) ? [`${path}: barrel`] : []),
      ...(/^export default/m.test(text) ? [`${path}: default export`] : []),
      ...(/^(export )?class (?!Problem\b)/m.test(text) ? [`${path}: class`] : []),
    ])
    expect(wrong).toEqual([])
  })
  test('names say what things are', () => {
    expect(
      files.map((f) => f.path).filter((p) => /(manager|service|helper|util|handler|context)s?\.ts$/.test(p)),
    ).toEqual([])
    expect(files.map((f) => f.path).filter((p) => !/^[a-z0-9/-]+(\.[a-z-]+)?\.ts$/.test(p))).toEqual([])
  })
  test('a file opens with what it knows', () => {
    expect(files.filter((f) => !/^(#!.*\n)?\/\/ /.test(f.text)).map((f) => f.path)).toEqual([])
  })
  test('no file over 300 lines without a reason', () => {
    const long = files
      .filter((f) => f.text.split('\n').length - 1 > 300 && !(f.path in longOnPurpose))
      .map((f) => f.path)
    expect(long).toEqual([])
  })
  test('nothing is left for later', () => {
    expect(
      files
        .filter((f) => /\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|expect-error)|\bas any\b/.test(f.text))
        .map((f) => f.path),
    ).toEqual([])
  })
})
