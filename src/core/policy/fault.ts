// What is wrong with a statement, precisely enough to repair it: where, what was expected, what came, and the remedy where there is one.

export type Fault = {
  readonly severity: 'error' | 'warning'
  /** Stable, for tools: `location-missing`, `smart-quotes`, `group-unknown` … */
  readonly code: string
  readonly line: number // both start at 1
  readonly column: number
  /** Lower case, no full stop; what was expected and what came instead. */
  readonly message: string
  /** What to write instead. */
  readonly fix: string | undefined
}

export type FaultParts = {
  readonly severity?: Fault['severity']
  readonly code: string
  readonly message: string
  readonly fix?: string
}

/** Searched, not split: a long statement can have thousands of faults. */
const lineBefore = (text: string, offset: number): number => {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++
  return line
}

export const faultAt = (text: string, offset: number, parts: FaultParts): Fault => {
  return {
    severity: parts.severity ?? 'error',
    code: parts.code,
    line: lineBefore(text, offset),
    column: offset - (offset === 0 ? -1 : text.lastIndexOf('\n', offset - 1)),
    message: parts.message,
    fix: parts.fix,
  }
}

export const isError = (fault: Fault): boolean => fault.severity === 'error'

/** One line for a person: `2:14 expected …, found …; write …`. */
export const lineOf = (fault: Fault): string =>
  `${fault.line}:${fault.column} ${fault.message}${fault.fix === undefined ? '' : `; ${fault.fix}`}`
