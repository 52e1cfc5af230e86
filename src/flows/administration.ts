// The flows that the administrative API calls beyond those that need nothing but the transaction, put together once for wire.ts and for tests.
import type { InRange } from '../core/journey/home-realm.ts'
import type { RegisteredService } from '../core/model/resource.ts'
import type { SessionLife } from '../core/model/tenancy.ts'
import type { Catalogue } from '../core/policy/catalogue.ts'
import type { PolicyLimits } from '../core/policy/limits.ts'
import type { Roles } from '../core/policy/roles.ts'
import type { Clock } from '../ports/clock.ts'
import type { RecoveryCodes } from '../ports/factor.ts'
import type { KeyMaker } from '../ports/keys.ts'
import type { Random } from '../ports/random.ts'
import type { Secrets } from '../ports/secrets.ts'
import type { Store } from '../ports/store.ts'
import { Problem } from '../problem.ts'
import type { Administer } from './access/administer.ts'
import type { PolicyWriter } from './access/api.ts'
import { type AssignRole, roleAssigner } from './access/assign-role.ts'
import { denyEnabler, type EnableDenyIn } from './access/enable-deny.ts'
import { type Inviter, inviter } from './access/invite.ts'
import { tenancyCatalogues } from './access/known.ts'
import { type DecisionFlows, decisionFlows } from './access/questions.ts'
import type { Snapshots } from './access/snapshots.ts'
import type { AuditFlows } from './audit/audit-flows.ts'
import { type ConnectionFlows, connectionFlows, type Inspectors } from './connection/administer-test.ts'
import { bypassCodeIssuer, type IssueBypassCode } from './directory/bypass-code.ts'
import { type EnsureKeys, ensureKeys } from './upkeep/ensure-keys.ts'
import type { CheckMetadata } from './upkeep/refresh-metadata.ts'
import { type MakeNextKey, nextKeyMaker } from './upkeep/rotate-keys.ts'

export type Flows = {
  readonly audit: Pick<AuditFlows, 'verify' | 'exportTrail'>
  readonly decisions: DecisionFlows
  readonly inviter: Inviter
  readonly connections: ConnectionFlows
  readonly issueBypassCode: IssueBypassCode
  readonly assignRole: AssignRole
  readonly roles: Roles
  readonly policies: PolicyWriter
  readonly enableDenyIn: EnableDenyIn
  /** What ships with the gateway, and on top of it what a tenancy registered. */
  readonly catalogueFor: (services: readonly RegisteredService[]) => Catalogue
  readonly policyLimits: PolicyLimits
  readonly baseUrl: string
  /** How long a browser stays signed in where a domain does not say. */
  readonly session: SessionLife
  readonly inRange: InRange
  readonly ensureKeys: EnsureKeys
  readonly makeNextKey: MakeNextKey
  /** Problem('config-invalid') for metadata that was sent along and is not sound; what is fetched is looked at when it is there. */
  readonly checkedMetadata: (role: 'idp' | 'sp', of: Saml | { readonly protocol: 'oidc' }) => Promise<void>
}
type Saml = {
  readonly protocol: 'saml'
  readonly entityId?: string
  readonly metadataXml: string | undefined
  readonly metadataUrl: string | undefined
}
type Deps = Pick<Flows, 'audit' | 'roles' | 'policies' | 'policyLimits' | 'baseUrl' | 'session' | 'inRange'> & {
  readonly checkMetadata: CheckMetadata
  readonly secrets: Secrets
  readonly keyMaker: KeyMaker
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly administer: Administer
  readonly catalogue: Catalogue
  readonly known: Snapshots
  readonly inspectors: Inspectors
  readonly recoveryCodes: Pick<RecoveryCodes, 'make'>
}

const checkedBy =
  (check: CheckMetadata): Flows['checkedMetadata'] =>
  async (role, of) => {
    if (of.protocol === 'oidc' || of.metadataUrl !== undefined || of.metadataXml === undefined) return
    const found = await check({ role, xml: of.metadataXml, previousXml: undefined, entityId: of.entityId })
    if (found === 'sound') return
    const field = 'saml.metadataXml'
    throw new Problem('config-invalid', `\`${field}\`: ${found.fault}`, {
      reason: 'metadata',
      fields: [{ field, expected: `sound metadata: ${found.fault}` }],
    })
  }

export const administrationFlows = (deps: Deps): Flows => {
  const { roles, policies, policyLimits, baseUrl, administer, catalogue, random, known } = deps
  return {
    audit: deps.audit,
    policies,
    policyLimits,
    baseUrl,
    roles,
    ...denyEnabler({ ...deps, putPolicyIn: policies.putPolicyIn }),
    catalogueFor: tenancyCatalogues(catalogue),
    inviter: inviter({ administer, roles, random, baseUrl }),
    connections: connectionFlows(deps),
    issueBypassCode: bypassCodeIssuer(deps),
    assignRole: roleAssigner({ administer, roles }),
    decisions: decisionFlows({ known }),
    session: deps.session,
    inRange: deps.inRange,
    ensureKeys: ensureKeys(deps),
    makeNextKey: nextKeyMaker(deps),
    checkedMetadata: checkedBy(deps.checkMetadata),
  }
}
