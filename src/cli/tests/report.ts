// What tests came to, as lines for people.
import { clean } from '../policy/offline.ts'
import type { Failure, Report } from './run.ts'

const failureLines = ({ where, expected, got, because }: Failure): readonly string[] =>
  [`${where} expected ${expected}`, `  got ${got}`, ...because.map((b) => `  ${b}`)].map(clean)

export const failedIn = (reports: readonly Report[]): number => reports.reduce((sum, r) => sum + r.failures.length, 0)
export const reportLines = (reports: readonly Report[]): readonly string[] =>
  reports.flatMap((r) => r.failures).flatMap(failureLines)
