// What a sign-in with this answer would have been: played through by the very flow that signs people in, in a transaction that is undone.
import { upstreamLevel } from '../../core/assurance/upstream-level.ts'
import type { Idp } from '../../core/model/idp.ts'
import type { Attributes } from '../../core/model/person.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Random } from '../../ports/random.ts'
import type { Store, Tx } from '../../ports/store.ts'
import type { Assertion, Check, Refusal } from '../../ports/upstream.ts'
import { Problem } from '../../problem.ts'
import { mapped } from '../directory/explain-groups.ts'
import { upstreamGroups } from '../directory/map-groups.ts'
import { personFromUpstream } from '../directory/person-from-upstream.ts'
import type { Report } from './api.ts'

type Deps = { readonly store: Store; readonly random: Random }

const MOST_ATTRIBUTES = 200
const MOST_VALUES = 500
const LONGEST = 500
/** As much as a page can show: what an answer holds beyond this is no help to anybody. */
const shownAttributes = (attributes: Attributes): Attributes =>
  Object.fromEntries(
    Object.entries(attributes)
      .slice(0, MOST_ATTRIBUTES)
      .map(([name, values]) => [name.slice(0, LONGEST), values.slice(0, MOST_VALUES).map((v) => v.slice(0, LONGEST))]),
  )

const nothing = { said: null, account: null, groups: null, level: null } as const

export const refusedReport = (refusal: Refusal, checks: readonly Check[], now: EpochMs): Report => {
  const { refused, detail, expected, received } = refusal
  // what stands in no check yet is one of its own
  const told = checks.some((c) => !c.ok)
    ? checks
    : [
        ...checks,
        {
          name: refused,
          ok: false,
          ...(expected === undefined ? {} : { expected }),
          received: (received ?? detail).slice(0, LONGEST),
        },
      ]
  return { at: now, outcome: 'failed', reason: refused, detail, checks: told, ...nothing }
}

const undone = Symbol('played through, and not kept')

type Played = Pick<Report, 'account' | 'groups'>
const play = async (tx: Tx, { random }: Deps, idp: Idp, assertion: Assertion, now: EpochMs): Promise<Played> => {
  const { person, isNew } = await personFromUpstream(tx, random, { idp, assertion, requestId: '', now })
  const { username, email = null, emailVerified, displayName } = person
  const existed = !isNew || person.createdAt !== now
  return {
    account: { kind: existed ? 'existing' : 'new', username, email, emailVerified, displayName },
    groups: await mapped(tx, idp.id, upstreamGroups(idp, assertion.attributes), person.id),
  }
}

const playedThrough = async (deps: Deps, idp: Idp, assertion: Assertion, now: EpochMs): Promise<Played | Problem> => {
  let played: Played | undefined
  try {
    await deps.store.write(async (tx) => {
      played = await play(tx, deps, idp, assertion, now)
      throw undone
    })
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.slug === 'upstream-refused') return thrown
    if (thrown !== undone) throw thrown
  }
  if (!played) throw new Error('a transaction that ran has a result')
  return played
}

const groupsAlone = (deps: Deps, idp: Idp, assertion: Assertion) =>
  deps.store.read((tx) => mapped(tx, idp.id, upstreamGroups(idp, assertion.attributes)))

/** A provider whose answer was accepted: what it said, and what would have come of it. */
export const acceptedReport = async (
  deps: Deps,
  idp: Idp,
  assertion: Assertion,
  checks: readonly Check[],
  now: EpochMs,
): Promise<Report> => {
  const played = await playedThrough(deps, idp, assertion, now)
  const failed = played instanceof Problem
  const reason = failed ? (played.reason ?? played.slug) : null
  const account: Check = failed
    ? { name: 'account', ok: false, expected: 'an account to sign in to', received: `${reason}: ${played.message}` }
    : { name: 'account', ok: true, received: `${played.account?.kind} \`${played.account?.username}\`` }
  const { subject, nameIdFormat = null, acr = null, amr, authenticatedAt = null, attributes } = assertion
  return {
    at: now,
    outcome: failed ? 'failed' : 'passed',
    reason,
    detail: failed ? played.message : null,
    checks: [...checks, account],
    said: { subject, nameIdFormat, acr, amr, authenticatedAt, attributes: shownAttributes(attributes) },
    account: failed ? null : played.account,
    groups: failed ? await groupsAlone(deps, idp, assertion) : played.groups,
    level: upstreamLevel(idp.assurance, assertion, now),
  }
}
