// OpenID Connect Back-Channel Logout 1.0 §2.5: tells one application that a session is over. Called by the outbox, which tries again; the
// token is made when it is sent, because it is good for two minutes only.
import type { DomainId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Deliver } from '../../flows/upkeep/send-outbox.ts'
import type { Store } from '../../ports/store.ts'
import type { Found } from './deps.ts'
import type { Providers } from './providers.ts'

type Deps = { readonly store: Store; readonly providers: Providers }

const textIn = (payload: JsonObject, name: string): string => {
  const value = payload[name]
  if (typeof value !== 'string') throw new Error(`a logout without \`${name}\``)
  return value
}

const foundById = async ({ store, providers }: Deps, id: string): Promise<Found | undefined> => {
  const names = await store.read(async (tx) => {
    const domain = await tx.domains.get(id as DomainId)
    const tenancy = domain && (await tx.tenancies.get(domain.tenancyId))
    return tenancy && domain && ([tenancy.name, domain.name] as const)
  })
  return names && providers.find(...names)
}

export const backchannelLogout =
  (deps: Deps): Deliver =>
  async (payload) => {
    const found = await foundById(deps, textIn(payload, 'domainId'))
    if (!found) return { gone: 'the identity domain is gone' }
    const app = await deps.store.read(async (tx) =>
      (await tx.apps.list(found.tenancy.id)).find((a) => a.id === payload.appId),
    )
    if (app?.settings.protocol !== 'oidc' || app.settings.backchannelLogoutUri === undefined)
      return { gone: 'the application no longer wants to be told' }
    const { provider } = await deps.providers.of(found)
    const client = await provider.Client.find(app.settings.clientId)
    if (!client?.backchannelLogoutUri) return { gone: 'the application is switched off' }
    try {
      await backchannelOf(client)(textIn(payload, 'personId'), textIn(payload, 'sid'))
      return 'sent'
    } catch (error) {
      return { failed: error instanceof Error ? error.message : String(error) }
    }
  }

type Tells = { backchannelLogout(sub: string, sid: string): Promise<void> }
/** The library has it and documents it; its types do not. */
const backchannelOf = (client: object): Tells['backchannelLogout'] => {
  const tells = client as Tells
  return (sub, sid) => tells.backchannelLogout(sub, sid)
}
