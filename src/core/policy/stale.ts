// Which names of a policy no longer mean what they meant when it was written: the id they were bound to is gone, or goes by another name
// now, or the name belongs to somebody else. The statement keeps acting on the id; saving the policy again binds its names anew.
import type { Policy } from '../model/policy.ts'
import type { Statement } from './ast.ts'
import { idsOf, namesOf, pathFrom, type World } from './bind.ts'
import { parseStatement } from './parse.ts'
import { compartmentReference } from './references.ts'
import type { Place } from './tree.ts'

export type StaleBinding = {
  readonly statement: number // from 1
  /** `group:default/ops`, `compartment:prod:web`, or `group id …` where the statement names the id itself. */
  readonly reference: string
  readonly id: string
  readonly state: 'gone' | 'renamed'
  /** What the id is called now: `domain/name`, or the path from the root. */
  readonly nowCalled: string | undefined
  /** The id that the name means now, if anybody's. */
  readonly nowMeans: string | undefined
}

type Found = Omit<StaleBinding, 'statement'>

const staleGroup = (
  kind: 'group' | 'dynamic-group',
  reference: string,
  id: string,
  world: World,
): Found | undefined => {
  const name = reference.slice(kind.length + 1)
  const nowMeans = namesOf(kind, world).get(name)
  if (nowMeans === id) return undefined
  const nowCalled = [...namesOf(kind, world)].find(([, bound]) => bound === id)?.[0]
  return { reference, id, state: idsOf(kind, world).has(id) ? 'renamed' : 'gone', nowCalled, nowMeans }
}

const staleCompartment = (
  path: readonly string[],
  reference: string,
  id: string,
  world: World,
  attached: Place | undefined,
): Found | undefined => {
  const now = attached && pathFrom(world.tree, attached, path)
  const nowMeans = now === 'ambiguous' ? undefined : now?.id
  if (nowMeans === id) return undefined
  const place = world.tree.byId.get(id)
  return { reference, id, state: place ? 'renamed' : 'gone', nowCalled: place?.path, nowMeans }
}

const gone = (reference: string, id: string): Found => ({
  reference,
  id,
  state: 'gone',
  nowCalled: undefined,
  nowMeans: undefined,
})

/** Ids that the text itself names: nothing was bound, they are there or not. Another tenancy's ids are not ours to look up. */
const goneIds = (statement: Statement, { groupIds, dynamicGroupIds, tree }: World): readonly Found[] => {
  if (statement.kind !== 'allow' && statement.kind !== 'deny' && statement.kind !== 'endorse') return []
  const { subject, place } = statement
  const ids = subject.kind === 'group' ? groupIds : dynamicGroupIds
  const principals = subject.kind === 'group' || subject.kind === 'dynamic-group' ? subject.principals : []
  const subjects = principals.flatMap((p) =>
    p.kind === 'id' && !ids.has(p.id.text) ? [gone(`${subject.kind} id ${p.id.text}`, p.id.text)] : [],
  )
  const own = statement.kind !== 'endorse' && place.kind === 'compartment-id' && !tree.byId.has(place.id.text)
  return own ? [...subjects, gone(`compartment id ${place.id.text}`, place.id.text)] : subjects
}

const pathsIn = (statement: Statement | undefined): ReadonlyMap<string, readonly string[]> => {
  if (!statement || statement.kind === 'define') return new Map()
  const places = [statement.place, ...('partner' in statement && statement.partner ? [statement.partner.place] : [])]
  return new Map(
    places.flatMap((p) =>
      p.kind === 'compartment' ? [[compartmentReference(p.path), p.path.map((n) => n.text)]] : [],
    ),
  )
}

export const staleBindings = (
  policy: Pick<Policy, 'statements' | 'bindings' | 'compartmentId'>,
  world: World,
): readonly StaleBinding[] => {
  const attached = world.tree.byId.get(policy.compartmentId)
  return policy.statements.flatMap((text, n) => {
    const { statement } = parseStatement(text)
    const paths = pathsIn(statement)
    const bound = Object.entries(policy.bindings[n] ?? {}).map(([reference, id]): Found | undefined => {
      if (reference.startsWith('group:')) return staleGroup('group', reference, id, world)
      if (reference.startsWith('dynamic-group:')) return staleGroup('dynamic-group', reference, id, world)
      return staleCompartment(paths.get(reference) ?? [], reference, id, world, attached)
    })
    const found = [...bound.filter((f) => f !== undefined), ...(statement ? goneIds(statement, world) : [])]
    return found.map((f) => ({ statement: n + 1, ...f }))
  })
}
