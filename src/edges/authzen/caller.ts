// Who asks the decision point: an application that got an access token of scope `pdp` for itself, in any domain of that tenancy. A token
// that speaks for a person does not ask about people. RFC 6750 §2.1.
import type { Request } from 'express'
import type { TenancyId } from '../../core/model/ids.ts'
import { Problem } from '../../problem.ts'
import { requestIdOf } from '../source.ts'
import type { AuthenticateCaller } from './evaluation.ts'

/** As oidc/bearer-lookup.ts answers it, handed in by wire.ts. */
type Bearer = {
  readonly appId: string
  readonly clientId: string
  readonly personId: string | undefined
  readonly scopes: readonly string[]
}
type Deps = {
  readonly bearer: (tenancyName: string, token: string) => Promise<Bearer | undefined>
  readonly findTenancy: (name: string) => Promise<{ readonly id: TenancyId } | undefined>
}

const SCOPE = 'pdp'
const tokenOf = (req: Request): string | undefined =>
  /^Bearer ([\w.~+/-]+=*)$/i.exec(req.headers.authorization ?? '')?.[1]

export const callerBy =
  ({ bearer, findTenancy }: Deps): AuthenticateCaller =>
  async (req) => {
    const token = tokenOf(req)
    const name = String(req.params.tenancy)
    const found = token === undefined ? undefined : await bearer(name, token)
    const tenancy = found && (await findTenancy(name))
    if (!found || !tenancy) return undefined
    if (found.personId !== undefined)
      throw new Problem('not-permitted', 'expected an access token of client credentials, got one of a person')
    if (!found.scopes.includes(SCOPE))
      throw new Problem('not-permitted', `the access token lacks the scope \`${SCOPE}\``)
    return {
      tenancyId: tenancy.id,
      actor: { kind: 'app', id: found.appId, name: found.clientId },
      requestId: requestIdOf(req),
    }
  }
