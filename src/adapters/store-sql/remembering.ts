// What a snapshot has answered it need not be asked again: many works share one, and most ask for the same tenancy, domain, application and
// person. Nor need the next one, as long as nothing has changed of what the answers come from; the database counts those changes (migration
// 0008), and the count is read in the snapshot itself. So nothing in here can be out of date.
import type { Tx } from '../../ports/store.ts'
import { type Db, directOf } from './dialect.ts'

type Text = string | undefined
type Ask = (...texts: readonly Text[]) => Promise<unknown>
type Noun = { readonly [name: string]: Ask }

/**
 * Those that are asked with texts alone, and answer from the tables that are counted. Not payloads: whoever gets one of those is
 * oidc-provider, which keeps and changes it.
 */
const asked: { readonly [N in keyof Tx]?: readonly (keyof Tx[N] & string)[] } = {
  tenancies: ['get', 'byName', 'revision'],
  domains: ['get', 'byName', 'list'],
  apps: ['byClientId'],
  people: ['get', 'byUsername'],
  memberships: ['ofPerson'],
  serviceIds: ['get', 'byName'],
  resources: ['byName'],
}

/** Answers to one kind of question, and the rows in them; beyond that many it begins anew. */
const MOST = 5000
/** Characters. What is longer is no name that somebody has, and whoever makes such up must not fill our memory with it. */
const LONGEST = 200

/** By the first text, below that by the second, and so on: strung together they could be taken for others. */
type Branch = Map<Text, Branch | Promise<unknown>>
type Answers = { readonly by: Branch; count: number }
/** By noun and question. */
export type Memory = Map<string, Answers>

/** How many texts a question has is the same for all of its kind, so a branch has either branches or answers. */
const branchFor = (by: Branch, texts: readonly Text[]): Map<Text, Promise<unknown>> => {
  let at = by
  for (const text of texts.slice(0, -1)) {
    const next = at.get(text) as Branch | undefined
    const branch: Branch = next ?? new Map()
    if (!next) at.set(text, branch)
    at = branch
  }
  return at as Map<Text, Promise<unknown>>
}

const remembered = (noun: Noun, name: string, answers: Answers): Ask => {
  const ask = noun[name] as Ask
  return (...texts) => {
    if (texts.some((text) => text !== undefined && text.length > LONGEST)) return ask(...texts)
    const branch = branchFor(answers.by, texts)
    const last = texts.at(-1)
    const before = branch.get(last)
    if (before) return before
    const answer = ask(...texts)
    if (answers.count >= MOST) {
      answers.by.clear()
      answers.count = 0
      return answer
    }
    answers.count += 1
    branch.set(last, answer)
    answer.then(
      (rows) => {
        if (Array.isArray(rows)) answers.count += rows.length
      },
      () => branch.delete(last), // whoever asks later asks again
    )
    return answer
  }
}

const answersOf = (memory: Memory, question: string): Answers => {
  const known = memory.get(question)
  if (known) return known
  const answers: Answers = { by: new Map(), count: 0 }
  memory.set(question, answers)
  return answers
}

/** The same noun, for a transaction that many share. */
export const remembering = <T>(noun: string, made: T, memory: Memory): T => {
  const names = asked[noun as keyof Tx]
  if (!names) return made
  const out: { [name: string]: Ask } = { ...(made as Noun) }
  for (const name of names) out[name] = remembered(made as Noun, name, answersOf(memory, `${noun}.${name}`))
  return out as T
}

/** Undefined: there is none, in a database that is still to be migrated. */
const countIn = async (db: Db): Promise<unknown> => {
  try {
    return (await directOf(db).run('select n from fact_change', [])).rows[0]?.n
  } catch {
    return undefined
  }
}

/** The memory of a snapshot: that of the one before it if it has the same count, else an empty one. */
export const memories = () => {
  let last: { readonly count: unknown; readonly memory: Memory } | undefined
  return async (db: Db): Promise<Memory> => {
    const count = await countIn(db)
    if (count === undefined) return new Map()
    if (last?.count !== count) last = { count, memory: new Map() }
    return last.memory
  }
}
