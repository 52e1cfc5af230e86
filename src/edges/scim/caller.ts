// Who provisions: whoever owns an API key of the tenancy with the scope `scim`, usually a service ID. A key of another tenancy does not exist
// here; what its owner may do in this domain is asked with every operation.
import type { Request } from 'express'
import type { Tenancy } from '../../core/model/tenancy.ts'
import { type ApiKeyCaller, looksLikeApiKey } from '../../flows/access/api-key-caller.ts'
import type { Administrator } from '../../flows/access/permits.ts'
import { Problem } from '../../problem.ts'
import { requestIdOf } from '../source.ts'

const SCOPE = 'scim'
const tokenOf = (req: Request): string | undefined => /^Bearer ([\w-]+)$/i.exec(req.headers.authorization ?? '')?.[1]

/** Undefined: no key, or none that is good here. */
export type AdmitClient = (req: Request, tenancy: Tenancy) => Promise<Administrator | undefined>

export const clientAdmitter =
  ({ apiKey }: { readonly apiKey: ApiKeyCaller }): AdmitClient =>
  async (req, tenancy) => {
    const token = tokenOf(req)
    const holder = token !== undefined && looksLikeApiKey(token) ? await apiKey(tenancy.id, token) : undefined
    if (!holder) return undefined
    if (!holder.scopes.includes(SCOPE))
      throw new Problem('not-permitted', `the API key lacks the scope \`${SCOPE}\``, { reason: 'scope' })
    const { actor, subject, apiKeyId } = holder
    return {
      tenancyId: tenancy.id,
      actor,
      subject,
      apiKeyId,
      context: {},
      requestId: requestIdOf(req),
      channel: SCOPE,
    }
  }
