// Self-registration, where a domain allows it: an account is made only behind a link that was mailed to its address, so it is proven before
// there is anything to sign in to, and asking tells nobody who has an account. The address is the user name. New accounts land in the groups
// that the domain names, and nowhere else.
import { passwordFaults, policyFor } from '../../core/assurance/password-policy.ts'
import { isEmailAddress } from '../../core/model/email.ts'
import type { Group } from '../../core/model/group.ts'
import type { DomainId } from '../../core/model/ids.ts'
import { isDisplayName, type Person } from '../../core/model/person.ts'
import type { Domain, Onboarding, Tenancy } from '../../core/model/tenancy.ts'
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { actorOf, eventOf, targetOf } from '../audit-event.ts'
import { newPerson } from '../directory/new-person.ts'
import { newPassword } from '../directory/seed-people.ts'
import { post } from '../notice.ts'
import type { Answered, Source } from '../sign-in/api.ts'
import { issuerOf } from '../sign-in/find-domain.ts'
import { asFault } from './new-password.ts'
import type { RecoverDeps, ResetRules } from './recover-password.ts'
import { type RegisterLetter, registerLetter } from './register-letter.ts'

export type RegisterAsked =
  | 'mailed'
  | { readonly fault: 'email-malformed' | 'email-domain' }
  | { readonly waitSeconds: number }
export type RegisterShown = {
  readonly email: string
  readonly rules: ResetRules
  readonly terms: Onboarding['terms']
}
export type RegisterAnswer = {
  readonly name: string
  readonly password: string
  readonly repeat: string
  /** Version that was accepted; undefined: none was. */
  readonly terms: string | undefined
}
export type SelfRegistering = {
  /** Always the same answer for an address of an allowed domain, save that too many questions must wait. */
  readonly ask: (domain: DomainId, email: string, language: 'en' | 'ko', source: Source) => Promise<RegisterAsked>
  /** Undefined: the link was used, has expired or never was. */
  readonly behind: (domain: DomainId, token: string) => Promise<RegisterShown | undefined>
  readonly register: (
    domain: DomainId,
    token: string,
    answer: RegisterAnswer,
    source: Source,
  ) => Promise<Answered | 'link-unknown'>
}
type Deps = Omit<RecoverDeps, 'store'> & { readonly store: Store }

const LINK_SECONDS = 3600
const MOST_WAIT_SECONDS = 3600
const FREE_ASKS = 3
const PER_SOURCE = 10

const keyOf = ({ secrets }: Pick<Deps, 'secrets'>, token: string): string =>
  `register:${secrets.digest(`self-registration:${token}`)}`

type Open = Domain & { readonly selfRegistration: NonNullable<Domain['selfRegistration']> }
export const mayRegister = (domain: Domain | undefined): domain is Open =>
  domain?.status === 'active' && domain.localSignIn && domain.selfRegistration !== undefined

const isAllowed = ({ selfRegistration: { emailDomains } }: Open, email: string): boolean =>
  emailDomains === undefined || emailDomains.includes(email.slice(email.lastIndexOf('@') + 1).toLowerCase())

/** By either: an account whose address nobody proved yet is somebody's nevertheless. */
const isKnown = async (tx: Tx, { id }: Domain, email: string): Promise<boolean> =>
  (await tx.people.byUsername(id, email)) !== undefined || (await tx.people.byEmail(id, email)).length > 0

/** Only what is there, of this domain, and no group that the gateway made: nobody registers into a system group. */
const groupsFor = async (tx: Tx, { id, selfRegistration }: Open): Promise<readonly Group[]> => {
  const found: Group[] = []
  for (const groupId of selfRegistration.groups) {
    const group = await tx.groups.get(groupId)
    if (group?.domainId === id && !group.system) found.push(group)
  }
  return found
}

const asked = async (
  tx: Tx,
  deps: Deps,
  {
    domain,
    email,
    language,
    token,
    source,
  }: { domain: Open; email: string; language: 'en' | 'ko'; token: string; source: Source },
): Promise<void> => {
  const now = deps.clock()
  const tenancy = await tx.tenancies.get(domain.tenancyId)
  if (!tenancy) return
  const known = await isKnown(tx, domain, email)
  // an address that has an account costs a row as well
  const kept = known ? {} : { domainId: domain.id, email, language }
  await tx.once.keep(keyOf(deps, token), kept, secondsLater(now, LINK_SECONDS))
  const at = issuerOf(deps.baseUrl.replace(/\/$/, ''), tenancy, domain)
  const letter: RegisterLetter = known
    ? { kind: 'known', signIn: `${at}/account` }
    : { kind: 'link', link: `${at}/register/account?token=${token}`, minutes: LINK_SECONDS / 60 }
  const words = registerLetter(language, domain.displayName, letter)
  await post(tx, deps.random, { tenancyId: domain.tenancyId, to: email, ...words }, now)
  await tx.audit.add(
    eventOf(deps.random, now, {
      tenancyId: domain.tenancyId,
      domainId: domain.id,
      action: 'registration.asked',
      actor: actorOf(undefined),
      details: { known, address: source.address },
      requestId: source.requestId,
    }),
  )
}

type Behind = {
  readonly domain: Open
  readonly tenancy: Tenancy
  readonly email: string
  readonly language: string
  readonly groups: readonly Group[]
}
const opened = async (tx: Tx, domainId: DomainId, kept: unknown): Promise<Behind | undefined> => {
  const {
    domainId: meant,
    email,
    language = 'en',
  } = (kept ?? {}) as { domainId?: string; email?: string; language?: string }
  const domain = await tx.domains.get(domainId)
  if (meant !== domainId || email === undefined || !mayRegister(domain) || !isAllowed(domain, email)) return undefined
  const tenancy = await tx.tenancies.get(domain.tenancyId)
  return tenancy && { domain, tenancy, email, language, groups: await groupsFor(tx, domain) }
}

