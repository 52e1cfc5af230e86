// One provider per identity domain: built when first asked for, kept while it is among the last few hundred used, swapped when the
// domain's version has moved (keys, lifetimes) or an application brought a scope it does not know.
import type { DomainId } from '../../core/model/ids.ts'
import { standardScopes } from './configuration.ts'
import type { Found, OidcDeps } from './deps.ts'
import { buildProvider, type DomainProvider } from './provider.ts'
import type { Recorder } from './recorder.ts'

export type Providers = {
  /** Undefined: no such domain. An inactive one is found: the caller says so. */
  find(tenancy: string, domain: string): Promise<Found | undefined>
  of(found: Found): Promise<DomainProvider>
}

const MOST_PROVIDERS = 200

/** A map that forgets what was not used for longest. */
const recent = <V>(most: number) => {
  const kept = new Map<string, V>()
  return {
    get: (key: string): V | undefined => {
      const value = kept.get(key)
      if (value === undefined) return undefined
      kept.delete(key)
      kept.set(key, value)
      return value
    },
    set: (key: string, value: V): void => {
      kept.delete(key)
      kept.set(key, value)
      const [oldest] = kept.keys()
      if (kept.size > most && oldest !== undefined) kept.delete(oldest)
    },
    delete: (key: string): boolean => kept.delete(key),
  }
}

const customScopes = ({ store }: OidcDeps, { domain }: Found): Promise<ReadonlySet<string>> =>
  store.read(async (tx) => {
    const apps = await tx.apps.list(domain.tenancyId)
    const own = apps.flatMap((a) =>
      a.settings.protocol === 'oidc' && a.enabled && a.domainIds.includes(domain.id) ? a.settings.scopes : [],
    )
    return new Set([...standardScopes, ...own])
  })

export const providersOf = (deps: OidcDeps, recorder: Recorder): Providers => {
  type Kept = { readonly version: number; readonly issuer: string; readonly built: Promise<DomainProvider> }
  const providers = recent<Kept>(MOST_PROVIDERS)
  const domains = recent<{ readonly until: number; readonly found: Found }>(MOST_PROVIDERS)
  const rememberMs = deps.config.rememberMs ?? 1000

  const build = async (found: Found): Promise<DomainProvider> => {
    const [keys, scopes] = await Promise.all([deps.keyRing(found.domain.id), customScopes(deps, found)])
    const scopeUnknown = (): void => {
      providers.delete(found.domain.id)
    }
    return buildProvider(deps, recorder, { found, keys, scopes, scopeUnknown })
  }

  return {
    find: async (tenancy, domain) => {
      const name = JSON.stringify([tenancy, domain])
      const now = deps.clock()
      const held = domains.get(name)
      if (held && now < held.until) return held.found
      const found = await deps.findDomain(tenancy, domain)
      if (found) domains.set(name, { until: now + rememberMs, found })
      return found
    },
    of: (found) => {
      const id: DomainId = found.domain.id
      const held = providers.get(id)
      if (held?.version === found.domain.version && held.issuer === found.issuer) return held.built
      const built = build(found)
      providers.set(id, { version: found.domain.version, issuer: found.issuer, built })
      built.catch(() => providers.delete(id)) // a domain whose keys could not be read is tried again
      return built
    },
  }
}
