// What this edge writes down: assertions issued, requests refused, sign-outs, each with the application it is about. Never a message.
import type { App } from '../../core/model/app.ts'
import type { Actor } from '../../core/model/audit.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Person } from '../../core/model/person.ts'
import { actorOf, eventOf } from '../../flows/audit-event.ts'
import type { Source } from '../../flows/sign-in/api.ts'
import type { Tx } from '../../ports/store.ts'
import type { Found, SamlDeps } from './deps.ts'

type What = {
  readonly action: 'saml.request-refused' | 'saml.assertion-issued' | 'saml.status-issued' | 'saml.signed-out'
  readonly reason?: string | undefined
  readonly app: App | undefined
  readonly person?: Pick<Person, 'id' | 'username'> | undefined
  readonly details: JsonObject
}

/** An application speaks for itself in what it asks; a person is named only when the event is about what they got. */
const who = (app: App | undefined, person: What['person']): Actor =>
  person ? actorOf(person) : app ? { kind: 'app', id: app.id, name: app.name } : actorOf(undefined)

export const writeDown = (
  tx: Tx,
  { random, clock }: Pick<SamlDeps, 'random' | 'clock'>,
  { tenancy, domain }: Pick<Found, 'tenancy' | 'domain'>,
  source: Source,
  { action, reason, app, person, details }: What,
): Promise<void> =>
  tx.audit.add(
    eventOf(random, clock(), {
      tenancyId: tenancy.id,
      domainId: domain.id,
      action,
      reason,
      actor: who(app, person),
      target: app && { type: 'app', id: app.id, name: app.name },
      details: { ...details, address: source.address },
      requestId: source.requestId,
    }),
  )
