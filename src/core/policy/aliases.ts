// What Define gives names to, for the Endorse and Admit statements of the same policy. An alias is local; the id behind it counts.
import type { Define, Statement } from './ast.ts'
import { parseStatement } from './parse.ts'

/** `tenancy:partner`, lower case → id */
export type Aliases = ReadonlyMap<string, string>

export const aliasKey = (what: Define['what'], name: string): string => `${what}:${name.toLowerCase()}`

/** Of a name defined twice the first definition counts, whatever else is told of the second. */
export const aliasesOf = (statements: readonly Statement[]): Aliases => {
  const out = new Map<string, string>()
  for (const statement of statements) {
    if (statement.kind !== 'define') continue
    const key = aliasKey(statement.what, statement.name.text)
    if (!out.has(key)) out.set(key, statement.id.text)
  }
  return out
}

export const aliasesIn = (texts: readonly string[]): Aliases =>
  aliasesOf(texts.flatMap((text) => parseStatement(text).statement ?? []))
