// Lists that the store gives in parts, by name and either way. What the filter says of the name, the id or something else that is looked up is
// asked of an index, so that a list of very many is as quick as a short one.
import { folded } from '../../core/model/folded.ts'
import type { Paged, Tx } from '../../ports/store.ts'
import { beginning, equal, type Test } from './filter.ts'
import type { Many } from './noun.ts'

type Named = { readonly id: string; readonly name: string }
type Source<R extends Named, K> = Paged<R, K> & {
  readonly get: (id: R['id'] & never) => Promise<R | undefined>
  readonly byName: (scope: K, name: string) => Promise<R | undefined>
}
type Listed<R extends Named, S, K> = {
  readonly source: (tx: Tx) => Source<R, K>
  readonly keyOf: (scope: S) => K
  /** Whether a row that was looked up belongs to the list. */
  readonly within: (row: R, scope: S) => boolean
  /** The few that the filter leaves, and perhaps some more; undefined: the filter says nothing that is looked up. */
  readonly lookUp?: (tx: Tx, scope: S, tests: readonly Test[]) => Promise<readonly R[] | undefined>
}

/** The id has no line break in it. */
const candidate = <R extends Named>(row: R) => ({ row, key: `${row.id}\n${row.name}` })
const behind = (key: string): Named => {
  const [id = '', ...name] = key.split('\n')
  return { id, name: name.join('\n') }
}

const order = (a: Named, b: Named): number => {
  const [first, second] = [folded(a.name), folded(b.name)]
  return first === second ? (a.id < b.id ? -1 : a.id > b.id ? 1 : 0) : first < second ? -1 : 1
}
const partOf = <R extends Named>(rows: readonly R[], after: Named | undefined, turn: number, limit: number) =>
  rows
    .filter((row) => after === undefined || turn * order(row, after) > 0)
    .sort((a, b) => turn * order(a, b))
    .slice(0, limit)

const lookedUp = async <R extends Named, S, K>(
  { source, keyOf, lookUp }: Listed<R, S, K>,
  tx: Tx,
  scope: S,
  tests: readonly Test[],
): Promise<readonly (R | undefined)[] | undefined> => {
  const [name, id] = [equal(tests, 'name'), equal(tests, 'id')]
  if (name !== undefined) return [await source(tx).byName(keyOf(scope), name)]
  return id === undefined ? lookUp?.(tx, scope, tests) : [await source(tx).get(id as never)]
}

/** Rows. Beyond them a list costs what it has, and nothing that is asked for a page may. */
const MOST_SORTED = 2000

export const byName = <R extends Named, S, K>(listed: Listed<R, S, K>): Many<R, S> => ({
  sortedBy: 'name',
  alsoBy: ['-name'],
  isLong: async (tx, scope) => {
    const beyond = await listed.source(tx).page(listed.keyOf(scope), undefined, 1, { skip: MOST_SORTED })
    return beyond.length > 0
  },
  read: async (tx, scope, { after, limit, tests, sort }) => {
    const from = after === undefined ? undefined : behind(after)
    const down = sort === '-name'
    const few = await lookedUp(listed, tx, scope, tests)
    if (few) {
      const mine = few.filter((row) => row !== undefined).filter((row) => listed.within(row, scope))
      return partOf(mine, from, down ? -1 : 1, limit).map(candidate)
    }
    const begins = beginning(tests, 'name')
    const only = { down, ...(begins === undefined ? {} : { beginning: begins }) }
    const page = await listed.source(tx).page(listed.keyOf(scope), from as Pick<R, 'id' | 'name'>, limit, only)
    return page.map(candidate)
  },
})
