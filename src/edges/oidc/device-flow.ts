// Letting a device in (RFC 8628): the page where its code is typed, the question whether it is really meant, and what becomes of it. The provider
// asks for the sign-in like everywhere (interaction.ts), so whoever signs in elsewhere does so here too. Pages come from our renderer.
import type { Request } from 'express'
import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { Actor } from '../../core/model/audit.ts'
import { deviceTries } from '../../flows/sign-in/device-tries.ts'
import { appOf } from './clients.ts'
import type { Found, OidcDeps } from './deps.ts'
import { ANSWERED, POLL_SECONDS } from './device-codes.ts'
import { drawCode, fieldsFor, PATH } from './device-form.ts'
import type { Drawing } from './drawing.ts'
import type { ErrorPage } from './error-page.ts'
import type { CodeFault } from './pages.ts'
import type { Recorder } from './recorder.ts'

const MASK = '****-****'

const faultOf = (error: Error): CodeFault | undefined => {
  switch (error.name) {
    case 'NoCodeError':
      return 'missing'
    case 'NotFoundError':
      return 'wrong'
    case 'ExpiredError':
      return 'expired'
    case 'AlreadyUsedError':
      return 'used'
    case 'InvalidRequest': {
      const said = 'error_description' in error ? error.error_description : undefined
      if (said === ANSWERED) return 'used'
      return said === 'xsrf token invalid' || said === 'could not find device form details' ? 'stale' : undefined
    }
    default:
      return undefined
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

type Feature = Exclude<NonNullable<NonNullable<Configuration['features']>['deviceFlow']>, boolean>
export type DeviceFlow = { readonly feature: Feature; readonly judging: Parameters<Provider['use']>[0] }
type Parts = {
  readonly deps: OidcDeps
  readonly found: Found
  readonly drawing: Drawing
  readonly errorPage: ErrorPage
  readonly recorder: Recorder
}

const personOf = ({ oidc }: KoaContextWithOIDC): Actor => {
  const { account, session } = oidc
  const id = account?.accountId ?? session?.accountId
  if (id === undefined) return { kind: 'anonymous', id: '', name: '' }
  return { kind: 'person', id, name: textOf(account?.username) || id }
}

export const deviceFlow = ({ deps, found, drawing, errorPage, recorder }: Parts): DeviceFlow => {
  const { domain } = found
  const appBehind = (ctx: KoaContextWithOIDC) => (ctx.oidc.client ? appOf(ctx.oidc.client) : undefined)
  const record = (ctx: KoaContextWithOIDC, action: string): void => {
    const from = deps.source(ctx.req as Request)
    const code = ctx.oidc.entities.DeviceCode
    const app = appBehind(ctx)
    recorder.record({
      tenancyId: domain.tenancyId,
      domainId: domain.id,
      actor: personOf(ctx),
      action,
      ...(app ? { target: { type: 'app', id: app.id, name: app.name } } : {}),
      details: {
        clientId: code?.clientId ?? null,
        address: from.address,
        deviceAddress: textOf(code?.deviceInfo?.address),
      },
      requestId: from.requestId,
    })
  }
  const done = (ctx: KoaContextWithOIDC, outcome: 'allowed' | 'denied'): void => {
    const app = appBehind(ctx)
    drawing.later(ctx, (req, res) => deps.pages.deviceDone(req, res, { domain, outcome, app }))
    record(ctx, outcome === 'allowed' ? 'device.approved' : 'device.denied')
  }

  const feature: Feature = {
    enabled: true,
    charset: 'base-20',
    mask: MASK,
    deviceInfo: (ctx) => {
      const { address, userAgent } = deps.source(ctx.req as Request)
      return { address, userAgent }
    },
    userCodeInputSource: async (ctx, _form, out, error) => {
      if (error?.name === 'AbortedError') return done(ctx, 'denied')
      const fault = error && faultOf(error)
      if (error && fault === undefined) return errorPage.render(ctx, out ?? { error: 'server_error' }, error)
      const userCode = textOf(ctx.oidc.params?.user_code)
      drawing.later(ctx, (req, res) => drawCode(deps, found, req, res, { userCode, ...(fault ? { fault } : {}) }))
    },
    userCodeConfirmSource: async (ctx, _form, client, deviceInfo, userCode) => {
      drawing.later(ctx, (req, res) =>
        deps.pages.deviceConfirm(req, res, {
          domain,
          action: `${found.issuer}${PATH}`,
          fields: { ...fieldsFor(deps, req, res, domain), user_code: userCode },
          userCode,
          app: appOf(client),
          address: textOf(deviceInfo.address),
        }),
      )
    },
    successSource: async (ctx) => done(ctx, 'allowed'),
  }

  return {
    feature,
    judging: async (ctx, next) => {
      await next()
      const { oidc } = ctx as unknown as Partial<KoaContextWithOIDC>
      if (oidc?.route === 'code_verification')
        await deviceTries(deps).judged(deps.source(ctx.req as Request).address, oidc.entities.DeviceCode !== undefined)
      // RFC 8628 §3.2: the library leaves it out, and 5 would be understood; said, it is the same everywhere
      const answer: unknown = ctx.body
      if (oidc?.route === 'device_authorization' && ctx.status === 200 && typeof answer === 'object' && answer !== null)
        ctx.body = { ...answer, interval: POLL_SECONDS }
    },
  }
}
