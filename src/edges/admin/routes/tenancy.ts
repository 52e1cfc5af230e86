// The tenancy: its display name, and Deny statements, which are switched on once and for good.
import { z } from 'zod'
import type { PersonId } from '../../../core/model/ids.ts'
import type { Tenancy } from '../../../core/model/tenancy.ts'
import { renameTenancy } from '../../../flows/directory/write-tenancy.ts'
import type { Tx } from '../../../ports/store.ts'
import { Problem } from '../../../problem.ts'
import { etagOf, refuseUnless } from '../etag.ts'
import { nothing } from '../noun.ts'
import { type Call, changing, type Edge, type Permission, type Reply, type Route, reading, route } from '../route.ts'
import { name, whenOf } from '../shapes.ts'

const view = z.strictObject({
  id: z.string(),
  name: z.string(),
  displayName: z.string(),
  denyEnabled: z.boolean().describe('Deny statements may be written; cannot be switched off again'),
  createdAt: z.string(),
})
const example = {
  id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD',
  name: 'acme',
  displayName: 'Acme',
  denyEnabled: false,
  createdAt: '2030-01-16T12:00:00.000Z',
}
const shown = ({ id, name: called, displayName, denyEnabled, createdAt }: Tenancy) => ({
  id,
  name: called,
  displayName,
  denyEnabled,
  createdAt: whenOf(createdAt),
})
const answers = [{ status: 200, description: 'The tenancy', schema: view, example, etag: true }] as const

const asking =
  (permission: Permission, { tenancy }: Call) =>
  async (tx: Tx) => {
    const found = (await tx.tenancies.get(tenancy.id)) ?? tenancy
    const target = { id: found.id, name: found.name, compartmentId: undefined }
    return { demands: [{ permission, target }] as const, found }
  }
const replied = ({ secrets }: Edge, tenancy: Tenancy): Reply => {
  const body = shown(tenancy)
  return { status: 200, body, etag: etagOf(secrets.digest, body) }
}
const tag = 'tenancy'
const permission = (operation: string): Permission => ({ operation, resourceType: 'tenancies' })

const get = route<object, object, undefined>({
  method: 'GET',
  path: '',
  operationId: 'getTenancy',
  tag,
  summary: 'Read the tenancy',
  permissions: [permission('GetTenancy')],
  params: nothing,
  query: nothing,
  body: undefined,
  answers,
  handle: (edge, call) =>
    reading(edge, call, { ask: asking(permission('GetTenancy'), call), show: async (_tx, found) => shown(found) }),
})

const patch = route<object, object, { displayName: string }>({
  method: 'PATCH',
  path: '',
  operationId: 'patchTenancy',
  tag,
  summary: 'Change the display name of the tenancy',
  permissions: [permission('UpdateTenancy')],
  params: nothing,
  query: nothing,
  body: z.strictObject({ displayName: name }),
  bodyExample: { displayName: 'Acme Corporation' },
  conditional: true,
  answers,
  handle: (edge, call) =>
    changing(edge, call, {
      ask: asking(permission('UpdateTenancy'), call),
      change: async (work, found) => {
        refuseUnless(call.conditions, etagOf(edge.secrets.digest, shown(found)))
        return replied(edge, await renameTenancy(work, found, call.body.displayName))
      },
    }),
})

const enableDeny = route<object, object, { guard: boolean }>({
  method: 'POST',
  path: '/enable-deny',
  operationId: 'enableDeny',
  tag,
  summary: 'Let Deny statements be written, for good',
  description: 'Only a member of `Administrators` of the domain `default`, whom no Deny applies to, may do this.',
  permissions: [permission('EnableDeny')],
  params: nothing,
  query: nothing,
  body: z.strictObject({
    guard: z.boolean().default(false).describe('also keep the writing of Deny statements to whoever does this'),
  }),
  bodyExample: { guard: true },
  answers,
  handle: (edge, call) =>
    changing(edge, call, {
      ask: asking(permission('EnableDeny'), call),
      change: async ({ tx, who }, found) => {
        if (who.subject.type !== 'user')
          throw new Problem('not-permitted', 'only a person may enable Deny statements', {
            reason: 'default-administrator-required',
          })
        const input = { tenancyId: found.id, personId: who.subject.id as PersonId, guard: call.body.guard }
        const { tenancy } = await edge.flows.enableDenyIn(tx, who.actor, input, who.requestId)
        return replied(edge, tenancy)
      },
    }),
})

export const tenancyRoutes: readonly Route[] = [get, patch, enableDeny]
