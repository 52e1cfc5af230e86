// `gwanmun policy test`: tables of expectations, each held against a tenancy on paper.
import { dirname, resolve } from 'node:path'
import { Command } from 'commander'
import { parsePolicyTest } from '../../adapters/yaml/policy-test-file.ts'
import { type Result, runTrial } from '../../core/policy/trial.ts'
import type { Shell } from '../house.ts'
import { document, example } from '../print.ts'
import { inWords } from './explain.ts'
import {
  catalogueFor,
  catalogueOption,
  catalogueWith,
  clean,
  groundOf,
  type Output,
  outputOption,
  parsedOr,
  rolesOption,
  type Staging,
  soundStage,
  textOf,
} from './offline.ts'
import { groundOnline, type Online, onlineOptions } from './online.ts'

type Report = {
  readonly file: string
  readonly passed: number
  readonly failures: readonly (Result & { readonly where: string })[]
}

const runFile = async (staging: Staging, file: string, online: Online): Promise<Report> => {
  const { trial, files, where } = parsedOr(parsePolicyTest(textOf(file), file))
  const paths = files.map((f) => resolve(dirname(file), f))
  // a tenancy that runs is asked as it is: what the test would stand on otherwise is left out
  const ground = online.online ? await groundOnline(online, trial.cast) : groundOf(paths, trial.cast)
  const catalogue = catalogueWith(staging.catalogue, ground.files)
  const results = runTrial(soundStage({ ...staging, catalogue }, ground.paper, ground.cast), trial)
  return {
    file,
    passed: results.filter((r) => r.passed).length,
    failures: results.filter((r) => !r.passed).map((r) => ({ ...r, where: where(['expect', r.row - 1]) })),
  }
}

const failureLines = ({
  where,
  who,
  action,
  on,
  expected,
  reason,
  decided,
}: Report['failures'][number]): readonly string[] =>
  [
    `${where} ${who} ${expected ? 'may' : 'may not'} ${action} ${on}: ${inWords[reason]}`,
    ...decided.map((d) => `  ${reason === 'not-granted' ? 'nearest ' : ''}${d.ref}: ${d.statement}`),
  ].map(clean)

type TestOptions = Online & { readonly catalogue?: string; readonly roles?: string; readonly output: Output }

export const testCommand = (shell: Shell): Command =>
  onlineOptions(
    new Command('test')
      .description('run policy tests (`*.policy-test.yaml`); exit 1 when an expectation does not hold')
      .argument('<files...>', 'policy tests; with `--online`, of the policies that stand there'),
  )
    .addOption(catalogueOption())
    .addOption(rolesOption())
    .addOption(outputOption())
    .addHelpText('after', example('gwanmun policy test docs/examples/acme.policy-test.yaml'))
    .action(async (files: readonly string[], options: TestOptions) => {
      const staging = { shell, catalogue: catalogueFor(shell, options.catalogue), roles: options.roles }
      const reports: Report[] = []
      for (const file of files) reports.push(await runFile(staging, file, options))
      const failed = reports.reduce((sum, r) => sum + r.failures.length, 0)
      if (options.output === 'json') shell.out(document('json', { reports }))
      else {
        for (const line of reports.flatMap((r) => r.failures).flatMap(failureLines)) shell.out(line)
        shell.out(`${reports.reduce((sum, r) => sum + r.passed, 0)} passed, ${failed} failed`)
      }
      if (failed > 0) shell.refuse()
    })
