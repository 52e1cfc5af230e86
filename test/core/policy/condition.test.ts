// Conditions: every operator, every kind of variable, and what happens when a fact is missing (an Allow declines, a Deny holds).
import { describe, expect, test } from 'vitest'
import { matcherOf } from '../../../src/core/policy/glob.ts'
import { may, noon, type Request } from './kit.ts'

const base: Request = {
  groups: ['Devs'],
  action: 'GetObject',
  type: 'objects',
  at: 'Prod',
  resource: { 'target.bucket.name': 'BucketA', tags: { ops: { env: ['prod', 'eu'] } } },
  context: { region: 'iad', ticket: 7 },
}
const allows = (where: string, request: Request = base): boolean =>
  may([`Allow group Devs to manage all-resources in tenancy where ${where}`], request)
/** True: the Deny took hold. */
const denies = (where: string, request: Request = base): boolean =>
  !may(
    [
      'Allow group Devs to manage all-resources in tenancy',
      `Deny group Devs to inspect all-resources in tenancy where ${where}`,
    ],
    request,
  )

describe('A3 operators', () => {
  test.for([
    ["target.bucket.name = 'bucketa'", true],
    ["target.bucket.name = 'BUCKETA'", true],
    ["target.bucket.name != 'bucketb'", true],
    ["target.bucket.name = 'bucket'", false],
    ['target.bucket.name = /bucket*/', true],
    ['target.bucket.name = /*A/', true],
    ['target.bucket.name = /*cket*/', true],
    ['target.bucket.name = /bucketa/', true],
    ['target.bucket.name = /*/', true],
    ['target.bucket.name != /bucket*/', false],
    ["target.bucket.name = 'bucket*'", true],
    ["target.bucket.name = '*_archive'", false],
    ["target.bucket.name in ('x', /y*/, 'bucketa')", true],
    ["target.bucket.name not in ('x', /y*/)", true],
    ["target.bucket.name not in ('x', /b*/)", false],
    ['target.bucket.name = bucketa', true],
    ["target.resource.tag.ops.env = 'prod'", true],
    ["target.resource.tag.ops.env = '*'", true],
    ["target.resource.tag.ops.env != 'prod'", false],
    ["target.resource.tag.ops.env != 'dev'", true],
    ["target.resource.tag.ops.none = '*'", false],
    ["target.resource.tag.ops.none != 'dev'", false],
    ["sets-intersect(target.resource.tag.ops.env, ('dev', 'eu'))", true],
    ["sets-intersect(target.resource.tag.ops.env, ('dev'))", false],
    ["sets-equal(target.resource.tag.ops.env, ('eu', 'PROD'))", true],
    ["sets-equal(target.resource.tag.ops.env, ('eu'))", false],
    ['sets-intersect(target.resource.tag.ops.env, request.region)', false],
    ["request.region = 'us-ashburn-1'", true],
    ["request.region = 'IAD'", true],
    ["request.region in ('gru', 'iad')", true],
    ["request.region != 'us-ashburn-1'", false],
    ["request.region = 'us-*'", true],
    ["request.region = 'ia*'", true],
    ["request.ticket = '7'", true],
    ["request.user.name = 'kim'", true],
    ["request.user.id = 'u-kim'", true],
    ["request.groups.id = 'g-Devs'", true],
    ["request.groups.id != 'g-Ops'", true],
    ["request.principal.type = 'user'", true],
    ["request.principal.type = 'cluster'", false],
    ["request.operation = 'getobject'", true],
    ['request.operation != /Get*/', false],
    ["request.permission = 'OBJECT_READ'", true],
    ["request.service.name = 'tests'", true],
    ["request.service != 'tests'", false],
    ["target.compartment.name = 'prod'", true],
    ["target.compartment.id = 'c-Prod'", true],
    ["target.object.id = 'x1'", true],
    ['request.region', true],
    ['not request.gateway.id', true],
    ['! request.region', false],
    ['not target.instance.shape', true],
    ["all { request.region = 'iad', any { request.user.name = 'lee', request.user.name = 'kim' } }", true],
    ["all { request.region = 'iad', request.user.name = 'lee' }", false],
    ['any { request.operation != /Create*/, request.operation != /Get*/ }', true], // always true, as in the real one
    ["all { request.permission = 'A', request.permission = 'B' }", false],
  ] as const)('%s: %s', ([where, allowed]) => {
    expect(allows(where)).toBe(allowed)
    expect(denies(where)).toBe(allowed)
  })
})

