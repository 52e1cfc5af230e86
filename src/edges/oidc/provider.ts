// One domain's provider, built: the library, its configuration, and the five places where it is told to do otherwise. Each is a public
// member of an exactly pinned version, and each has a test that fails when the library stops asking there.
import { Provider } from 'oidc-provider'
import { secondsLater } from '../../core/model/time.ts'
import type { OpenKeys } from '../../flows/upkeep/key-ring.ts'
import { adapterOf } from './adapter.ts'
import { assuranceOf } from './assurance.ts'
import { listenTo } from './audit.ts'
import { appOf, type ClientApp, clientsOf, withoutOwnPort } from './clients.ts'
import { configurationOf } from './configuration.ts'
import type { Found, OidcDeps } from './deps.ts'
import { deviceFlow } from './device-flow.ts'
import { drawing } from './drawing.ts'
import { errorPages } from './error-page.ts'
import type { Recorder } from './recorder.ts'
import { sessionView } from './session-view.ts'

export type DomainProvider = {
  readonly provider: Provider
  readonly handle: ReturnType<Provider['callback']>
  readonly found: Found
  appNamed(clientId: string): Promise<ClientApp | undefined>
}

/** Secrets are digests, several while one is replaced; every one is compared, so that time does not tell which it was. */
const compareDigests = (provider: Provider, { secrets }: OidcDeps): void => {
  provider.Client.prototype.compareClientSecret = function (actual) {
    const digest = secrets.digest(actual)
    return appOf(this)
      .secretHashes.map((hash) => secrets.same(hash, digest))
      .includes(true)
  }
}

/** Proofs and assertions are used once (RFC 9449 §11.1, RFC 7523 §3): the first to write the row wins. */
const replayOnce = (provider: Provider, { store, secrets, clock }: OidcDeps, { domain }: Found): void => {
  provider.ReplayDetection.unique = (iss, jti, exp) => {
    const key = `oidc:${domain.id}:${secrets.digest(JSON.stringify([iss, jti]))}`
    return store.write((tx) => tx.once.see(key, Math.max(exp * 1000, secondsLater(clock(), 1)), clock()))
  }
}

export const buildProvider = (
  deps: OidcDeps,
  recorder: Recorder,
  q: {
    readonly found: Found
    readonly keys: OpenKeys
    readonly scopes: ReadonlySet<string>
    readonly scopeUnknown: () => void
  },
): DomainProvider => {
  const { found, keys, scopes } = q
  const rememberMs = deps.config.rememberMs ?? 2000
  const clients = clientsOf({ ...deps, rememberMs }, found.domain, scopes, q.scopeUnknown)
  const adapter = adapterOf(deps, found.domain, clients)
  const assurance = assuranceOf(deps, found.domain)
  const appNamed = async (clientId: string): Promise<ClientApp | undefined> => {
    const client = await provider.Client.find(clientId)
    return client && appOf(client)
  }
  const drawn = drawing()
  const errorPage = errorPages(deps, found, drawn, appNamed)
  const device = deviceFlow({ deps, found, drawing: drawn, errorPage, recorder })
  const built = () => ({ provider, view })
  const provider = new Provider(
    found.issuer,
    configurationOf({ deps, found, keys, adapter, assurance, scopes, errorPage, device, built }),
  )
  const view = sessionView(provider, deps, found.domain)
  compareDigests(provider, deps)
  replayOnce(provider, deps, found)
  // INVARIANT: addresses come from the issuer. The library takes them from the request's Host and path, which anyone may choose.
  provider.OIDCContext.prototype.urlFor = (name, options) => provider.urlFor(name, options)
  // Exact text (OAuth 2.1 §2.3.1), whatever the library allows for loopback addresses; of programs on their own machine all but the port.
  provider.Client.prototype.redirectUriAllowed = function (uri) {
    const registered = this.applicationType === 'native' ? withoutOwnPort(uri) : uri
    return this.redirectUris?.includes(registered) === true
  }
  provider.Client.prototype.includeSid = () => true
  provider.proxy = true // believes X-Forwarded-*, which pin-host.ts has just overwritten
  provider.use(drawn.around)
  provider.use(device.judging)
  listenTo(provider, deps, found, recorder)
  return { provider, handle: provider.callback(), found, appNamed }
}
