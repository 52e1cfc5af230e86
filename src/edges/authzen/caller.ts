// Who asks the decision point: an application that got an access token of scope `pdp` for itself, in any domain of that tenancy, or whoever
// owns an API key with that scope. A token that speaks for a person does not ask about people. RFC 6750 §2.1.
import type { TenancyId } from '../../core/model/ids.ts'
import type { Caller } from '../../flows/access/api.ts'
import { type ApiKeyCaller, looksLikeApiKey } from '../../flows/access/api-key-caller.ts'
import type { FindTenancy } from '../../flows/access/find-tenancy.ts'
import { Problem } from '../../problem.ts'
import { requestIdOf } from '../source.ts'
import type { AuthenticateCaller, Knock } from './door.ts'

/** As oidc/bearer-lookup.ts answers it, handed in by wire.ts. */
type Bearer = {
  readonly tenancyId: TenancyId
  readonly appId: string
  readonly clientId: string
  readonly personId: string | undefined
  readonly scopes: readonly string[]
}
type Deps = {
  readonly bearer: (tenancyName: string, token: string) => Promise<Bearer | undefined>
  readonly apiKey: ApiKeyCaller
  readonly findTenancy: FindTenancy
}

const SCOPE = 'pdp'
const tokenOf = (req: Knock): string | undefined =>
  /^Bearer ([\w.~+/-]+=*)$/i.exec(req.headers.authorization ?? '')?.[1]

const lacks = (what: string): Problem => new Problem('not-permitted', `the ${what} lacks the scope \`${SCOPE}\``)

const byKey = async (
  { apiKey, findTenancy }: Deps,
  name: string,
  token: string,
): Promise<Omit<Caller, 'requestId'> | undefined> => {
  const tenancy = await findTenancy(name)
  const holder = tenancy && (await apiKey(tenancy.id, token))
  if (!tenancy || !holder) return undefined
  if (!holder.scopes.includes(SCOPE)) throw lacks('API key')
  return { tenancyId: tenancy.id, actor: holder.actor }
}

export const callerBy =
  (deps: Deps): AuthenticateCaller =>
  async (req, name) => {
    const token = tokenOf(req)
    if (token === undefined) return undefined
    if (looksLikeApiKey(token)) {
      const caller = await byKey(deps, name, token)
      return caller && { ...caller, requestId: requestIdOf(req) }
    }
    const found = await deps.bearer(name, token)
    if (!found) return undefined
    if (found.personId !== undefined)
      throw new Problem('not-permitted', 'expected an access token of client credentials, got one of a person')
    if (!found.scopes.includes(SCOPE)) throw lacks('access token')
    return {
      tenancyId: found.tenancyId,
      actor: { kind: 'app', id: found.appId, name: found.clientId },
      requestId: requestIdOf(req),
    }
  }
