// Who are you, and where do you sign in? Routing looks only at what was typed, never at whether such a person exists.
import { homeRealm, routed } from '../../../core/journey/home-realm.ts'
import type { Journey } from '../../../core/model/journey.ts'
import type { Domain } from '../../../core/model/tenancy.ts'
import type { Tx } from '../../../ports/store.ts'
import type { Answered } from '../api.ts'
import { walked } from '../open-journey.ts'
import { type AnsweringDeps, fault, type Given, next, saveJourney } from './answering.ts'

const MAX_USERNAME = 320 // RFC 3696 errata 1690: the longest e-mail address is 254; some directories use longer names

/** An e-mail domain that an enabled IdP claims goes there, everyone else to the local form, whatever brought them here: it is their word. */
const wayOf = async (
  tx: Tx,
  { id, localSignIn }: Domain,
  username: string,
): Promise<Pick<Journey, 'route' | 'choice'>> => {
  const claimed = await tx.idps.byEmailDomain(id, username.slice(username.lastIndexOf('@') + 1).toLowerCase())
  const typed = { hint: undefined, username, appId: undefined, address: undefined, localSignIn }
  const realm = homeRealm(claimed, typed, () => false)
  return realm ? routed(realm) : { route: 'local', choice: undefined }
}

export const identify = async ({ store }: AnsweringDeps, given: Given, typed: string): Promise<Answered> => {
  const username = typed.normalize('NFKC').trim()
  if (username === '' || username.length > MAX_USERNAME) return fault('missing')
  await store.write(async (tx) => {
    const { journey, step, domain } = given.open
    const person = await tx.people.byUsername(domain.id, username)
    const { route, choice } = await wayOf(tx, domain, username)
    const to = route === 'local' ? 'local' : route === undefined ? 'choice' : `idp ${route}`
    await saveJourney(tx, {
      ...journey,
      username,
      // Kept for the local form only; an upstream's answer says who it is.
      personId: route === 'local' ? person?.id : undefined,
      route,
      choice,
      path: walked(journey, step, to, given.now),
    })
  })
  return next
}

/** Nobody asks whether to leave for what was chosen by hand. */
const unasked = ({ led }: Journey): Journey['led'] => led && { again: false }

export const chooseIdp = async ({ store }: AnsweringDeps, given: Given, name: string): Promise<Answered> => {
  const { journey, step, domain } = given.open
  return store.write(async (tx) => {
    const idp = await tx.idps.byName(domain.id, name)
    if (!idp?.enabled) return fault('unknown-idp')
    const path = walked(journey, step, `idp ${idp.name}`, given.now)
    await saveJourney(tx, { ...journey, route: idp.id, choice: undefined, led: unasked(journey), path })
    return next
  })
}

/** "Not you?": forgets who was identified and everything proven; the application's wish stays. */
export const startOver = async ({ store }: AnsweringDeps, given: Given): Promise<Answered> => {
  const { journey, step } = given.open
  await store.write((tx) =>
    saveJourney(tx, {
      ...journey,
      username: undefined,
      personId: undefined,
      route: undefined,
      choice: undefined,
      led: unasked(journey),
      sessionId: undefined,
      evidence: [],
      trustDevice: false,
      pending: {},
      upstreamSession: undefined,
      path: walked(journey, step, 'start-over', given.now),
    }),
  )
  return next
}
