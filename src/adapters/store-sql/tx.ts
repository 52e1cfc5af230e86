// All nouns over one transaction.
import type { Tx } from '../../ports/store.ts'
import { apps } from './apps.ts'
import { audit } from './audit.ts'
import { compartments } from './compartments.ts'
import { credentials } from './credentials.ts'
import { devices } from './devices.ts'
import type { Db, Engine } from './dialect.ts'
import { domains } from './domains.ts'
import { groups } from './groups.ts'
import { idps } from './idps.ts'
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
  keys,
  journeys,
  sessions,
  payloads,
  once,
  throttles,
  audit,
  outbox,
}

type Held = { readonly db: Db; readonly engine: Engine; readonly made: { [noun: string]: unknown } }
const shape = Object.defineProperties(
  {},
  Object.fromEntries(
    Object.entries(makers).map(([noun, make]) => [
      noun,
      {
        enumerable: true,
        get(this: Held): unknown {
          this.made[noun] ??= make(this.db, this.engine)
          return this.made[noun]
        },
      },
    ]),
  ),
)

/** A noun is made when it is first asked for: a transaction uses three of them, and making all costs more than its statements. */
export const txOf = (db: Db, engine: Engine): Tx => Object.assign(Object.create(shape), { db, engine, made: {} }) as Tx
