// `gwanmun export`: stored tenancies as the files that would declare them. To standard output, or into a folder that goes into Git.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Command } from 'commander'
import { systemClock } from '../adapters/system.ts'
import { parseTenancy } from '../adapters/yaml/tenancy-file.ts'
import { type TenancyText, tenancyText } from '../adapters/yaml/tenancy-text.ts'
import type { Tenancy } from '../core/model/tenancy.ts'
import { exportTenancy } from '../flows/directory/export-tenancy.ts'
import { Problem } from '../problem.ts'
import { inHouse, type Shell } from './house.ts'
import { example } from './print.ts'

type Written = TenancyText & { readonly tenancy: string; readonly left: readonly string[] }
type Options = { readonly out?: string }

const chosen = (all: readonly Tenancy[], name: string | undefined): readonly Tenancy[] => {
  const found = name === undefined ? all : all.filter((t) => t.name === name)
  if (name !== undefined && found.length === 0) throw new Problem('not-found', `there is no tenancy \`${name}\``)
  return found
}

/** One variable for two secrets would give both the same. */
const warnOfShared = (shell: Shell, written: readonly Written[]): void => {
  const users = Map.groupBy(
    written.flatMap(({ tenancy, variables }) => variables.map(({ name }) => ({ tenancy, name }))),
    ({ name }) => name,
  )
  for (const [name, all] of users)
    if (all.length > 1)
      shell.err(
        `warning: ${name} is named in ${all.map((u) => `\`${u.tenancy}\``).join(' and ')}: rename it in one of the files`,
      )
}

const toFolder = (shell: Shell, folder: string, { tenancy, text, files, variables }: Written): void => {
  const file = join(folder, `${tenancy}.yaml`)
  for (const one of [...files.map((f) => ({ ...f, path: join(folder, f.path) })), { path: file, text }]) {
    mkdirSync(dirname(one.path), { recursive: true })
    writeFileSync(one.path, one.text)
  }
  // what was stored by other means may be more than a file can say: better told now than by the next apply
  const read = parseTenancy(text, file, () => ({ value: 'not looked up' }))
  for (const { where, message } of 'faults' in read ? read.faults : []) shell.err(`warning: ${where}: ${message}`)
  shell.err(`${file} written${variables.length === 0 ? '' : `; it needs ${variables.map((v) => v.name).join(', ')}`}`)
}

const toOutput = (shell: Shell, written: readonly Written[]): void => {
  const [one, ...more] = written
  if (!one) throw new Problem('not-found', 'there is no tenancy yet')
  if (more.length > 0)
    throw new Problem(
      'request-malformed',
      `name one of ${written.map((w) => `\`${w.tenancy}\``).join(', ')}, or give --out <folder>`,
    )
  if (one.files.length > 0)
    throw new Problem(
      'request-malformed',
      `\`${one.tenancy}\` has documents that need files of their own: give --out <folder>`,
    )
  shell.out(one.text.trimEnd())
}

export const exportCommand = (shell: Shell): Command =>
  new Command('export')
    .description(
      'print a stored tenancy as the file that declares it, or write all of them into a folder; the same store gives the same bytes',
    )
    .argument('[tenancy]', 'only this one')
    .option('--out <folder>', 'write <tenancy>.yaml there, with documents beside it')
    .addHelpText(
      'after',
      `${example('gwanmun export acme > config/tenancies/acme.yaml', 'gwanmun export --out config/tenancies')}\nPeople, sessions and factors are left out; secrets become references to environment variables, listed at the top.`,
    )
    .action((name: string | undefined, { out }: Options) =>
      inHouse(shell, async ({ store }) => {
        const written = await store.read(async (tx) => {
          const all: Written[] = []
          for (const { id, name: tenancy } of chosen(await tx.tenancies.list(undefined), name)) {
            const { document, left } = await exportTenancy(tx, id, systemClock())
            all.push({ ...tenancyText(document), tenancy, left })
          }
          return all
        })
        for (const { tenancy, left } of written)
          for (const what of left) shell.err(`warning: \`${tenancy}\`: left out: ${what}`)
        warnOfShared(shell, written)
        if (out === undefined) toOutput(shell, written)
        else for (const one of written) toFolder(shell, out, one)
      }),
    )
