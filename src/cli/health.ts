// `gwanmun health`: asks the management port of the gateway on this machine whether it is ready. For container health checks, where
// there may be no shell and no curl.
import { Command } from 'commander'
import { Problem } from '../problem.ts'
import type { Shell } from './house.ts'
import { example } from './print.ts'

const reachable = (host: string): string => {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

export const healthCommand = (shell: Shell): Command =>
  new Command('health')
    .description('exit 0 when the gateway on this machine is ready, 1 when it is not')
    .addHelpText('after', example('gwanmun health'))
    .action(async () => {
      const { host, port } = shell.config().config.management
      if (port === 0)
        throw new Problem(
          'config-invalid',
          'management.port is 0 (any free port), so it cannot be asked: set a fixed one',
        )
      const url = `http://${reachable(host)}:${port}/readyz`
      const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch((cause: unknown) => {
        throw new Problem('storage-unavailable', `nothing answers at ${url}`, { cause })
      })
      const { status, reason } = (await answer.json().catch(() => ({}))) as { status?: unknown; reason?: unknown }
      shell.out(
        [String(status ?? `HTTP ${answer.status}`), ...(reason === undefined ? [] : [String(reason)])].join(': '),
      )
      if (!answer.ok) shell.refuse()
    })
