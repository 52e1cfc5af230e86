// `gwanmun test`: golden cases of policies, mappings and sign-on rules, held against tenancy files without a store.
import { Command } from 'commander'
import type { Shell } from '../house.ts'
import { document, example, type Format, formatOption } from '../print.ts'
import { failedIn, reportLines } from './report.ts'
import { runFile, runningIn, testFilesIn } from './run.ts'

export const testsCommand = (shell: Shell): Command =>
  new Command('test')
    .description('run the tests beside the tenancy files, the same that `apply` runs first; exit 1 when one fails')
    .argument('[files...]', 'only these: *.policy-test.yaml, *.mapping-test.yaml, *.sign-on-test.yaml')
    .addOption(formatOption())
    .addHelpText('after', example('gwanmun test', 'gwanmun test docs/examples/acme.sign-on-test.yaml -o json'))
    .action((files: readonly string[], { output }: { readonly output: Format }) => {
      const running = runningIn(shell)
      const chosen = files.length > 0 ? files : testFilesIn(shell.config().config.tenanciesDir)
      const reports = chosen.map((file) => runFile(running, file))
      const failed = failedIn(reports)
      if (output !== 'table') shell.out(document(output, { reports }))
      else {
        for (const line of reportLines(reports)) shell.out(line)
        shell.out(`${reports.reduce((sum, r) => sum + r.passed, 0)} passed, ${failed} failed`)
      }
      if (failed > 0) shell.refuse()
    })
