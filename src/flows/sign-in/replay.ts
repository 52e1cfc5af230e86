// Recent sign-ins against proposed rules: of so many, how many would newly need a second factor, fail, or lose a group? Each is played
// through with the groups it had, the way it came and the level it brought, once under the rules that stand and once under the proposed
// ones. Reads only.
import { requirementOf } from '../../core/assurance/requirement.ts'
import { type Change, changeOf, type Played, played } from '../../core/journey/replay.ts'
import { resolveGroups } from '../../core/mapping/resolve.ts'
import type { App } from '../../core/model/app.ts'
import type { AuditEvent } from '../../core/model/audit.ts'
import type { Group } from '../../core/model/group.ts'
import type { Idp } from '../../core/model/idp.ts'
import type { GroupId } from '../../core/model/ids.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import { daysLater, type EpochMs } from '../../core/model/time.ts'
import type { Tx } from '../../ports/store.ts'
import { type Loaded, loadFacts } from './load-facts.ts'
import { type BothSides, bothSides, type Rules, type SignInProposal } from './replay-proposal.ts'
import { type Past, pastSignIns, type ReplayPeriod } from './replay-record.ts'

export type ReplayedGroup = { readonly group: string; readonly signIns: number; readonly people: number }
export type ReplayExample = {
  readonly id: AuditEvent['id']
  readonly at: EpochMs
  readonly username: string
  readonly app: string | null
  readonly change: Change | null
  readonly before: Played['steps']
  readonly after: Played['steps']
  readonly lost: readonly string[]
  readonly gained: readonly string[]
}
export type SignInsReplayed = {
  /** That were played through. */
  readonly signIns: number
  readonly people: number
  readonly newlySecondFactor: number
  readonly noSecondFactor: number
  readonly newlyRefused: number
  readonly newlyAdmitted: number
  readonly lost: readonly ReplayedGroup[]
  readonly gained: readonly ReplayedGroup[]
  /** The first of them that would be different. */
  readonly examples: readonly ReplayExample[]
  /** Through a provider, without what it said of groups: recorded before that was kept. Their groups stay as they were. */
  readonly groupsUnknown: number
  /** Whose person is gone. */
  readonly gone: number
  /** False: there are older ones in the period. */
  readonly whole: boolean
}

const EXAMPLES = 100

type World = {
  readonly tx: Tx
  readonly domain: Domain
  readonly sides: BothSides
  readonly byName: ReadonlyMap<string, Group>
  readonly byId: ReadonlyMap<GroupId, Group>
  readonly apps: ReadonlyMap<string, App>
  readonly now: EpochMs
}

/** Groups that would come and go by the rules of this provider, for a person who has no other source for them. */
const movedBy = async (
  w: World,
  { personId, upstream }: Past,
): Promise<{ readonly lost: readonly Group[]; readonly gained: readonly Group[] }> => {
  const idp: Idp | undefined = w.sides.idps.find((i) => i.id === upstream?.idp)
  const values = upstream?.groups
  if (!idp || values === undefined) return { lost: [], gained: [] }
  const granted = (rules: Rules) =>
    new Set(resolveGroups(rules.mappings.get(idp.id) ?? [], values).map((g) => g.groupId))
  const [before, after] = [granted(w.sides.before), granted(w.sides.after)]
  const own = await w.tx.memberships.ofPerson(personId)
  const elsewhere = new Set(
    own.filter((m) => m.provenance.kind !== 'mapped' || m.provenance.idpId !== idp.id).map((m) => m.groupId),
  )
  const named = (ids: readonly GroupId[]) =>
    ids.filter((id) => !elsewhere.has(id)).flatMap((id) => w.byId.get(id) ?? [])
  return {
    // other modes keep what was granted: there a mapping gives, and only people take away
    lost: idp.groupMode === 'authoritative' ? named([...before].filter((id) => !after.has(id))) : [],
    gained: idp.groupMode === 'initial-only' ? [] : named([...after].filter((id) => !before.has(id))),
  }
}

const playedUnder = (w: World, loaded: Loaded, past: Past, rules: Rules, groups: readonly Group[]): Played => {
  const need = requirementOf(rules.signOn, groups, loaded.app, past.asked)
  const password = loaded.facts.password && { expired: false, mustChange: false }
  const facts = { ...loaded.facts, need, password, identified: false, active: true, owed: [] }
  const { upstream, deviceDays } = past
  const deviceTrustedAt = deviceDays === undefined ? undefined : daysLater(w.now, -deviceDays)
  return played(facts, { route: upstream?.idp ?? 'local', upstreamLevel: upstream?.level ?? 1, deviceTrustedAt }, w.now)
}

