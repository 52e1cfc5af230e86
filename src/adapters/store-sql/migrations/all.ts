// Every migration this build knows, in order. A released one is never edited, renamed or removed.
import type { Migration } from 'kysely/migration'
import type { Engine } from '../dialect.ts'
import { first } from './0001-first.ts'
import { principalsAndRoles } from './0002-principals.ts'
import { auditTrail } from './0003-audit-trail.ts'
import { provisioning } from './0004-provisioning.ts'
import { rowDigests } from './0005-row-digests.ts'
import { eventStreams } from './0006-event-streams.ts'
import { lists } from './0007-lists.ts'
import { factChanges } from './0008-fact-changes.ts'

export const migrations = (engine: Engine): Readonly<Record<string, Migration>> => ({
  '0001-first': first(engine),
  '0002-principals': principalsAndRoles(engine),
  '0003-audit-trail': auditTrail(engine),
  '0004-provisioning': provisioning(engine),
  '0005-row-digests': rowDigests(engine),
  '0006-event-streams': eventStreams(engine),
  '0007-lists': lists(engine),
  '0008-fact-changes': factChanges(engine),
})
