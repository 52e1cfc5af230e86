// Every statement of the store is asked how it would be run: none may look through a whole table, so that a sign-in costs
// the same with a thousand people and with a million.
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { kyselyOver, type Run } from '../../src/adapters/store-sql/dialect.ts'
import { migrations } from '../../src/adapters/store-sql/migrations/all.ts'
import { sweepWith } from '../../src/adapters/store-sql/sweep.ts'
import { txOf } from '../../src/adapters/store-sql/tx.ts'
import type { Tx } from '../../src/ports/store.ts'
import * as rows from './rows.ts'
import * as traffic from './traffic-rows.ts'

const { NOW } = rows
const x = 'x' as never // whichever id is wanted

/** Each lookup and each change once; what comes back does not matter here. */
const everyCall = (tx: Tx): readonly (() => Promise<unknown>)[] => {
  const person = rows.person('x')
  const credential = rows.credential('x', 'x', rows.passkey('x'))
  const nouns: readonly (() => Promise<unknown>)[] = [
    ...[tx.compartments, tx.domains, tx.groups, tx.idps, tx.mappingRules, tx.apps, tx.signOnRules]
      .concat([tx.passwordPolicies, tx.policies] as never)
      .flatMap((noun) => [() => noun.get(x), () => noun.remove(x)]),
    () => tx.tenancies.get(x),
    () => tx.tenancies.byName(undefined, 'x'),
    () => tx.tenancies.put(rows.tenancy('x')),
    () => tx.tenancies.bumpRevision(x).catch(() => {}),
    () => tx.tenancies.revision(x),
    () => tx.tenancies.remove(x),
    () => tx.compartments.byName({ tenancyId: x }, 'x'),
    () => tx.compartments.list({ tenancyId: x }),
    () => tx.compartments.put(rows.compartment('x')),
    () => tx.policies.list({ tenancyId: x }),
    () => tx.policies.list({ tenancyId: x, compartmentId: x }),
    () => tx.policies.byName({ tenancyId: x }, 'x'),
    () => tx.policies.put(rows.policy('x')),
    ...[tx.domains, tx.groups, tx.idps, tx.apps, tx.mappingRules, tx.signOnRules, tx.passwordPolicies].flatMap(
      (noun) => [() => noun.byName(x, 'x'), () => noun.list(x)],
    ),
    () => tx.groups.ofTenancy(x),
    () => tx.groups.put(rows.group('x')),
    () => tx.idps.put(rows.idp('x', { emailDomains: ['x'] })),
    () => tx.idps.byEmailDomain(x, 'x'),
    () => tx.apps.put(rows.oidcApp('x', 'x')),
    () => tx.apps.put(rows.samlApp('x', 'x')),
    () => tx.apps.byClientId(x, 'x'),
    () => tx.apps.byEntityId(x, 'x'),
    () => tx.keys.ofDomain(x),
    () => tx.keys.setStatus(x, 'retired'),
  ]
  const people: readonly (() => Promise<unknown>)[] = [
    () => tx.people.get(x),
    () => tx.people.byUsername(x, 'x'),
    () => tx.people.byEmail(x, 'x'),
    () => tx.people.byHandle(x, 'x'),
    () => tx.people.list(x, { limit: 9 }),
    () => tx.people.list(x, { limit: 9, after: 'x' }),
    () => tx.people.put(person),
    () => tx.people.remove(x),
    () => tx.links.get(x, 'x'),
    () => tx.links.ofPerson(x),
    () => tx.links.put(rows.link('x', 'x', 'x')),
    () => tx.links.remove(x, 'x'),
    () => tx.memberships.ofPerson(x),
    () => tx.memberships.ofGroup(x),
    () => tx.memberships.put(rows.membership('x', 'x', rows.direct)),
    () => tx.memberships.remove(x, x, 'direct'),
    () => tx.credentials.get(x),
    () => tx.credentials.ofPerson(x),
    () => tx.credentials.byWebauthnId(x, 'x'),
    () => tx.credentials.add(credential),
    () => tx.credentials.save(credential),
    () => tx.credentials.remove(x),
    () => tx.devices.byToken('x'),
    () => tx.devices.ofPerson(x),
    () => tx.devices.put(rows.device('x', 'x')),
    () => tx.devices.remove(x),
    () => tx.devices.removeOfPerson(x),
  ]
  const signIns: readonly (() => Promise<unknown>)[] = [
    () => tx.journeys.get(x),
    () => tx.journeys.save(traffic.journey('x')),
    () => tx.journeys.take(x),
    () => tx.sessions.get(x),
    () => tx.sessions.byToken('x'),
    () => tx.sessions.ofPerson(x),
    () => tx.sessions.byUpstream(x, 'x', 'x'),
    () => tx.sessions.byUpstream(x, 'x', undefined),
    () => tx.sessions.save(traffic.session('x', 'x')),
    () => tx.sessions.touch(x, NOW),
    () => tx.sessions.end(x, NOW, 'expired'),
    () => tx.sessions.participants(x),
    () => tx.payloads.put(traffic.payload('x')),
    () => tx.payloads.get('x', 'x', 'x'),
    () => tx.payloads.byUid('x', 'x', 'x'),
    () => tx.payloads.byUserCode('x', 'x', 'x'),
    () => tx.payloads.consume('x', 'x', 'x', NOW),
    () => tx.payloads.remove('x', 'x', 'x'),
    () => tx.payloads.removeByGrant('x', 'x'),
    () => tx.once.see('x', NOW, NOW),
    () => tx.once.kept('x', NOW),
    () => tx.once.take('x', NOW),
    () => tx.throttles.get('x'),
    () => tx.throttles.fail('x', NOW, 1).catch(() => {}),
    () => tx.throttles.clear('x'),
    () => tx.audit.list(x, { limit: 9 }),
    () => tx.audit.list(x, { limit: 9, action: 'x', before: x }),
    () => tx.audit.list(x, { limit: 9, actorId: 'x' }),
    () => tx.audit.list(x, { limit: 9, targetId: 'x' }),
    () => tx.audit.decision(x),
    () => tx.outbox.claim(NOW, NOW, 9),
    () => tx.outbox.done('x'),
    () => tx.outbox.retry('x', NOW, 'x'),
    () => tx.outbox.list(x),
  ]
  return [...nouns, ...people, ...signIns]
}

