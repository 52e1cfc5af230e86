// What somebody wants to assign, checked before anything is asked or changed: roles that there are, that fit the service, the place and each
// other, attributes that mean something. Knows nothing of who wants it.
import { looksLikeId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { RoleAssignment } from '../../core/model/role.ts'
import type { Catalogue } from '../../core/policy/catalogue.ts'
import {
  ASSIGNED,
  attributesOf,
  type Narrowing,
  permissionsOfRole,
  variableFor,
} from '../../core/policy/role-clauses.ts'
import { appliesTo, fitsDepth, isService, type Role, type Roles } from '../../core/policy/roles.ts'
import type { Tree } from '../../core/policy/tree.ts'
import { Problem, type ProblemField } from '../../problem.ts'

export type AssignmentInput = Pick<
  RoleAssignment,
  'holder' | 'roles' | 'service' | 'compartmentId' | 'resource' | 'expiresAt'
>
export type Checking = {
  readonly roles: Roles
  readonly catalogue: Catalogue
  readonly tree: Tree
  readonly now: number
}

const nameShape = /^[\p{L}\p{N}][\p{L}\p{N} ._@/+-]{0,199}$/u
const attributeShape = /^[a-z0-9][\w.:@-]{0,127}$/i
const MOST_ROLES = 20
const MOST_ATTRIBUTES = 20

export const checkName = (name: string): void => {
  if (!nameShape.test(name) || looksLikeId(name))
    throw new Problem(
      'config-invalid',
      `expected a name of 1 to 200 letters, digits, spaces and \`._@/+-\` that does not look like an id, got \`${name.slice(0, 220)}\``,
    )
}

const anyType = (name: string, { all }: Catalogue): boolean =>
  all.some((type) => variableFor(name, type)?.startsWith(ASSIGNED) === false)

const serviceFaults = ({ service }: AssignmentInput, { catalogue }: Checking): readonly ProblemField[] =>
  service === undefined || isService(service, catalogue)
    ? []
    : [{ field: 'service', expected: 'a service of the catalogue', remedy: 'list the services' }]

const resourceFaults = ({ resource, service }: AssignmentInput, { catalogue }: Checking): readonly ProblemField[] => {
  const out: ProblemField[] = []
  const values = [resource.id, ...Object.values(resource.attributes)]
  if (resource.type !== undefined && !catalogue.types.has(resource.type.toLowerCase()))
    out.push({ field: 'resource.type', expected: 'a resource-type of the catalogue' })
  if (resource.type === undefined && resource.id !== undefined && service === undefined)
    out.push({ field: 'resource.type', expected: 'the resource-type of the resource', remedy: 'name it, or a service' })
  if (values.some((value) => value !== undefined && (value === '' || value.length > 256 || value.includes('*'))))
    out.push({ field: 'resource', expected: 'exact values of 1 to 256 characters without `*`' })
  if (Object.keys(resource.attributes).length > MOST_ATTRIBUTES)
    out.push({ field: 'resource.attributes', expected: `at most ${MOST_ATTRIBUTES} attributes` })
  for (const name of Object.keys(resource.attributes))
    if (!attributeShape.test(name) || !anyType(name, catalogue))
      out.push({
        field: `resource.attributes.${name.slice(0, 130)}`,
        expected: 'an attribute that some resource-type knows',
      })
  return out
}

const roleFaults = (role: Role, input: AssignmentInput, { catalogue, tree }: Checking): readonly string[] => {
  const { service, compartmentId } = input
  if (!appliesTo(role, service, catalogue))
    return [service === undefined ? 'a role that applies' : `a role that applies to the service \`${service}\``]
  const place = tree.byId.get(compartmentId)
  const depth = (place?.chain.length ?? 1) - 1
  const expected: string[] = []
  if (place && !fitsDepth(role, depth))
    expected.push(
      role.kind === 'account'
        ? 'the root compartment for a role of kind `account`'
        : `a compartment ${role.kind === 'space' ? 'inside an organisation' : 'below the root'} for a role of kind \`${role.kind}\``,
    )
  const named = new Set(attributesOf(input, catalogue).map(([name]) => name))
  for (const name of role.requires)
    if (!named.has(name)) expected.push(`the attribute \`${name}\` for role \`${role.name}\``)
  if (expected.length === 0 && role.includes.length === 0 && permissionsOfRole(role, input, catalogue).size === 0)
    expected.push(`a resource that role \`${role.name}\` says something about`)
  return expected
}

/** The roles that are meant, each once. Every fault is told at once: Problem('config-invalid') with fields. */
export const checkedRoles = (input: AssignmentInput, checking: Checking): readonly Role[] => {
  const fields: ProblemField[] = [...serviceFaults(input, checking), ...resourceFaults(input, checking)]
  const names = [...new Set(input.roles)]
  if (names.length === 0 || names.length > MOST_ROLES)
    fields.push({ field: 'roles', expected: `1 to ${MOST_ROLES} roles` })
  const roles: Role[] = []
  for (const name of names) {
    const role = checking.roles.get(name)
    if (role) roles.push(role)
    if (!role)
      fields.push({
        field: 'roles',
        expected: `a role that there is, got \`${name.slice(0, 70)}\``,
        remedy: 'list the roles',
      })
    else if (role.everybody)
      fields.push({ field: 'roles', expected: `a role that is given, everybody holds \`${name}\`` })
    else if (fields.length === 0)
      for (const expected of roleFaults(role, input, checking)) fields.push({ field: 'roles', expected })
  }
  if (input.expiresAt !== undefined && input.expiresAt <= checking.now)
    fields.push({ field: 'expiresAt', expected: 'a time to come' })
  if (fields.length > 0)
    throw new Problem(
      'config-invalid',
      `the assignment cannot be made: ${fields.map((f) => `\`${f.field}\` expects ${f.expected}`).join('; ')}`,
      {
        reason: 'role-assignment-invalid',
        fields,
      },
    )
  return roles
}

// INVARIANT: what an assignment is (its role above all) is not for its attributes to say, or one could pass for another.
const fixed = new Set(['role', 'service', 'holder', 'holder-type', 'resource-type', 'id', 'name'])

/** The facts of an assignment of one role, for conditions on `target.role-assignment.…`. */
export const assignmentFacts = (
  role: string | readonly string[],
  given: Narrowing & Pick<RoleAssignment, 'holder'>,
  catalogue: Catalogue,
): JsonObject => {
  const attributes = attributesOf(given, catalogue).map(([name, value]) => [name.toLowerCase(), value] as const)
  const { holder, service, resource } = given
  const facts = {
    ...Object.fromEntries(attributes.filter(([name]) => !fixed.has(name))),
    role,
    holder: holder.id,
    'holder-type': holder.kind,
    ...(service === undefined ? {} : { service }),
    ...(resource.type === undefined ? {} : { 'resource-type': resource.type }),
  }
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [`${ASSIGNED}${name}`, value]))
}
