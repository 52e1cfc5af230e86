// What the image would run, without an engine: the tree that Dockerfile's COPY lines make, only the packages of a production install, a user
// who owns nothing, a home that is not there, a working directory where nothing can be written but the data folder and /tmp.
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dockerfile } from './dockerfile.ts'
import { type Running, root, start, up, workplace } from './program.ts'

const json = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'))
const { dependencies } = json('package.json') as { readonly dependencies: { readonly [name: string]: string } }

const sources = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.ts'))
    .map((f) => join(folder, f))
/** Modules that are needed when the file is loaded; what is only imported as type is gone by then. */
const staticImports = (file: string): readonly string[] =>
  [
    ...readFileSync(join(root, file), 'utf8').matchAll(
      /^(?:import|export)\s+(?!type\s)(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm,
    ),
  ].map((m) => m[1] ?? '')
const laterImports = (file: string): readonly string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/\bimport\('([^']+)'\)/g)].map((m) => m[1] ?? '')
const packageOf = (spec: string): string =>
  spec
    .split('/')
    .slice(0, spec.startsWith('@') ? 2 : 1)
    .join('/')
const isOutside = (spec: string): boolean =>
  !spec.startsWith('.') && !spec.startsWith('node:') && !builtinModules.includes(spec)

describe('packages', () => {
  test('whatever src imports is a dependency, and every dependency is imported', () => {
    const imported = new Set(sources('src').flatMap(staticImports).filter(isOutside).map(packageOf))
    // The demonstration's browser is a tool of development, looked for only when it is asked for.
    const product = sources('src').filter((f) => !f.startsWith('src/cli/demo/'))
    for (const spec of product.flatMap(laterImports).filter(isOutside)) imported.add(packageOf(spec))
    for (const name of imported) expect(dependencies).toHaveProperty([name])
    // Types only, and loaded as they are needed: nothing more may hide here.
    const text = sources('src').map((f) => readFileSync(join(root, f), 'utf8'))
    const idle = Object.keys(dependencies).filter((name) => !text.some((t) => t.includes(`'${name}`)))
    expect(idle).toEqual([])
  })
  test('versions are exact', () => {
    for (const version of Object.values(dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/)
  })
})

type Locked = { readonly dev?: boolean; readonly devOptional?: boolean }
/** What `npm ci --omit=dev` installs, save optional packages for other machines. */
const productionPackages = (): readonly string[] =>
  Object.entries(json('package-lock.json').packages as { readonly [path: string]: Locked })
    .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
    .map(([path]) => path)

let image: string
let data: string
const isRoot = process.getuid?.() === 0
const NOBODY = 65_534
const modes = (path: string, mode: (isFolder: boolean) => number): void => {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue
    const at = join(path, entry.name)
    if (entry.isDirectory()) modes(at, mode)
    else chmodSync(at, mode(false))
  }
  chmodSync(path, mode(true))
}
const layOut = (): void => {
  for (const { from, to } of dockerfile.copies) {
    mkdirSync(dirname(join(image, to)), { recursive: true })
    cpSync(join(root, from), join(image, to), { recursive: true })
  }
  for (const path of productionPackages())
    try {
      cpSync(join(root, path), join(image, path), {
        recursive: true,
        filter: (file) => !file.slice(join(root, path).length).includes('/node_modules'),
      })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error // an optional package for another machine
    }
  mkdirSync(join(image, 'config/tenancies'), { recursive: true })
}
beforeAll(() => {
  image = mkdtempSync(join(tmpdir(), 'gwanmun-image-'))
  data = mkdtempSync(join(tmpdir(), 'gwanmun-volume-'))
  layOut()
  modes(image, (isFolder) => (isFolder ? 0o555 : 0o444))
  if (isRoot) chownSync(data, NOBODY, NOBODY)
})
afterAll(() => {
  modes(image, (isFolder) => (isFolder ? 0o755 : 0o644))
  rmSync(image, { recursive: true })
  rmSync(data, { recursive: true })
})

/** The image's own environment and nothing else: no HOME, no PATH. */
const inImage = (argv: readonly string[], more: { readonly [name: string]: string } = {}): Running =>
  start(argv, {
    cwd: image,
    program: join(image, 'src/main.ts'),
    env: {
      ...Object.fromEntries(Object.entries(dockerfile.env).map(([n, v]) => [n, v.replace('/var/lib/gwanmun', data)])),
      GWANMUN_BASE_URL: 'http://localhost:8080',
      ...more,
    },
    ...(isRoot ? { uid: NOBODY } : {}),
  })

describe('in the image', () => {
  test('the modes hold: nothing can be written beside the data', async () => {
    const running = inImage(['config', 'schema', '--write', join(image, 'config/schema')])
    expect([await running.ended, running.said()]).toEqual([
      1,
      expect.stringMatching(/cannot be written or read \((EACCES|EPERM|EROFS)\)/),
    ])
  })
  test('migrate up, serve, health, and stopping when told', async () => {
    const at = workplace()
    const [port, managed] = [await at.port(), await at.port()]
    const settings = { GWANMUN_LISTEN_PORT: String(port), GWANMUN_MANAGEMENT_PORT: String(managed) }
    const migrated = inImage(['migrate', 'up'], settings)
    expect([await migrated.ended, migrated.said()]).toEqual([0, expect.stringContaining('0001-first')])
    const unhealthy = inImage(dockerfile.health, settings)
    expect(await unhealthy.ended).toBe(1)

    const gateway = inImage(dockerfile.command, settings)
    try {
      await gateway.says(up)
      const health = inImage(dockerfile.health, settings)
      expect([await health.ended, health.said()]).toEqual([0, 'ready\n'])
      const page = await fetch(`http://127.0.0.1:${port}/`, { headers: { accept: 'text/html' } })
      expect([page.status, await page.text()]).toEqual([421, expect.stringContaining('http://localhost:8080')])
      gateway.child.kill('SIGTERM')
      expect(await gateway.ended).toBe(0)
      expect(readdirSync(data).sort()).toEqual(['gwanmun.db', 'keys'])
    } finally {
      gateway.child.kill('SIGKILL')
      await at.close()
    }
  })
  test('commands that need no store', async () => {
    for (const argv of [['--help'], ['config', 'show'], ['saml', 'check', '--help']])
      expect([argv, await inImage([...argv]).ended]).toEqual([argv, 0])
  })
})
