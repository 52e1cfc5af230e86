// Other engines, given policies that mean the same and the same questions. Each is asked in the way that is quickest for it: policies are
// parsed beforehand where it can keep them, and only the entities that a question is about are handed over.
import { createRequire } from 'node:module'
import { newEnforcer, newModelFromString } from 'casbin'
import { familyTypes, type Request, type Statement, type World } from './policy-world.ts'

export type Decide = (request: Request) => boolean
/** Loads the policies; what it returns decides. */
export type Peer = (world: World) => Promise<Decide>

const levels = ['inspect', 'read', 'use', 'manage'] as const
/** An Allow holds its level and what is below, a Deny its level and what is above. */
const levelsOf = ({ kind, level }: Statement): readonly string[] =>
  kind === 'Allow' ? levels.slice(0, level + 1) : levels.slice(level)

/** A fact that is missing: an Allow does not grant, a Deny applies. */
const cedarWhere = ({ kind, where }: Statement): string => {
  const has = (fact: string, test: string): string =>
    kind === 'Allow' ? `(context has ${fact} && ${test})` : `(!(context has ${fact}) || ${test})`
  switch (where) {
    case 'region':
      return has('region', 'context.region == "iad"')
    case 'name':
      return '!(resource.compartment like "z*")'
    case 'operation':
      return `${has('operation', '!(context.operation like "delete*")')} && principal.name != "mallory"`
    case 'either':
      return `(${has('region', 'context.region == "gru"')} || ${has('networkSource', 'context.networkSource == "office"')})`
    default:
      return ''
  }
}
const cedarType = (type: string): string => {
  if (type === 'all-resources') return ''
  const family = familyTypes[type]
  return family ? `${JSON.stringify(family)}.contains(resource.type)` : `resource.type == "${type}"`
}
const cedarPolicy = (statement: Statement): string => {
  const when = [cedarType(statement.type), cedarWhere(statement)].filter((part) => part !== '').join(' && ')
  const actions = levelsOf(statement).map((level) => `Action::"${level}"`)
  return `${statement.kind === 'Allow' ? 'permit' : 'forbid'} (principal in Group::"${statement.group}", action in [${actions.join(', ')}], resource in Compartment::"${statement.place}")${when === '' ? '' : ` when { ${when} }`};`
}

type CedarWasm = typeof import('@cedar-policy/cedar-wasm/nodejs')

export const cedar: Peer = async ({ statements }) => {
  const wasm: CedarWasm = createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs')
  const parsed = wasm.preparsePolicySet('bench', { staticPolicies: statements.map(cedarPolicy).join('\n') })
  if (parsed.type !== 'success') throw new Error(JSON.stringify(parsed.errors.slice(0, 1)))
  return ({ user, groups, level, type, row, region, operation }) => {
    const uid = (kind: string, id: string) => ({ type: kind, id })
    const answer = wasm.statefulIsAuthorized({
      preparsedPolicySetId: 'bench',
      principal: uid('User', user),
      action: uid('Action', levels[level] ?? ''),
      resource: uid('Resource', 'r'),
      context: {
        ...(region === undefined ? {} : { region }),
        ...(operation === undefined ? {} : { operation: operation.toLowerCase() }),
      },
      entities: [
        { uid: uid('User', user), attrs: { name: user }, parents: groups.map((g) => uid('Group', g)) },
        {
          uid: uid('Resource', 'r'),
          attrs: { type, compartment: row.name.toLowerCase() },
          parents: row.chain.map((id) => uid('Compartment', id)),
        },
      ],
    })
    if (answer.type !== 'success') throw new Error(JSON.stringify(answer.errors.slice(0, 1)))
    return answer.response.decision === 'allow'
  }
}

const model = `
[request_definition]
r = groups, level, type, chain, facts
[policy_definition]
p = sub, levels, type, place, where, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = isIn(r.groups, p.sub) && isOf(r.type, p.type) && isIn(r.chain, p.place) && isLevel(r.level, p.levels) && holds(p.where, p.eft, r.facts)
`
type Facts = Pick<Request, 'region' | 'operation' | 'row' | 'user'>
const casbinHolds = (where: string, effect: string, { region, operation, row, user }: Facts): boolean => {
  const has = (fact: string | undefined, test: boolean): boolean => (fact === undefined ? effect === 'deny' : test)
  switch (where) {
    case 'region':
      return has(region, region === 'iad')
    case 'name':
      return !row.name.startsWith('Z')
    case 'operation':
      return has(operation, !operation?.startsWith('Delete')) && user !== 'mallory'
    case 'either':
      return has(region, region === 'gru') || has(undefined, false)
    default:
      return true
  }
}

export const casbin: Peer = async ({ statements }) => {
  const enforcer = await newEnforcer(newModelFromString(model))
  await enforcer.addFunction('isIn', (all: ReadonlySet<string>, one: string) => all.has(one))
  await enforcer.addFunction('isLevel', (level: string, all: string) => all.includes(level))
  await enforcer.addFunction(
    'isOf',
    (type: string, meant: string) =>
      meant === type || meant === 'all-resources' || !!familyTypes[meant]?.includes(type),
  )
  await enforcer.addFunction('holds', casbinHolds)
  const rows = statements.map((s) => [
    s.group,
    levelsOf(s).join(' '),
    s.type,
    s.place,
    s.where,
    s.kind === 'Allow' ? 'allow' : 'deny',
  ])
  await enforcer.addPolicies([...new Map(rows.map((row) => [row.join(), row])).values()]) // it refuses duplicates
  return ({ groups, level, type, row, ...facts }) =>
    enforcer.enforceSync(new Set(groups), levels[level], type, new Set(row.chain), { ...facts, row })
}
