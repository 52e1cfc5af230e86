// Lists that the store gives in parts, by name and either way. What the filter says of the name or the id is asked of an index, so that a list
// of very many is as quick as a short one.
import type { Paged, Tx } from '../../ports/store.ts'
import { beginning, equal } from './filter.ts'
import type { Many } from './noun.ts'

type Named = { readonly id: string; readonly name: string }
type Source<R extends Named, K> = Paged<R, K> & {
  readonly get: (id: R['id'] & never) => Promise<R | undefined>
  readonly byName: (scope: K, name: string) => Promise<R | undefined>
}

/** The id has no line break in it. */
const candidate = <R extends Named>(row: R) => ({ row, key: `${row.id}\n${row.name}` })
const behind = (key: string): Named => {
  const [id = '', ...name] = key.split('\n')
  return { id, name: name.join('\n') }
}

/** @param within whether a row that was found by its id belongs to the list */
export const byName = <R extends Named, S, K>(
  source: (tx: Tx) => Source<R, K>,
  keyOf: (scope: S) => K,
  within: (row: R, scope: S) => boolean,
): Many<R, S> => ({
  sortedBy: 'name',
  alsoBy: ['-name'],
  read: async (tx, scope, { after, limit, tests, sort }) => {
    const [name, id] = [equal(tests, 'name'), equal(tests, 'id')]
    if (name === undefined && id === undefined) {
      const begins = beginning(tests, 'name')
      const from = after === undefined ? undefined : (behind(after) as Pick<R, 'id' | 'name'>)
      const only = { down: sort === '-name', ...(begins === undefined ? {} : { beginning: begins }) }
      return (await source(tx).page(keyOf(scope), from, limit, only)).map(candidate)
    }
    if (after !== undefined) return []
    const found =
      name === undefined ? await source(tx).get((id ?? '') as never) : await source(tx).byName(keyOf(scope), name)
    return found && within(found, scope) ? [candidate(found)] : []
  },
})
