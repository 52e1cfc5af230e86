// Who administers: a person by an access token of the gateway's own application (scope `admin`), or whoever owns an API key with that scope.
// RFC 6750 §2.1. A token or key of another tenancy does not exist here, and neither does an unknown tenancy: both are 401.
import type { Request } from 'express'
import { amrOf, type Evidence, levelOf } from '../../core/assurance/level.ts'
import type { PersonId, SessionId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { adminClients } from '../../core/model/own-apps.ts'
import type { Tenancy } from '../../core/model/tenancy.ts'
import { acrOf } from '../../core/release/names.ts'
import { type ApiKeyCaller, looksLikeApiKey } from '../../flows/access/api-key-caller.ts'
import type { FindTenancy } from '../../flows/access/find-tenancy.ts'
import type { Administrator } from '../../flows/access/permits.ts'
import { Problem } from '../../problem.ts'
import { requestIdOf } from '../source.ts'

/** As oidc/bearer-lookup.ts answers it, handed in by wire.ts. */
export type AdminBearer = {
  readonly clientId: string
  readonly personId: PersonId | undefined
  readonly sessionId?: SessionId | undefined
  readonly scopes: readonly string[]
}
/** The person behind a token, and what they proved when they asked for it. */
export type Behind = { readonly username: string; readonly evidence: readonly Evidence[] }
export type CallerDeps = {
  readonly bearer: (tenancyName: string, token: string) => Promise<AdminBearer | undefined>
  readonly apiKey: ApiKeyCaller
  readonly findTenancy: FindTenancy
  readonly behind: (bearer: AdminBearer) => Promise<Behind | undefined>
}
export type Admitted = { readonly tenancy: Tenancy; readonly who: Administrator }
/** Undefined: no credentials, or none that is good here. Problem('not-permitted') when they are good and lack the scope. */
export type Admit = (req: Request) => Promise<Admitted | undefined>

const SCOPE = 'admin'
const tokenOf = (req: Request): string | undefined =>
  /^Bearer ([\w.~+/-]+=*)$/i.exec(req.headers.authorization ?? '')?.[1]

/** `request.user.…`: how they signed in, for policies that ask for a second factor. A key says nothing of it: it is no sign-in. */
const signedInHow = ({ evidence }: Behind): JsonObject => {
  const level = levelOf(evidence)
  return {
    level: String(level),
    acr: acrOf[level],
    amr: amrOf(evidence),
    mfaTotpVerified: String(evidence.some((e) => e.kind === 'totp')),
  }
}

const lacksScope = (what: string): Problem =>
  new Problem('not-permitted', `the ${what} lacks the scope \`${SCOPE}\``, { reason: 'scope' })

export const admitter = ({ bearer, apiKey, findTenancy, behind }: CallerDeps): Admit => {
  const byKey = async (tenancy: Tenancy, token: string, requestId: string): Promise<Administrator | undefined> => {
    const holder = await apiKey(tenancy.id, token)
    if (!holder) return undefined
    if (!holder.scopes.includes(SCOPE)) throw lacksScope('API key')
    const { actor, subject, apiKeyId } = holder
    return { tenancyId: tenancy.id, actor, subject, apiKeyId, context: {}, requestId }
  }
  const byToken = async (tenancy: Tenancy, token: string, requestId: string): Promise<Administrator | undefined> => {
    const found = await bearer(tenancy.name, token)
    const person = found && (await behind(found))
    if (found?.personId === undefined || !person) return undefined
    // Any application may be registered with any scope: only our own may carry an administrator's powers, or whoever registers
    // applications could collect them.
    if (!adminClients.some((own) => own === found.clientId) || !found.scopes.includes(SCOPE))
      throw lacksScope('access token')
    return {
      tenancyId: tenancy.id,
      actor: { kind: 'person', id: found.personId, name: person.username },
      subject: { type: 'user', id: found.personId, properties: {} },
      context: { user: signedInHow(person) },
      apiKeyId: undefined,
      requestId,
    }
  }
  return async (req) => {
    const token = tokenOf(req)
    const tenancy = token === undefined ? undefined : await findTenancy(String(req.params.tenancy))
    if (!tenancy || token === undefined) return undefined
    const who = await (looksLikeApiKey(token) ? byKey : byToken)(tenancy, token, requestIdOf(req))
    return who && { tenancy, who }
  }
}
