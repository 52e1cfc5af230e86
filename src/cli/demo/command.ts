// `gwanmun demo`: the whole machine with stand-ins around it, for looking and for checking.
import { resolve } from 'node:path'
import { Command } from 'commander'
import type { Shell } from '../house.ts'
import { example } from '../print.ts'
import { asText, describe } from './describe.ts'
import { freePorts, startDemo } from './run.ts'
import { runStandIn } from './stand-in.ts'

type Flags = {
  readonly check: boolean
  readonly json: boolean
  readonly fresh: boolean
  readonly freePorts: boolean
  readonly file: string
  readonly state: string
  readonly log: boolean
}

/** A command of its own, not below `demo`, whose flags have the same names. */
export const standInCommand = (shell: Shell): Command =>
  new Command('demo-stand-in')
    .description('one of the stand-ins, in this process (started by `gwanmun demo`)')
    .argument('<name>', 'as declared in the file')
    .requiredOption('--file <file>', 'the tenancy file')
    .requiredOption('--gateway <url>', 'where the gateway is')
    .requiredOption('--state <dir>', 'where keys are kept')
    .action(
      async (name: string, flags: { readonly file: string; readonly gateway: string; readonly state: string }) => {
        const running = await runStandIn(name, { file: flags.file, gatewayUrl: flags.gateway, stateDir: flags.state })
        shell.onStop(async () => running.close())
      },
    )

export const demoCommand = (shell: Shell): Command =>
  new Command('demo')
    .description(
      'a gateway with two corporate providers and two applications around it; prints who can sign in and what happens',
    )
    .option('--check', 'walk through every flow with a real browser, print PASS or FAIL a line, and stop', false)
    .option('--json', 'print the table as JSON', false)
    .option('--fresh', 'forget what earlier runs left behind', false)
    .option('--free-ports', 'use free ports instead of the declared ones', false)
    .option('--log', 'print what the processes log', false)
    .option('--file <file>', 'the tenancy file', 'config/tenancies/acme.yaml')
    .option('--state <dir>', 'where the demonstration keeps its data', 'data/demo')
    .addHelpText('after', example('gwanmun demo', 'npm run demo -- --check'))
    .action(async (flags: Flags) => {
      const demo = await startDemo({
        file: resolve(flags.file),
        stateDir: resolve(flags.check ? `${flags.state}-check` : flags.state),
        fresh: flags.fresh || flags.check,
        moves: flags.freePorts || flags.check ? await freePorts(flags.file) : new Map(),
        catalogueDir: resolve('config/catalogue'),
        ...(flags.log ? { onLog: (process: string, line: string) => shell.err(`${process}: ${line}`) } : {}),
      })
      shell.onStop(demo.stop)
      const described = describe(demo)
      if (flags.json) shell.out(JSON.stringify(described, null, 2))
      else if (!flags.check) shell.out(asText(described))
      if (!flags.check) return
      const { check } = await import('./check.ts')
      try {
        if (!(await check(demo, shell.out))) shell.refuse()
      } finally {
        await demo.stop()
      }
    })
