// Who are you, and where do you sign in? Routing looks only at what was typed, never at whether such a person exists.
import type { Journey } from '../../../core/model/journey.ts'
import type { Tx } from '../../../ports/store.ts'
import type { Answered } from '../api.ts'
import { walked } from '../open-journey.ts'
import { type AnsweringDeps, fault, type Given, next, saveJourney } from './answering.ts'

const MAX_USERNAME = 320 // RFC 3696 errata 1690: the longest e-mail address is 254; some directories use longer names

/** Home-realm discovery: an e-mail domain that an enabled IdP claims goes there, everyone else to the local form. */
const homeRealm = async (tx: Tx, given: Given, username: string): Promise<Journey['route']> => {
  const at = username.lastIndexOf('@')
  if (at < 0) return 'local'
  const claimed = await tx.idps.byEmailDomain(given.open.domain.id, username.slice(at + 1).toLowerCase())
  return claimed.find((idp) => idp.enabled)?.id ?? 'local'
}

export const identify = async ({ store }: AnsweringDeps, given: Given, typed: string): Promise<Answered> => {
  const username = typed.normalize('NFKC').trim()
  if (username === '' || username.length > MAX_USERNAME) return fault('missing')
  await store.write(async (tx) => {
    const { journey, step, domain } = given.open
    const person = await tx.people.byUsername(domain.id, username)
    const route = await homeRealm(tx, given, username)
    await saveJourney(tx, {
      ...journey,
      username,
      // Kept for the local form only; an upstream's answer says who it is.
      personId: route === 'local' ? person?.id : undefined,
      route,
      path: walked(journey, step, route === 'local' ? 'local' : `idp ${route}`, given.now),
    })
  })
  return next
}

export const chooseIdp = async ({ store }: AnsweringDeps, given: Given, name: string): Promise<Answered> => {
  const { journey, step, domain } = given.open
  return store.write(async (tx) => {
    const idp = await tx.idps.byName(domain.id, name)
    if (!idp?.enabled) return fault('unknown-idp')
    await saveJourney(tx, { ...journey, route: idp.id, path: walked(journey, step, `idp ${idp.name}`, given.now) })
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
