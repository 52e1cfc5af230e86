// Identity domains: the document of a tenancy file without what has routes of its own. Switching one on or off is a permission of its own.
import { z } from 'zod'
import type { DeclaredDomain } from '../../../core/model/declared.ts'
import type { Group } from '../../../core/model/group.ts'
import type { Domain, Tenancy } from '../../../core/model/tenancy.ts'
import { placeCalled, type Tree } from '../../../core/policy/tree.ts'
import type { Demand } from '../../../flows/access/permits.ts'
import { domainDocument, namesFrom } from '../../../flows/directory/documents.ts'
import { putDomain, removeDomain } from '../../../flows/directory/write-domains.ts'
import type { Tx } from '../../../ports/store.ts'
import { type Documents, documentShape, named } from '../documents.ts'
import { treeIn } from '../in-compartment.ts'
import { domainCalled, domainFacts, targetIn } from '../in-domain.ts'
import type { Noun } from '../noun.ts'
import { nounRoutes } from '../noun-write.ts'
import type { Handle, Route } from '../route.ts'
import { slug } from '../shapes.ts'

type Scope = { readonly tenancy: Tenancy; readonly tree: Tree }

const inTree = (tree: Tree, { compartment }: DeclaredDomain) => placeCalled(tree, compartment.join(':'))
const pathIn = (tree: Tree, { compartmentId }: Domain): string =>
  compartmentId === tree.root?.id ? '' : (tree.byId.get(compartmentId)?.path.replaceAll(':', '/') ?? '')

/** Those that its document names. */
const groupsNamed = async (tx: Tx, { selfRegistration }: Domain): Promise<readonly Group[]> => {
  const found: Group[] = []
  for (const id of selfRegistration?.groups ?? []) {
    const group = await tx.groups.get(id)
    if (group) found.push(group)
  }
  return found
}

const body = {
  displayName: 'Partners',
  compartment: '',
  active: true,
  locale: 'ko',
  session: { idleSeconds: 1800, absoluteSeconds: 43200 },
  accessTokenSeconds: 600,
  refreshTokenSeconds: 2592000,
  branding: { accent: '#0b6e4f' },
  localSignIn: true,
  passwordReset: true,
}

const domainNoun = (documents: Documents): Noun<Domain, Scope, DeclaredDomain> => {
  const document = documentShape(documents.domain, [
    'groups',
    'dynamicGroups',
    'passwordPolicies',
    'signOnRules',
    'idps',
  ])
  return {
    tag: 'domains',
    one: 'domain',
    path: '/domains',
    itemPath: '/domains/{domain}',
    resourceType: 'domains',
    operations: {
      list: 'ListDomains',
      get: 'GetDomain',
      create: 'CreateDomain',
      update: 'UpdateDomain',
      delete: 'DeleteDomain',
    },
    scope: async (tx, { domain: called }, tenancy) => ({
      scope: { tenancy, tree: await treeIn(tx, tenancy) },
      place: { compartmentId: undefined, facts: called === undefined ? {} : { 'target.domain.name': called } },
    }),
    find: (tx, { tenancy }, called) => domainCalled(tx, tenancy, called),
    rows: (tx, { tenancy }) => tx.domains.list(tenancy.id),
    idOf: (row) => row.id,
    nameOf: (row) => row.name,
    target: (_tx, row) => targetIn(row, row),
    making: ({ scope: { tree }, body: declared }) => ({ compartmentId: inTree(tree, declared)?.id }),
    also: async (_tx, { tree }, before, declared) => {
      if (!before) return []
      const demand = (operation: string, compartmentId: string): Demand => ({
        permission: { operation, resourceType: 'domains' },
        target: { id: before.id, name: before.name, compartmentId, facts: domainFacts(before) },
      })
      const to = inTree(tree, declared)
      return [
        ...((before.status === 'active') === declared.active ? [] : [demand('DeactivateDomain', before.compartmentId)]),
        ...(to && to.id !== before.compartmentId ? [demand('UpdateDomain', to.id)] : []),
      ]
    },
    view: z.strictObject({ id: z.string(), name: z.string(), issuer: z.string(), ...document.view }),
    summary: ['id', 'name', 'displayName', 'issuer', 'compartment', 'active'],
    show: async (tx, row, { tenancy, tree }) => ({
      id: row.id,
      name: row.name,
      issuer: `/d/${tenancy.name}/${row.name}`,
      ...domainDocument(row, pathIn(tree, row), namesFrom(await groupsNamed(tx, row))),
    }),
    nameShape: slug,
    fixedName: true, // part of the issuer
    body: document.body,
    members: document.members,
    write: (work, { name, body: declared, flows }) => putDomain(work, named(declared, name), flows),
    remove: (work, row) => removeDomain(work, row),
    example: {
      body,
      view: { id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD', name: 'partners', issuer: '/d/acme/partners', ...body },
    },
  }
}

/** A domain without keys could sign nothing: they are made as soon as it is there. */
const withKeys = (row: Route): Route => {
  if (row.method !== 'PUT') return row
  const put = row.handle as unknown as Handle<unknown, unknown, unknown>
  const handle: Handle<unknown, unknown, unknown> = async (edge, call) => {
    const reply = await put(edge, call)
    if (reply.status === 201) await edge.flows.ensureKeys(call.who.actor, call.tenancy.id)
    return reply
  }
  return { ...row, handle }
}

export const domainRoutes = (documents: Documents): readonly Route[] => nounRoutes(domainNoun(documents)).map(withKeys)
