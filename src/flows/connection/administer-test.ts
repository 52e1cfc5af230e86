// What administrators ask about the way to an identity provider: a test to be walked in a browser, what came of it, what can be seen without
// one, and how long its certificates last.
import type { Certificate } from '../../core/model/certificate.ts'
import type { Idp } from '../../core/model/idp.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Inspection, Inspector } from '../../ports/inspector.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import type { Work } from '../access/administer.ts'
import { noteChange } from '../directory/note-change.ts'
import { issuerOf } from '../sign-in/find-domain.ts'
import type { ConnectionTest } from './api.ts'
import { keptTest, newTest } from './kept.ts'

export type Inspectors = { readonly [protocol: string]: Inspector }
export type Started = ConnectionTest & { readonly url: string }
export type ConnectionFlows = {
  /** The link is good for a quarter of an hour, for a provider that may be switched off. */
  readonly start: (work: Work, idp: Idp) => Promise<Started>
  /** Undefined: over, never was, or of another provider. */
  readonly result: (tx: Tx, idp: Idp, id: string) => Promise<ConnectionTest | undefined>
  /** Asks the provider: never inside a transaction. */
  readonly inspect: (idp: Idp) => Promise<Inspection>
  readonly certificates: (idp: Idp) => readonly Certificate[]
}
type Deps = { readonly clock: Clock; readonly inspectors: Inspectors; readonly baseUrl: string }

export const testLink = async (tx: Tx, baseUrl: string, idp: Idp, token: string): Promise<string> => {
  const domain = await tx.domains.get(idp.domainId)
  const tenancy = await tx.tenancies.get(idp.tenancyId)
  if (!domain || !tenancy) throw new Problem('not-found', 'its domain is gone')
  return `${issuerOf(baseUrl, tenancy, domain)}/federation/${idp.name}/test?token=${token}`
}

const inspectorOf = ({ inspectors }: Deps, { name, trust }: Idp): Inspector => {
  const inspector = inspectors[trust.protocol]
  if (!inspector) throw new Problem('not-found', `\`${name}\` speaks a protocol that is not served here`)
  return inspector
}

export const connectionFlows = (deps: Deps): ConnectionFlows => ({
  start: async (work, idp) => {
    const { tx, random, secrets, now, who } = work
    const { token, ...test } = await newTest(tx, { random, secrets }, { idpId: idp.id, startedBy: who.actor.name, now })
    await noteChange(work, {
      action: 'connection-test.started',
      target: { type: 'idp', id: idp.id, name: idp.name },
      domainId: idp.domainId,
      details: { enabled: idp.enabled },
    })
    return { ...test, url: await testLink(tx, deps.baseUrl, idp, token) }
  },
  result: async (tx, idp, id) => {
    const test = await keptTest(tx, id, deps.clock())
    return test?.idpId === idp.id ? test : undefined
  },
  inspect: (idp) => inspectorOf(deps, idp).inspect(idp, deps.clock()),
  certificates: (idp) => inspectorOf(deps, idp).certificates(idp, deps.clock()),
})
