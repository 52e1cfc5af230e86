// Golden cases stand before every application of the declared tenancies: one that no longer holds refuses it, before anything is opened for
// writing. Where there is no test, nothing is asked.
import type { Config } from '../../config.ts'
import { Problem } from '../../problem.ts'
import type { Shell } from '../house.ts'
import { failedIn, reportLines } from './report.ts'
import { runFile, runningIn, testFilesIn } from './run.ts'

/** Throws Problem('config-invalid') with every case that fails. */
export const refuseFailingTests = (shell: Shell, { tenanciesDir }: Pick<Config, 'tenanciesDir'>): void => {
  const running = runningIn(shell)
  const reports = testFilesIn(tenanciesDir).map((file) => runFile(running, file))
  const failed = failedIn(reports)
  if (failed === 0) return
  throw new Problem(
    'config-invalid',
    `${failed === 1 ? 'a test' : `${failed} tests`} of the declared tenancies failed, nothing was applied\n${reportLines(
      reports,
    )
      .map((line) => `  ${line}`)
      .join('\n')}`,
  )
}
