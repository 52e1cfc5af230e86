// `gwanmun config`: what the settings are and where they come from, whether every file is sound, and the published schemas.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { readCatalogue } from '../adapters/yaml/catalogue-file.ts'
import { readRoles, rolesJsonSchema } from '../adapters/yaml/roles-file.ts'
import { tenancyJsonSchema } from '../adapters/yaml/tenancy-file.ts'
import { configFault, configJsonSchema } from '../config.ts'
import { declaredIn } from './apply.ts'
import type { Shell } from './house.ts'
import { document, example, type Format, formatOption, printed } from './print.ts'

const show = (shell: Shell): Command =>
  new Command('show')
    .description('print every setting, its value and where it came from; secrets are masked')
    .addOption(formatOption())
    .addHelpText('after', example('gwanmun config show', 'gwanmun config show -o json'))
    .action(({ output }: { readonly output: Format }) => {
      const rows = shell
        .config()
        .settings.map(({ name, value, source, env }) => ({ setting: name, value, source, variable: env }))
      shell.out(printed(output, ['setting', 'value', 'source', 'variable'], rows))
    })

const validate = (shell: Shell): Command =>
  new Command('validate')
    .description(
      'check the settings, every tenancy file, the catalogue and the roles; all faults at once, each with file, line and column',
    )
    .addHelpText(
      'after',
      `${example('gwanmun config validate')}\nNames that must exist in the store are checked by \`gwanmun plan\`.`,
    )
    .action(() => {
      const { config } = shell.config()
      const tenancies = declaredIn(config)
      const catalogue = readCatalogue(config.catalogueDir)
      if ('faults' in catalogue) throw configFault(catalogue.faults)
      const roles = readRoles(config.rolesDir, catalogue.catalogue)
      if ('faults' in roles) throw configFault(roles.faults)
      shell.out(
        `sound: the settings and ${tenancies.length} ${tenancies.length === 1 ? 'tenancy' : 'tenancies'} in ${config.tenanciesDir}`,
      )
    })

const schemas: { readonly [name: string]: () => object } = {
  gwanmun: configJsonSchema,
  tenancy: tenancyJsonSchema,
  roles: rolesJsonSchema,
}

const schema = (shell: Shell): Command =>
  new Command('schema')
    .description(
      'print a JSON Schema for editors: `gwanmun` (config/gwanmun.yaml), `tenancy` (config/tenancies/*.yaml) or `roles` (config/roles/*.yaml)',
    )
    .argument('[name]', 'gwanmun, tenancy or roles')
    .option('--write <folder>', 'write all of them there instead')
    .addHelpText('after', example('gwanmun config schema tenancy', 'gwanmun config schema --write config/schema'))
    .action((name: string | undefined, { write }: { readonly write?: string }, command: Command) => {
      if (write !== undefined) {
        mkdirSync(write, { recursive: true })
        for (const [file, make] of Object.entries(schemas))
          writeFileSync(join(write, `${file}.json`), `${document('json', make())}\n`)
        return
      }
      const make = name !== undefined && Object.hasOwn(schemas, name) ? schemas[name] : undefined
      if (!make) command.error(`error: expected \`gwanmun\`, \`tenancy\` or \`roles\`, got \`${name ?? ''}\``)
      else shell.out(document('json', make()))
    })

export const configCommand = (shell: Shell): Command =>
  new Command('config')
    .description('settings and their files')
    .addCommand(show(shell))
    .addCommand(validate(shell))
    .addCommand(schema(shell))
