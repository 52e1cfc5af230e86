// The command line over a house's store, as main.ts runs it, but with what was printed and the exit code as the result.
import { CommanderError } from 'commander'
import { hasher } from '../../src/adapters/hasher.ts'
import { keyMaker } from '../../src/adapters/keys.ts'
import { program } from '../../src/cli/program.ts'
import { loadConfig } from '../../src/config.ts'
import { planTenancy } from '../../src/flows/directory/apply.ts'
import { applyDeclared } from '../../src/flows/directory/bring-up.ts'
import { bootstrapAdministrator } from '../../src/flows/directory/first-administrator.ts'
import { Problem } from '../../src/problem.ts'
import type { House } from '../flows/directory/house.ts'

export type Ran = { readonly code: number; readonly out: string; readonly err: string }

export const runIn = async (
  { deps: base, store }: House,
  tenanciesDir: string,
  argv: readonly string[],
  { colours = false } = {},
): Promise<Ran> => {
  let code = 0
  const out: string[] = []
  const err: string[] = []
  const deps = { ...base, hasher: hasher(), keyMaker: keyMaker(), isCommonPassword: () => false, demoAllowed: true }
  const flows = {
    applyDeclared: applyDeclared(deps),
    planTenancy: planTenancy(deps),
    bootstrapAdministrator: bootstrapAdministrator(deps),
  }
  const root = await program(
    {
      out: (line) => out.push(line),
      err: (line) => err.push(line),
      colours,
      refuse: () => {
        code = 1
      },
      onStop: () => {},
      config: () => loadConfig({ env: {}, flags: { baseUrl: 'http://localhost:1', tenanciesDir } }),
      open: async () => ({ store, start: async () => ({ url: '' }), stop: async () => {}, flows: flows as never }),
    },
    '0.0.0',
    argv,
  )
  try {
    await root.parseAsync([...argv], { from: 'user' })
  } catch (thrown) {
    if (thrown instanceof CommanderError) code = thrown.exitCode === 0 ? 0 : 2
    else if (thrown instanceof Problem) {
      code = thrown.slug === 'request-malformed' ? 2 : 1
      err.push(thrown.message)
    } else throw thrown
  }
  return { code, out: out.join('\n'), err: err.join('\n') }
}
