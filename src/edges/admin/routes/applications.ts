// Applications of either protocol: the document of a tenancy file. A secret that a document leaves out is made and shown once, or stays.
import { z } from 'zod'
import type { App } from '../../../core/model/app.ts'
import type { DeclaredApp } from '../../../core/model/declared.ts'
import type { AppId } from '../../../core/model/ids.ts'
import type { JsonObject } from '../../../core/model/json.ts'
import type { Domain, Tenancy } from '../../../core/model/tenancy.ts'
import type { Target } from '../../../flows/access/permits.ts'
import { appDocument, namesFrom } from '../../../flows/directory/documents.ts'
import { putApp, removeApp, rotateSecret, type WrittenApp } from '../../../flows/directory/write-apps.ts'
import type { Tx } from '../../../ports/store.ts'
import { byName } from '../by-name.ts'
import { type Documents, documentShape, named } from '../documents.ts'
import { domainFacts } from '../in-domain.ts'
import type { Noun } from '../noun.ts'
import { actionRoute } from '../noun-act.ts'
import { nounRoutes } from '../noun-write.ts'
import type { Route } from '../route.ts'

type Scope = { readonly tenancy: Tenancy; readonly domains: readonly Domain[] }
type Row = App & Partial<Pick<WrittenApp, 'secret'>>

/** Said of the one domain it is offered in; who may act in one of several may not act on all. */
const factsOf = (domains: readonly Domain[], protocol: string): JsonObject => {
  const [only, ...others] = domains
  return { protocol, ...(only && others.length === 0 ? domainFacts(only) : {}) }
}
export const applicationTarget = (domains: readonly Domain[], app: App): Target => {
  const offeredIn = domains.filter((d) => app.domainIds.includes(d.id))
  return { id: app.id, name: app.name, compartmentId: undefined, facts: factsOf(offeredIn, app.settings.protocol) }
}
/** By name, else by id. */
export const applicationCalled = async (tx: Tx, { id }: Tenancy, called: string): Promise<App | undefined> => {
  const found = (await tx.apps.byName(id, called)) ?? (await tx.apps.get(called as AppId))
  return found?.tenancyId === id ? found : undefined
}
const wantedIn = ({ domains }: Scope, declared: DeclaredApp): readonly Domain[] =>
  domains.filter((d) => declared.domains.some((name) => name.toLowerCase() === d.name.toLowerCase()))

const body = {
  displayName: 'Reports',
  enabled: true,
  domains: ['default'],
  homeUrl: 'https://reports.example/',
  groupsClaim: { include: ['*'], shape: 'names' },
  oidc: { clientId: 'reports', redirectUris: ['https://reports.example/callback'], scopes: ['openid', 'profile'] },
}
const example = { id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD', name: 'reports', ...body, secrets: 1 }

const applicationNoun = (documents: Documents): Noun<Row, Scope, DeclaredApp> => {
  const document = documentShape(documents.application)
  return {
    tag: 'applications',
    one: 'application',
    path: '/applications',
    itemPath: '/applications/{application}',
    resourceType: 'applications',
    operations: {
      list: 'ListApplications',
      get: 'GetApplication',
      create: 'CreateApplication',
      update: 'UpdateApplication',
      delete: 'DeleteApplication',
    },
    scope: async (tx, _params, tenancy) => ({
      scope: { tenancy, domains: await tx.domains.list(tenancy.id) },
      place: { compartmentId: undefined },
    }),
    find: (tx, { tenancy }, called) => applicationCalled(tx, tenancy, called),
    rows: (tx, { tenancy }) => tx.apps.list(tenancy.id),
    paged: byName<App, Scope, Tenancy['id']>({
      source: (tx) => tx.apps,
      keyOf: ({ tenancy }) => tenancy.id,
      within: (row, { tenancy }) => row.tenancyId === tenancy.id,
    }),
    idOf: (row) => row.id,
    nameOf: (row) => row.name,
    target: (_tx, row, { domains }) => applicationTarget(domains, row),
    making: ({ scope, body: declared }) => ({ facts: factsOf(wantedIn(scope, declared), declared.settings.protocol) }),
    also: async (_tx, scope, before, declared) =>
      before
        ? [
            {
              permission: { operation: 'UpdateApplication', resourceType: 'applications' },
              target: {
                id: before.id,
                name: before.name,
                compartmentId: undefined,
                facts: factsOf(wantedIn(scope, declared), declared.settings.protocol),
              },
            },
          ]
        : [],
    view: z.strictObject({
      id: z.string(),
      name: z.string(),
      ...document.view,
      secrets: z.int().optional().describe('how many client secrets are good'),
      clientSecret: z.string().optional().describe('made just now, and shown this once'),
    }),
    summary: ['id', 'name', 'displayName', 'enabled', 'domains'],
    show: (_tx, { secret: _, ...row }, { domains }) => ({
      id: row.id,
      name: row.name,
      ...appDocument(row, namesFrom(domains)),
      ...(row.settings.protocol === 'oidc' ? { secrets: row.settings.secretHashes.length } : {}),
    }),
    // a secret that was made for this request, and is nowhere else from now on
    beside: async (_tx, { secret }) => (secret === undefined ? {} : { clientSecret: secret }),
    fixedName: true,
    body: document.body,
    members: document.members,
    write: async (work, { before, name, body: declared, flows }) => {
      await flows.checkedMetadata('sp', declared.settings)
      const { app, secret } = await putApp(work, before, named(declared, name))
      return secret === undefined ? app : { ...app, secret }
    },
    remove: (work, row) => removeApp(work, row),
    example: { body, view: example },
  }
}

export const applicationRoutes = (documents: Documents): readonly Route[] => {
  const application = applicationNoun(documents)
  return [
    ...nounRoutes(application),
    actionRoute<Row, Scope, DeclaredApp, { readonly keep: number }>(application, {
      path: '/rotate-secret',
      operation: 'RotateApplicationSecret',
      summary: 'Make a new client secret, shown once; of the old ones `keep` stay good',
      body: z.strictObject({ keep: z.int().min(0).max(4).default(1) }),
      bodyExample: { keep: 1 },
      answers: [
        {
          status: 200,
          description: 'The new secret',
          schema: z.strictObject({ clientSecret: z.string(), secrets: z.int() }),
          example: { clientSecret: 'pXq…', secrets: 2 },
        },
      ],
      run: async (work, { row, body: { keep } }) => {
        const { app, secret } = await rotateSecret(work, row, keep)
        const secrets = app.settings.protocol === 'oidc' ? app.settings.secretHashes.length : 0
        return { status: 200, body: { clientSecret: secret, secrets } }
      },
    }),
  ]
}
