// The applications of a domain that speak SAML. An application of another domain, disabled, or of the other protocol is none: the
// answer is the same, so that nobody learns what is registered elsewhere.
import type { App, SamlApp } from '../../core/model/app.ts'
import type { AppId } from '../../core/model/ids.ts'
import type { Tx } from '../../ports/store.ts'
import { isRefusal } from '../../ports/upstream.ts'
import type { Found, SamlDeps } from './deps.ts'
import { type Refused, refused } from './refuse.ts'
import type { ServiceProvider } from './service-provider.ts'

export type SamlAppRow = App & { readonly settings: SamlApp }
export type Registered = { readonly app: SamlAppRow; readonly sp: ServiceProvider }

type Deps = Pick<SamlDeps, 'store' | 'serviceProvider'>

const isOffered = (app: App | undefined, { domain }: Found): app is SamlAppRow =>
  app?.enabled === true &&
  app.tenancyId === domain.tenancyId &&
  app.settings.protocol === 'saml' &&
  app.domainIds.includes(domain.id)

const registered = async (
  { store, serviceProvider }: Deps,
  found: Found,
  look: (tx: Tx) => Promise<App | undefined>,
  claimed: string,
): Promise<Registered | Refused> => {
  const app = await store.read(look)
  if (!isOffered(app, found))
    return refused('app-unknown', 'this application is not registered here', { claimedIssuer: claimed })
  const sp = serviceProvider(app.settings.metadataXml, app.settings.entityId)
  if (isRefusal(sp))
    return refused(
      'metadata-unusable',
      'the metadata of the application cannot be used: its administrator must renew it',
      { app, received: `${sp.refused}: ${sp.detail}` },
    )
  // Certificates and addresses of somebody else would speak for this application.
  if (sp.entityId !== app.settings.entityId)
    return refused('metadata-unusable', 'the metadata of the application is about somebody else', {
      app,
      expected: app.settings.entityId,
      received: sp.entityId,
    })
  return { app, sp }
}

export const registeredByEntityId = (deps: Deps, found: Found, entityId: string): Promise<Registered | Refused> =>
  registered(deps, found, (tx) => tx.apps.byEntityId(found.tenancy.id, entityId), entityId)
export const registeredById = (deps: Deps, found: Found, id: AppId): Promise<Registered | Refused> =>
  registered(deps, found, (tx) => tx.apps.get(id), id)
export const registeredByName = (deps: Deps, found: Found, name: string): Promise<Registered | Refused> =>
  registered(deps, found, (tx) => tx.apps.byName(found.tenancy.id, name), name)
