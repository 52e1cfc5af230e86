// Statements in files: one per line of text, a list of YAML, or the `policies` of a tenancy file. Knows where each statement stands and
// can write it anew in its place, leaving everything around it, comments too, as it was. Secrets of a tenancy file are not looked up.
import { isScalar, LineCounter, parseDocument, stringify } from 'yaml'
import type { DeclaredPolicy, DeclaredTenancy } from '../../core/model/declared.ts'
import { type Fault, parseLocated } from './located.ts'
import { parseTenancy } from './tenancy-file.ts'

type Span = { readonly from: number; readonly to: number; readonly quote: 'none' | 'plain' | 'double' }
export type WrittenStatement = {
  readonly text: string
  readonly span: Span
  readonly line: number
  readonly column: number
  /** A place in the text of the statement is the same distance from here in the file. */
  readonly isVerbatim: boolean
}
export type PolicyFile = {
  readonly file: string
  readonly text: string
  readonly tenancy: DeclaredTenancy | undefined
  readonly policies: readonly (Pick<DeclaredPolicy, 'name' | 'compartment'> & {
    readonly statements: readonly WrittenStatement[]
  })[]
  /** Matching rules of the dynamic groups of a tenancy file. */
  readonly rules: readonly { readonly group: string; readonly written: WrittenStatement }[]
}

const nameOf = (file: string): string => (file.split(/[\\/]/).at(-1) ?? file).replace(/\.[^.]*$/, '') || file

const fromLines = (text: string, file: string): PolicyFile => {
  let from = 0
  const statements = text.split('\n').flatMap((whole, n): readonly WrittenStatement[] => {
    const start = from + (whole.length - whole.trimStart().length)
    from += whole.length + 1
    const line = whole.trim()
    const span = { from: start, to: start + line.length, quote: 'none' as const }
    return line === ''
      ? []
      : [{ text: line, span, line: n + 1, column: start - (from - whole.length - 1) + 1, isVerbatim: true }]
  })
  return { file, text, tenancy: undefined, policies: [{ name: nameOf(file), compartment: [], statements }], rules: [] }
}

type Path = readonly (string | number)[]
const scalarReader = (text: string): ((path: Path) => WrittenStatement | undefined) => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  return (path) => {
    const node = document.getIn(path, true)
    if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return undefined
    const [from, to] = node.range
    const source = text.slice(from, to)
    const isVerbatim = source === node.value || source.slice(1, -1) === node.value
    const { line, col } = lines.linePos(from)
    const isBlock = node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL'
    return {
      text: node.value,
      // the end of a block is the line break before the next key, which stays
      span: {
        from,
        to: isBlock ? from + source.trimEnd().length : to,
        quote: node.type === 'PLAIN' ? 'plain' : 'double',
      },
      line,
      column: col + (isVerbatim && source !== node.value ? 1 : 0),
      isVerbatim,
    }
  }
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)
const hasKey = (value: unknown, key: string): boolean =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)

const statementsAt = (
  list: readonly unknown[],
  path: Path,
  read: ReturnType<typeof scalarReader>,
): readonly WrittenStatement[] => list.flatMap((_, n) => read([...path, n]) ?? [])

const fromTenancy = (text: string, file: string, read: ReturnType<typeof scalarReader>): PolicyFile | Faulty => {
  const parsed = parseTenancy(text, file, () => ({ value: 'not looked up' }))
  if ('faults' in parsed) return parsed
  const { document } = parsed
  const policies = document.policies.map(({ name, compartment, statements }, n) => ({
    name,
    compartment,
    statements: statementsAt(statements, ['policies', n, 'statements'], read),
  }))
  const rules = document.domains.flatMap(({ name, dynamicGroups }, d) =>
    dynamicGroups.flatMap((group, g) => {
      const written = read(['domains', d, 'dynamicGroups', g, 'rule'])
      return written ? [{ group: `${name}/${group.name}`, written }] : []
    }),
  )
  return { file, text, tenancy: document, policies, rules }
}

type Faulty = { readonly faults: readonly Fault[] }
export const parsePolicyFile = (text: string, file: string): PolicyFile | Faulty => {
  if (!/\.(?:ya?ml|json)$/i.test(file)) return fromLines(text, file)
  const located = parseLocated(text, file)
  if ('faults' in located) return located
  const read = scalarReader(text)
  if (hasKey(located.value, 'tenancy')) return fromTenancy(text, file, read)
  const path: Path = isList(located.value) ? [] : ['statements']
  const list = isList(located.value)
    ? located.value
    : hasKey(located.value, 'statements')
      ? (located.value as { statements: unknown }).statements
      : undefined
  if (!isList(list) || !list.every((s) => typeof s === 'string'))
    return {
      faults: [
        { where: located.at(path), message: 'expected a list of statements, or a tenancy file with `policies`' },
      ],
    }
  const statements = statementsAt(list, path, read)
  return { file, text, tenancy: undefined, policies: [{ name: nameOf(file), compartment: [], statements }], rules: [] }
}

const asYaml = (statement: string, quote: Span['quote']): string => {
  if (quote === 'none') return statement
  const plain = stringify(statement, { lineWidth: 0 }).trimEnd()
  // braces and commas are plain text in a block list only, and a flow list looks the same from here
  return quote === 'plain' && plain === statement && !/[{}[\],]/.test(statement) ? plain : JSON.stringify(statement)
}

/** The file with every statement as `print` gives it; one that comes back unchanged is not touched. */
export const rewritten = ({ text, policies }: PolicyFile, print: (statement: string) => string): string => {
  const spans = policies.flatMap((p) => p.statements).toSorted((a, b) => b.span.from - a.span.from)
  let out = text
  for (const { text: statement, span } of spans) {
    const printed = print(statement)
    if (printed !== statement) out = `${out.slice(0, span.from)}${asYaml(printed, span.quote)}${out.slice(span.to)}`
  }
  return out
}
