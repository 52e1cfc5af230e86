// Starts the demonstration: the stand-ins and the gateway, each in its own process, over one state folder. The caller prints the table.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Problem } from '../../problem.ts'
import { type Declared, portsIn, readDeclared, withPorts } from './declaration.ts'

export type DemoOptions = {
  readonly file: string // the tenancy file
  readonly stateDir: string
  readonly fresh: boolean // forget what earlier runs left
  readonly moves: ReadonlyMap<number, number> // declared port → port to use
  readonly catalogueDir: string
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
  const gateway = () =>
    start(
      'gateway',
      [
        'serve',
        ...[
          `baseUrl=${gatewayUrl}`,
          'listen.host=localhost',
          `listen.port=${new URL(gatewayUrl).port}`,
          'management.port=0',
          'store.kind=embedded',
          `store.path=${join(options.stateDir, 'gwanmun.db')}`,
          `keys.dir=${join(options.stateDir, 'keys')}`,
          `tenanciesDir=${tenancies}`,
          `catalogueDir=${options.catalogueDir}`,
          'outgoing.allowPrivate=localhost',
        ].flatMap((setting) => ['--set', setting]),
      ],
      onLog,
    )
  const ready = (child: ChildProcess) =>
    answering(
      'the gateway',
      `${gatewayUrl}/d/${declared.tenancy.name}/default/.well-known/openid-configuration`,
      child,
      words,
    )
  const stop = async () => {
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
      if (child)
        await answering(
          name,
          kind === 'oidc-op'
            ? `${url}/.well-known/openid-configuration`
            : kind === 'oidc-app'
              ? url
              : `${url}/metadata`,
          child,
          words,
        )
    }
    children.set('gateway', gateway())
    await ready(children.get('gateway') as ChildProcess)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    declared,
    gatewayUrl,
    issuer: (domain) => `${gatewayUrl}/d/${declared.tenancy.name}/${domain}`,
    restartGateway: async (signal) => {
      const old = children.get('gateway')
      old?.kill(signal)
      if (old) await ended(old)
      const next = gateway()
      children.set('gateway', next)
      await ready(next)
    },
    stop,
  }
}

/** Every port the file speaks of → a free one. */
export const freePorts = async (file: string): Promise<ReadonlyMap<number, number>> => {
  const { createServer } = await import('node:net')
  const free = (): Promise<{ port: number; close: () => Promise<void> }> =>
    new Promise((done, failed) => {
      const server = createServer()
      server.once('error', failed).listen(0, 'localhost', () => {
        const address = server.address()
        done({
          port: typeof address === 'object' && address ? address.port : 0,
          close: () => new Promise((closed) => server.close(() => closed())),
        })
      })
    })
  // All are held open until all are known, so that no port is given twice.
  const held = await Promise.all(
    portsIn(readFileSync(file, 'utf8')).map(async (declared) => ({ declared, ...(await free()) })),
  )
  await Promise.all(held.map((h) => h.close()))
  return new Map(held.map(({ declared, port }) => [declared, port]))
}