test('no statement looks through a whole table', async () => {
  const database = new DatabaseSync(':memory:')
  const execute: Run = async (text, parameters) => {
    database.prepare(text).all(...(parameters as string[]))
    return { rows: [], changes: 0 }
  }
  for (const migration of Object.values(migrations('sqlite'))) await migration.up(kyselyOver('sqlite', execute))
  const plans = new Map<string, readonly string[]>()
  const ask: Run = async (text, parameters) => {
    const steps = database.prepare(`explain query plan ${text}`).all(...(parameters as string[]))
    plans.set(
      text,
      steps.map((step) => String(step.detail)),
    )
    return { rows: text.includes('"audit_event" where "id"') ? [{ at: NOW, seq: 1 }] : [], changes: 0 }
  }
  const db = kyselyOver('sqlite', ask)
  for (const call of everyCall(txOf(db, 'sqlite'))) await call()
  await sweepWith((work) => work(db), 'sqlite', NOW)
  expect(plans.size).toBeGreaterThan(90)
  const scans = [...plans].filter(([, steps]) => steps.some((step) => /^SCAN (?!due\b)/.test(step)))
  expect(scans).toEqual([])
  // Nor may what is read in parts be sorted as a whole first. (Lists that are answered whole may.)
  const parts = /from "person".*limit|"audit_event".*limit|materialized/
  const sorts = [...plans].filter(
    ([text, steps]) => parts.test(text.replaceAll('\n', ' ')) && steps.some((step) => /TEMP B-TREE/.test(step)),
  )
  expect(sorts).toEqual([])
  expect([...plans.keys()].filter((text) => parts.test(text.replaceAll('\n', ' '))).length).toBeGreaterThan(10)
})