/** Proven by the link: what a first sign-in would ask of it is answered. */
const personOf = (deps: Deps, { domain, email, language }: Behind, name: string, now: EpochMs): Person => {
  const { terms } = domain.onboarding ?? {}
  return newPerson(deps.random, now, domain, {
    username: email,
    email,
    emailVerified: true,
    displayName: name,
    locale: language,
    contact: { email, verifiedAt: now },
    onboarded: { confirmedAt: now, ...(terms ? { terms: { version: terms.version, at: now } } : {}) },
  })
}

const make = async (
  tx: Tx,
  deps: Deps,
  behind: Behind,
  { name, phc, source }: { readonly name: string; readonly phc: string; readonly source: Source },
): Promise<Answered | 'link-unknown'> => {
  const now = deps.clock()
  const { domain, email, groups } = behind
  // somebody else may have got the address meanwhile, by an administrator or a provider
  if (await isKnown(tx, domain, email)) return 'link-unknown'
  const person = personOf(deps, behind, name, now)
  if ((await tx.people.put(person)) === 'name-taken') return 'link-unknown'
  await tx.credentials.add(newPassword(deps.random, now, person.id, phc))
  for (const { id: groupId } of groups)
    await tx.memberships.put({
      personId: person.id,
      groupId,
      provenance: { kind: 'direct', by: 'self-registration' },
      role: 'user',
      since: now,
      expiresAt: undefined,
    })
  await tx.audit.add(
    eventOf(deps.random, now, {
      tenancyId: person.tenancyId,
      domainId: domain.id,
      action: 'person.registered',
      actor: actorOf(person),
      target: targetOf(person),
      after: { username: person.username, email, displayName: name, groups: groups.map((g) => g.name) },
      details: { terms: person.onboarded?.terms?.version ?? null, address: source.address },
      requestId: source.requestId,
    }),
  )
  return { kind: 'next' }
}

const fault = (code: Extract<Answered, { kind: 'fault' }>['fault']): Answered => ({ kind: 'fault', fault: code })

/** What is wrong with the answer, before anything slow. */
const wrongWith = ({ domain }: Behind, { name, password, repeat, terms }: RegisterAnswer): Answered | undefined => {
  const shown = domain.onboarding?.terms
  if (!isDisplayName(name)) return fault('name-malformed')
  if (password === '' || password.length > 1024) return fault('missing')
  if (password !== repeat) return fault('password-mismatch')
  return shown !== undefined && terms !== shown.version ? fault('terms-not-accepted') : undefined
}

const registering =
  (deps: Deps): SelfRegistering['register'] =>
  async (domainId, token, answer, source) => {
    const { store, clock, hasher, isCommonPassword: isCommon } = deps
    const found = await store.read(async (tx) => {
      const behind = await opened(tx, domainId, await tx.once.kept(keyOf(deps, token), clock()))
      return behind && { behind, policies: await tx.passwordPolicies.list(domainId) }
    })
    if (!found) return 'link-unknown' // before the slow hash: without a link nobody makes this server work
    const { behind, policies } = found
    const name = answer.name.normalize('NFC').trim()
    const wrong = wrongWith(behind, { ...answer, name })
    if (wrong) return wrong
    const { email } = behind
    const said = { candidate: answer.password, username: email, email, displayName: name, isCommon }
    const [weak] = passwordFaults(policyFor(policies, behind.groups).policy, said)
    if (weak) return asFault(weak)
    const phc = await hasher.hash(answer.password)
    return store.write(async (tx) => {
      const again = await opened(tx, domainId, await tx.once.take(keyOf(deps, token), clock()))
      return again ? make(tx, deps, again, { name, phc, source }) : 'link-unknown'
    })
  }

export const selfRegistering = (deps: Deps): SelfRegistering => ({
  ask: async (domainId, typed, language, source) => {
    const email = typed.normalize('NFKC').trim()
    const domain = await deps.store.read((tx) => tx.domains.get(domainId))
    if (!isEmailAddress(email)) return { fault: 'email-malformed' }
    if (mayRegister(domain) && !isAllowed(domain, email)) return { fault: 'email-domain' }
    // counted for every address alike, so that the wait tells nothing
    const wait = await deps.tries.take([
      {
        key: `register:account:${domainId}:${deps.secrets.digest(email.toLowerCase())}`,
        freeTries: FREE_ASKS,
        maxWaitSeconds: MOST_WAIT_SECONDS,
      },
      {
        key: `register:source:${domainId}:${source.address}`,
        freeTries: PER_SOURCE,
        maxWaitSeconds: MOST_WAIT_SECONDS,
      },
    ])
    if (wait) return wait
    const token = deps.random.token()
    await deps.store.write(async (tx) => {
      const now = await tx.domains.get(domainId)
      if (mayRegister(now)) await asked(tx, deps, { domain: now, email, language, token, source })
    })
    return 'mailed'
  },
  behind: (domainId, token) =>
    deps.store.read(async (tx) => {
      const behind = await opened(tx, domainId, await tx.once.kept(keyOf(deps, token), deps.clock()))
      if (!behind) return undefined
      const { email, groups, domain } = behind
      const { policy } = policyFor(await tx.passwordPolicies.list(domainId), groups)
      const { minLength, requireClasses, history } = policy
      return { email, rules: { minLength, requireClasses, history, username: email }, terms: domain.onboarding?.terms }
    }),
  register: registering(deps),
})
