// `gwanmun keys list`: which keys each identity domain signs with. Public facts only; private parts stay sealed.
import { Command } from 'commander'
import type { Tx } from '../ports/store.ts'
import { inHouse, type Shell } from './house.ts'
import { example, type Format, formatOption, printed, type Row } from './print.ts'

const rowsOf = async (tx: Tx): Promise<readonly Row[]> => {
  const rows: Row[] = []
  for (const tenancy of await tx.tenancies.list(undefined))
    for (const domain of await tx.domains.list(tenancy.id))
      for (const { id, use, alg, status, createdAt } of await tx.keys.ofDomain(domain.id))
        rows.push({
          domain: `${tenancy.name}/${domain.name}`,
          use,
          alg,
          status,
          kid: id,
          since: new Date(createdAt).toISOString(),
        })
  return rows
}

export const keysCommand = (shell: Shell): Command =>
  new Command('keys').description('signing keys of the identity domains').addCommand(
    new Command('list')
      .description('print every key: what it signs, with which algorithm, and whether it is active')
      .addOption(formatOption())
      .addHelpText('after', example('gwanmun keys list'))
      .action(({ output }: { readonly output: Format }) =>
        inHouse(shell, async ({ store }) => {
          shell.out(printed(output, ['domain', 'use', 'alg', 'status', 'kid', 'since'], await store.read(rowsOf)))
        }),
      ),
  )
