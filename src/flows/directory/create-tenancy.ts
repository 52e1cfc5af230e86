// A tenancy is born whole: root compartment, identity domain `default`, and in it the group `Administrators`, which may do everything
// and can be neither deleted nor emptied. Its first person comes from flows/directory/first-administrator.
import type { Actor } from '../../core/model/audit.ts'
import type { Group } from '../../core/model/group.ts'
import type { CompartmentId, DomainId, GroupId, TenancyId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Compartment, Domain, SessionLife, Tenancy } from '../../core/model/tenancy.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Random } from '../../ports/random.ts'
import type { Tx } from '../../ports/store.ts'
import { eventOf } from '../audit-event.ts'

export const DEFAULT_DOMAIN = 'default'
export const ADMINISTRATORS = 'Administrators'
export const ADMINISTRATORS_DESCRIPTION = 'May do everything in the tenancy'

export type NewTenancy = {
  readonly tenancy: Tenancy
  readonly root: Compartment
  readonly domain: Domain
  readonly administrators: Group
}

/** A domain with everything that its file may leave out. */
export const blankDomain = (
  id: DomainId,
  tenancyId: TenancyId,
  compartmentId: CompartmentId,
  name: string,
  session: SessionLife,
): Domain => ({
  id,
  tenancyId,
  compartmentId,
  name,
  displayName: name === DEFAULT_DOMAIN ? 'Default' : name,
  status: 'active',
  locale: 'en',
  session,
  accessTokenSeconds: 600,
  refreshTokenSeconds: 30 * 86_400,
  localSignIn: true,
  branding: {},
  version: 1,
})

type With = {
  readonly random: Random
  readonly now: EpochMs
  readonly session: SessionLife
  readonly actor: Actor
}

/** The caller has made sure that the name is free. */
export const createTenancyIn = async (
  tx: Tx,
  { random, now, session, actor }: With,
  named: { readonly name: string; readonly displayName: string },
): Promise<NewTenancy> => {
  const tenancy: Tenancy = {
    id: random.id() as TenancyId,
    name: named.name,
    displayName: named.displayName,
    denyEnabled: false,
    revision: 1,
    createdAt: now,
  }
  const root: Compartment = {
    id: random.id() as CompartmentId,
    tenancyId: tenancy.id,
    parentId: undefined,
    name: tenancy.name,
    description: 'The root of the tenancy',
  }
  const domain = blankDomain(random.id() as DomainId, tenancy.id, root.id, DEFAULT_DOMAIN, session)
  const administrators: Group = {
    id: random.id() as GroupId,
    tenancyId: tenancy.id,
    domainId: domain.id,
    name: ADMINISTRATORS,
    description: ADMINISTRATORS_DESCRIPTION,
    system: true,
  }
  await tx.tenancies.put(tenancy)
  await tx.compartments.put(root)
  await tx.domains.put(domain)
  await tx.groups.put(administrators)
  const after: JsonObject = {
    name: tenancy.name,
    displayName: tenancy.displayName,
    domain: domain.name,
    group: ADMINISTRATORS,
  }
  await tx.audit.add(
    eventOf(random, now, {
      tenancyId: tenancy.id,
      action: 'tenancy.created',
      actor,
      target: { type: 'tenancy', id: tenancy.id, name: tenancy.name },
      after,
    }),
  )
  return { tenancy, root, domain, administrators }
}
