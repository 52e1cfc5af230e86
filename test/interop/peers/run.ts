// One stage per test file: a private folder under the system's temporary one, free ports, and foreign programs in the foreground as our
// own children. Whatever was started is ended, also when the test process dies of something else.
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export type Program = {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: { readonly [name: string]: string }
  /** Answers with any status once the program is there. */
  readonly readyUrl?: string
  readonly isReady?: () => boolean
  /** Whose last lines are shown when it does not come up. */
  readonly logs?: readonly string[]
  readonly withinSeconds?: number
}

export type Stage = Awaited<ReturnType<typeof newStage>>

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))
/** Debian's unprivileged account for web servers: Apache refuses to serve as root. */
export const asRoot = process.getuid?.() === 0

const bound = (port: number, host: string): Promise<Server | 'in use' | 'no such address'> =>
  new Promise((done) => {
    const server = createServer()
    server
      .once('error', (e: NodeJS.ErrnoException) => done(e.code === 'EADDRINUSE' ? 'in use' : 'no such address'))
      .listen(port, host, () => done(server))
  })
const closed = (server: Server): Promise<void> => new Promise((done) => server.close(() => done()))

// Below the range that the kernel hands out for outgoing connections: there, a port seen free may be gone a moment later.
const FIRST_PORT = 20_000
const PORTS = 12_000

/** All held open until all are found, so that none is given twice. */
const freePorts = async (count: number): Promise<readonly number[]> => {
  const held: Server[] = []
  const ports: number[] = []
  while (ports.length < count) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS)
    const both = [await bound(port, '127.0.0.1'), await bound(port, '::1')] // `localhost` may be either
    held.push(...both.filter((s) => typeof s !== 'string'))
    if (!both.includes('in use')) ports.push(port)
  }
  await Promise.all(held.map(closed))
  return ports
}

const lastLines = (file: string): string => {
  try {
    return `${file}:\n${readFileSync(file, 'utf8').trim().split('\n').slice(-15).join('\n')}`
  } catch {
    return `${file}: not there`
  }
}

const outputOf = (dir: string, name: string): string => join(dir, `${name}.out`)

const answers = (url: string): Promise<boolean> =>
  fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(5_000) }).then(
    () => true,
    () => false,
  )

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((done) => child.once('exit', () => done()))

/** The whole group: servers have workers. */
const signal = (child: ChildProcess, name: NodeJS.Signals): void => {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, name)
  } catch {
    // gone already
  }
}

const stopped = async (child: ChildProcess): Promise<void> => {
  signal(child, 'SIGTERM')
  const patience = setTimeout(() => signal(child, 'SIGKILL'), 5_000)
  await ended(child)
  clearTimeout(patience)
}

const spawned = (dir: string, { name, command, args, env }: Program): ChildProcess => {
  const log = openSync(outputOf(dir, name), 'a')
  const child = spawn(command, args, {
    stdio: ['ignore', log, log],
    detached: true, // a process group of its own: Apache ends by signalling its whole group, which would be ours
    env: { PATH: process.env.PATH ?? '', HOME: dir, LC_ALL: 'C.UTF-8', TZ: 'UTC', ...env },
  })
  closeSync(log)
  return child
}

/** Until the program is there; what it said last, when it is not coming. */
const up = async (dir: string, program: Program, child: ChildProcess): Promise<void> => {
  const { name, readyUrl, isReady, logs = [], withinSeconds = 20 } = program
  let failure: Error | undefined
  child.once('error', (error) => {
    failure = error
  })
  const until = Date.now() + withinSeconds * 1000
  for (;;) {
    const gone = failure !== undefined || child.exitCode !== null
    if (!gone && (isReady?.() ?? true) && (readyUrl === undefined || (await answers(readyUrl)))) return
    if (gone || Date.now() > until) {
      const words = [outputOf(dir, name), ...logs].map(lastLines).join('\n')
      throw new Error(`${name} ${gone ? 'stopped at once' : 'does not answer'} ${failure ?? ''}\n${words}`)
    }
    await pause(100)
  }
}

export const newStage = async (portCount: number) => {
  const dir = mkdtempSync(join(tmpdir(), 'gwanmun-interop-'))
  chmodSync(dir, 0o711) // servers that give up root must get through, and nobody may look around
  const ports = [...(await freePorts(portCount))]
  const children: ChildProcess[] = []
  const killAll = () => {
    for (const child of children) signal(child, 'SIGKILL')
  }
  process.once('exit', killAll)

  /** `file` under the stage's folder, readable by the servers' account. Gives the path. */
  const write = (file: string, text: string | Uint8Array, mode = 0o644): string => {
    const path = join(dir, file)
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 })
    writeFileSync(path, text)
    chmodSync(path, mode)
    return path
  }
  /** A folder that the servers' account may write to. */
  const folder = (name: string): string => {
    const path = join(dir, name)
    mkdirSync(path, { recursive: true })
    chmodSync(path, 0o777)
    return path
  }
  const port = (): number => {
    const next = ports.shift()
    if (next === undefined) throw new Error('the stage was made with too few ports')
    return next
  }
  const start = (program: Program): Promise<void> => {
    const child = spawned(dir, program)
    children.push(child)
    return up(dir, program, child)
  }
  const stop = async (): Promise<void> => {
    process.off('exit', killAll)
    await Promise.all(children.map(stopped))
    if (process.env.INTEROP_KEEP === undefined) rmSync(dir, { recursive: true, force: true })
    else console.warn(`the logs are in ${dir}`)
  }
  return { dir, write, folder, port, start, stop }
}
