// `gwanmun roles`: the roles that there are and what each permits, read from the files. No store is opened.
import { Command } from 'commander'
import { readRoles } from '../adapters/yaml/roles-file.ts'
import { configFault } from '../config.ts'
import type { Catalogue } from '../core/policy/catalogue.ts'
import { appliesTo, choosesService, isService, permitsOf, type Role, type Roles } from '../core/policy/roles.ts'
import { Problem } from '../problem.ts'
import type { Shell } from './house.ts'
import { catalogueFor, catalogueOption } from './policy/offline.ts'
import { document, example, type Format, formatOption, printed, table } from './print.ts'

type Flags = {
  readonly service?: string
  readonly catalogue?: string
  readonly roles?: string
  readonly output: Format
}
type Read = { readonly catalogue: Catalogue; readonly roles: Roles }

const readFiles = (shell: Shell, flags: Flags): Read => {
  const catalogue = catalogueFor(shell, flags.catalogue)
  const read = readRoles(flags.roles ?? shell.config().config.rolesDir, catalogue)
  if ('faults' in read) throw configFault(read.faults)
  if (flags.service !== undefined && !isService(flags.service, catalogue))
    throw new Problem('not-found', `no service of the catalogue is called \`${flags.service}\``)
  return { catalogue, roles: read.roles }
}

const forService = ({ catalogue, roles }: Read, service: string | undefined): readonly Role[] =>
  [...roles.values()].filter((role) => appliesTo(role, service, catalogue))

const listed = (role: Role) => ({
  role: role.name,
  kind: role.kind,
  title: role.title.en,
  제목: role.title.ko,
  invitable: role.invitable,
  aboveDeny: role.aboveDeny,
})

const list = (shell: Shell): Command =>
  new Command('list')
    .description('print the roles; with --service, those that may be given for it')
    .option('--service <name>', 'only roles that apply to this service')
    .option('--roles <folder>', 'role files instead of those of the settings')
    .addOption(catalogueOption())
    .addOption(formatOption())
    .addHelpText('after', example('gwanmun roles list', 'gwanmun roles list --service objectstorage'))
    .action((flags: Flags) => {
      const rows = forService(readFiles(shell, flags), flags.service).map(listed)
      shell.out(printed(flags.output, ['role', 'kind', 'title', '제목', 'invitable', 'aboveDeny'], rows))
    })

/** What it permits whatever the service, then service by service; a service that does not use the role says so. */
const permitted = (role: Role, { catalogue }: Read, service: string | undefined) => {
  const tables = [...role.services.keys()].filter((name) => service === undefined || name === service)
  const common = permitsOf({ ...role, services: new Map() }, undefined)
  const rows = appliesTo(role, service, catalogue) ? common.map((action) => ({ service: '', action })) : []
  return [
    ...rows,
    ...tables.flatMap((name) => {
      const own = permitsOf({ ...role, grants: [] }, name)
      return own.length === 0
        ? [{ service: name, action: '(not used)' }]
        : own.map((action) => ({ service: name, action }))
    }),
  ]
}

const headOf = (role: Role): string =>
  [
    `${role.name} (${role.kind}): ${role.title.en} · ${role.title.ko}`,
    role.description.en,
    role.description.ko,
    ...(role.includes.length > 0 ? [`comes with: ${role.includes.join(', ')}`] : []),
    ...(role.requires.length > 0 ? [`needs the attributes: ${role.requires.join(', ')}`] : []),
    ...(role.everybody ? ['held by everybody, without being given'] : []),
    ...(role.aboveDeny ? ['no Deny takes away what it grants'] : []),
    ...(choosesService(role) ? ['given for one service, or for all of them'] : []),
  ].join('\n')

const show = (shell: Shell): Command =>
  new Command('show')
    .description('print what a role permits')
    .argument('<role>', 'its name')
    .option('--service <name>', 'only what it permits when given for this service')
    .option('--roles <folder>', 'role files instead of those of the settings')
    .addOption(catalogueOption())
    .addOption(formatOption())
    .addHelpText(
      'after',
      example('gwanmun roles show space-developer', 'gwanmun roles show operator --service containers'),
    )
    .action((name: string, flags: Flags) => {
      const read = readFiles(shell, flags)
      const role = read.roles.get(name)
      if (!role)
        throw new Problem('not-found', `there is no role \`${name}\`; \`gwanmun roles list\` prints those there are`)
      if (!appliesTo(role, flags.service, read.catalogue))
        throw new Problem(
          'request-malformed',
          `role \`${name}\` does not apply to the service \`${flags.service ?? ''}\``,
        )
      const permits = permitted(role, read, flags.service)
      if (flags.output === 'table') shell.out(`${headOf(role)}\n\n${table(['service', 'action'], permits)}`)
      else {
        const { title, description, kind, includes, requires, aboveDeny, invitable, everybody } = role
        const about = { role: name, kind, title, description, includes, requires, aboveDeny, invitable, everybody }
        shell.out(document(flags.output, { ...about, permits }))
      }
    })

export const rolesCommand = (shell: Shell): Command =>
  new Command('roles').description('roles and what they permit').addCommand(list(shell)).addCommand(show(shell))
