// All nouns over one transaction.
import type { Tx } from '../../ports/store.ts'
import { accessRequests } from './access-requests.ts'
import { apiKeys } from './api-keys.ts'
import { apps } from './apps.ts'
import { audit } from './audit.ts'
import { compartments } from './compartments.ts'
import { credentials } from './credentials.ts'
import { devices } from './devices.ts'
import type { Db, Engine } from './dialect.ts'
import { domains } from './domains.ts'
import { dynamicGroups } from './dynamic-groups.ts'
import { eventStreams } from './event-streams.ts'
import { groups } from './groups.ts'
import { idps } from './idps.ts'
import { invitations } from './invitations.ts'
import { journeys } from './journeys.ts'
import { keys } from './keys.ts'
import { links } from './links.ts'
import { mappingRules } from './mapping-rules.ts'
import { memberships } from './memberships.ts'
import { once } from './once.ts'
import { outbox } from './outbox.ts'
import { passwordPolicies } from './password-policies.ts'
import { payloads } from './payloads.ts'
import { people } from './people.ts'
import { policies } from './policies.ts'
import { services } from './registrations.ts'
import { type Memory, remembering } from './remembering.ts'
import { resources } from './resources.ts'
import { roleAssignments } from './role-assignments.ts'
import { seals } from './seals.ts'
import { serviceIds } from './service-ids.ts'
import { sessions } from './sessions.ts'
import { signOnRules } from './sign-on-rules.ts'
import { tenancies } from './tenancies.ts'
import { throttles } from './throttles.ts'

const makers: { readonly [Noun in keyof Tx]: (db: Db, engine: Engine) => Tx[Noun] } = {
  tenancies,
  compartments,
  domains,
  people,
  links,
  groups,
  memberships,
  credentials,
  devices,
  idps,
  mappingRules,
  apps,
  signOnRules,
  passwordPolicies,
  policies,
  dynamicGroups,
  serviceIds,
  apiKeys,
  roleAssignments,
  services,
  resources,
  invitations,
  accessRequests,
  keys,
  journeys,
  sessions,
  payloads,
  once,
  throttles,
  audit,
  seals,
  eventStreams,
  outbox,
}

type Held = {
  readonly db: Db
  readonly engine: Engine
  readonly memory: Memory | undefined
  readonly made: { [noun: string]: unknown }
}
const shape = Object.defineProperties(
  {},
  Object.fromEntries(
    Object.entries(makers).map(([noun, make]) => [
      noun,
      {
        enumerable: true,
        get(this: Held): unknown {
          const { made, db, engine, memory } = this
          made[noun] ??= memory ? remembering(noun, make(db, engine), memory) : make(db, engine)
          return made[noun]
        },
      },
    ]),
  ),
)

/**
 * A noun is made when it is first asked for: a transaction uses three of them, and making all costs more than its statements. `memory`: for
 * one that many share, which reads alone.
 */
export const txOf = (db: Db, engine: Engine, memory?: Memory): Tx =>
  Object.assign(Object.create(shape), { db, engine, memory, made: {} }) as Tx
