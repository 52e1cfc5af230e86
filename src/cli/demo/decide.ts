// A live policy decision for a sample application, asked with the SDK as every application does: a client-credentials token, one AuthZEN
// evaluation, the answer as markup.
import { type AuthzenClient, authzenClient, clientCredentials, type Entity, requirePermission } from '../../sdk/sdk.ts'
import type { Question } from './declaration.ts'
import { escaped } from './page.ts'

type Pdp = { readonly issuer: string; readonly pdp: string; readonly clientId: string; readonly clientSecret: string }
export type Decided = { readonly allowed: boolean; readonly id: string; readonly html: string }

/** A person of the demonstration waits for an answer: where there is none, the page says so. */
export const askerOf = ({ issuer, pdp, clientId, clientSecret }: Pdp): AuthzenClient =>
  authzenClient({ pdp, token: clientCredentials({ issuer, clientId, clientSecret }), whenUnavailable: 'throw' })

export const resourceOf = ({ resource: { type, id, compartment } }: Question): Entity => ({
  type,
  id,
  ...(compartment === undefined ? {} : { properties: { compartment } }),
})

export const decide = async (asker: AuthzenClient, personId: string, question: Question): Promise<Decided> => {
  const { action, resource } = question
  const { type, id, compartment } = resource
  const { decision, context } = await asker.evaluate({
    subject: { type: 'user', id: personId },
    action: { name: action },
    resource: resourceOf(question),
  })
  const record = String(context.id ?? '')
  const reason = context.reason_user === undefined ? '' : `<p>${escaped(JSON.stringify(context.reason_user))}</p>`
  const word = decision ? '<span class="yes">allowed</span>' : '<span class="no">denied</span>'
  return {
    allowed: decision,
    id: record,
    html: `<p id="decision" data-decision="${decision}">${word}</p><p><code>${escaped(`${action} ${type} ${id}${compartment === undefined ? '' : ` in ${compartment}`}`)}</code>, decision record <code>${escaped(record)}</code></p>${reason}`,
  }
}

/** The same question before a route: whoever may not do it does not get there. */
export const guard = <
  R extends { readonly headers: { readonly [name: string]: string | readonly string[] | undefined } },
>(
  asker: AuthzenClient,
  about: {
    readonly person: (req: R) => { readonly id: string; readonly acr: string } | undefined
    readonly question: (req: R) => Question
  },
) =>
  requirePermission<R>(asker, {
    action: (req) => about.question(req).action,
    resource: (req) => resourceOf(about.question(req)),
    subject: (req) => {
      const person = about.person(req)
      return person && { type: 'user', id: person.id }
    },
    context: (req) => ({ user: { acr: about.person(req)?.acr ?? '' } }),
  })
