// I7: which audit events are signals for others, and what they say: who began it, and nothing that is not the receiver's business.
import { expect, test } from 'vitest'
import type { AuditEvent } from '../../src/core/model/audit.ts'
import { eventTypes } from '../../src/core/model/event-stream.ts'
import { signalOf } from '../../src/core/signals/caep.ts'
import { auditEvent } from '../stores/traffic-rows.ts'

const ann = { type: 'person', id: 'ann', name: 'ann' } as const
const by = (kind: AuditEvent['actor']['kind'], id: string): AuditEvent['actor'] => ({ kind, id, name: id })
const of = (action: string, differs: Partial<AuditEvent> = {}) =>
  signalOf(auditEvent('e', { action, target: ann, actor: by('person', 'ann'), ...differs }))

test('I7: what is no success, or no signal, is told nobody', () => {
  expect(of('password.changed', { outcome: 'failure' })).toBeUndefined()
  for (const action of ['group.created', 'policy.denied', 'constructor', '__proto__', 'sign-in.failed'])
    expect(of(action), action).toBeUndefined()
})
test('I7: who began it: the person, somebody else, a rule, or the gateway', () => {
  const began = (actor: AuditEvent['actor'], why: string) =>
    of('session.ended', { target: { type: 'session', id: 's', name: '' }, actor, details: { why, person: 'ann' } })
      ?.claims.initiating_entity
  expect(began(by('person', 'ann'), 'signed-out')).toBe('user')
  expect(began(by('person', 'root'), 'revoked')).toBe('admin')
  expect(began(by('service-id', 'robot'), 'revoked')).toBe('admin')
  expect(began(by('person', 'ann'), 'password-changed')).toBe('policy')
  expect(began(by('system', 'gwanmun'), 'revoked')).toBe('system')
})
test('I7: credentials by the names of the profile', () => {
  const told = (action: string, details: AuditEvent['details']) => of(action, { details })?.claims
  expect(told('factor.enrolled', { factor: 'passkey', label: 'key', credential: 'secret-id' })).toEqual({
    event_timestamp: 1_800_000_000,
    credential_type: 'fido2-roaming',
    change_type: 'create',
    friendly_name: 'key',
    initiating_entity: 'user',
  })
  expect(told('factor.removed', { factor: 'recovery-code' })).toMatchObject({
    credential_type: 'recovery-code',
    change_type: 'delete',
  })
  expect(told('person.credential-removed', { kind: 'totp' })).toMatchObject({
    credential_type: 'app',
    change_type: 'revoke',
  })
})
test('I7: a level that falls, rises, stays, or was not there before', () => {
  const change = (levelBefore: number | undefined, level: number) =>
    of('sign-in.succeeded', { details: { level, session: 's', ...(levelBefore === undefined ? {} : { levelBefore }) } })
  expect(change(2, 1)?.claims).toMatchObject({ change_direction: 'decrease', previous_level: 'nist-aal2' })
  expect(change(1, 3)).toMatchObject({ type: eventTypes.assuranceLevelChange, sessionId: 's', personId: 'ann' })
  expect([change(2, 2), change(undefined, 2)]).toEqual([undefined, undefined])
})
