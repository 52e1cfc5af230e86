// The command line over a store and the flows that a test gives it: what was printed, and the exit code as main.ts would have it.
import { CommanderError } from 'commander'
import type { House } from '../../src/cli/house.ts'
import { program } from '../../src/cli/program.ts'
import { loadConfig } from '../../src/config.ts'
import type { Store } from '../../src/ports/store.ts'
import { Problem } from '../../src/problem.ts'

export const runWith = async (store: Store, flows: Partial<House['flows']>, argv: readonly string[]) => {
  let code = 0
  const out: string[] = []
  const err: string[] = []
  const house = { store, start: async () => ({ url: '' }), stop: async () => {}, flows: flows as House['flows'] }
  const shell = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    refuse: () => {
      code = 1
    },
    onStop: () => {},
    config: () => loadConfig({ env: {}, flags: { baseUrl: 'https://id.example' } }),
    open: async () => house,
  }
  try {
    await (await program(shell, '0', argv)).parseAsync([...argv], { from: 'user' })
  } catch (thrown) {
    if (!(thrown instanceof Problem || thrown instanceof CommanderError)) throw thrown
    code = thrown instanceof CommanderError ? (thrown.exitCode === 0 ? 0 : 2) : 1
    if (thrown instanceof Problem && thrown.slug === 'request-malformed') code = 2
    err.push(thrown.message)
  }
  return { code, out: out.join('\n'), err: err.join('\n') }
}
