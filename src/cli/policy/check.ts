// `gwanmun policy check`: what is wrong with statements and what is probably not meant, in files, or in a tenancy.
import { Command } from 'commander'
import type { StaleBinding } from '../../core/policy/stale.ts'
import type { Shell } from '../house.ts'
import { document, example } from '../print.ts'
import {
  catalogueFor,
  catalogueOption,
  catalogueWith,
  type Output,
  outputOption,
  paperFor,
  readPolicyFiles,
} from './offline.ts'
import { type Online, onlineOptions, tenancyOnline } from './online.ts'
import {
  lineOfRemark,
  type Remark,
  remarksFromServer,
  remarksOn,
  remarksOnDeclared,
  remarksOnGroups,
  remarksOnRules,
  type ToldFinding,
} from './remarks.ts'
import { listOf, rowOf } from './rows.ts'

type Options = Online & {
  readonly strict?: boolean
  readonly rules?: boolean
  readonly catalogue?: string
  readonly output: Output
}
type Checked = { readonly remarks: readonly Remark[]; readonly entries: number }

/** Everything that stands there, as the gateway itself judges it. */
const checkTenancy = async (shell: Shell, options: Options): Promise<Checked> => {
  const { api, tenancy, policies, cast } = await tenancyOnline(options)
  const remarks: Remark[] = []
  for (const { id, compartmentId, compartment, name } of policies) {
    const shown = rowOf(
      await api.get(`/compartments/${encodeURIComponent(compartmentId)}/policies/${encodeURIComponent(id)}`),
    )
    const place = [tenancy, ...compartment, name].join('/')
    const stale = listOf(shown, 'staleBindings') as unknown as readonly StaleBinding[]
    remarks.push(
      ...remarksFromServer(place, name, listOf(shown, 'warnings') as unknown as readonly ToldFinding[], stale),
    )
  }
  remarks.push(...remarksOnGroups(tenancy, cast.dynamicGroups, catalogueFor(shell, options.catalogue)))
  return { remarks, entries: policies.reduce((sum, p) => sum + p.statements.length, 0) }
}

const checkFiles = async (shell: Shell, names: readonly string[], options: Options): Promise<Checked> => {
  const files = readPolicyFiles(names)
  const catalogue = catalogueFor(shell, options.catalogue)
  const entries = files.flatMap((f) => f.policies).flatMap((p) => p.statements)
  if (options.rules)
    return { remarks: files.flatMap((file) => remarksOnRules(file, catalogue)), entries: entries.length }
  const texts = entries.map((written) => written.text)
  const there = options.online ? (await tenancyOnline(options, texts)).paper : undefined
  const remarks = files.flatMap((file) => {
    const own = paperFor([file])
    const whole = catalogueWith(catalogue, [file])
    const around = there ? { ...there, policies: own.policies } : own
    return [...remarksOnDeclared(file, whole), ...remarksOn(file, whole, around)]
  })
  return { remarks, entries: entries.length }
}

const counted = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`

const tell = (shell: Shell, { remarks, entries }: Checked, options: Options): void => {
  const of = (severity: Remark['severity']): number => remarks.filter((r) => r.severity === severity).length
  const [errors, warnings, notices] = [of('error'), of('warning'), of('notice')]
  if (options.output === 'json') shell.out(document('json', { remarks }))
  else {
    for (const remark of remarks) shell.out(lineOfRemark(remark))
    const what = counted(entries, options.rules ? 'rule' : 'statement')
    shell.out(`${what}, ${counted(errors, 'error')}, ${counted(warnings, 'warning')}, ${counted(notices, 'notice')}`)
  }
  if (errors > 0 || (options.strict && warnings > 0)) shell.refuse()
}

const check = async (shell: Shell, names: readonly string[], options: Options): Promise<void> =>
  tell(shell, names.length > 0 ? await checkFiles(shell, names, options) : await checkTenancy(shell, options), options)

export const checkCommand = (shell: Shell): Command =>
  onlineOptions(
    new Command('check')
      .description('print what is wrong with statements and what is probably not meant; exit 1 when there is an error')
      .argument('[files...]', 'one statement per line, a YAML list of statements, or a tenancy file')
      .option('--strict', 'exit 1 for warnings too')
      .option('--rules', 'the files hold matching rules of dynamic groups instead'),
  )
    .addOption(catalogueOption())
    .addOption(outputOption())
    .addHelpText(
      'after',
      example(
        'gwanmun policy check statements.txt',
        'gwanmun policy check config/tenancies/acme.yaml -o json',
        'gwanmun policy check',
        'gwanmun policy check new.txt --online',
        'gwanmun policy check --tenancy acme --server https://id.example.com',
      ),
    )
    .action((names: readonly string[], options: Options) => check(shell, names, options))
