// `demo --check`: plays every scenario against the running demonstration, prints what was looked at and PASS or FAIL a line.
import { Problem } from '../../problem.ts'
import { launchBrowser } from './browser.ts'
import type { Demo } from './run.ts'
import { attackedScenarios } from './scenarios/attacked.ts'
import { federatedScenarios } from './scenarios/federated.ts'
import { localScenarios } from './scenarios/local.ts'
import type { Scenario } from './scenarios/stage.ts'

/** signOutEverywhere and stepUp share a person: sign-out goes before her second factor exists. */
const order = ['g', 'a', 'b', 'c', 'd', 'e', 'f', 'h', 'i', 'j']
export const scenarios: readonly Scenario[] = [...localScenarios, ...federatedScenarios, ...attackedScenarios].sort(
  (x, y) => order.indexOf(x.id) - order.indexOf(y.id),
)

/** True when everything passed. */
export const check = async (demo: Demo, print: (line: string) => void): Promise<boolean> => {
  const browser = await launchBrowser()
  if ('missing' in browser) throw new Problem('internal', browser.missing)
  let failed = 0
  try {
    for (const scenario of scenarios) {
      print(`\n(${scenario.id}) ${scenario.title}`)
      try {
        await scenario.play({ demo, browser, see: (what) => print(`  PASS  ${what}`) })
      } catch (error) {
        failed += 1
        print(`  FAIL  ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  } finally {
    await browser.close()
  }
  print(`\n${scenarios.length - failed} passed, ${failed} failed`)
  return failed === 0
}
