// Part of what every store promises (store.ts): people, the links to their corporate accounts, and their memberships.
import type { Membership } from '../core/model/group.ts'
import type { DomainId, GroupId, IdpId, PersonId } from '../core/model/ids.ts'
import type { Link, Person } from '../core/model/person.ts'

export interface People {
  get(id: PersonId): Promise<Person | undefined>
  byUsername(domain: DomainId, username: string): Promise<Person | undefined> // without case
  byEmail(domain: DomainId, email: string): Promise<readonly Person[]> // without case
  /** By any of their addresses, `otherEmails` too: to find somebody, never to trust the address. */
  byAddress(domain: DomainId, email: string): Promise<readonly Person[]> // without case
  byExternalId(domain: DomainId, externalId: string): Promise<readonly Person[]> // exact
  byHandle(domain: DomainId, handle: string): Promise<Person | undefined>
  /** By user name; `after` one, or `skip` so many. */
  list(
    domain: DomainId,
    page: { readonly after?: string; readonly skip?: number; readonly limit: number },
  ): Promise<readonly Person[]>
  /**
   * In parts, by user name or display name, either way; `beginning`: of those whose name begins so, without case (of user names over 300
   * characters none). `after`: the last one of the part before.
   */
  page(domain: DomainId, page: PeoplePage): Promise<readonly Person[]>
  count(domain: DomainId): Promise<number>
  put(person: Person): Promise<'ok' | 'name-taken'>
  /** Takes links, memberships, credentials, devices and sessions along: whoever must be told of the end of a session is told first. */
  remove(id: PersonId): Promise<boolean>
}
export type PeoplePage = {
  readonly by: 'username' | 'displayName'
  readonly down?: boolean
  readonly beginning?: string
  /** By user name only. */
  readonly status?: Person['status']
  readonly after?: Pick<Person, 'username' | 'displayName'>
  readonly limit: number
}
export interface Links {
  get(idp: IdpId, subject: string): Promise<Link | undefined>
  ofPerson(person: PersonId): Promise<readonly Link[]>
  /** Inserts, or moves `lastSignInAt`; a subject tied to another person is `'taken'`. */
  put(link: Link): Promise<'ok' | 'taken'>
  remove(idp: IdpId, subject: string): Promise<boolean>
}
export interface Memberships {
  ofPerson(person: PersonId): Promise<readonly Membership[]> // expired ones included; the caller has the clock
  ofGroup(group: GroupId): Promise<readonly Membership[]>
  /** Who is in it, expired or not: by id, from after one. */
  peopleOf(group: GroupId, page: { readonly after?: PersonId; readonly limit: number }): Promise<readonly PersonId[]>
  /** One row per (person, group, source); replaces that row. */
  put(membership: Membership): Promise<void>
  remove(person: PersonId, group: GroupId, source: string): Promise<boolean>
}
