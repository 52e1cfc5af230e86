#!/usr/bin/env node
// argv → cli. The only file that may exit the process: it turns whatever was thrown into one message and an exit code.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommanderError } from 'commander'
import { type GlobalOptions, program } from './cli/program.ts'
import { loadConfig } from './config.ts'
import { Problem } from './problem.ts'

const print = (stream: NodeJS.WriteStream) => (line: string) => stream.write(`${line}\n`)
const [out, err] = [print(process.stdout), print(process.stderr)]

const versionOf = (): string => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
    version: string
  }
  return version
}

const placeOf = (e: NodeJS.ErrnoException & { address?: string; port?: number }): string =>
  `${e.address ?? ''}:${e.port ?? ''}`
/** What operators meet most, with the remedy. Undefined: not one of them, so a bug of ours. */
const known = (thrown: unknown): string | undefined => {
  if (thrown instanceof Problem) return thrown.message
  if (!(thrown instanceof Error)) return undefined
  const e = thrown as NodeJS.ErrnoException & { address?: string; port?: number }
  switch (e.code) {
    case 'EADDRINUSE':
      return `${placeOf(e)} is in use: stop what listens there, or choose another with --set listen.port=… (management.port for the other one)`
    case 'EADDRNOTAVAIL':
      return `${placeOf(e)} is not an address of this machine: change listen.host or management.host`
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return e.path === undefined
        ? `${placeOf(e)} may not be used (${e.code}): ports below 1024 need a privilege`
        : `\`${e.path}\` cannot be written or read (${e.code}): check its owner, its mode and whether the disk is read-only`
    case 'ENOENT':
      return e.path === undefined ? undefined : `\`${e.path}\` is not there: check the setting that names it`
    case 'ENOSPC':
      return `the disk is full${e.path === undefined ? '' : ` at \`${e.path}\``}: make room and start again; nothing acknowledged was lost`
    default:
      return e.code?.startsWith('ERR_OSSL') // RFC 7468 text that is none, or a key of another certificate
        ? `tls.certFile and tls.keyFile are not a certificate and its key in PEM form (${e.code})`
        : undefined
  }
}

/** Once asked to stop, finish what is under way; asked again, go at once. */
const stopOnSignals = (stop: () => Promise<void>): void => {
  let stopping = false
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1)
    stopping = true
    err(`gwanmun stops (${signal})`)
    stop().then(
      () => process.exit(0),
      (thrown: unknown) => {
        err(`gwanmun: ${known(thrown) ?? String(thrown)}`)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal)
}

const run = async (argv: readonly string[]): Promise<number> => {
  let code = 0
  let given: GlobalOptions = {}
  const shell = {
    out,
    err,
    colours: process.stdout.isTTY && process.stdout.hasColors(), // NO_COLOR is asked by it
    refuse: () => {
      code = 1
    },
    config: () => {
      const { config: file, set } = given
      return loadConfig({ file, flags: set ?? {} })
    },
    open: async (config: ReturnType<typeof loadConfig>['config']) => {
      const { wire } = await import('./wire.ts') // most of the start-up time; `--help` and `health` do without
      return wire(config)
    },
    onStop: stopOnSignals,
  }
  try {
    const root = await program(shell, versionOf(), argv)
    root.hook('preAction', () => {
      given = root.opts<GlobalOptions>()
    })
    await root.parseAsync([...argv], { from: 'user' })
    return code
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2
    const { debug } = given
    const message = known(thrown)
    err(
      `gwanmun: ${message ?? `something went wrong on our side: ${thrown instanceof Error ? thrown.message : String(thrown)}${debug ? '' : ' (--debug prints where)'}`}`,
    )
    if (debug && thrown instanceof Error)
      err(`${thrown.stack}${thrown.cause instanceof Error ? `\ncaused by ${thrown.cause.stack}` : ''}`)
    return thrown instanceof Problem && thrown.slug === 'request-malformed' ? 2 : 1
  }
}

// `gwanmun config show | head` closes our standard output early: nobody listens any more, which is no failure.
process.stdout.on('error', (e: NodeJS.ErrnoException) => process.exit(e.code === 'EPIPE' ? 0 : 1))
process.on('uncaughtException', (thrown) => {
  err(`gwanmun: ${known(thrown) ?? thrown.stack ?? thrown.message}`) // nobody was left to catch it, so the trace is all there is
  process.exit(1)
})

const code = await run(process.argv.slice(2))
if (code !== 0) process.exit(code) // what a failed start left open must not keep the process
