// Files of statements and tenancies on paper: what `gwanmun policy` works on. No store is opened; of the settings only the catalogue's
// folder is asked for, and not even that when it is named.
import { readFileSync } from 'node:fs'
import { Option } from 'commander'
import { readCatalogue } from '../../adapters/yaml/catalogue-file.ts'
import type { Fault } from '../../adapters/yaml/located.ts'
import { type PolicyFile, parsePolicyFile } from '../../adapters/yaml/policy-file.ts'
import { configFault } from '../../config.ts'
import type { Catalogue } from '../../core/policy/catalogue.ts'
import { type Paper, paperOf, paperOfStatements } from '../../core/policy/sketch.ts'
import { Problem } from '../../problem.ts'
import type { Shell } from '../house.ts'

export type Output = 'text' | 'json'
export const outputOption = (): Option =>
  new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text')
export const catalogueOption = (): Option =>
  new Option('--catalogue <folder>', 'catalogue of resource-types instead of the one of the settings')

export const catalogueFor = (shell: Shell, folder: string | undefined): Catalogue => {
  const read = readCatalogue(folder ?? shell.config().config.catalogueDir)
  if ('faults' in read) throw configFault(read.faults)
  return read.catalogue
}

const refused = (faults: readonly Fault[]): Problem =>
  new Problem('config-invalid', faults.map((f) => `${f.where}: ${f.message}`).join('\n'))

export const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'error'
    throw new Problem('config-invalid', `\`${file}\` cannot be read (${code})`)
  }
}

export const parsedOr = <T extends object>(read: T | { readonly faults: readonly Fault[] }): T => {
  if ('faults' in read) throw refused(read.faults as readonly Fault[])
  return read
}

export const readPolicyFiles = (files: readonly string[]): readonly PolicyFile[] =>
  files.map((file) => parsedOr<PolicyFile>(parsePolicyFile(textOf(file), file)))

const plain = ({ policies }: PolicyFile): Paper['policies'] =>
  policies.map(({ name, compartment, statements }) => ({
    name,
    compartment,
    statements: statements.map((s) => s.text),
  }))

/** One tenancy with the statements of the other files added at its root; without a tenancy, statements are taken at their word. */
export const paperFor = (files: readonly PolicyFile[]): Paper => {
  const tenancies = files.flatMap(({ tenancy }) => tenancy ?? [])
  const [tenancy, another] = tenancies
  if (another)
    throw new Problem('request-malformed', 'more than one tenancy file: statements of two tenancies do not meet')
  const inOrder = files.flatMap(plain)
  return tenancy ? { ...paperOf(tenancy), policies: inOrder } : paperOfStatements(inOrder)
}
