// What two sets of policies have to be asked about: the statements that changed, the permissions that all statements treat alike, the places
// where an answer can begin to differ, and the few subjects that can matter there. Asks nothing itself.
import type { Catalogue, Need, Permission } from './catalogue.ts'
import { ANY_GROUP, ANY_USER, type Clause, touches } from './clause.ts'
import { testsOf } from './compare-values.ts'
import type { Snapshot } from './compile.ts'
import { fold } from './glob.ts'
import type { Placed } from './index-of-clauses.ts'
import { printCondition } from './print.ts'
import { isWithin, type Place, type Tree } from './tree.ts'
import { conditionIn } from './what-would-change.ts'

export type Sides = { readonly before: Snapshot; readonly after: Snapshot }

const contentOf = ({ clause, covers }: Placed): string => {
  const { effect, system, kind, subjects, types, level, permissions, where } = clause
  const what = [types === 'all' ? 'all' : [...types].sort(), level ?? null, [...(permissions ?? [])].sort()]
  const condition = where === undefined ? null : printCondition(conditionIn(where))
  return JSON.stringify([effect, system, kind, [...subjects].sort(), what, covers, condition])
}

/** Statements of one set that the other does not have, whatever they are called. */
export const changedOf = ({ before, after }: Sides): readonly Placed[] => {
  const [old, young] = [before, after].map((s) => new Map(s.clauses.map((placed) => [contentOf(placed), placed])))
  if (!old || !young) return []
  const only = (these: typeof old, those: typeof old): readonly Placed[] =>
    [...these].filter(([content]) => !those.has(content)).map(([, placed]) => placed)
  return [...only(old, young), ...only(young, old)]
}

const coversOf = ({ covers }: Placed, { places }: Tree): Place | undefined =>
  typeof covers === 'number' ? places[covers] : undefined

/** Clauses that speak of the same permissions, taken together: there are far fewer of these than clauses. */
export type About = {
  readonly what: Pick<Clause, 'types' | 'level' | 'permissions' | 'effect'>
  readonly placed: Placed[]
}

const whatOf = ({ effect, types, level, permissions }: Clause): string =>
  JSON.stringify([effect, types === 'all' ? 'all' : [...types].sort(), level ?? null, [...(permissions ?? [])].sort()])

export const aboutOf = ({ before, after }: Sides): readonly About[] => {
  const out = new Map<string, About>()
  for (const placed of [...before.clauses, ...after.clauses]) {
    const key = whatOf(placed.clause)
    const about = out.get(key) ?? { what: placed.clause, placed: [] }
    out.set(key, about)
    about.placed.push(placed)
  }
  return [...out.values()]
}

/** Permissions that every statement treats alike are one question. */
export const classesOf = (
  about: readonly About[],
  { all }: Catalogue,
  changed: readonly Placed[],
): readonly (readonly Permission[])[] => {
  const tests = about.map(({ placed }) => testsOf([...new Set(placed.flatMap(({ clause }) => clause.where ?? []))]))
  const byTouch = new Map<string, Permission[]>()
  for (const permission of all.flatMap((type) => type.permissions)) {
    if (!changed.some(({ clause }) => touches(clause, permission))) continue
    const touching = about.flatMap(({ what }, n) => (touches(what, permission) ? [n] : []))
    const asked = touching.flatMap((n) => tests[n] ?? [])
    // a condition may tell types apart by their variables, and permissions by their names
    const own = asked.some((t) => fold(t.variable.text) === 'request.permission') ? permission.name : ''
    const key = JSON.stringify([touching, asked.length > 0 ? permission.type : -1, own])
    byTouch.set(key, [...(byTouch.get(key) ?? []), permission])
  }
  return [...byTouch.values()]
}

export const clausesAbout = (about: readonly About[], need: Need): readonly Placed[] =>
  about.filter(({ what }) => need.permissions.some((p) => touches(what, p))).flatMap(({ placed }) => placed)

/** Where an answer can begin to differ: what changed covers a place, or something else about the same permission does below it. */
export const placesOf = (tree: Tree, changed: readonly Placed[], about: readonly Placed[]): readonly Place[] => {
  const roots = changed.map((c) => coversOf(c, tree)).filter((p) => p !== undefined)
  const byName = testsOf(about.flatMap(({ clause }) => clause.where ?? [])).some(({ variable }) =>
    /^target\.(?:resource\.)?compartment\./i.test(variable.text),
  )
  const anchors = byName ? tree.places : about.map((c) => coversOf(c, tree)).filter((p) => p !== undefined)
  const out = [...roots, ...anchors.filter((place) => roots.some((root) => isWithin(place, root)))]
  return [...new Set(out)].sort((a, b) => a.index - b.index)
}

const rank = (subject: string): number => (subject === ANY_USER ? 0 : subject === ANY_GROUP ? 1 : 2)

/**
 * A grant needs one subject per permission, and what takes it away one more. So whoever could tell the sets apart has at most that many
 * subjects that matter, one of them of a changed statement.
 */
export const subjectSets = (
  changed: readonly Placed[],
  about: readonly Placed[],
  size: number,
  most: number,
): { readonly sets: readonly ReadonlySet<string>[]; readonly whole: boolean } => {
  const all = [...new Set(about.flatMap(({ clause }) => clause.subjects))].sort()
  const firsts = new Set(changed.flatMap(({ clause }) => clause.subjects))
  // whoever is shown by the least is shown once
  let sets = [...firsts].sort((a, b) => rank(a) - rank(b)).map((s) => [s])
  const out = [...sets]
  let whole = true
  for (let n = 1; n < size; n++) {
    if (sets.length * all.length > most) {
      whole = false
      break
    }
    sets = sets.flatMap((set) =>
      all.filter((s) => s > (n > 1 ? (set.at(-1) ?? '') : '') && !set.includes(s)).map((s) => [...set, s]),
    )
    out.push(...sets)
  }
  return { sets: out.map((set) => new Set(set)), whole }
}