describe('A3 time is UTC and the gateway’s own', () => {
  test.for([
    ["request.utc-timestamp before '2030-01-16T12:00:01Z'", true],
    ["request.utc-timestamp after '2030-01-16Z'", true],
    ["request.utc-timestamp before '2030-01-16Z'", false],
    ["request.utc-timestamp.month-of-year = '1'", true],
    ["request.utc-timestamp.day-of-month in ('15', '16')", true],
    ["request.utc-timestamp.day-of-week = 'Wednesday'", true],
    ["request.utc-timestamp.day-of-week not in ('saturday', 'sunday')", true],
    ["request.utc-timestamp.time-of-day between '09:00:00Z' and '17:00:00Z'", true],
    ["request.utc-timestamp.time-of-day between '17:00:00Z' and '01:00:00Z'", false],
    ["request.utc-timestamp.time-of-day between '22:00:00Z' and '12:00:00Z'", true],
  ] as const)('%s: %s', ([where, allowed]) => expect(allows(where)).toBe(allowed))
  test('the window may pass midnight', () => {
    const at = (hour: number): boolean =>
      allows("request.utc-timestamp.time-of-day between '17:00:00Z' and '01:00:00Z'", {
        ...base,
        now: noon + (hour - 12) * 3_600_000,
      })
    expect([16, 17, 23, 24, 25, 26].map(at)).toEqual([false, true, true, true, true, false])
  })
})

describe('A3 a missing fact: inapplicable is false for both, not supplied declines an Allow and lets a Deny hold', () => {
  test.for([
    // [condition, an Allow grants, a Deny holds]
    ["request.networkSource.name = 'office'", false, true],
    ["request.networkSource.name != 'office'", false, true],
    ["request.networkSource.name in ('office')", false, true],
    ["request.networkSource.name not in ('office')", false, true],
    ["sets-intersect(request.networkSource.name, ('office'))", false, true],
    ['request.networkSource.name = request.region', false, true],
    ["request.user.mfaTotpVerified = 'true'", false, true],
    ['target.object.name = /secret*/', false, true], // objects have names; the caller did not say
    ["target.instance.shape = 'vm'", false, false], // means nothing for objects
    ["target.instance.shape != 'vm'", false, false],
    ["target.instance.shape not in ('vm')", false, false],
    ['target.instance.shape != request.region', false, false],
    ['request.region != target.instance.shape', false, false],
    ["request.principal.namespace = 'x'", false, false], // of a loaded principal what is not there is absent
    ["any { request.networkSource.name = 'office', request.region = 'iad' }", true, true],
    ["all { request.networkSource.name = 'office', request.region = 'gru' }", false, false],
    ["any { not request.gateway.id, request.gateway.type != 'privateserviceaccess' }", true, true],
  ] as const)('%s', ([where, granted, held]) => {
    expect([allows(where), denies(where)]).toEqual([granted, held])
  })
  test('tags not supplied at all are unknown', () => {
    const untold = { ...base, resource: {} }
    expect([
      allows("target.resource.tag.a.b != 'x'", untold),
      denies("target.resource.tag.a.b != 'x'", untold),
    ]).toEqual([false, true])
  })
  test('an operation asked for by verb has no name to compare', () => {
    const byVerb = { ...base, action: 'read' }
    expect([
      allows("request.operation = 'GetObject'", byVerb),
      denies("request.operation = 'GetObject'", byVerb),
    ]).toEqual([false, true])
  })
  test('lists name no resource, what is created has no id and no tag', () => {
    const list = { ...base, action: 'ListObjects' }
    expect(allows("target.bucket.name = 'bucketa'", list)).toBe(false)
    expect(allows("target.compartment.id = 'c-Prod'", list)).toBe(false)
    const create = { ...base, action: 'CreateObject' }
    expect(allows("target.object.id = 'x1'", create)).toBe(false)
    expect(allows("target.resource.tag.ops.env = 'prod'", create)).toBe(false)
    expect(allows("target.bucket.name = 'bucketa'", create)).toBe(true)
  })
  test('the canonical case: users other than administrators, and the list that has none', () => {
    const where = "target.group.name != 'Administrators'"
    expect(allows(where, { ...base, type: 'groups', action: 'UpdateGroup', resource: { name: 'Devs' } })).toBe(true)
    expect(
      allows(where, { ...base, type: 'groups', action: 'UpdateGroup', resource: { name: 'Administrators' } }),
    ).toBe(false)
    expect(allows(where, { ...base, type: 'groups', action: 'ListGroups', resource: { name: 'Devs' } })).toBe(false)
  })
})

