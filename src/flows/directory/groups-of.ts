// The groups that somebody's memberships are of. Read by their ids: a domain may have very many others.
import type { Group, Membership } from '../../core/model/group.ts'
import type { DomainId } from '../../core/model/ids.ts'
import type { EpochMs } from '../../core/model/time.ts'
import { liveGroups } from '../../core/release/attribute-bag.ts'
import type { Tx } from '../../ports/store.ts'

export const groupsOf = async (
  tx: Tx,
  domainId: DomainId,
  memberships: readonly Membership[],
): Promise<readonly Group[]> =>
  (await tx.groups.some(memberships.map((m) => m.groupId))).filter((group) => group.domainId === domainId)

/** Those that count now, each once, by name. */
export const liveGroupsIn = async (
  tx: Tx,
  domainId: DomainId,
  memberships: readonly Membership[],
  now: EpochMs,
): Promise<readonly Group[]> => liveGroups(memberships, await groupsOf(tx, domainId, memberships), now)
