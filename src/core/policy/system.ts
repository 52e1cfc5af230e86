// The policies that ship with the product: visible, read-only, and above every Deny, so that a tenancy cannot lock itself out. In their
// texts a quoted `request.…` is a reference.
import type { CompartmentId, GroupId, PolicyId } from '../model/ids.ts'
import type { Policy } from '../model/policy.ts'
import { DEFAULT_DOMAIN } from './references.ts'

/** The group of the Default domain whose members may do everything. */
export const ADMINISTRATORS = 'Administrators'

type Shipped = Pick<Policy, 'id' | 'name' | 'compartmentId' | 'description' | 'statements' | 'bindings' | 'system'>

/** Without such a group (yet) nobody is above the policies. */
const administratorsPolicy = (root: CompartmentId, administrators: GroupId): Shipped => ({
  id: 'system:administrators' as PolicyId,
  name: 'administrators',
  compartmentId: root,
  description: 'Members of the Administrators group of the Default domain may do everything.',
  statements: [`Allow group ${ADMINISTRATORS} to manage all-resources in tenancy`],
  bindings: [{ [`group:${DEFAULT_DOMAIN}/${ADMINISTRATORS.toLowerCase()}`]: administrators }],
  system: true,
})

const ownDomainPolicy = (root: CompartmentId): Shipped => ({
  id: 'system:own-domain' as PolicyId,
  name: 'own-domain',
  compartmentId: root,
  description: 'Everybody may read the identity domain that they belong to: without it nobody could sign in.',
  statements: ["Allow any-user to read domains in tenancy where target.domain.id = 'request.domain.id'"],
  bindings: [{}],
  system: true,
})

export const systemPolicies = (
  root: CompartmentId | undefined,
  administrators: GroupId | undefined,
): readonly Shipped[] =>
  root === undefined
    ? []
    : [...(administrators === undefined ? [] : [administratorsPolicy(root, administrators)]), ownDomainPolicy(root)]
