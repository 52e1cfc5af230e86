// The command line in this process: what it prints and with which code main.ts would end. Nothing is opened and no settings are read.
import { CommanderError } from 'commander'
import { program } from '../../src/cli/program.ts'
import { Problem } from '../../src/problem.ts'

export const runCommand = async (whole: readonly string[]) => {
  let code = 0
  const out: string[] = []
  const err: string[] = []
  const no = () => Promise.reject(new Error('nothing may be opened'))
  const shell = {
    out: (line: string) => out.push(line),
    err: (line: string) => err.push(line),
    refuse: () => {
      code = 1
    },
    onStop: () => {},
    config: () => {
      throw new Error('no settings are needed')
    },
    open: no,
  }
  try {
    await (await program(shell, '0', whole)).parseAsync([...whole], { from: 'user' })
  } catch (thrown) {
    // as main.ts has it
    code = thrown instanceof CommanderError ? (thrown.exitCode === 0 ? 0 : 2) : 1
    if (thrown instanceof Problem && thrown.slug === 'request-malformed') code = 2
    if (!(thrown instanceof CommanderError || thrown instanceof Problem)) throw thrown
    err.push(thrown.message)
  }
  return { code, out: out.join('\n'), err: err.join('\n') }
}
