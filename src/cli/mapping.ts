// `gwanmun mapping explain`: which of our groups somebody with these upstream groups would get, by which rule. Changes nothing.
import { Command } from 'commander'
import { resolveGroups } from '../core/mapping/resolve.ts'
import type { Idp } from '../core/model/idp.ts'
import type { Tx } from '../ports/store.ts'
import { Problem } from '../problem.ts'
import { inHouse, type Shell } from './house.ts'
import { example, type Format, formatOption, printed, type Row } from './print.ts'

const idpAt = async (tx: Tx, path: string): Promise<Idp> => {
  const [tenancyName = '', domainName = '', idpName = '', more] = path.split('/')
  if (more !== undefined || idpName === '')
    throw new Problem('request-malformed', `expected \`tenancy/domain/provider\`, got \`${path}\``)
  const tenancy = await tx.tenancies.byName(undefined, tenancyName)
  const domain = tenancy && (await tx.domains.byName(tenancy.id, domainName))
  const idp = domain && (await tx.idps.byName(domain.id, idpName))
  if (!idp) throw new Problem('not-found', `there is no identity provider \`${path}\``)
  return idp
}

/** Values that no rule matched are listed too: that is usually the question. */
const explained = async (tx: Tx, path: string, values: readonly string[]): Promise<readonly Row[]> => {
  const idp = await idpAt(tx, path)
  const rules = await tx.mappingRules.list(idp.id)
  const names = new Map((await tx.groups.list(idp.domainId)).map((g) => [g.id, g.name]))
  const granted = resolveGroups(rules, values).map((g) => ({
    group: names.get(g.groupId) ?? g.groupId,
    rule: g.ruleName,
    value: g.value,
  }))
  const alone = values.filter(
    (value) => resolveGroups(rules, [value]).length === 0 && !granted.some((g) => g.value === value),
  )
  return [...granted, ...alone.map((value) => ({ group: '', rule: '', value }))]
}

export const mappingCommand = (shell: Shell): Command =>
  new Command('mapping').description('upstream groups and what becomes of them').addCommand(
    new Command('explain')
      .description('print the groups that upstream groups would bring, each with the rule and the value that matched')
      .argument('<provider>', 'tenancy/domain/provider')
      .argument('<groups...>', 'what the identity provider says')
      .addOption(formatOption())
      .addHelpText('after', example('gwanmun mapping explain acme/default/corp-saml CORP-Engineering CORP-OnCall'))
      .action((path: string, values: readonly string[], { output }: { readonly output: Format }) =>
        inHouse(shell, async ({ store }) => {
          const rows = await store.read((tx) => explained(tx, path, values))
          shell.out(printed(output, ['group', 'rule', 'value'], rows))
        }),
      ),
  )
