// What the page of a journey's current step needs. Showing may prepare a challenge (TOTP secret, WebAuthn options); it is kept in the
// journey so that a reload or a second tab shows the same one.
import { warnsAt } from '../../core/assurance/password-policy.ts'
import type { Step } from '../../core/journey/step.ts'
import type { App } from '../../core/model/app.ts'
import type { Journey, Pending } from '../../core/model/journey.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Factors } from '../../ports/factor.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store } from '../../ports/store.ts'
import type { JourneyRef, Show, View } from './api.ts'
import { passwordOf } from './load-facts.ts'
import { hopOf, type Open, openJourney } from './open-journey.ts'

type Deps = { readonly store: Store; readonly secrets: Secrets; readonly clock: Clock; readonly factors: Factors }

/** A WebAuthn challenge is shown for this long; then a reload makes a new one. */
export const CHALLENGE_SECONDS = 10 * 60

type WebauthnPurpose = NonNullable<Pending['webauthn']>['purpose']

const purposeOf = (step: Step, localSignIn: boolean): WebauthnPurpose | undefined => {
  if (step.do === 'enrol' && step.offer.includes('passkey')) return 'enrol'
  if (step.do === 'challenge' && step.offer.includes('passkey')) return 'challenge'
  return (step.do === 'identify' || step.do === 'password') && localSignIn ? 'sign-in' : undefined
}

const preparePasskey = async (
  { factors }: Deps,
  open: Open,
  purpose: WebauthnPurpose,
  now: EpochMs,
): Promise<Pending['webauthn']> => {
  const own = open.credentials.filter((c) => c.data.kind === 'passkey')
  const made =
    purpose === 'enrol' && open.person
      ? await factors.passkey.offer(open.person, own)
      : await factors.passkey.challenge(purpose === 'challenge' ? own : [])
  return { purpose, challenge: made.challenge, options: made.options as JsonObject, startedAt: now }
}

/** The pending things this step needs, made where missing; undefined when nothing has to be saved. */
const prepare = async (deps: Deps, open: Open, now: EpochMs): Promise<Pending | undefined> => {
  const { journey, step } = open
  let pending = journey.pending
  if (step.do === 'enrol' && step.offer.includes('totp') && !pending.totp) {
    const { secret } = deps.factors.totp.offer(open.person?.username ?? '', open.domain.displayName)
    pending = { ...pending, totp: { secretSealed: deps.secrets.seal(secret, `journey:${journey.id}`), startedAt: now } }
  }
  const purpose = purposeOf(step, open.domain.localSignIn)
  const held = pending.webauthn
  if (purpose && (held?.purpose !== purpose || now > secondsLater(held.startedAt, CHALLENGE_SECONDS))) {
    const webauthn = await preparePasskey(deps, open, purpose, now)
    if (webauthn) pending = { ...pending, webauthn }
  }
  return pending === journey.pending ? undefined : pending
}

const becauseOf = (step: Step): View['because'] => {
  const winner = 'because' in step ? step.because : undefined
  if (winner?.by === 'administrator') return { rule: 'default', group: winner.group, app: undefined }
  return winner?.by === 'rule' ? { rule: winner.rule, group: winner.group, app: winner.app } : undefined
}

const totpOf = ({ secrets, factors }: Deps, open: Open): View['totp'] => {
  const { journey, step } = open
  if (step.do !== 'enrol' || !step.offer.includes('totp') || !journey.pending.totp) return undefined
  const secret = secrets.open(journey.pending.totp.secretSealed, `journey:${journey.id}`)
  return { secret, ...factors.totp.picture(secret, open.person?.username ?? '', open.domain.displayName) }
}

/** Those that could be it by the same right, shown in the chooser or not; without such a choice, or when none of it is left, all. */
const idpsOf = async (store: Store, { step, domain, journey }: Open): Promise<Pick<View, 'idps' | 'narrowed'>> => {
  if (step.do !== 'identify' && step.do !== 'password') return { idps: [], narrowed: false }
  const enabled = (await store.read((tx) => tx.idps.list(domain.id))).filter((idp) => idp.enabled)
  const chosen = enabled.filter(({ id }) => journey.choice?.includes(id))
  const narrowed = chosen.length > 0
  const idps = narrowed ? chosen : enabled.filter((idp) => idp.showInChooser)
  return { idps: idps.map(({ name, displayName }) => ({ name, displayName })), narrowed }
}

