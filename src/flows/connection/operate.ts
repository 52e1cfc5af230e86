// The same tests for whoever runs the server: begun and looked at in the store itself.
import type { Actor } from '../../core/model/audit.ts'
import type { Idp } from '../../core/model/idp.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store } from '../../ports/store.ts'
import { eventOf } from '../audit-event.ts'
import { type ConnectionFlows, connectionFlows, type Inspectors, testLink } from './administer-test.ts'
import type { ConnectionTest } from './api.ts'
import { keptTest, newTest } from './kept.ts'

type Deps = {
  readonly store: Store
  readonly random: Random
  readonly secrets: Pick<Secrets, 'digest'>
  readonly inspectors: Inspectors
  readonly clock: Parameters<typeof connectionFlows>[0]['clock']
  readonly baseUrl: string
}
export type ConnectionOperations = Pick<ConnectionFlows, 'inspect' | 'certificates'> & {
  readonly start: (actor: Actor, idp: Idp) => Promise<ConnectionTest & { readonly url: string }>
  readonly result: (id: string) => Promise<ConnectionTest | undefined>
}

export const connectionOperations = (deps: Deps): ConnectionOperations => {
  const { store, random, secrets, clock, baseUrl } = deps
  const { inspect, certificates } = connectionFlows(deps)
  return {
    inspect,
    certificates,
    start: (actor, idp) =>
      store.write(async (tx) => {
        const now = clock()
        const begun = { idpId: idp.id, startedBy: actor.name, now }
        const { token, ...test } = await newTest(tx, { random, secrets }, begun)
        await tx.audit.add(
          eventOf(random, now, {
            tenancyId: idp.tenancyId,
            domainId: idp.domainId,
            action: 'connection-test.started',
            actor,
            target: { type: 'idp', id: idp.id, name: idp.name },
            details: { enabled: idp.enabled },
          }),
        )
        return { ...test, url: await testLink(tx, baseUrl, idp, token) }
      }),
    result: (id) => store.read((tx) => keptTest(tx, id, clock())),
  }
}
