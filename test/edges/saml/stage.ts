// What the SAML tests have in common: a bed, its applications, and how one asks and checks.
import type { Page } from './bed.ts'
import { type Bed, openBed } from './bed.ts'
import {
  attributeOf,
  redirectQuery,
  type SpOptions,
  serviceProvider,
  type TestKey,
  type TestSp,
  testKey,
} from './service-provider.ts'

let count = 0
/** An ID nobody used before in this process. */
export const freshId = (): string => `_message-${++count}`

type Asking = { readonly attributes?: string; readonly inside?: string; readonly id?: string; readonly at?: number }

export const openStage = async () => {
  const bed = await openBed()
  const key = await testKey(bed.now())
  const sso = `${bed.issuer}/saml/sso`
  const slo = `${bed.issuer}/saml/slo`
  return {
    bed,
    key,
    sso,
    slo,
    /** An application with its metadata, registered. */
    application: async (
      options: Omit<SpOptions, 'key'> & { readonly key?: TestKey },
      settings: Parameters<Bed['register']>[1] = {},
      differs: Parameters<Bed['register']>[2] = {},
    ): Promise<TestSp> => {
      const sp = serviceProvider({ key, ...options })
      await bed.register(sp, settings, differs)
      return sp
    },
    request: (sp: TestSp, asking: Asking = {}): string =>
      sp.authnRequest({ id: freshId(), at: bed.now(), destination: sso, ...asking }),
    byRedirect: (xml: string, relayState?: string, signWith?: TestKey): string =>
      `${sso}?${redirectQuery('SAMLRequest', xml, relayState, signWith)}`,
    /** What the application's own checks make of the page that posts to it. Throws with the refusal. */
    verified: async (sp: TestSp, page: Page, requestId: string | undefined) => {
      const result = bed.verifier.verifyResponse(
        page.form.fields.SAMLResponse ?? '',
        {
          from: { entityId: `${bed.issuer}/saml/metadata`, certificates: [(await bed.idpCertificate()) ?? ''] },
          ourEntityId: sp.entityId,
          acsUrl: sp.acsUrl,
          requestId,
          allowUnsolicited: requestId === undefined,
          decryptionKeys: sp.encryption
            ? [String(sp.encryption.privateKey.export({ type: 'pkcs8', format: 'pem' }))]
            : [],
          requireSignedAssertion: true,
          skewSeconds: 0,
        },
        bed.now(),
      )
      if ('refused' in result) throw new Error(`${result.refused}: ${result.detail}`)
      return result
    },
    idOf: (xml: string): string => attributeOf(xml, xml.match(/<samlp:(\w+)/)?.[1] ?? '', 'ID') ?? '',
    lastRefusal: async () => (await bed.audit('saml.request-refused'))[0],
  }
}
export type Stage = Awaited<ReturnType<typeof openStage>>
