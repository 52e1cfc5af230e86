// A forgotten password: a link to the verified address, good once and for half an hour. Whoever asks is told the same whether or not there
// is such an account, and nothing is sent where nothing can be reset. The link replaces the password only: second factors stay owed.
import { policyFor } from '../../core/assurance/password-policy.ts'
import type { Credential } from '../../core/model/credential.ts'
import type { DomainId, PersonId } from '../../core/model/ids.ts'
import type { Person } from '../../core/model/person.ts'
import type { PasswordPolicy } from '../../core/model/sign-on.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Hasher } from '../../ports/hasher.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { eventOf, targetOf } from '../audit-event.ts'
import { liveGroupsIn } from '../directory/groups-of.ts'
import { post, tongueOf } from '../notice.ts'
import type { Answered, Source } from '../sign-in/api.ts'
import { passwordOf } from '../sign-in/load-facts.ts'
import type { Tries } from '../sign-in/tries.ts'
import { judgeCandidate, storeNewPassword } from './new-password.ts'
import { type ResetLetter, resetLetter } from './reset-letter.ts'

export type RecoverDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly hasher: Hasher
  readonly secrets: Pick<Secrets, 'digest'>
  readonly tries: Tries
  readonly isCommonPassword: (password: string) => boolean
  readonly baseUrl: string
}
export type ResetRules = Pick<PasswordPolicy, 'minLength' | 'requireClasses' | 'history'> & {
  readonly username: string
}
export type PasswordRecovery = {
  /** Always the same answer, save that too many questions must wait. */
  readonly ask: (
    domain: DomainId,
    name: string,
    source: Source,
  ) => Promise<{ readonly waitSeconds: number } | undefined>
  /** Undefined: the link was used, has expired or never was. */
  readonly behind: (domain: DomainId, token: string) => Promise<ResetRules | undefined>
  readonly reset: (
    domain: DomainId,
    token: string,
    answer: { readonly password: string; readonly repeat: string },
    source: Source,
  ) => Promise<Answered | 'link-unknown'>
}

const LINK_SECONDS = 1800
const keyOf = (digest: string): string => `reset:${digest}`
const tokenKey = ({ secrets }: Pick<RecoverDeps, 'secrets'>, token: string): string =>
  keyOf(secrets.digest(`password-reset:${token}`))

/** Asking is cheap for us and a nuisance for whoever is mailed. */
const FREE_ASKS = 3
const MOST_WAIT_SECONDS = 3600
const PER_SOURCE = 10

const mayReset = (domain: Domain | undefined): domain is Domain =>
  domain?.status === 'active' && domain.localSignIn && domain.passwordReset !== false

type Found = { readonly person: Person; readonly credential: NonNullable<ReturnType<typeof passwordOf>> | undefined }

/** By user name, or by an address that one account alone has proven. */
const find = async (tx: Tx, domain: Domain, name: string): Promise<Found | undefined> => {
  const named = await tx.people.byUsername(domain.id, name)
  const owners = named ? [named] : (await tx.people.byEmail(domain.id, name)).filter((p) => p.emailVerified)
  const [person] = owners
  if (!person || owners.length > 1 || person.status !== 'active' || person.serviceAccount) return undefined
  return { person, credential: passwordOf(await tx.credentials.ofPerson(person.id)) }
}

/** Keeps the link and posts the mail. For administrators who send one as well. */
export const sendResetLink = async (
  tx: Tx,
  deps: Pick<RecoverDeps, 'random' | 'secrets' | 'baseUrl'>,
  {
    person,
    domain,
    token,
    now,
  }: { readonly person: Person; readonly domain: Domain; readonly token: string; readonly now: EpochMs },
): Promise<boolean> => {
  const tenancy = await tx.tenancies.get(person.tenancyId)
  if (!tenancy || person.email === undefined || !person.emailVerified) return false
  const expiresAt = secondsLater(now, LINK_SECONDS)
  await tx.once.keep(tokenKey(deps, token), { personId: person.id, domainId: domain.id }, expiresAt)
  const link = `${deps.baseUrl.replace(/\/$/, '')}/d/${tenancy.name}/${domain.name}/reset-password?token=${token}`
  await mail(tx, deps, person, { kind: 'link', link, minutes: LINK_SECONDS / 60 }, now)
  return true
}

const mail = async (
  tx: Tx,
  { random }: Pick<RecoverDeps, 'random'>,
  person: Person,
  letter: ResetLetter,
  now: EpochMs,
) => {
  if (person.email === undefined || !person.emailVerified) return
  const { tenancyId, email: to } = person
  await post(tx, random, { tenancyId, to, ...resetLetter(tongueOf(person), person, letter) }, now)
}

