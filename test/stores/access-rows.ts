// Sample rows of programs, roles, registrations, invitations and access requests; see rows.ts.
import type { AccessRequest, Invitation } from '../../src/core/model/access.ts'
import type { RegisteredResource, RegisteredService } from '../../src/core/model/resource.ts'
import type { RoleAssignment } from '../../src/core/model/role.ts'
import type { ApiKey, DynamicGroup, ServiceId } from '../../src/core/model/workload.ts'
import { DAY, id, NOW } from './rows.ts'

export const dynamicGroup = (name: string, differs: Partial<DynamicGroup> = {}): DynamicGroup => ({
  id: id(`dynamic ${name}`),
  tenancyId: id('acme'),
  domainId: id('default'),
  name,
  description: '',
  rule: "ALL {resource.type = 'instance'}",
  createdAt: NOW,
  updatedAt: NOW,
  ...differs,
})
export const serviceId = (name: string, differs: Partial<ServiceId> = {}): ServiceId => ({
  id: id(name),
  tenancyId: id('acme'),
  compartmentId: id('root'),
  name,
  description: '',
  status: 'active',
  createdAt: NOW,
  updatedAt: NOW,
  ...differs,
})
export const apiKey = (name: string, owner: ApiKey['owner'], differs: Partial<ApiKey> = {}): ApiKey => ({
  id: id(name),
  tenancyId: id('acme'),
  owner,
  name,
  scopes: ['pdp'],
  prefix: 'gwm_abcd',
  hash: `hash of ${name}`,
  createdAt: NOW,
  expiresAt: NOW + DAY,
  revokedAt: undefined,
  ...differs,
})
export const ofPerson = (who: string): { readonly kind: 'person'; readonly id: never } => ({
  kind: 'person',
  id: id(who) as never,
})
export const ofProgram = (who: string): { readonly kind: 'service-id'; readonly id: never } => ({
  kind: 'service-id',
  id: id(who) as never,
})
export const ofGroup = (which: string): { readonly kind: 'group'; readonly id: never } => ({
  kind: 'group',
  id: id(which) as never,
})
export const roleAssignment = (
  name: string,
  holder: RoleAssignment['holder'],
  differs: Partial<RoleAssignment> = {},
): RoleAssignment => ({
  id: id(name),
  tenancyId: id('acme'),
  name,
  holder,
  roles: ['Viewer'],
  service: undefined,
  compartmentId: id('root'),
  resource: { type: 'database', id: undefined, attributes: { 'target.resource.tag.ops.env': 'prod' } },
  createdBy: 'root',
  createdAt: NOW,
  updatedAt: NOW,
  expiresAt: NOW + DAY,
  ...differs,
})
export const registeredService = (name: string): RegisteredService => ({
  id: id(name),
  tenancyId: id('acme'),
  name,
  data: { service: name, types: {}, families: {}, aliases: {}, regions: {} },
  createdAt: NOW,
  updatedAt: NOW,
})
export const resource = (
  type: string,
  name: string,
  differs: Partial<RegisteredResource> = {},
): RegisteredResource => ({
  id: id(`${type}/${name}`),
  tenancyId: id('acme'),
  compartmentId: id('root'),
  type,
  name,
  tags: { 'ops.env': 'Prod' },
  facts: { owner: 'ann' },
  createdAt: NOW,
  updatedAt: NOW,
  ...differs,
})
export const invitation = (name: string, differs: Partial<Invitation> = {}): Invitation => ({
  id: id(`invitation of ${name}`),
  tenancyId: id('acme'),
  domainId: id('default'),
  name,
  email: `${name}@acme.example`,
  locale: 'ko',
  groups: [id('staff')],
  roles: [],
  status: 'pending',
  tokenHash: `link of ${differs.id ?? name}`,
  personId: undefined,
  createdBy: 'root',
  createdAt: NOW,
  sentAt: NOW,
  expiresAt: NOW + DAY,
  decidedAt: undefined,
  version: 0,
  ...differs,
})
export const accessRequest = (
  name: string,
  who: string,
  where: string,
  differs: Partial<AccessRequest> = {},
): AccessRequest => ({
  id: id(name),
  tenancyId: id('acme'),
  groupId: id(where),
  personId: id(who),
  reason: '일이 있어서',
  until: undefined,
  status: 'pending',
  role: undefined,
  decidedBy: undefined,
  decidedAt: undefined,
  createdAt: NOW,
  version: 0,
  ...differs,
})
