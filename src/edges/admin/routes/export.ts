// The tenancy as the file that declares it: what `gwanmun export` writes, for whoever is not on the server.
import { z } from 'zod'
import { exportTenancy } from '../../../flows/directory/export-tenancy.ts'
import type { Documents } from '../documents.ts'
import { nothing } from '../noun.ts'
import { type Route, reading, route } from '../route.ts'

const permission = { operation: 'ExportTenancy', resourceType: 'tenancies' } as const
const view = z.strictObject({
  text: z.string().describe('the tenancy file; the same tenancy gives the same bytes'),
  files: z
    .array(z.strictObject({ path: z.string(), text: z.string() }))
    .describe('documents that the file names, by path beside it'),
  variables: z
    .array(z.strictObject({ name: z.string(), what: z.string() }))
    .describe('environment variables that stand for the secrets; no secret is exported'),
  left: z.array(z.string()).describe('what no file can declare, or what names only things that are gone'),
})
const example = {
  text: '# Tenancy `acme` …\n\ntenancy:\n  name: acme\n',
  files: [{ path: 'metadata/acme-books.xml', text: '<md:EntityDescriptor/>' }],
  variables: [{ name: 'GWANMUN_ACME_SHOP_CLIENT_SECRET_1', what: 'client secret 1 of application shop' }],
  left: ['role assignment `lee-owns` of person `lee`'],
}

export const exportRoutes = ({ tenancyText }: Documents): readonly Route[] => [
  route<object, object, undefined>({
    method: 'GET',
    path: '/export',
    operationId: 'exportTenancy',
    tag: 'tenancy',
    summary: 'The tenancy as the file that declares it',
    description: 'People, sessions and factors are left out; secrets are references to environment variables.',
    permissions: [permission],
    params: nothing,
    query: nothing,
    body: undefined,
    answers: [{ status: 200, description: 'The file and what lies beside it', schema: view, example, etag: true }],
    handle: (edge, call) =>
      reading(edge, call, {
        ask: async () => ({
          demands: [{ permission, target: { id: call.tenancy.id, name: call.tenancy.name, compartmentId: undefined } }],
          found: call.tenancy.id,
        }),
        show: async (tx, id, now) => {
          const { document, left } = await exportTenancy(tx, id, now)
          return { ...tenancyText(document), left }
        },
      }),
  }),
]