describe('A3 request.permission is asked for each permission', () => {
  test('all but one', () => {
    const run = (action: string): boolean => allows("request.permission != 'OBJECT_DELETE'", { ...base, action })
    expect([run('CreateObject'), run('DeleteObject'), run('manage'), run('use')]).toEqual([true, false, false, true])
  })
})

describe('A3 the attacker supplies facts', () => {
  test.for([
    [
      'the clock',
      "request.utc-timestamp.day-of-week = 'sunday'",
      { context: { 'request.utc-timestamp.day-of-week': 'sunday' } },
    ],
    [
      'another user',
      "request.user.name = 'root'",
      { context: { 'request.user.name': 'root', user: { name: 'root' } } },
    ],
    [
      'another group',
      "request.groups.id = 'g-Ops'",
      { context: { 'request.groups.id': 'g-Ops', groups: { id: ['g-Ops'] } } },
    ],
    ['the kind of principal', "request.principal.type = 'service'", { context: { principal: { type: 'service' } } }],
    ['facts of a principal', "request.principal.namespace = 'x'", { context: { principal: { namespace: 'x' } } }],
    ['the permission', "request.permission = 'OBJECT_INSPECT'", { context: { permission: 'OBJECT_INSPECT' } }],
    ['the operation', "request.operation = 'ListObjects'", { context: { operation: 'ListObjects' } }],
    ['the compartment', "target.compartment.name = 'Dev'", { resource: { 'target.compartment.name': 'Dev' } }],
    [
      'the resource’s own id, in a property called id',
      "target.object.id = 'mine'",
      { resource: { id: 'mine', 'target.object.id': 'mine', 'target.resource.id': 'mine' } },
    ],
    [
      'a target in the context',
      "target.bucket.name = 'open'",
      { context: { 'target.bucket.name': 'open', target: { bucket: { name: 'open' } } } },
    ],
    [
      'a request in the resource',
      "request.region = 'gru'",
      { resource: { 'request.region': 'gru', request: { region: 'gru' } } },
    ],
  ] as const)('%s is not believed', ([, where, told]) => {
    expect(allows(where, { ...base, ...told })).toBe(false)
  })
  test('a fact that holds a star matches nothing but itself', () => {
    const starred = { ...base, type: 'todos', action: 'read', resource: { owner: '*' } }
    expect(allows('target.todo.owner = request.user.name', starred)).toBe(false)
    expect(allows("target.todo.owner = 'kim'", starred)).toBe(false)
    expect(allows('target.todo.owner = request.user.name', { ...starred, resource: { owner: 'KIM' } })).toBe(true)
    expect(allows('target.todo.owner != request.user.name', { ...starred, resource: { owner: 'KIM' } })).toBe(false)
    expect(allows('target.todo.owner = request.user.name', { ...starred, user: '*', resource: { owner: 'kim' } })).toBe(
      false,
    )
  })
  test('null is no fact, an empty list is a fact without members', () => {
    const todo = (owner: null | never[]): Request => ({ ...base, type: 'todos', action: 'read', resource: { owner } })
    expect(denies("target.todo.owner = 'kim'", todo(null))).toBe(true)
    expect(denies("target.todo.owner = 'kim'", todo([]))).toBe(false)
    expect(allows("target.todo.owner != 'kim'", todo([]))).toBe(true)
  })
  test('the caller is in the group that the request is about', () => {
    const about = (id: string): Request => ({ ...base, type: 'groups', action: 'UpdateGroup', id })
    expect(allows("target.group.member = 'true'", about('g-Devs'))).toBe(true)
    expect(allows("target.group.member = 'true'", about('g-Ops'))).toBe(false)
  })
})

describe('wildcards', () => {
  test.for([
    ['a*b*c', 'a1b2c', true],
    ['a*b*c', 'abc', true],
    ['a*b*c', 'ac', false],
    ['ab*ba', 'aba', false], // head and tail may not share a letter
    ['*', '', true],
    ['**', 'x', true],
    ['a.c', 'abc', false],
    ['A*', 'abc', true],
    ['*a*a*', 'a', false],
  ] as const)('%s %s %s', ([glob, text, matches]) => expect(matcherOf(glob)(text)).toBe(matches))
  test('a pattern made to be slow is not', () => {
    expect(matcherOf('*a'.repeat(500))('a'.repeat(20_000))).toBe(true)
    expect(matcherOf(`${'*a'.repeat(500)}b`)('a'.repeat(20_000))).toBe(false)
  })
})
