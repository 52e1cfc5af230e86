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

export const txOf = (db: Db, engine: Engine): Tx => ({
  tenancies: tenancies(db),
  compartments: compartments(db),
  domains: domains(db),
  people: people(db),
  links: links(db),
  groups: groups(db),
  memberships: memberships(db),
  credentials: credentials(db),
  devices: devices(db),
  idps: idps(db),
  mappingRules: mappingRules(db),
  apps: apps(db),
  signOnRules: signOnRules(db),
  passwordPolicies: passwordPolicies(db),
  policies: policies(db),
  keys: keys(db),
  journeys: journeys(db),
  sessions: sessions(db),
  payloads: payloads(db),
  once: once(db),
  throttles: throttles(db),
  audit: audit(db),
  outbox: outbox(db, engine),
})
