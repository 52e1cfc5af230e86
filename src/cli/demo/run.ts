// Starts the demonstration: the stand-ins and the gateway, each in its own process, over one state folder. The caller prints the table.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { Problem } from '../../problem.ts'
import { type Declared, portsIn, readDeclared, withPorts } from './declaration.ts'
import type { Running } from './listen.ts'
import { roundRobin } from './round-robin.ts'

export type DemoOptions = {
  readonly file: string // the tenancy file
  readonly stateDir: string
  readonly fresh: boolean // forget what earlier runs left
  readonly moves: ReadonlyMap<number, number> // declared port → port to use
  readonly catalogueDir: string
  /** Instead of the embedded store: then several nodes behind a round-robin proxy. */
  readonly postgres?: { readonly url: string; readonly nodes: number }
  readonly onLog?: (process: string, line: string) => void
}
export type Demo = {
  readonly declared: Declared
  readonly gatewayUrl: string
  readonly issuer: (domain: string) => string
  readonly restartGateway: (signal: NodeJS.Signals) => Promise<void>
  readonly stop: () => Promise<void>
}

const main = resolve(import.meta.dirname, '../../main.ts')
const GATEWAY_PORT = 8080 // the one address a tenancy file speaks of without declaring it

const start = (name: string, args: readonly string[], onLog: DemoOptions['onLog']): ChildProcess => {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) if (line !== '') onLog?.(name, line)
    })
  return child
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

/** Until something answers, or the process is gone: then its last words are the message. */
const answering = async (
  name: string,
  url: string,
  child: ChildProcess,
  lastWords: readonly string[],
): Promise<void> => {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null)
      throw new Problem('internal', `${name} stopped at once:\n${lastWords.slice(-8).join('\n')}`)
    const ok = await fetch(url, { redirect: 'manual' }).then(
      (answer) => answer.status < 500,
      () => false,
    )
    if (ok) return
    await pause(100)
  }
  throw new Problem('internal', `nothing answers at ${url}: is another program using the port?`)
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((done) =>
    child.exitCode !== null || child.signalCode !== null ? done() : child.once('exit', () => done()),
  )

export const startDemo = async (options: DemoOptions): Promise<Demo> => {
  if (options.fresh) rmSync(options.stateDir, { recursive: true, force: true })
  const tenancies = join(options.stateDir, 'tenancies')
  mkdirSync(tenancies, { recursive: true })
  const text = withPorts(readFileSync(options.file, 'utf8'), options.moves)
  const declared = readDeclared(text, options.file)
  const file = join(tenancies, `${declared.tenancy.name}.yaml`)
  writeFileSync(file, text)
  const gatewayUrl = `http://localhost:${options.moves.get(GATEWAY_PORT) ?? GATEWAY_PORT}`
  const words: string[] = []
  const onLog: DemoOptions['onLog'] = (name, line) => {
    words.push(line)
    options.onLog?.(name, line)
  }
  const children = new Map<string, ChildProcess>()
  const nodePorts = options.postgres ? await freeOnes(options.postgres.nodes) : [Number(new URL(gatewayUrl).port)]
  let front: Running | undefined
  const configure = (port: number): string => {
    const secret = join(options.stateDir, 'database-url') // a command line can be read by others, a file of one's own cannot
    if (options.postgres) writeFileSync(secret, options.postgres.url, { mode: 0o600 })
    const settings = {
      baseUrl: gatewayUrl,
      listen: { host: 'localhost', port },
      management: { port: 0 },
      store: options.postgres
        ? { kind: 'postgres', url: { file: secret } }
        : { kind: 'embedded', path: join(options.stateDir, 'gwanmun.db') },
      keys: { dir: join(options.stateDir, 'keys') },
      tenanciesDir: tenancies,
      catalogueDir: options.catalogueDir,
      rolesDir: join(options.catalogueDir, '../roles'),
      outgoing: { allowPrivate: ['localhost'] },
    }
    const config = join(options.stateDir, `gwanmun-${port}.yaml`)
    writeFileSync(config, JSON.stringify(settings, null, 2)) // JSON is YAML
    return config
  }
  /** One after the other: the first applies the declared state, the others find it done. */
  const startGateways = async () => {
    for (const [index, port] of nodePorts.entries()) {
      const name = index === 0 ? 'gateway' : `gateway-${index + 1}`
      const child = start(name, ['--config', configure(port), 'serve'], onLog)
      children.set(name, child)
      // Asked by the name it is known by: a node answers to no other.
      await answering(name, `http://localhost:${port}${readyPath}`, child, words)
    }
    if (options.postgres && !front) front = await roundRobin(Number(new URL(gatewayUrl).port), nodePorts)
  }
  const readyPath = `/d/${declared.tenancy.name}/default/.well-known/openid-configuration`
  const gateways = () =>
    [...children.entries()].filter(([name]) => name.startsWith('gateway')).map(([, child]) => child)
  const stop = async () => {
    front?.close()
    for (const child of children.values()) child.kill('SIGTERM')
    await Promise.all([...children.values()].map(ended))
  }
  try {
    for (const { name } of declared.demo.standIns)
      children.set(
        name,
        start(
          name,
          ['demo-stand-in', name, '--file', file, '--gateway', gatewayUrl, '--state', options.stateDir],
          onLog,
        ),
      )
    for (const { name, url, kind } of declared.demo.standIns) {
      const child = children.get(name)
      const path = {
        'oidc-op': '/.well-known/openid-configuration',
        'oidc-app': '/',
        'saml-idp': '/metadata',
        'saml-app': '/metadata',
      }[kind]
      if (child) await answering(name, `${url}${path}`, child, words)
    }
    await startGateways()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    declared,
    gatewayUrl,
    issuer: (domain) => `${gatewayUrl}/d/${declared.tenancy.name}/${domain}`,
    restartGateway: async (signal) => {
      const old = gateways()
      for (const child of old) child.kill(signal)
      await Promise.all(old.map(ended))
      await startGateways()
    },
    stop,
  }
}

/** All are held open until all are known, so that no port is given twice. */
const freeOnes = async (count: number): Promise<readonly number[]> => {
  const hold = (): Promise<{ port: number; close: () => Promise<void> }> =>
    new Promise((done, failed) => {
      const server = createServer()
      server.once('error', failed).listen(0, 'localhost', () => {
        const address = server.address()
        const close = () => new Promise<void>((closed) => server.close(() => closed()))
        done({ port: typeof address === 'object' && address ? address.port : 0, close })
      })
    })
  const held = await Promise.all(Array.from({ length: count }, hold))
  await Promise.all(held.map((h) => h.close()))
  return held.map((h) => h.port)
}

/** Every port the file speaks of → a free one. */
export const freePorts = async (file: string): Promise<ReadonlyMap<number, number>> => {
  const declared = portsIn(readFileSync(file, 'utf8'))
  const free = await freeOnes(declared.length)
  return new Map(declared.map((port, i) => [port, free[i] ?? port]))
}
