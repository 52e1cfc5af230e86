// `gwanmun policy check` and `gwanmun policy fmt`: what is wrong with statements, what is probably not meant, and their canonical form.
import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { type PolicyFile, rewritten, type WrittenStatement } from '../../adapters/yaml/policy-file.ts'
import type { Catalogue } from '../../core/policy/catalogue.ts'
import { isError } from '../../core/policy/fault.ts'
import { lint } from '../../core/policy/lint.ts'
import { parseStatement } from '../../core/policy/parse.ts'
import { printStatement } from '../../core/policy/print.ts'
import { nameOfPolicy, sketchOf } from '../../core/policy/sketch.ts'
import type { Shell } from '../house.ts'
import { document, example } from '../print.ts'
import { catalogueFor, catalogueOption, type Output, outputOption, paperFor, readPolicyFiles } from './offline.ts'

type Remark = {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly policy: string
  readonly statement: number // from 1
  readonly severity: 'error' | 'warning' | 'notice'
  readonly id: string
  readonly message: string
  readonly explanation: string | undefined
  readonly fix: string | undefined
}

type InText = { readonly line: number; readonly column: number }
/** Where a place in a statement is in the file; in text that was folded or escaped, where the statement begins. */
const placed = (written: WrittenStatement, { line, column }: InText): InText =>
  written.isVerbatim && line === 1
    ? { line: written.line, column: written.column + column - 1 }
    : { line: written.line, column: written.column }

/** A warning that the lint list knows under a name of its own is said once. */
const saidByLint = new Set([
  'value-bare',
  'slash-in-quotes',
  'verb-access',
  'resource-type-unknown',
  'permission-unknown',
])

export const remarksOn = (file: PolicyFile, catalogue: Catalogue): readonly Remark[] => {
  const { faults } = sketchOf(paperFor([file]), catalogue)
  const all = file.policies.flatMap((policy, p) =>
    policy.statements.map((written, n) => ({ policy, written, n, faults: faults[p]?.[n] ?? [] })),
  )
  const findings = lint(
    all.map(({ policy, written }) => ({ text: written.text, attachedTo: policy.compartment })),
    catalogue,
  )
  return all.flatMap(({ policy, written, n, faults: own }, index) => {
    const base = {
      file: file.file,
      policy: nameOfPolicy({ ...policy, statements: [] }),
      statement: n + 1,
    }
    return [
      ...own
        .filter((f) => isError(f) || !saidByLint.has(f.code))
        .map(({ severity, code, message, fix, ...at }) => ({
          ...base,
          ...placed(written, at),
          severity,
          id: code,
          message,
          explanation: undefined,
          fix,
        })),
      ...findings
        .filter((f) => f.statement === index)
        .map(({ severity, id, message, explanation, fix, ...at }) => ({
          ...base,
          ...placed(written, at),
          severity,
          id,
          message,
          explanation,
          fix,
        })),
    ]
  })
}

const clean = (text: string): string => text.replace(/\p{Cc}+/gu, ' ')
const lineOfRemark = ({ file, line, column, severity, id, message, fix }: Remark): string =>
  clean(`${file}:${line}:${column} ${severity} ${id}: ${message}${fix === undefined ? '' : `; ${fix}`}`)

const counted = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`

export const checkCommand = (shell: Shell): Command =>
  new Command('check')
    .description('print what is wrong with statements and what is probably not meant; exit 1 when there is an error')
    .argument('<files...>', 'one statement per line, a YAML list of statements, or a tenancy file')
    .option('--strict', 'exit 1 for warnings too')
    .addOption(catalogueOption())
    .addOption(outputOption())
    .addHelpText(
      'after',
      example('gwanmun policy check statements.txt', 'gwanmun policy check config/tenancies/acme.yaml -o json'),
    )
    .action(
      (
        names: readonly string[],
        options: { readonly strict?: boolean; readonly catalogue?: string; readonly output: Output },
      ) => {
        const files = readPolicyFiles(names)
        const catalogue = catalogueFor(shell, options.catalogue)
        const remarks = files.flatMap((file) => remarksOn(file, catalogue))
        const [errors, warnings] = (['error', 'warning'] as const).map(
          (s) => remarks.filter((r) => r.severity === s).length,
        )
        if (options.output === 'json') shell.out(document('json', { remarks }))
        else {
          for (const remark of remarks) shell.out(lineOfRemark(remark))
          const statements = files.flatMap((f) => f.policies).flatMap((p) => p.statements).length
          shell.out(
            `${counted(statements, 'statement')}, ${counted(errors ?? 0, 'error')}, ${counted(warnings ?? 0, 'warning')}, ${counted(remarks.length - (errors ?? 0) - (warnings ?? 0), 'notice')}`,
          )
        }
        if (errors || (options.strict && warnings)) shell.refuse()
      },
    )

const canonical = (text: string): string => {
  const { statement } = parseStatement(text)
  return statement ? printStatement(statement) : text
}

/** What cannot be read is left as it is and told: half a file in a new form would be worse than none. */
const unreadable = (file: PolicyFile): readonly string[] =>
  file.policies.flatMap((p) =>
    p.statements.flatMap((written) =>
      parseStatement(written.text)
        .faults.filter(isError)
        .map((fault) => {
          const { line, column } = placed(written, fault)
          return clean(
            `${file.file}:${line}:${column} ${fault.message}${fault.fix === undefined ? '' : `; ${fault.fix}`}`,
          )
        }),
    ),
  )

export const fmtCommand = (shell: Shell): Command =>
  new Command('fmt')
    .description('print a file with its statements in canonical form; everything else in it stays as it is')
    .argument('<file>', 'one statement per line, a YAML list of statements, or a tenancy file')
    .option('--write', 'change the file instead')
    .addHelpText(
      'after',
      example('gwanmun policy fmt statements.txt', 'gwanmun policy fmt config/tenancies/acme.yaml --write'),
    )
    .action((name: string, { write }: { readonly write?: boolean }) => {
      const files = readPolicyFiles([name])
      const faults = files.flatMap(unreadable)
      if (faults.length > 0) {
        for (const fault of faults) shell.err(fault)
        shell.refuse()
        return
      }
      for (const file of files) {
        const text = rewritten(file, canonical)
        if (!write) shell.out(text.replace(/\n$/, ''))
        else if (text !== file.text) writeFileSync(name, text)
      }
    })
