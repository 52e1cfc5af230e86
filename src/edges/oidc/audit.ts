// What the provider did, for the audit: tokens issued and refused, secrets that did not match, codes and refresh tokens used twice.
// Never a token, a code or a secret. Requests that name no application of ours leave nothing: otherwise anyone could fill the table.
import type { EventEmitter } from 'node:events'
import type { Request } from 'express'
import type { errors, KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { Actor } from '../../core/model/audit.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { appOf } from './clients.ts'
import type { Found, OidcDeps } from './deps.ts'
import type { Recorder } from './recorder.ts'

type Failure = errors.OIDCProviderError
/** What adapter.ts and the library say in `error_detail` when something is used a second time. */
const REUSED = /already (used|consumed)$/

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const personOf = (ctx: KoaContextWithOIDC): { type: string; id: string; name: string } | undefined => {
  const { account } = ctx.oidc
  return account && { type: 'person', id: account.accountId, name: textOf(account.username) ?? account.accountId }
}

const issuedOf = (ctx: KoaContextWithOIDC): JsonObject => {
  const { AccessToken, ClientCredentials, RefreshToken } = ctx.oidc.entities
  const token = AccessToken ?? ClientCredentials
  return {
    grant: textOf(ctx.oidc.params?.grant_type) ?? '',
    scope: token?.scope ?? '',
    refreshToken: RefreshToken !== undefined,
    session: AccessToken?.sid ?? null,
  }
}

export const listenTo = (
  provider: Provider,
  { source, report }: Pick<OidcDeps, 'source' | 'report'>,
  found: Found,
  recorder: Recorder,
): void => {
  const { domain } = found
  const about = (ctx: KoaContextWithOIDC, details: JsonObject) => {
    const app = appOf(ctx.oidc.client)
    const from = source(ctx.req as Request)
    const actor: Actor = { kind: 'app', id: app.id, name: app.name }
    return {
      tenancyId: domain.tenancyId,
      domainId: domain.id,
      actor,
      details: { ...details, clientId: app.clientId, address: from.address },
      requestId: from.requestId,
    }
  }
  const refused = (action: string) => (ctx: KoaContextWithOIDC, error: Failure) => {
    if (!ctx.oidc.client) return
    const details = {
      grant: textOf(ctx.oidc.params?.grant_type) ?? null,
      detail: error.error_detail ?? error.error_description ?? null,
    }
    const again = REUSED.test(error.error_detail ?? '')
    recorder.record({
      ...about(ctx, details),
      action: again ? 'token.reuse-detected' : action,
      reason: error.error,
      target: personOf(ctx),
    })
  }
  provider.on('grant.success', (ctx) =>
    recorder.record({ ...about(ctx, issuedOf(ctx)), action: 'token.issued', target: personOf(ctx) }),
  )
  provider.on('grant.error', refused('token.refused'))
  provider.on('authorization.error', refused('authorization.refused'))
  provider.on('pushed_authorization_request.error', refused('authorization.refused'))
  provider.on('introspection.error', refused('introspection.refused'))
  provider.on('revocation.error', refused('revocation.refused'))
  provider.on('server_error', (_ctx, error) => report('the OpenID provider failed', error))
  // Without a listener Koa prints to the console. Broken connections come here too; they are nobody's fault.
  ;(provider as EventEmitter).on('error', (error: unknown) => report('a response could not be sent', error))
}
