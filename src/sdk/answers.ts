// Answers that are remembered for a while: bounded in time and in number, under the whole question. What was asked differently is another question,
// and what went wrong is no answer.

export type CacheOptions = {
  /** How old an answer may be: so long a change of policies or groups may go unnoticed. */
  readonly seconds: number
  readonly entries?: number
}
export type Answers<T> = {
  readonly get: (key: string) => T | undefined
  /** @param askedAt when the question left: what changed after that is not in the answer */
  readonly keep: (key: string, answer: T, askedAt: number) => void
  readonly clear: () => void
}

const ENTRIES = 10_000

const inOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([, inner]) => inner !== undefined)
  return members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => [name, inOrder(inner)])
}
const marked = (value: unknown): unknown => {
  if (Array.isArray(value)) return ['list', ...value.map(marked)]
  if (typeof value !== 'object' || value === null) return value
  return ['object', inOrder(Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, marked(inner)])))]
}
/** The same text for the same question, whatever order its members are in, and for no other. */
export const keyOf = (what: string, question: unknown): string => `${what} ${JSON.stringify(marked(question))}`

/** Nobody who is given an answer can change what the next one is given. */
export const frozen = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const inner of Object.values(value)) frozen(inner)
  return value
}

export const answers = <T>(
  { seconds, entries = ENTRIES }: CacheOptions,
  now: () => number = () => performance.now(),
): Answers<T> => {
  const kept = new Map<string, { readonly answer: T; readonly until: number }>()
  return {
    get: (key) => {
      const found = kept.get(key)
      if (!found) return undefined
      kept.delete(key)
      if (now() >= found.until) return undefined
      kept.set(key, found) // used last
      return found.answer
    },
    keep: (key, answer, askedAt) => {
      if (seconds <= 0 || entries <= 0) return
      kept.delete(key)
      kept.set(key, { answer, until: askedAt + seconds * 1000 })
      const [oldest] = kept.keys()
      if (kept.size > entries && oldest !== undefined) kept.delete(oldest)
    },
    clear: () => kept.clear(),
  }
}
