// The stand-in corporate OpenID provider: a password form over the people of the `demo` section, and honest `amr` and `groups` claims.
import express from 'express'
import { Provider } from 'oidc-provider'
import type { OidcOp } from './declaration.ts'
import { listenAt, type Running } from './listen.ts'
import { page, signInForm } from './page.ts'
import { throwAwayJwk } from './throw-away-key.ts'

export const corporateOidc = async (demo: OidcOp): Promise<Running> => {
  const people = new Map(demo.people.map((p) => [p.username, p]))
  const provider = new Provider(demo.url, {
    clients: demo.clients.map(({ clientId, clientSecret, redirectUris }) => ({
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: redirectUris,
      post_logout_redirect_uris: redirectUris.map((uri) => uri.replace(/\/callback$/, '/signed-out')),
      grant_types: ['authorization_code'],
      response_types: ['code'],
    })),
    jwks: { keys: [throwAwayJwk()] },
    claims: {
      openid: ['sub', 'amr', 'acr', 'auth_time'],
      email: ['email', 'email_verified'],
      profile: ['name', 'preferred_username', 'given_name', 'family_name'],
      groups: ['groups'],
    },
    scopes: ['openid', 'email', 'profile', 'groups'],
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
    cookies: { keys: ['demo'], names: { session: 'corp_oidc', interaction: 'corp_oidc_i', resume: 'corp_oidc_r' } },
    interactions: { url: (_ctx, interaction) => `/sign-in/${interaction.uid}` },
    findAccount: (_ctx, id) => {
      const person = people.get(id)
      return (
        person && {
          accountId: id,
          claims: () => ({
            sub: id,
            name: person.displayName,
            given_name: person.givenName,
            family_name: person.familyName,
            preferred_username: id,
            email: person.email,
            email_verified: true,
            groups: person.groups,
          }),
        }
      )
    },
    loadExistingGrant: async (ctx) => {
      const held = ctx.oidc.session?.grantIdFor(ctx.oidc.client?.clientId ?? '')
      if (held) return ctx.oidc.provider.Grant.find(held)
      const grant = new ctx.oidc.provider.Grant({
        accountId: ctx.oidc.session?.accountId ?? '',
        clientId: ctx.oidc.client?.clientId ?? '',
      })
      grant.addOIDCScope('openid email profile groups')
      await grant.save()
      return grant
    },
    renderError: (ctx, out) => {
      ctx.type = 'html'
      ctx.body = page({
        title: 'This cannot go on',
        who: demo.name,
        brand: '#0f766e',
        body: `<p>${String(out.error)}</p>`,
      })
    },
  })
  const app = express()
  const form = express.urlencoded({ extended: false })
  const show = (uid: string, fault?: string) =>
    page({ title: 'Sign in', who: demo.name, brand: '#0f766e', body: signInForm(`/sign-in/${uid}`, {}, fault) })
  app.get('/sign-in/:uid', (req, res) => void res.send(show(req.params.uid)))
  app.post('/sign-in/:uid', form, async (req, res) => {
    const person = people.get(String(req.body?.username ?? ''))
    if (person?.password !== String(req.body?.password ?? ''))
      return void res.status(401).send(show(String(req.params.uid), 'User name or password is wrong'))
    await provider.interactionFinished(
      req,
      res,
      { login: { accountId: person.username, amr: person.amr, ...(person.acr ? { acr: person.acr } : {}) } },
      { mergeWithLastSubmission: false },
    )
  })
  app.use(provider.callback())
  return listenAt(app, demo.url)
}
