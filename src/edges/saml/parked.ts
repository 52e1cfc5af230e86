// A verified request waiting for its answer while the person signs in. It stays until the answer is issued, so that a reload or a
// second look changes nothing; only `consume` ends it, and only one caller wins.

import type { Level } from '../../core/assurance/level.ts'
import type { AppId, DomainId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { EpochMs } from '../../core/model/time.ts'
import { secondsLater } from '../../core/model/time.ts'
import type { Tx } from '../../ports/store.ts'
import type { RequestedContext } from './authn-class.ts'
import type { SamlDeps } from './deps.ts'
import type { NameIdPolicy } from './name-id.ts'

/** Longer than a journey lives: whoever finishes signing in still finds it. */
const PARKED_SECONDS = 60 * 60

export type ParkedRequest = {
  readonly appId: AppId
  readonly requestId: string | undefined // undefined: nobody asked (IdP-initiated)
  readonly acs: string
  readonly relayState: string | undefined
  readonly level: Level
  readonly freshAfter: EpochMs | undefined
  readonly silent: boolean
  readonly context: RequestedContext | undefined
  readonly nameIdPolicy: NameIdPolicy | undefined
}
/** Under a digest and the domain: a stolen table leads to no request, and another domain's id to nothing. */
const keyOf = ({ secrets }: Pick<SamlDeps, 'secrets'>, domainId: DomainId, id: string): string =>
  `saml-request:${domainId}:${secrets.digest(id)}`

type Deps = Pick<SamlDeps, 'secrets' | 'random' | 'clock' | 'store'>

export const park = async (tx: Tx, deps: Deps, domainId: DomainId, request: ParkedRequest): Promise<string> => {
  const id = deps.random.token()
  const until = secondsLater(deps.clock(), PARKED_SECONDS)
  await tx.once.keep(keyOf(deps, domainId, id), request as unknown as JsonObject, until)
  return id
}

const asRequest = (row: JsonObject | undefined) => row as ParkedRequest | undefined

export const consume = async (tx: Tx, deps: Deps, domainId: DomainId, id: string): Promise<ParkedRequest | undefined> =>
  asRequest(await tx.once.take(keyOf(deps, domainId, id), deps.clock()))

export const peek = (deps: Deps, domainId: DomainId, id: string): Promise<ParkedRequest | undefined> =>
  deps.store.read(async (tx) => asRequest(await tx.once.kept(keyOf(deps, domainId, id), deps.clock())))