/** Schemes of a native application (RFC 8252 §7.1); http and https need no permission. */
const schemesOf = ({ settings }: App): readonly string[] => {
  const schemes = settings.protocol === 'oidc' ? settings.redirectUris.map((uri) => URL.parse(uri)?.protocol) : []
  return [...new Set(schemes.filter((s) => s !== undefined && s !== 'http:' && s !== 'https:'))] as string[]
}

const upstreamOf = async (store: Store, { step, journey }: Open): Promise<View['upstream']> => {
  if (step.do !== 'upstream') return undefined
  const idp = await store.read((tx) => tx.idps.get(step.idpId))
  const begun = journey.pending.upstream?.idpId === idp?.id || journey.led?.again === true
  return idp && { name: idp.name, displayName: idp.displayName, begun }
}

const firstSignIn: ReadonlySet<Step['do']> = new Set<Step['do']>([
  'confirm-account',
  'contact-email',
  'accept-terms',
  'complete-profile',
])
/** Read from the session and the store, never from the form: nobody edits where they are. */
const onboardingOf = async (store: Store, { step, domain, person, journey }: Open): Promise<View['onboarding']> => {
  if (!person || !firstSignIn.has(step.do)) return undefined
  const route = journey.route
  const read = await store.read(async (tx) => ({
    tenancy: await tx.tenancies.get(domain.tenancyId),
    idp: route === undefined || route === 'local' ? undefined : await tx.idps.get(route),
  }))
  return {
    tenancy: read.tenancy?.displayName ?? '',
    domainName: domain.displayName,
    signsInAt: read.idp?.displayName,
    contactEmail: person.email ?? '',
    codeSentTo: journey.pending.contact?.email,
    terms: domain.onboarding?.terms,
    name: person.displayName,
  }
}

const warningOf = (open: Open, now: EpochMs): number | undefined => {
  const password = passwordOf(open.credentials)
  const { maxAgeDays } = open.passwordPolicy
  const provedHere = open.journey.evidence.some((e) => e.kind === 'password')
  if (!password || !provedHere || maxAgeDays === undefined || open.step.do === 'change-password') return undefined
  const warnFrom = warnsAt(open.passwordPolicy, password.data.setAt)
  if (warnFrom === undefined || now < warnFrom) return undefined
  return Math.max(0, Math.ceil((password.data.setAt + maxAgeDays * 86_400_000 - now) / 86_400_000))
}

const viewOf = async (deps: Deps, open: Open, now: EpochMs): Promise<View> => {
  const { journey, step, app, person, passwordPolicy } = open
  const codes = journey.pending.recoveryCodesSealed
  return {
    step,
    hop: hopOf(deps.secrets, open),
    app: app && { displayName: app.displayName, homeUrl: app.homeUrl, returnSchemes: schemesOf(app) },
    upstream: await upstreamOf(deps.store, open),
    username: journey.username,
    displayName: journey.evidence.length > 0 ? person?.displayName : undefined,
    uiLocales: journey.wants.uiLocales,
    ...(await idpsOf(deps.store, open)),
    localSignIn: open.domain.localSignIn,
    totp: totpOf(deps, open),
    passkey: purposeOf(step, open.domain.localSignIn) &&
      journey.pending.webauthn && { options: journey.pending.webauthn.options },
    recoveryCodes:
      step.do === 'keep-recovery-codes' && codes !== undefined
        ? (JSON.parse(deps.secrets.open(codes, `journey:${journey.id}`)) as string[])
        : undefined,
    because: becauseOf(step),
    passwordRules:
      step.do === 'change-password'
        ? {
            minLength: passwordPolicy.minLength,
            requireClasses: passwordPolicy.requireClasses,
            history: passwordPolicy.history,
          }
        : undefined,
    passwordExpiresInDays: warningOf(open, now),
    onboarding: await onboardingOf(deps.store, open),
  }
}

/** Saves what was prepared. A lost race means another tab prepared it: look again and show theirs. */
const prepared = async (deps: Deps, ref: JourneyRef, now: EpochMs, triesLeft = 3): Promise<Open> => {
  const open = await deps.store.read((tx) => openJourney(tx, deps.secrets, ref, now))
  const pending = await prepare(deps, open, now)
  if (!pending) return open
  const journey: Journey = { ...open.journey, pending }
  const saved = await deps.store.write((tx) => tx.journeys.save(journey))
  if (saved === 'saved') return { ...open, journey: { ...journey, version: journey.version + 1 } }
  return triesLeft > 0 ? prepared(deps, ref, now, triesLeft - 1) : open
}

export const shower =
  (deps: Deps): Show =>
  async (ref) => {
    const now = deps.clock()
    return viewOf(deps, await prepared(deps, ref, now), now)
  }
