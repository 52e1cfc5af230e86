// What a snapshot has answered it need not be asked again: many works share one, and most ask for the same tenancy, domain and
// application. Remembers for as long as the snapshot, so nothing in here can be out of date.
import type { Tx } from '../../ports/store.ts'

type Ask = (...texts: readonly string[]) => Promise<unknown>
type Noun = { readonly [name: string]: Ask }

/** Those that are asked with texts alone. Not payloads: whoever gets one of those is oidc-provider, which keeps and changes it. */
const asked: { readonly [N in keyof Tx]?: readonly (keyof Tx[N] & string)[] } = {
  tenancies: ['get', 'byName', 'revision'],
  domains: ['get', 'byName', 'list'],
  apps: ['byClientId'],
  people: ['get', 'byUsername'],
  memberships: ['ofPerson'],
  serviceIds: ['get', 'byName'],
  resources: ['byName'],
}

/** Lengths, so that no text can run over into the next. */
const keyOf = (texts: readonly (string | undefined)[]): string => {
  let key = ''
  for (const text of texts) key += text === undefined ? '-;' : `${text.length};${text}`
  return key
}

const remembered = (noun: Noun, name: string): Ask => {
  const ask = noun[name] as Ask
  const answers = new Map<string, Promise<unknown>>()
  return (...texts) => {
    const key = keyOf(texts)
    const before = answers.get(key)
    if (before) return before
    const answer = ask(...texts)
    answers.set(key, answer)
    return answer
  }
}

/** The same noun, for a transaction that many share. */
export const remembering = <T>(noun: string, made: T): T => {
  const names = asked[noun as keyof Tx]
  if (!names) return made
  const out: { [name: string]: Ask } = { ...(made as Noun) }
  for (const name of names) out[name] = remembered(made as Noun, name)
  return out as T
}
