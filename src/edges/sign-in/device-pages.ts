// The pages on which somebody lets a device in: typing its code, being asked whether it is theirs, and the end. Structurally what
// edges/oidc/pages.ts asks for.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Branded } from './branding.ts'
import type { Key } from './language.ts'
import type { Render } from './render.ts'

type Req = IncomingMessage
type Res = ServerResponse
type Fields = { readonly [name: string]: string }
type CodeFault = 'missing' | 'wrong' | 'expired' | 'used' | 'stale' | 'wait'

export type DevicePages = {
  deviceCode(
    req: Req,
    res: Res,
    page: {
      readonly domain: Branded
      readonly action: string
      readonly fields: Fields
      readonly userCode: string
      readonly fault: CodeFault | undefined
      readonly waitSeconds?: number
    },
  ): void
  deviceConfirm(
    req: Req,
    res: Res,
    page: {
      readonly domain: Branded
      readonly action: string
      readonly fields: Fields
      readonly userCode: string
      readonly app: { readonly displayName: string }
      readonly address: string
    },
  ): void
  deviceDone(
    req: Req,
    res: Res,
    page: {
      readonly domain: Branded
      readonly outcome: 'allowed' | 'denied'
      readonly app: { readonly displayName: string } | undefined
    },
  ): void
}

const faults: { readonly [fault in Exclude<CodeFault, 'wait'>]: Key } = {
  missing: 'device.missing',
  wrong: 'device.wrong',
  expired: 'device.expired',
  used: 'device.used',
  stale: 'device.stale',
}

export const devicePagesBy = (render: Render): DevicePages => ({
  deviceCode: (req, res, { domain, action, fields, userCode, fault, waitSeconds }) => {
    if (waitSeconds !== undefined) res.setHeader('Retry-After', String(waitSeconds))
    render(req, res, {
      status: fault === undefined ? 200 : fault === 'wait' ? 429 : 400,
      view: 'device-code',
      title: ({ say }) => say('device.title'),
      domain,
      keep: ['user_code'],
      data: ({ say }) => ({
        action,
        fields: Object.entries(fields),
        userCode,
        fault: fault && {
          text: fault === 'wait' ? say('device.wait', { count: waitSeconds ?? 1 }) : say(faults[fault]),
        },
      }),
    })
  },
  deviceConfirm: (req, res, { domain, action, fields, userCode, app, address }) =>
    render(req, res, {
      status: 200,
      view: 'device-confirm',
      title: ({ say }) => say('device.confirm.title'),
      domain,
      repeatable: false,
      leavesTo: 'anywhere', // the sign-in that follows may lead to a company's provider at once
      data: () => ({ action, fields: Object.entries(fields), userCode, app: app.displayName, from: address }),
    }),
  deviceDone: (req, res, { domain, outcome, app }) =>
    render(req, res, {
      status: 200,
      view: 'notice',
      title: ({ say }) => say(outcome === 'allowed' ? 'device.allowed.title' : 'device.denied.title'),
      domain,
      repeatable: false,
      data: ({ say }) => ({
        text:
          outcome === 'denied'
            ? say('device.denied.what')
            : say('device.allowed.what', { app: app?.displayName ?? '' }),
        href: undefined,
      }),
    }),
})
