// The gateway's own applications in a tenancy: the command line and the console, through which people administer it. Made and kept as they must
// be: whoever could change where they redirect to would be handed the tokens of administrators.

import { type App, DEVICE_CODE } from '../../core/model/app.ts'
import type { Actor } from '../../core/model/audit.ts'
import type { AppId, DomainId, TenancyId } from '../../core/model/ids.ts'
import { ADMIN_SCOPE, CLI_CLIENT, CONSOLE_CLIENT } from '../../core/model/own-apps.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { eventOf } from '../audit-event.ts'
import { same, shown } from '../directory/reconcile.ts'

type Own = { readonly name: string; readonly displayName: string; readonly redirectUris: readonly string[] }
type Deps = {
  readonly store: Store
  readonly random: Pick<Random, 'id'>
  readonly clock: Clock
  readonly secrets: Pick<Secrets, 'digest'>
  readonly baseUrl: string
}

/** RFC 8252 §7.3: a program on somebody's own machine listens on whatever port is free. */
const ownApps = (baseUrl: string): readonly Own[] => [
  {
    name: CLI_CLIENT,
    displayName: 'Gwanmun command line',
    redirectUris: ['http://127.0.0.1/callback', 'http://[::1]/callback'],
  },
  { name: CONSOLE_CLIENT, displayName: 'Gwanmun console', redirectUris: [new URL('/console/', baseUrl).href] },
]

const appOf = ({ name, displayName, redirectUris }: Own, row: Pick<App, 'id' | 'tenancyId' | 'domainIds'>): App => ({
  ...row,
  name,
  displayName,
  enabled: true,
  homeUrl: undefined,
  groupsClaim: { include: [], shape: 'names' },
  settings: {
    protocol: 'oidc',
    clientId: name,
    secretHashes: [],
    tokenEndpointAuth: 'none',
    redirectUris,
    postLogoutRedirectUris: [],
    backchannelLogoutUri: undefined,
    grants: ['authorization_code', 'refresh_token', ...(name === CLI_CLIENT ? ([DEVICE_CODE] as const) : [])],
    scopes: ['openid', 'profile', 'offline_access', ADMIN_SCOPE],
    idTokenAlg: 'ES256',
    requirePkce: true,
    requirePar: false,
    jwks: undefined,
    initiateLoginUri: undefined,
  },
})

/** In a transaction that the caller owns: after a domain was made, say. */
export const ensureOwnAppsIn = async (
  tx: Tx,
  { random, secrets, baseUrl }: Pick<Deps, 'random' | 'secrets' | 'baseUrl'>,
  actor: Actor,
  tenancyId: TenancyId,
  now: EpochMs,
): Promise<readonly string[]> => {
  const domainIds: readonly DomainId[] = (await tx.domains.list(tenancyId)).map((d) => d.id).sort()
  const changed: string[] = []
  for (const own of ownApps(baseUrl)) {
    const before = await tx.apps.byClientId(tenancyId, own.name)
    const after = appOf(own, { id: before?.id ?? (random.id() as AppId), tenancyId, domainIds })
    // an administrator may switch one off
    const kept = before ? { ...after, enabled: before.enabled } : after
    if (before && same({ ...before, domainIds: [...before.domainIds].sort() }, kept)) continue
    if ((await tx.apps.put(kept)) === 'name-taken')
      throw new Error(`an application of tenancy ${tenancyId} is named ${own.name}, which is the gateway's own`)
    changed.push(own.name)
    await tx.audit.add(
      eventOf(random, now, {
        tenancyId,
        action: before ? 'app.updated' : 'app.created',
        actor,
        target: { type: 'app', id: kept.id, name: own.name },
        before: before && shown(before, secrets.digest),
        after: shown(kept, secrets.digest),
        details: { by: 'the gateway' },
      }),
    )
  }
  return changed
}

/** The names of those that were made or put right. */
export type EnsureOwnApps = (actor: Actor, tenancyId: TenancyId) => Promise<readonly string[]>
export const ensureOwnApps =
  (deps: Deps): EnsureOwnApps =>
  (actor, tenancyId) =>
    deps.store.write((tx) => ensureOwnAppsIn(tx, deps, actor, tenancyId, deps.clock()))
