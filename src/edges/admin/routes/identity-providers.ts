// Upstream identity providers of a domain, and which of their groups mean which of ours: the documents of a tenancy file.
import { z } from 'zod'
import type { DeclaredIdp, DeclaredMapping } from '../../../core/model/declared.ts'
import type { Idp, MappingRule } from '../../../core/model/idp.ts'
import type { IdpId, MappingRuleId } from '../../../core/model/ids.ts'
import type { Domain } from '../../../core/model/tenancy.ts'
import { idpDocument, mappingDocument, namesFrom } from '../../../flows/directory/documents.ts'
import { putIdp, putMapping, removeIdp, removeMapping } from '../../../flows/directory/write-sign-on.ts'
import type { Tx } from '../../../ports/store.ts'
import { byName } from '../by-name.ts'
import { type Documents, documentShape, named } from '../documents.ts'
import { equal, type Test } from '../filter.ts'
import { inDomain, targetIn } from '../in-domain.ts'
import type { Noun } from '../noun.ts'
import { nounRoutes } from '../noun-write.ts'
import type { Route } from '../route.ts'
import { slug } from '../shapes.ts'

const idpCalled = async (tx: Tx, domain: Domain, called: string): Promise<Idp | undefined> => {
  const found = (await tx.idps.byName(domain.id, called)) ?? (await tx.idps.get(called as IdpId))
  return found?.domainId === domain.id ? found : undefined
}

const idpBody = {
  displayName: 'Corp',
  enabled: true,
  emailDomains: ['corp.example'],
  routes: { applications: [], networks: ['10.20.0.0/16'] },
  saml: { metadataUrl: 'https://idp.corp.example/metadata' },
  groupsFrom: ['groups'],
}
const identityProvider = (documents: Documents): Noun<Idp, Domain, DeclaredIdp> => {
  const document = documentShape(documents.identityProvider, ['mappings'])
  return {
    tag: 'identity providers',
    one: 'identity provider',
    path: '/domains/{domain}/identity-providers',
    itemPath: '/domains/{domain}/identity-providers/{idp}',
    resourceType: 'identity-providers',
    operations: {
      list: 'ListIdentityProviders',
      get: 'GetIdentityProvider',
      create: 'CreateIdentityProvider',
      update: 'UpdateIdentityProvider',
      delete: 'DeleteIdentityProvider',
    },
    scope: inDomain,
    find: idpCalled,
    rows: (tx, domain) => tx.idps.list(domain.id),
    paged: byName({
      source: (tx) => tx.idps,
      keyOf: (domain) => domain.id,
      within: (row, domain) => row.domainId === domain.id,
    }),
    idOf: (row) => row.id,
    nameOf: (row) => row.name,
    target: (_tx, row, domain) => targetIn(domain, row),
    view: z.strictObject({ id: z.string(), name: z.string(), domain: z.string(), ...document.view }),
    summary: ['id', 'name', 'domain', 'displayName', 'enabled'],
    show: async (tx, row, domain) => ({
      id: row.id,
      name: row.name,
      domain: domain.name,
      ...idpDocument(row, await tx.apps.some(row.routes?.applications ?? [])),
    }),
    nameShape: slug,
    fixedName: true, // part of addresses that the provider knows
    body: document.body,
    members: document.members,
    write: async (work, { scope, name, body, flows }) => {
      await flows.checkedMetadata('idp', body.trust)
      await putIdp(work, scope, named(body, name))
      const row = await work.tx.idps.byName(scope.id, name)
      if (!row) throw new Error('what was written without faults is not there')
      return row
    },
    remove: (work, row, domain) => removeIdp(work, domain, row),
    example: {
      body: idpBody,
      view: { id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD', name: 'corp', domain: 'default', ...idpBody },
    },
  }
}

type Scope = { readonly domain: Domain; readonly idp: Idp }
const mappingBody = { glob: 'CORP-Finance-*', ignoreCase: true, groups: ['Finance'] }
/** Which rules look for this one upstream group? */
const rulesNaming = async (tx: Tx, { idp }: Scope, tests: readonly Test[]) => {
  const value = equal(tests, 'exact')
  if (value === undefined) return undefined
  return (await tx.mappingRules.forValues(idp.id, [value])).filter(({ match }) => match.kind === 'exact')
}

const groupMapping = (documents: Documents): Noun<MappingRule, Scope, DeclaredMapping> => {
  const document = documentShape(documents.mapping)
  return {
    tag: 'group mappings',
    one: 'group mapping',
    path: '/domains/{domain}/identity-providers/{idp}/group-mappings',
    itemPath: '/domains/{domain}/identity-providers/{idp}/group-mappings/{mapping}',
    resourceType: 'group-mappings',
    operations: {
      list: 'ListGroupMappings',
      get: 'GetGroupMapping',
      create: 'CreateGroupMapping',
      update: 'UpdateGroupMapping',
      delete: 'DeleteGroupMapping',
    },
    scope: async (tx, params, tenancy) => {
      const { scope: domain, place, missing } = await inDomain(tx, params, tenancy)
      if (!domain) return { scope: undefined, place, ...(missing === undefined ? {} : { missing }) }
      const called = params.idp ?? ''
      const idp = await idpCalled(tx, domain, called)
      if (idp) return { scope: { domain, idp }, place }
      return { scope: undefined, place, missing: `there is no identity provider \`${called.slice(0, 100)}\`` }
    },
    find: async (tx, { idp }, called) => {
      const found =
        (await tx.mappingRules.byName(idp.id, called)) ?? (await tx.mappingRules.get(called as MappingRuleId))
      return found?.idpId === idp.id ? found : undefined
    },
    rows: (tx, { idp }) => tx.mappingRules.list(idp.id),
    paged: byName({
      source: (tx) => tx.mappingRules,
      keyOf: ({ idp }) => idp.id,
      within: (row, { idp }) => row.idpId === idp.id,
      lookUp: rulesNaming,
    }),
    idOf: (row) => row.id,
    nameOf: (row) => row.name,
    target: (_tx, row, { domain }) => targetIn(domain, row),
    view: z.strictObject({ id: z.string(), name: z.string(), identityProvider: z.string(), ...document.view }),
    show: async (tx, row, { idp }) => ({
      id: row.id,
      name: row.name,
      identityProvider: idp.name,
      ...mappingDocument(row, namesFrom(await tx.groups.some(row.groups))),
    }),
    fixedName: true,
    body: document.body,
    members: document.members,
    write: async (work, { scope: { domain, idp }, name, body }) => {
      await putMapping(work, domain, idp, { ...body, name })
      const row = await work.tx.mappingRules.byName(idp.id, name)
      if (!row) throw new Error('what was written without faults is not there')
      return row
    },
    remove: (work, row, { domain, idp }) => removeMapping(work, domain, idp, row),
    example: {
      body: mappingBody,
      view: { id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD', name: 'finance', identityProvider: 'corp', ...mappingBody },
    },
  }
}

export const identityProviderRoutes = (documents: Documents): readonly Route[] => [
  ...nounRoutes(identityProvider(documents)),
  ...nounRoutes(groupMapping(documents)),
]
