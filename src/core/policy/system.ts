// The policies that ship with the product: visible, read-only, and above every Deny, so that a tenancy cannot lock itself out.
import type { CompartmentId, GroupId, PolicyId } from '../model/ids.ts'
import type { Policy } from '../model/policy.ts'
import { DEFAULT_DOMAIN } from './references.ts'

/** The group of the Default domain whose members may do everything. */
export const ADMINISTRATORS = 'Administrators'

/** @returns nothing where the tenancy has no such group (yet): then nobody is above the policies */
export const systemPolicies = (
  root: CompartmentId | undefined,
  administrators: GroupId | undefined,
): readonly Pick<Policy, 'id' | 'name' | 'compartmentId' | 'description' | 'statements' | 'bindings' | 'system'>[] =>
  root === undefined || administrators === undefined
    ? []
    : [
        {
          id: 'system:administrators' as PolicyId,
          name: 'administrators',
          compartmentId: root,
          description: 'Members of the Administrators group of the Default domain may do everything.',
          statements: [`Allow group ${ADMINISTRATORS} to manage all-resources in tenancy`],
          bindings: [{ [`group:${DEFAULT_DOMAIN}/${ADMINISTRATORS.toLowerCase()}`]: administrators }],
          system: true,
        },
      ]
