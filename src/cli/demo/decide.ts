// A live policy decision for a sample application: a client-credentials token, one AuthZEN evaluation, the answer as markup.
import { Problem } from '../../problem.ts'
import type { Question } from './declaration.ts'
import { escaped } from './page.ts'

type Pdp = { readonly issuer: string; readonly pdp: string; readonly clientId: string; readonly clientSecret: string }
export type Decided = { readonly allowed: boolean; readonly id: string; readonly html: string }

const tokenOf = async ({ issuer, clientId, clientSecret }: Pdp): Promise<string> => {
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'pdp' }),
  })
  const body = (await answer.json()) as { access_token?: string; error?: string }
  if (!body.access_token) throw new Problem('internal', `no token for the PDP: ${body.error ?? answer.status}`)
  return body.access_token
}

/** AuthZEN Authorization API 1.0 §6: "no" is an answer with status 200. */
export const decide = async (
  pdp: Pdp,
  personId: string,
  { action, resource: { type, id, compartment } }: Question,
): Promise<Decided> => {
  const answer = await fetch(`${pdp.pdp}/access/v1/evaluation`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await tokenOf(pdp)}` },
    body: JSON.stringify({
      subject: { type: 'user', id: personId },
      action: { name: action },
      resource: { type, id, ...(compartment === undefined ? {} : { properties: { compartment } }) },
    }),
  })
  const body = (await answer.json()) as { decision?: boolean; context?: { id?: string; reason_user?: unknown } }
  if (body.decision === undefined) throw new Problem('internal', `the PDP answered ${answer.status}`)
  const reason =
    body.context?.reason_user === undefined ? '' : `<p>${escaped(JSON.stringify(body.context.reason_user))}</p>`
  const word = body.decision ? '<span class="yes">allowed</span>' : '<span class="no">denied</span>'
  return {
    allowed: body.decision,
    id: body.context?.id ?? '',
    html: `<p id="decision" data-decision="${body.decision}">${word}</p><p><code>${escaped(`${action} ${type} ${id}${compartment === undefined ? '' : ` in ${compartment}`}`)}</code>, decision record <code>${escaped(body.context?.id ?? '')}</code></p>${reason}`,
  }
}
