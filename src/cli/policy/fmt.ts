// `gwanmun policy fmt`: statements and matching rules in their canonical form.
import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { type PolicyFile, rewritten } from '../../adapters/yaml/policy-file.ts'
import { type Fault, isError } from '../../core/policy/fault.ts'
import { parseStatement } from '../../core/policy/parse.ts'
import { parseRule } from '../../core/policy/parse-rule.ts'
import { printRule, printStatement } from '../../core/policy/print.ts'
import type { Shell } from '../house.ts'
import { example } from '../print.ts'
import { clean, readPolicyFiles } from './offline.ts'
import { placed } from './remarks.ts'

/** How to read and write one entry. */
type Form = { readonly faultsOf: (text: string) => readonly Fault[]; readonly canonical: (text: string) => string }

const statements: Form = {
  faultsOf: (text) => parseStatement(text).faults,
  canonical: (text) => {
    const { statement } = parseStatement(text)
    return statement ? printStatement(statement) : text
  },
}
const rules: Form = {
  faultsOf: (text) => parseRule(text).faults,
  canonical: (text) => {
    const { rule } = parseRule(text)
    return rule ? printRule(rule) : text
  },
}

/** What cannot be read is left as it is and told: half a file in a new form would be worse than none. */
const unreadable = (file: PolicyFile, { faultsOf }: Form): readonly string[] =>
  file.policies.flatMap((p) =>
    p.statements.flatMap((written) =>
      faultsOf(written.text)
        .filter(isError)
        .map((fault) => {
          const { line, column } = placed(written, fault)
          return clean(
            `${file.file}:${line}:${column} ${fault.message}${fault.fix === undefined ? '' : `; ${fault.fix}`}`,
          )
        }),
    ),
  )

type Options = { readonly write?: boolean; readonly rules?: boolean }

export const fmtCommand = (shell: Shell): Command =>
  new Command('fmt')
    .description('print a file with its statements in canonical form; everything else in it stays as it is')
    .argument('<file>', 'one statement per line, a YAML list of statements, or a tenancy file')
    .option('--write', 'change the file instead')
    .option('--rules', 'the file holds matching rules of dynamic groups instead')
    .addHelpText(
      'after',
      example('gwanmun policy fmt statements.txt', 'gwanmun policy fmt config/tenancies/acme.yaml --write'),
    )
    .action((name: string, options: Options) => {
      const form = options.rules ? rules : statements
      const files = readPolicyFiles([name])
      const faults = files.flatMap((file) => unreadable(file, form))
      if (faults.length > 0) {
        for (const fault of faults) shell.err(fault)
        shell.refuse()
        return
      }
      for (const file of files) {
        const text = rewritten(file, form.canonical)
        if (!options.write) shell.out(text.replace(/\n$/, ''))
        else if (text !== file.text) writeFileSync(name, text)
      }
    })
