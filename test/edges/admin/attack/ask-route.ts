// A request for a route that is right in every part, as its example says: aimed at a thing of one place, or at nothing that is there.
import type { Route } from '../../../../src/edges/admin/route.ts'
import { type Got, send } from './send.ts'
import { at, endsIn, pathTo, type Thing, type Things, type World } from './world.ts'

const NOWHERE = 'nothing-of-that-name'
type Aim = {
  /** Whose things the path names. */
  readonly things: Things
  /** The last of them is not there. */
  readonly absent?: boolean
  /** By id where there is one, else by name. */
  readonly by?: keyof Thing
  readonly tenancy?: string
  readonly body?: unknown
}

const papers = new Map([
  ['Report', 'Paper'],
  ['REPORT', 'PAPER'],
])
/** Examples that name a place of their own are moved to where the aim is, so that the question is asked about that. */
export const bodyFor = ({ operationId, bodyExample }: Route, things: Things): unknown => {
  const domain = things.get('/domains/{domain}')
  const user = things.get('/domains/{domain}/users/{user}')?.name
  if (operationId === 'createInvitation') return { ...(bodyExample as object), domainId: domain?.id }
  if (operationId === 'putApplication') return { ...(bodyExample as object), domains: [domain?.name] }
  if (operationId === 'createApiKey') return { ...(bodyExample as object), owner: { user, domain: domain?.name } }
  if (operationId === 'putPolicy' || operationId === 'patchPolicy') {
    const [group, place] = [things.get('/domains/{domain}/groups/{group}'), things.get('/compartments/{compartment}')]
    const statement = `Allow group ${domain?.name}/${group?.name} to read buckets in compartment ${place?.name}`
    return { ...(bodyExample as object), statements: [statement] }
  }
  // the demonstration has a service with resources of that name already
  if (operationId === 'putService' || operationId === 'patchService')
    return JSON.parse(
      JSON.stringify(bodyExample).replaceAll(/report/gi, (word) => papers.get(word) ?? 'paper'),
    ) as unknown
  return bodyExample
}

export const pathOf = (route: Route, { things, absent = false, by = 'name' }: Aim): string => {
  const last = endsIn(route.path).at(-1)?.upTo
  return pathTo(route.path, (upTo) => (absent && upTo === last ? NOWHERE : (things.get(upTo)?.[by] ?? NOWHERE))) ?? ''
}

export const askRoute = ({ bed }: World, route: Route, authorization: string | undefined, aim: Aim): Promise<Got> => {
  const body = route.body === undefined ? undefined : JSON.stringify(aim.body ?? bodyFor(route, aim.things))
  return send(bed.url, {
    method: route.method,
    path: at(aim.tenancy ?? 'acme', pathOf(route, aim)),
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body,
  })
}
