// From what was typed, what is set and who is signed in to a client of the administrative API. A token of a profile goes to that profile's server
// and tenancy, wherever the command line points; for anywhere else one signs in there.
import { type Command, Option } from 'commander'
import { systemClock } from '../../adapters/system.ts'
import { userConfigFile } from '../../config.ts'
import { Problem } from '../../problem.ts'
import { type ApiClient, apiClient } from '../api-client.ts'
import { isProfileName, type Profile, type ProfileStore, profileStore } from './profiles.ts'
import { tokenEndpoint } from './token-endpoint.ts'

export type Connection = {
  readonly server?: string
  readonly tenancy?: string
  readonly profile: string
  readonly profiles?: string
  readonly apiKey?: string
}

export const profileOptions = (command: Command): Command =>
  command
    .addOption(new Option('--profile <name>', 'the sign-in to use').env('GWANMUN_PROFILE').default('default'))
    .addOption(new Option('--profiles <file>', 'where sign-ins are kept').env('GWANMUN_PROFILES'))

export const connectionOptions = (command: Command): Command =>
  profileOptions(command)
    .addOption(new Option('--server <url>', 'the gateway, instead of that of the profile').env('GWANMUN_SERVER'))
    .addOption(new Option('--tenancy <name>', 'the tenancy, instead of that of the profile').env('GWANMUN_TENANCY'))
    .addOption(
      new Option('--api-key <key>', 'instead of a profile; better in the environment')
        .env('GWANMUN_API_KEY')
        .hideHelp(),
    )

export const storeFor = ({ profiles, profile }: Pick<Connection, 'profile' | 'profiles'>): ProfileStore => {
  if (!isProfileName(profile))
    throw new Problem(
      'request-malformed',
      `\`${profile}\` is no name for a profile: expected letters, digits, \`.\`, \`-\` and \`_\``,
    )
  return profileStore(profiles ?? userConfigFile('profiles.json'))
}

/** So long a token must still be good for the question to arrive. */
const EARLY_MS = 30_000

/** The access token of a profile, renewed when it is about to end. */
export const accessTokenOf = async (
  store: ProfileStore,
  name: string,
  now: () => number = systemClock,
): Promise<string> => {
  const signIn = (why: string): Problem =>
    new Problem('sign-in-required', `${why}: \`gwanmun login${name === 'default' ? '' : ` --profile ${name}`}\``)
  const good = (profile: Profile | undefined): string | undefined =>
    profile?.tokens && now() + EARLY_MS < profile.tokens.expiresAt ? profile.tokens.access : undefined
  const found = store.read()[name]
  if (!found?.tokens) throw signIn(`nobody is signed in as profile \`${name}\``)
  let token = good(found)
  if (token !== undefined) return token
  await store.change(name, async (before) => {
    token = good(before) // another command was quicker
    if (token !== undefined || !before?.tokens) return before
    const endpoint = await tokenEndpoint(before, now)
    const tokens = await endpoint.refresh(before.tokens)
    token = tokens?.access
    const { tokens: _, ...signedOut } = before
    return tokens ? { ...before, tokens } : signedOut
  })
  if (token === undefined) throw signIn(`the sign-in of profile \`${name}\` is over`)
  return token
}

const isElsewhere = (wanted: string | undefined, own: string): boolean =>
  wanted !== undefined && wanted.replace(/\/+$/, '') !== own.replace(/\/+$/, '')

export type Connected = {
  readonly api: ApiClient
  readonly server: string
  readonly tenancy: string
  readonly domain: string
}

export const connect = (o: Connection): Connected => {
  const store = storeFor(o)
  const found = store.read()[o.profile]
  const server = o.server ?? found?.server
  const tenancy = o.tenancy ?? found?.tenancy
  if (server === undefined || tenancy === undefined)
    throw new Problem(
      'request-malformed',
      'which gateway? Sign in with `gwanmun login`, or name it with `--server` and `--tenancy` (GWANMUN_SERVER, GWANMUN_TENANCY) and an API key in GWANMUN_API_KEY',
    )
  const domain = found?.domain ?? 'default'
  if (o.apiKey !== undefined) return { api: apiClient({ server, tenancy, key: o.apiKey }), server, tenancy, domain }
  if (found && (isElsewhere(o.server, found.server) || isElsewhere(o.tenancy, found.tenancy)))
    throw new Problem(
      'request-malformed',
      `profile \`${o.profile}\` is signed in to \`${found.tenancy}\` at \`${found.server}\`, and its token goes nowhere else: sign in there with \`gwanmun login --profile\``,
    )
  return { api: apiClient({ server, tenancy, key: () => accessTokenOf(store, o.profile) }), server, tenancy, domain }
}
