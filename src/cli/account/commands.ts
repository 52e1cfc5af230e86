// `gwanmun login`, `logout`, `whoami`: a person at a terminal signs in with the browser they trust, on this machine or another (RFC 8628), however
// their company wants it. No password and no token is ever typed here or printed.
import { setTimeout as sleep } from 'node:timers/promises'
import { Command, Option } from 'commander'
import { systemClock } from '../../adapters/system.ts'
import { Problem } from '../../problem.ts'
import type { Shell } from '../house.ts'
import { document, example, type Format, formatOption, table } from '../print.ts'
import { accessTokenOf, type Connection, connect, connectionOptions, profileOptions, storeFor } from './connect.ts'
import type { Tokens } from './profiles.ts'
import { type Device, type TokenEndpoint, tokenEndpoint } from './token-endpoint.ts'

/** RFC 8628 §3.5: added each time the gateway says that it is asked too often. */
const SLOWER_SECONDS = 5
const MOST_SECONDS = 60

type LoginFlags = {
  readonly server?: string
  readonly tenancy?: string
  readonly domain?: string
  readonly profile: string
  readonly profiles?: string
}

const polled = async (endpoint: TokenEndpoint, device: Device): Promise<Tokens> => {
  const until = systemClock() + device.expiresInSeconds * 1000
  let seconds = Math.max(1, device.intervalSeconds)
  while (systemClock() < until) {
    await sleep(seconds * 1000)
    const answer = await endpoint.poll(device.code)
    if (typeof answer === 'object') return answer
    // §3.5: whoever is not answered asks less often
    if (answer === 'slow-down') seconds += SLOWER_SECONDS
    if (answer === 'unreachable') seconds = Math.min(MOST_SECONDS, seconds * 2)
  }
  throw new Problem('journey-expired', 'nobody typed the code in time: begin again')
}

const login = async (shell: Shell, o: LoginFlags): Promise<void> => {
  const store = storeFor(o)
  const before = store.read()[o.profile]
  const server = o.server ?? before?.server
  const tenancy = o.tenancy ?? before?.tenancy
  if (server === undefined || tenancy === undefined)
    throw new Problem('request-malformed', 'expected `--server` and `--tenancy` at the first sign-in')
  const place = { server: server.replace(/\/+$/, ''), tenancy, domain: o.domain ?? before?.domain ?? 'default' }
  const endpoint = await tokenEndpoint(place, systemClock)
  const device = await endpoint.device()
  shell.err(`open ${device.url} in a browser and type the code ${device.userCode}`)
  shell.err(`or open ${device.completeUrl}`)
  shell.err('only go on there if it shows this code')
  const tokens = await polled(endpoint, device)
  const who = await endpoint.userinfo(tokens.access)
  const username = typeof who?.preferred_username === 'string' ? who.preferred_username : undefined
  await store.change(o.profile, async () => ({ ...place, ...(username === undefined ? {} : { username }), tokens }))
  shell.out(
    `signed in as ${username ?? 'somebody'} in ${tenancy}/${place.domain} at ${place.server} (profile ${o.profile})`,
  )
}

export const loginCommand = (shell: Shell): Command =>
  profileOptions(new Command('login').description('sign in as yourself, with a browser here or elsewhere'))
    .addOption(new Option('--server <url>', 'the gateway; later that of the profile').env('GWANMUN_SERVER'))
    .addOption(new Option('--tenancy <name>', 'the tenancy; later that of the profile').env('GWANMUN_TENANCY'))
    .option('--domain <name>', 'the identity domain you sign in to (default: `default`)')
    .addHelpText(
      'after',
      example('gwanmun login --server https://id.example.com --tenancy acme', 'gwanmun login --profile audit'),
    )
    .action((o: LoginFlags) => login(shell, o))

export const logoutCommand = (shell: Shell): Command =>
  profileOptions(new Command('logout').description('end the sign-in of a profile, here and at the gateway'))
    .addHelpText('after', example('gwanmun logout', 'gwanmun logout --profile audit'))
    .action(async (o: Pick<LoginFlags, 'profile' | 'profiles'>) => {
      const store = storeFor(o)
      const before = store.read()[o.profile]
      if (!before?.tokens) return shell.out(`nobody was signed in (profile ${o.profile})`)
      const { tokens, ...place } = before
      // forgotten here first: whatever the gateway says, this machine has it no more
      await store.change(o.profile, async () => place)
      const endpoint = await tokenEndpoint(place, systemClock)
      await endpoint.revoke(tokens.refresh ?? tokens.access)
      shell.out(`signed out (profile ${o.profile})`)
    })

type WhoFlags = Connection & { readonly output: Format }
const namesIn = (body: unknown): readonly string[] => {
  const items = typeof body === 'object' && body !== null && 'items' in body ? body.items : []
  const names = (Array.isArray(items) ? items : []).map((row: unknown) =>
    typeof row === 'object' && row !== null && 'role' in row ? String(row.role) : '',
  )
  return [...new Set(names)].filter((name) => name !== '').sort()
}

export const whoamiCommand = (shell: Shell): Command =>
  connectionOptions(new Command('whoami').description('who this command line is, where, and with which roles'))
    .addOption(formatOption())
    .addHelpText('after', example('gwanmun whoami', 'gwanmun whoami -o json'))
    .action(async (o: WhoFlags) => {
      const { api, server, tenancy, domain } = connect(o)
      const store = storeFor(o)
      const place = { server, tenancy, domain }
      const person =
        o.apiKey === undefined
          ? await (await tokenEndpoint(place, systemClock)).userinfo(await accessTokenOf(store, o.profile))
          : undefined
      const username = typeof person?.preferred_username === 'string' ? person.preferred_username : undefined
      const roles = namesIn(await api.get('/me/roles'))
      const as = o.apiKey === undefined ? { profile: o.profile, username } : { apiKey: `${o.apiKey.slice(0, 12)}…` }
      const told = { ...as, server, tenancy, ...(o.apiKey === undefined ? { domain } : {}), roles }
      if (o.output !== 'table') return shell.out(document(o.output, told))
      const rows = Object.entries(told).map(([what, value]) => ({
        what,
        value: Array.isArray(value) ? value.join(', ') : String(value ?? ''),
      }))
      shell.out(table(['what', 'value'], rows))
    })
