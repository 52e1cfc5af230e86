// For tests about where people come from: the sample OpenID Connect application, in this process, which shows the claims it was given.
import { sampleOidc } from '../../src/cli/demo/sample-oidc.ts'
import type { Site } from './gateway.ts'
import type { Stage } from './peers/run.ts'
import type { Known } from './people.ts'
import type { Visitor } from './visitor.ts'

const CLIENT = 'sample-oidc'
const secret = 'sample-oidc-secret'

type Claims = {
  readonly preferred_username?: string
  readonly email?: string
  readonly name?: string
  readonly groups?: readonly { readonly name: string; readonly because?: readonly string[] }[]
  readonly acr?: string
  readonly amr?: readonly string[]
  readonly auth_time?: number
}

export const newDownstream = (stage: Stage) => {
  const url = `http://127.0.0.1:${stage.port()}`
  return {
    url,
    signInUrl: `${url}/sign-in`,
    signOutUrl: `${url}/sign-out`,
    application: {
      name: CLIENT,
      groupsClaim: { shape: 'objects' },
      oidc: {
        clientId: CLIENT,
        clientSecrets: [{ literal: secret }],
        redirectUris: [`${url}/callback`],
        postLogoutRedirectUris: [`${url}/`],
        backchannelLogoutUri: `${url}/backchannel-logout`,
      },
    },
    start: (site: Site) =>
      sampleOidc({
        demo: {
          kind: 'oidc-app',
          name: CLIENT,
          url,
          domain: 'default',
          clientId: CLIENT,
          clientSecret: secret,
          pdp: { clientId: CLIENT, clientSecret: secret },
        },
        questions: [],
        issuer: site.issuer,
        pdp: site.baseUrl,
      }),
    seen: async ({ context }: Visitor) => {
      const claims = (await (await context.request.get(`${url}/claims`)).json()) as Claims | null
      const groups = claims?.groups ?? []
      const person: Known = {
        username: claims?.preferred_username,
        email: claims?.email,
        name: claims?.name,
        groups: groups.map((g) => g.name),
      }
      return { claims, person, because: new Map(groups.map((g) => [g.name, g.because ?? []])) }
    },
  }
}