type Outcome = Pick<ReplayExample, 'change' | 'before' | 'after' | 'lost' | 'gained'>
const replayOne = async (w: World, past: Past): Promise<Outcome | undefined> => {
  const { tx, domain, apps, byName, now } = w
  const app = past.app === null ? undefined : apps.get(past.app)
  const asking = {
    domainId: domain.id,
    appId: app?.id,
    personId: past.personId,
    identified: false,
    route: undefined,
    level: past.asked,
    freshAfter: undefined,
    evidence: [],
    recoveryCodesToKeep: false,
  }
  const loaded = await loadFacts(tx, asking, now)
  if (!loaded.person) return undefined
  const had = past.groups.flatMap((name) => byName.get(name.toLowerCase()) ?? [])
  const { lost, gained } = await movedBy(w, past)
  const gone = new Set(lost.map((g) => g.id))
  const has = [...had.filter((g) => !gone.has(g.id)), ...gained.filter((g) => !had.some((h) => h.id === g.id))]
  const before = playedUnder(w, loaded, past, w.sides.before, had)
  const after = playedUnder(w, loaded, past, w.sides.after, has)
  const names = (groups: readonly Group[]) => groups.map((g) => g.name).sort()
  return {
    change: changeOf(before, after) ?? null,
    before: before.steps,
    after: after.steps,
    lost: names(lost),
    gained: names(gained),
  }
}

/** How many sign-ins and people a group is about. */
const tally = () => {
  const counted = new Map<string, { signIns: number; readonly people: Set<string> }>()
  return {
    add: (group: string, person: string) => {
      const row = counted.get(group) ?? { signIns: 0, people: new Set<string>() }
      row.signIns++
      row.people.add(person)
      counted.set(group, row)
    },
    rows: (): readonly ReplayedGroup[] =>
      [...counted]
        .map(([group, { signIns, people }]) => ({ group, signIns, people: people.size }))
        .sort((a, b) => b.signIns - a.signIns || (a.group < b.group ? -1 : 1)),
  }
}

const worldOf = async (tx: Tx, domain: Domain, proposal: SignInProposal, now: EpochMs): Promise<World> => {
  const groups = await tx.groups.list(domain.id)
  return {
    tx,
    domain,
    sides: await bothSides(tx, domain, proposal),
    byName: new Map(groups.map((g) => [g.name.toLowerCase(), g])),
    byId: new Map(groups.map((g) => [g.id, g])),
    apps: new Map((await tx.apps.list(domain.tenancyId)).map((a) => [a.name, a])),
    now,
  }
}

/** @param pause between sign-ins, so that nobody else waits for all of them */
export const replaySignIns = async (
  tx: Tx,
  domain: Domain,
  proposal: SignInProposal,
  period: ReplayPeriod,
  { now, pause }: { readonly now: EpochMs; readonly pause: () => Promise<void> },
): Promise<SignInsReplayed> => {
  const world = await worldOf(tx, domain, proposal, now)
  const known = new Map<string, Outcome | undefined>()
  const changes: { [C in Change]: number } = {
    'newly-refused': 0,
    'newly-admitted': 0,
    'newly-second-factor': 0,
    'no-second-factor': 0,
  }
  const [lost, gained, people, examples] = [tally(), tally(), new Set<string>(), [] as ReplayExample[]]
  let [signIns, groupsUnknown, gone] = [0, 0, 0]
  const events = await pastSignIns(tx, domain, period)
  for (const { event, past } of events.toReversed()) {
    const key = JSON.stringify(past) // the same again and again, most of them
    if (!known.has(key)) known.set(key, await replayOne(world, past))
    const outcome = known.get(key)
    await pause()
    if (!outcome) {
      gone++
      continue
    }
    signIns++
    people.add(past.personId)
    if (past.upstream && past.upstream.groups === undefined) groupsUnknown++
    if (outcome.change) changes[outcome.change]++
    for (const group of outcome.lost) lost.add(group, past.personId)
    for (const group of outcome.gained) gained.add(group, past.personId)
    const differs = outcome.change !== null || outcome.lost.length > 0 || outcome.gained.length > 0
    if (differs && examples.length < EXAMPLES)
      examples.push({ id: event.id, at: event.at, username: event.actor.name, app: past.app, ...outcome })
  }
  return {
    signIns,
    people: people.size,
    newlySecondFactor: changes['newly-second-factor'],
    noSecondFactor: changes['no-second-factor'],
    newlyRefused: changes['newly-refused'],
    newlyAdmitted: changes['newly-admitted'],
    lost: lost.rows(),
    gained: gained.rows(),
    examples,
    groupsUnknown,
    gone,
    whole: events.length < period.limit,
  }
}
