// Files of statements and tenancies on paper: what `gwanmun policy` works on. No store is opened; of the settings only the catalogue's
// folder is asked for, and not even that when it is named.
import { readFileSync } from 'node:fs'
import { Option } from 'commander'
import { readCatalogue } from '../../adapters/yaml/catalogue-file.ts'
import type { Fault } from '../../adapters/yaml/located.ts'
import { type PolicyFile, parsePolicyFile } from '../../adapters/yaml/policy-file.ts'
import { readRoles } from '../../adapters/yaml/roles-file.ts'
import { configFault } from '../../config.ts'
import { type Catalogue, catalogueOf } from '../../core/policy/catalogue.ts'
import { isError, lineOf } from '../../core/policy/fault.ts'
import type { Roles } from '../../core/policy/roles.ts'
import { nameOfPolicy, type Paper, paperOf, paperOfStatements } from '../../core/policy/sketch.ts'
import { type Cast, castOf, castTogether, type Stage, stageOf } from '../../core/policy/stage.ts'
import { Problem } from '../../problem.ts'
import type { Shell } from '../house.ts'

export type Output = 'table' | 'json'
export const outputOption = (): Option =>
  new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table')
export const catalogueOption = (): Option =>
  new Option('--catalogue <folder>', 'catalogue of resource-types instead of the one of the settings')

export const catalogueFor = (shell: Shell, folder: string | undefined): Catalogue => {
  const read = readCatalogue(folder ?? shell.config().config.catalogueDir)
  if ('faults' in read) throw configFault(read.faults)
  return read.catalogue
}

export const rolesOption = (): Option =>
  new Option('--roles <folder>', 'roles instead of those of the settings, where roles are assigned')

export const rolesFor = (shell: Shell, folder: string | undefined, catalogue: Catalogue): Roles => {
  const read = readRoles(folder ?? shell.config().config.rolesDir, catalogue)
  if ('faults' in read) throw configFault(read.faults)
  return read.roles
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

/** Two files of one name, or a list in a file called like a policy: a statement is named by its policy, so names must differ. */
const toldApart = (policies: Paper['policies']): Paper['policies'] => {
  const seen = new Map<string, number>()
  return policies.map((policy) => {
    const key = nameOfPolicy(policy).toLowerCase()
    const count = (seen.get(key) ?? 0) + 1
    seen.set(key, count)
    return count === 1 ? policy : { ...policy, name: `${policy.name} (${count})` }
  })
}

/** One tenancy with the statements of the other files added at its root; without a tenancy, statements are taken at their word. */
export const paperFor = (files: readonly PolicyFile[]): Paper => {
  const tenancies = files.flatMap(({ tenancy }) => tenancy ?? [])
  const [tenancy, another] = tenancies
  if (another)
    throw new Problem('request-malformed', 'more than one tenancy file: statements of two tenancies do not meet')
  const inOrder = toldApart(files.flatMap(plain))
  return tenancy ? { ...paperOf(tenancy), policies: inOrder } : paperOfStatements(inOrder)
}

/** The paper of files, or of a tenancy that runs: what a policy test or a question is about. */
export type Ground = { readonly paper: Paper; readonly cast: Cast; readonly files: readonly PolicyFile[] }
export const groundOf = (files: readonly string[], own: Cast): Ground => {
  if (files.length === 0)
    throw new Problem(
      'config-invalid',
      'nothing is said of what to ask: expected `tenancy` or `files` in the test, or `--tenancy`',
    )
  const read = readPolicyFiles(files)
  const [tenancy] = read.flatMap((file) => file.tenancy ?? [])
  return { paper: paperFor(read), cast: tenancy ? castTogether(castOf(tenancy), own) : own, files: read }
}

/** With what the tenancy files register. */
export const catalogueWith = (catalogue: Catalogue, files: readonly PolicyFile[]): Catalogue => {
  const services = new Map(files.flatMap(({ tenancy }) => tenancy?.services ?? []).map((s) => [s.name, s.data]))
  if (services.size === 0) return catalogue
  const { catalogue: whole, faults } = catalogueOf([...catalogue.sources, ...services.values()])
  if (faults.length > 0) throw new Problem('config-invalid', faults.map((f) => f.message).join('\n'))
  return whole
}

const noRoles: Roles = new Map()
export type Staging = {
  readonly shell: Shell
  readonly catalogue: Catalogue
  readonly roles: string | undefined
}

/** Statements that could not be written grant nothing, so an answer without them would be one about something else. */
export const soundStage = ({ shell, catalogue, roles }: Staging, paper: Paper, cast: Cast): Stage => {
  const given = cast.assignments.length > 0 ? rolesFor(shell, roles, catalogue) : noRoles
  const stage = stageOf(paper, cast, catalogue, given)
  const wrong = stage.sketch.faults.flatMap((policy, p) =>
    policy.flatMap((faults, n) =>
      faults
        .filter(isError)
        .map(
          (f) =>
            `  ${nameOfPolicy(paper.policies[p] ?? { name: '', compartment: [], statements: [] })}#${n + 1}, ${lineOf(f)}`,
        ),
    ),
  )
  if (wrong.length > 0) throw new Problem('config-invalid', `the statements have faults\n${wrong.join('\n')}`)
  if (stage.faults.length > 0) throw new Problem('config-invalid', stage.faults.join('\n'))
  return stage
}

/** A statement, a name or an answer may hold anything: no escape sequence of theirs reaches a terminal. */
export const clean = (text: string): string => text.replace(/\p{Cc}+/gu, ' ')
