// `gwanmun mapping explain` and `mapping of`: what upstream groups would bring, and why somebody has the groups they have. Change nothing.
import { Command } from 'commander'
import { systemClock } from '../adapters/system.ts'
import { groupsHeld, mapped, type WhatIf } from '../flows/directory/explain-groups.ts'
import { inHouse, type Shell } from './house.ts'
import { idpAt, personAt } from './named.ts'
import { example, type Format, formatOption, printed, type Row } from './print.ts'

/** Values that no rule matched are listed too: that is usually the question. */
const rowsOf = ({ grants, unmatched }: WhatIf): readonly Row[] => [
  ...grants,
  ...unmatched.map((value) => ({ group: '', rule: '', value })),
]
const day = (at: number | undefined): string => (at === undefined ? '' : new Date(at).toISOString().slice(0, 10))

type Options = { readonly output: Format; readonly person?: string }

const explain = (shell: Shell): Command =>
  new Command('explain')
    .description('print the groups that upstream groups would bring, each with the rule and the value that matched')
    .argument('<provider>', 'tenancy/domain/provider')
    .argument('<groups...>', 'what the identity provider says')
    .option('--person <user>', 'tenancy/domain/user: also what the next sign-in of this person would change')
    .addOption(formatOption())
    .addHelpText(
      'after',
      example(
        'gwanmun mapping explain acme/default/corp-saml CORP-Engineering CORP-OnCall',
        'gwanmun mapping explain acme/default/corp-saml CORP-Sales --person acme/default/alice',
      ),
    )
    .action((path: string, values: readonly string[], { output, person }: Options) =>
      inHouse(shell, async ({ store }) => {
        const found = await store.read(async (tx) => {
          const who = person === undefined ? undefined : await personAt(tx, person)
          return mapped(tx, (await idpAt(tx, path)).id, values, who?.id)
        })
        shell.out(printed(output, ['group', 'rule', 'value'], rowsOf(found)))
        if (person === undefined || output !== 'table') return
        shell.out(`gains: ${found.gained.join(', ') || 'nothing'}\nloses: ${found.lost.join(', ') || 'nothing'}`)
      }),
    )

const held = (shell: Shell): Command =>
  new Command('of')
    .description('print why a person has the groups they have: provider, rule, value, since when and until when')
    .argument('<user>', 'tenancy/domain/user')
    .addOption(formatOption())
    .addHelpText('after', example('gwanmun mapping of acme/default/alice'))
    .action((path: string, { output }: Options) =>
      inHouse(shell, async ({ store }) => {
        const rows = await store.read(async (tx) => groupsHeld(tx, (await personAt(tx, path)).id, systemClock()))
        const table = rows.map((r) => ({
          group: r.group,
          because: r.because,
          provider: r.idp ?? '',
          role: r.role,
          since: day(r.since),
          until: day(r.expiresAt),
        }))
        shell.out(printed(output, ['group', 'because', 'provider', 'role', 'since', 'until'], table))
      }),
    )

export const mappingCommand = (shell: Shell): Command =>
  new Command('mapping')
    .description('upstream groups and what becomes of them')
    .addCommand(explain(shell))
    .addCommand(held(shell))
