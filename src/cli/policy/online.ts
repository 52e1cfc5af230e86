// A tenancy of a running gateway, put on paper through the administrative API: its compartments, groups, dynamic groups and policies as the
// caller may see them. Questions are then asked here, of the catalogue of this installation.
import { type Command, Option } from 'commander'
import type { CompartmentId } from '../../core/model/ids.ts'
import type { Tags } from '../../core/model/tag.ts'
import { parseStatement } from '../../core/policy/parse.ts'
import { DEFAULT_DOMAIN } from '../../core/policy/references.ts'
import type { Paper } from '../../core/policy/sketch.ts'
import { type Cast, castTogether, nobody } from '../../core/policy/stage.ts'
import { Problem } from '../../problem.ts'
import { type Connected, type Connection, connect, connectionOptions, storeFor } from '../account/connect.ts'
import type { ApiClient } from '../api-client.ts'
import type { Ground } from './offline.ts'
import { type Row, rowOf, textIn, textsIn } from './rows.ts'

export type Online = Connection & {
  /** A tenancy is asked: because of `--online`, or because one was named. */
  readonly online?: boolean
  readonly token?: string
}

/** Naming where to ask is asking there; what only the environment or a profile names is asked when nothing else is, or with `--online`. */
const naming = ['tenancy', 'server', 'profile', 'api-key', 'token'] as const

export const onlineOptions = (command: Command): Command => {
  for (const name of naming) command.on(`option:${name}`, () => command.setOptionValue('online', true))
  return connectionOptions(command)
    .option('--online', 'ask the tenancy that you are signed in to, or that GWANMUN_TENANCY names')
    .addOption(new Option('--token <key>', 'an API key or an access token, instead of a profile'))
}

export const connected = ({ token, ...o }: Online): Connected => {
  const apiKey = token ?? o.apiKey
  const there = connect({ ...o, ...(apiKey === undefined ? {} : { apiKey }) })
  if (apiKey === undefined && storeFor(o).read()[o.profile] === undefined)
    throw new Problem('request-malformed', 'nobody is signed in: `gwanmun login`, or an API key in GWANMUN_API_KEY')
  return there
}

export type OnlinePolicy = Paper['policies'][number] & { readonly id: string; readonly compartmentId: string }
export type OnlineTenancy = {
  readonly api: ApiClient
  readonly tenancy: string
  readonly paper: Paper
  readonly policies: readonly OnlinePolicy[]
  /** Tags of its groups, and the rules of its dynamic groups. */
  readonly cast: Cast
}

const tagsIn = (row: Row): Tags =>
  Object.fromEntries(
    Object.entries(rowOf(row.tags)).filter((tag): tag is [string, string] => typeof tag[1] === 'string'),
  )

const ROOT = 'root'
const stepsOf = (path: string): readonly string[] => (path === ROOT ? [] : path.split(':'))

const policyOf = (row: Row): OnlinePolicy => ({
  id: textIn(row, 'id'),
  compartmentId: textIn(row, 'compartmentId'),
  name: textIn(row, 'name'),
  compartment: stepsOf(textIn(row, 'compartment')),
  statements: textsIn(row, 'statements'),
})

const domainsIn = (statements: readonly string[]): readonly string[] => {
  const named = statements.flatMap((text) => {
    const { statement } = parseStatement(text)
    if (!statement || statement.kind === 'define' || !('principals' in statement.subject)) return []
    return statement.subject.principals.flatMap((p) => (p.kind === 'name' && p.domain ? [p.domain.text] : []))
  })
  return [...new Set([DEFAULT_DOMAIN, ...named.map((name) => name.toLowerCase())])]
}

type InDomain = { readonly domain: string; readonly rows: readonly Row[] }
/** A domain that is not there has no groups; what names it is told as a fault of the statement. */
const listIn = async (
  api: ApiClient,
  domain: string,
  noun: 'groups' | 'dynamic-groups',
): Promise<InDomain | undefined> => {
  try {
    return { domain, rows: (await api.all(`/domains/${encodeURIComponent(domain)}/${noun}`)).map(rowOf) }
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.slug === 'not-found') return undefined
    throw thrown
  }
}
const qualified = ({ domain, rows }: InDomain): readonly (readonly [name: string, row: Row])[] =>
  rows.map((row) => [`${domain}/${textIn(row, 'name')}`, row])

/** What a policy test stands on when it is run against a tenancy: policies, groups and compartments are those that stand there. */
export const groundOnline = async (options: Online, own: Cast): Promise<Ground> => {
  const { paper, cast } = await tenancyOnline(options)
  return { paper, cast: castTogether(cast, own), files: [] }
}

/** @param also statements whose domains matter too */
export const tenancyOnline = async (options: Online, also: readonly string[] = []): Promise<OnlineTenancy> => {
  const { api, tenancy } = connected(options)
  const compartments = (await api.all('/compartments')).map(rowOf)
  const shown = (await api.all('/policies')).map(rowOf)
  const policies = shown.filter((row) => row.system !== true).map(policyOf)
  const statements = [...policies.flatMap((p) => p.statements), ...also]
  const found = await Promise.all(
    domainsIn(statements).map(async (domain) => ({
      groups: await listIn(api, domain, 'groups'),
      dynamic: await listIn(api, domain, 'dynamic-groups'),
    })),
  )
  const groups = found.flatMap(({ groups: list }) => (list ? qualified(list) : []))
  const dynamic = found.flatMap(({ dynamic: list }) => (list ? qualified(list) : []))
  // a list does not show tags, and most tenancies never ask for them
  const asksForTags = statements.some((text) => /\bcompartment\.tag\./i.test(text))
  const tags = new Map<string, Tags>()
  for (const { id } of asksForTags ? compartments : [])
    tags.set(String(id), tagsIn(rowOf(await api.get(`/compartments/${encodeURIComponent(String(id))}`))))
  const paper: Paper = {
    rows: compartments.map((row) => ({
      id: textIn(row, 'id') as CompartmentId,
      name: textIn(row, 'name'),
      parentId: row.parentId === undefined ? undefined : (textIn(row, 'parentId') as CompartmentId),
      tags: tags.get(textIn(row, 'id')) ?? {},
    })),
    groups: groups.map(([name]) => name),
    groupIds: [],
    dynamicGroups: dynamic.map(([name]) => name),
    dynamicGroupIds: [],
    domains: found.flatMap(({ groups: list }) => (list ? [list.domain] : [])),
    ids: new Map([...groups, ...dynamic].map(([name, row]) => [name.toLowerCase(), textIn(row, 'id')])),
    policies,
  }
  const cast: Cast = {
    ...nobody,
    groupTags: Object.fromEntries([...groups, ...dynamic].map(([name, row]) => [name, tagsIn(row)])),
    dynamicGroups: Object.fromEntries(dynamic.map(([name, row]) => [name, textIn(row, 'rule')])),
  }
  return { api, tenancy, paper, policies, cast }
}
