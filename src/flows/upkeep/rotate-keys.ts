// Signing keys, changed by whoever administers a domain. A key is announced before it signs and stays published after it signed, so that
// nobody who checks signatures is surprised; what a domain signs with is replaced and never taken away.
import type { KeyId } from '../../core/model/ids.ts'
import type { SigningKey } from '../../core/model/key.ts'
import type { Domain, Tenancy } from '../../core/model/tenancy.ts'
import { Problem } from '../../problem.ts'
import type { Work } from '../access/administer.ts'
import { noteChange } from '../directory/note-change.ts'
import { type KeyDeps, type KeyKind, makeKey } from './ensure-keys.ts'

const refuse = (reason: string, detail: string): Problem => new Problem('not-permitted', detail, { reason })

/** Public facts only: what is on record of a key. */
const factsOf = ({ use, alg, status }: SigningKey) => ({ use, alg, status })

const note = async (
  work: Work,
  domain: Domain,
  verb: 'announced' | 'rotated' | 'retired' | 'removed',
  sides: { readonly before?: SigningKey; readonly after?: SigningKey; readonly retired?: readonly KeyId[] },
): Promise<void> => {
  const { before, after, retired } = sides
  const key = after ?? before
  if (!key) throw new Error('a change of no key')
  // the provider of the domain is built from its keys: whoever kept one builds it anew
  const current = (await work.tx.domains.get(domain.id)) ?? domain
  await work.tx.domains.put({ ...current, version: current.version + 1 })
  await noteChange(work, {
    action: `key.${verb}`,
    target: { type: 'key', id: key.id, name: `${key.use} ${key.alg}` },
    domainId: domain.id,
    before: before && factsOf(before),
    after: after && factsOf(after),
    ...(retired === undefined ? {} : { details: { retired } }),
  })
}

const ofKind = async ({ tx }: Work, domain: Domain, { use, alg }: KeyKind): Promise<readonly SigningKey[]> =>
  (await tx.keys.ofDomain(domain.id)).filter((k) => k.use === use && k.alg === alg)

/** The key that signs next of its kind; there is at most one. */
export const announcedIn = (keys: readonly SigningKey[], { use, alg }: KeyKind): SigningKey | undefined =>
  keys.find((k) => k.use === use && k.alg === alg && k.status === 'next')

const GONE = 'the announced key is gone; try again'

/**
 * Published from now on, and not yet used: given again, the one that waits already is the answer.
 * @param made in case none waits; undefined: one did, when it was looked at
 */
export const announceKey = async (
  work: Work,
  domain: Domain,
  kind: KeyKind,
  made: SigningKey | undefined,
): Promise<{ readonly key: SigningKey; readonly made: boolean }> => {
  const waiting = announcedIn(await ofKind(work, domain, kind), kind)
  if (waiting) return { key: waiting, made: false }
  if (!made) throw new Problem('changed-meanwhile', GONE)
  await work.tx.keys.add(made)
  await note(work, domain, 'announced', { after: made })
  return { key: made, made: true }
}

const NOT_ANNOUNCED =
  'partners keep SAML certificates by hand, and none was announced: make the next key, hand out the new metadata, and rotate when they have it; `unannounced: true` changes it at once, and sign-ins fail until every partner has followed'

/** Partners must have had the time to follow; those of OpenID Connect follow by themselves when they meet a new `kid`. */
export const refuseUnannounced = ({ use }: KeyKind, unannounced: boolean): void => {
  if (use === 'saml' && !unannounced) throw refuse('key-not-announced', NOT_ANNOUNCED)
}

/** @param made as above */
export const rotateKeys = async (
  work: Work,
  domain: Domain,
  wanted: KeyKind & { readonly unannounced: boolean },
  made: SigningKey | undefined,
): Promise<SigningKey> => {
  const { tx } = work
  const keys = await ofKind(work, domain, wanted)
  const waiting = announcedIn(keys, wanted)
  if (!waiting) {
    refuseUnannounced(wanted, wanted.unannounced)
    if (!made) throw new Problem('changed-meanwhile', GONE)
    await tx.keys.add(made)
  }
  const next = waiting ?? made
  if (!next) throw new Error('there is a next key by now')
  await tx.keys.setStatus(next.id, 'active')
  const former = keys.filter((k) => k.status === 'active')
  for (const { id } of former) await tx.keys.setStatus(id, 'retired')
  const after: SigningKey = { ...next, status: 'active' }
  await note(work, domain, 'rotated', { before: next, after, retired: former.map((k) => k.id) })
  return after
}

/** Takes an announcement back. The one key that signs is never retired: another takes its place. */
export const retireKey = async (work: Work, domain: Domain, key: SigningKey): Promise<SigningKey> => {
  if (key.status === 'retired') return key
  const others = (await ofKind(work, domain, key)).filter((k) => k.status === 'active' && k.id !== key.id)
  if (key.status === 'active' && others.length === 0)
    throw refuse('key-signs', `\`${domain.name}\` signs with this key: rotate, and it is retired by that`)
  await work.tx.keys.setStatus(key.id, 'retired')
  const after: SigningKey = { ...key, status: 'retired' }
  await note(work, domain, 'retired', { before: key, after })
  return after
}

/** Published no longer: what it signed is refused from now on. */
export const removeKey = async (work: Work, domain: Domain, key: SigningKey): Promise<void> => {
  if (key.status !== 'retired')
    throw refuse(
      key.status === 'active' ? 'key-signs' : 'key-announced',
      `only a retired key may be deleted, and this one is \`${key.status}\`: ${key.status === 'active' ? 'rotate' : 'retire it'} first`,
    )
  await work.tx.keys.remove(key.id)
  await note(work, domain, 'removed', { before: key })
}

/** Slow, so outside of any transaction. */
export type MakeNextKey = (kind: KeyKind, tenancy: Tenancy, domain: Domain) => Promise<SigningKey>
export const nextKeyMaker =
  (deps: KeyDeps): MakeNextKey =>
  async (kind, tenancy, domain) => ({ ...(await makeKey(deps, kind, tenancy, domain)), status: 'next' })
