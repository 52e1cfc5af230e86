// The gateway's own applications: every tenancy has them, and tokens with the scope `admin` are good only from them. Their client ids are
// reserved, because whoever could register one of them would be handed the tokens of administrators.

import type { App } from './app.ts'

export const CLI_CLIENT = 'gwanmun-cli'
export const CONSOLE_CLIENT = 'gwanmun-console'
export const adminClients = [CLI_CLIENT, CONSOLE_CLIENT] as const
export const ADMIN_SCOPE = 'admin'

/** One of them, whatever it is called. */
export const isOwnApp = ({ settings }: Pick<App, 'settings'>): boolean =>
  settings.protocol === 'oidc' && adminClients.some((own) => own === settings.clientId)

export const isReservedClient = (clientId: string): boolean => clientId.toLowerCase().startsWith('gwanmun-')