const elsewhere = async (tx: Tx, person: Person): Promise<readonly string[]> => {
  const names: string[] = []
  for (const link of await tx.links.ofPerson(person.id)) {
    const idp = await tx.idps.get(link.idpId)
    if (idp?.enabled) names.push(idp.displayName)
  }
  return names
}

const asked = async (tx: Tx, deps: RecoverDeps, domain: Domain, found: Found, token: string, source: Source) => {
  const now = deps.clock()
  const { person, credential } = found
  const sent = credential !== undefined && (await sendResetLink(tx, deps, { person, domain, token, now }))
  const idps = credential ? [] : await elsewhere(tx, person)
  if (idps.length > 0) await mail(tx, deps, person, { kind: 'elsewhere', idps }, now)
  await tx.audit.add(
    eventOf(deps.random, now, {
      tenancyId: person.tenancyId,
      domainId: domain.id,
      action: 'password.reset-asked',
      actor: { kind: 'anonymous', id: '', name: '' },
      target: targetOf(person),
      details: { linkSent: sent, address: source.address },
      requestId: source.requestId,
    }),
  )
}

type Open = {
  readonly person: Person
  readonly credential: Credential & NonNullable<Found['credential']>
  readonly policy: PasswordPolicy
}
const openBehind = async (tx: Tx, domainId: DomainId, kept: unknown, now: EpochMs): Promise<Open | undefined> => {
  const { personId, domainId: meant } = (kept ?? {}) as { personId?: PersonId; domainId?: DomainId }
  const domain = await tx.domains.get(domainId)
  if (meant !== domainId || personId === undefined || !mayReset(domain)) return undefined
  const person = await tx.people.get(personId)
  const credential = person?.status === 'active' ? passwordOf(await tx.credentials.ofPerson(person.id)) : undefined
  if (!person || !credential) return undefined
  const groups = await liveGroupsIn(tx, domain.id, await tx.memberships.ofPerson(person.id), now)
  return { person, credential, policy: policyFor(await tx.passwordPolicies.list(domain.id), groups).policy }
}

export const passwordRecovery = (deps: RecoverDeps): PasswordRecovery => {
  const { store, clock, random, secrets, tries } = deps
  const opened = (domainId: DomainId, token: string) =>
    store.read(async (tx) => openBehind(tx, domainId, await tx.once.kept(tokenKey(deps, token), clock()), clock()))
  return {
    ask: async (domainId, typed, source) => {
      const name = typed.normalize('NFKC').trim()
      const account = `${domainId}:${secrets.digest(name.toLowerCase())}`
      // counted for every name alike, so that the wait tells nothing
      const wait = await tries.take([
        { key: `reset:account:${account}`, freeTries: FREE_ASKS, maxWaitSeconds: MOST_WAIT_SECONDS },
        { key: `reset:source:${domainId}:${source.address}`, freeTries: PER_SOURCE, maxWaitSeconds: MOST_WAIT_SECONDS },
      ])
      if (wait) return wait
      const token = random.token()
      await store.write(async (tx) => {
        const domain = await tx.domains.get(domainId)
        const found = mayReset(domain) && name !== '' ? await find(tx, domain, name) : undefined
        if (domain && found) await asked(tx, deps, domain, found, token, source)
        // a name that nobody has costs a row as well
        else await tx.once.keep(tokenKey(deps, token), {}, secondsLater(clock(), LINK_SECONDS))
      })
      return undefined
    },
    behind: async (domainId, token) => {
      const open = await opened(domainId, token)
      if (!open) return undefined
      const { minLength, requireClasses, history } = open.policy
      return { minLength, requireClasses, history, username: open.person.username }
    },
    reset: async (domainId, token, { password, repeat }, source) => {
      const open = await opened(domainId, token) // before the slow hash: without a link nobody makes this server work
      if (!open) return 'link-unknown'
      if (password === '' || password.length > 1024) return { kind: 'fault', fault: 'missing' }
      if (password !== repeat) return { kind: 'fault', fault: 'password-mismatch' }
      const now = clock()
      const judged = await judgeCandidate(deps, { ...open, answer: { password }, now })
      if ('fault' in judged) return judged
      return store.write(async (tx): Promise<Answered | 'link-unknown'> => {
        const kept = await tx.once.take(tokenKey(deps, token), now)
        if (kept?.personId !== open.person.id) return 'link-unknown'
        const { person } = open
        const { requestId } = source
        const storing = { person, save: judged.save, keepSession: undefined, why: 'reset-link', requestId, now }
        return (await storeNewPassword(tx, random, storing)) === 'stale' ? 'link-unknown' : { kind: 'next' }
      })
    },
  }
}
