// Every statement of the store is asked how it would be run: none may look through a whole table, so that a sign-in costs
// the same with a thousand people and with a million.
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { kyselyOver, type Run } from '../../src/adapters/store-sql/dialect.ts'
import { migrations } from '../../src/adapters/store-sql/migrations/all.ts'
import { sweepWith } from '../../src/adapters/store-sql/sweep.ts'
import { txOf } from '../../src/adapters/store-sql/tx.ts'
import type { Tx } from '../../src/ports/store.ts'
import * as access from './access-rows.ts'
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
    () => tx.policies.page({ tenancyId: x }, undefined, 1),
    () => tx.policies.page({ tenancyId: x }, rows.policy('x'), 1),
    () => tx.groups.page(x, rows.group('x'), 1),
    () => tx.roleAssignments.page(x, undefined, 1),
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
    () => tx.tenancies.changesSince(x, 1),
  ]
  const lists = [
    ...[tx.groups, tx.idps, tx.mappingRules, tx.signOnRules, tx.passwordPolicies, tx.apps].flatMap((noun) => [
      () => noun.page(x, undefined, 1),
      () => noun.page(x, { id: x, name: 'x' }, 1, { down: true, beginning: 'x' }),
      () => noun.count(x),
      () => noun.some([x]),
    ]),
    ...(['username', 'displayName'] as const).flatMap((by) => [
      () => tx.people.page(x, { by, limit: 1 }),
      () => tx.people.page(x, { by, limit: 1, down: true, after: { username: 'x', displayName: 'x' } }),
      () => tx.people.page(x, { by, limit: 1, beginning: 'x', after: { username: 'x', displayName: 'x' } }),
    ]),
    () => tx.people.page(x, { by: 'username', status: 'disabled', limit: 1 }),
    () => tx.mappingRules.forValues(x, ['x']),
  ]
  const programs: readonly (() => Promise<unknown>)[] = [
    ...[tx.dynamicGroups, tx.serviceIds, tx.services, tx.roleAssignments].flatMap((noun) => [
      () => noun.get(x),
      () => noun.byName(x, 'x'),
      () => noun.list(x),
      () => noun.remove(x),
    ]),
    () => tx.dynamicGroups.ofTenancy(x),
    () => tx.dynamicGroups.put(access.dynamicGroup('x')),
    () => tx.serviceIds.put(access.serviceId('x')),
    () => tx.services.put(access.registeredService('x')),
    ...[access.ofPerson('x'), access.ofGroup('x'), access.ofProgram('x')].flatMap((holder) => [
      () => tx.roleAssignments.ofHolder(holder),
      () => tx.roleAssignments.put(access.roleAssignment('x', holder)),
    ]),
    ...[access.ofPerson('x'), access.ofProgram('x')].flatMap((owner) => [
      () => tx.apiKeys.ofOwner(owner),
      () => tx.apiKeys.put(access.apiKey('x', owner)),
    ]),
    () => tx.apiKeys.get(x),
    () => tx.apiKeys.byHash('x'),
    () => tx.apiKeys.ofTenancy(x),
    () => tx.apiKeys.touch(x, NOW),
    () => tx.apiKeys.remove(x),
    () => tx.resources.get(x),
    () => tx.resources.byName(x, 'x', 'x'),
    () => tx.resources.list(x, { limit: 9 }),
    () => tx.resources.list(x, { limit: 9, type: 'x', after: { type: 'x', name: 'x' } }),
    () => tx.resources.list(x, { limit: 9, compartmentId: x, after: { type: 'x', name: 'x' } }),
    () => tx.resources.count(x, x),
    () => tx.resources.put(access.resource('x', 'x')),
    () => tx.resources.remove(x),
    () => tx.invitations.get(x),
    () => tx.invitations.byToken('x'),
    () => tx.invitations.ofTenancy(x),
    () => tx.invitations.add(access.invitation('x')),
    () => tx.invitations.save(access.invitation('x')),
    () => tx.invitations.remove(x),
    () => tx.accessRequests.get(x),
    () => tx.accessRequests.ofGroup(x),
    () => tx.accessRequests.ofPerson(x),
    () => tx.accessRequests.ofTenancy(x),
    () => tx.accessRequests.add(access.accessRequest('x', 'x', 'x')),
    () => tx.accessRequests.save(access.accessRequest('x', 'x', 'x')),
  ]
  const people: readonly (() => Promise<unknown>)[] = [
    () => tx.people.get(x),
    () => tx.people.byUsername(x, 'x'),
    () => tx.people.byEmail(x, 'x'),
    () => tx.people.byAddress(x, 'x'),
    () => tx.people.byExternalId(x, 'x'),
    () => tx.people.count(x),
    () => tx.groups.byExternalId(x, 'x'),
    () => tx.people.byHandle(x, 'x'),
    () => tx.people.list(x, { limit: 9 }),
    () => tx.people.list(x, { limit: 9, after: 'x' }),
    () => tx.people.list(x, { limit: 9, skip: 9 }),
    () => tx.people.put(person),
    () => tx.people.remove(x),
    () => tx.links.get(x, 'x'),
    () => tx.links.ofPerson(x),
    () => tx.links.put(rows.link('x', 'x', 'x')),
    () => tx.links.remove(x, 'x'),
    () => tx.memberships.ofPerson(x),
    () => tx.memberships.ofGroup(x),
    () => tx.memberships.peopleOf(x, { after: x, limit: 1 }),
    ...lists,
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
    () => tx.audit.get(x),
    () => tx.eventStreams.get(x),
    () => tx.eventStreams.ofApp(x, x),
    () => tx.eventStreams.ofDomain(x),
    () => tx.eventStreams.remove(x),
    () => tx.eventStreams.queued(x, 9),
    () => tx.eventStreams.acknowledge(x, ['x', 'y']),
    () => tx.audit.list(x, { limit: 9, requestId: 'x' }),
    () => tx.audit.list(x, { limit: 9, domainId: 'x', order: 'oldest', after: x }),
    () => tx.audit.list(x, { limit: 9, outcome: 'failure', from: NOW, to: NOW }),
    () => tx.audit.decision(x),
    () => tx.audit.decisions(x, { limit: 9, from: NOW, to: NOW }),
    () => tx.audit.decisions(x, { limit: 9, before: x }),
    () => tx.audit.usage(x, NOW, NOW),
    () => tx.audit.countByDomain(x, 'x', NOW, NOW),
    () => tx.outbox.claim(NOW, NOW, 9),
    () => tx.outbox.done('x'),
    () => tx.outbox.retry('x', NOW, 'x'),
    () => tx.outbox.list(x),
    () => tx.outbox.get('x'),
    () => tx.outbox.hurry('x', NOW),
    () => tx.outbox.page(x, { after: undefined, limit: 9 }),
    () => tx.outbox.page(x, { after: 'x', limit: 9 }),
  ]
  const trails = (['event', 'decision'] as const).flatMap((trail): readonly (() => Promise<unknown>)[] => [
    () => tx.seals.sealing(trail),
    () => tx.seals.saveSealing(trail, { version: 1, through: 0, gaps: [], holder: 'x', until: NOW, chains: 'x' }),
    () => tx.seals.arrived(trail, 1, 9),
    () => tx.seals.numbered(trail, [1, 2]),
    () =>
      tx.seals.within(trail, [
        [1, 2],
        [4, 5],
      ]),
    () => tx.seals.count(trail, x, 1),
    () => tx.seals.walk(trail, x, { through: 9, limit: 9 }),
    () => tx.seals.walk(trail, x, { through: 9, limit: 9, after: { at: NOW, seq: 1 } }),
    () => tx.seals.forget(trail, x, [1, 2]),
    () => tx.seals.list(trail, x, 1, 9),
    () => tx.seals.newest(trail, x),
    () => tx.seals.drop(trail, x, 1),
    () => tx.seals.checkpoint(trail, x), // not `chains`: whoever asks for it wants all of them
    () => tx.seals.keys(x),
  ])
  return [...nouns, ...programs, ...people, ...signIns, ...trails]
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
    return {
      rows: /"(audit_event|decision_record)" where "id"/.test(text) ? [{ at: NOW, seq: 1, body: '{}' }] : [],
      changes: 0,
    }
  }
  const db = kyselyOver('sqlite', ask)
  for (const call of everyCall(txOf(db, 'sqlite'))) await call()
  await sweepWith((work) => work(db), 'sqlite', NOW)
  expect(plans.size).toBeGreaterThan(90)
  const scans = [...plans].filter(([, steps]) => steps.some((step) => /^SCAN (?!due\b)/.test(step)))
  expect(scans).toEqual([])
  // Nor everybody of a domain for somebody whose address or other name is known.
  for (const [column, index] of [
    ['"person" where "domain_id" = ? and "email_key"', 'person_email'],
    ['"person" where "domain_id" = ? and "external_key"', 'person_external'],
    ['"person_address"."email_key"', 'person_address_email'],
    ['"directory_group" where "domain_id" = ? and "external_key"', 'directory_group_external'],
    ['person where domain_id = ?  and display_key >= ?', 'person_display'],
    ['person where domain_id = ? and status = ?', 'person_status'],
    ['distinct "person_id" from "membership" where "group_id"', 'membership_group_person'],
    ['"mapping_rule" where "idp_id" = ? and "value_key" in', 'mapping_rule_value'],
  ] as const) {
    const [text, steps = []] = [...plans].find(([t]) => t.startsWith('select') && t.includes(column)) ?? []
    expect([text, steps.some((step) => step.includes(index))]).toEqual([expect.any(String), true])
  }
  // Nor may what is read in parts be sorted as a whole first. (Lists that are answered whole may.)
  const parts = /from "?person"?.*limit|"?(audit_event|decision_record|audit_seal|resource)"?.*limit|materialized/
  const sorts = [...plans].filter(
    ([text, steps]) => parts.test(text.replaceAll('\n', ' ')) && steps.some((step) => /TEMP B-TREE/.test(step)),
  )
  expect(sorts).toEqual([])
  expect([...plans.keys()].filter((text) => parts.test(text.replaceAll('\n', ' '))).length).toBeGreaterThan(10)
})
