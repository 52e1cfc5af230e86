// What commands are given: where to print, the configuration when they ask for it, and the gateway's own rooms for the few that work
// on the store directly. Commands never exit the process and never read the environment.
import type { migrate } from '../adapters/store-sql/migrate-command.ts'
import type { Config, LoadedConfig } from '../config.ts'
import type { AuditFlows } from '../flows/audit/audit-flows.ts'
import type { ConnectionOperations } from '../flows/connection/operate.ts'
import type { PlanTenancy } from '../flows/directory/apply.ts'
import type { ApplyDeclared } from '../flows/directory/bring-up.ts'
import type { BootstrapAdministrator } from '../flows/directory/first-administrator.ts'
import type { RecoverAdministrator, RecoveryLink } from '../flows/directory/recover-administrator.ts'
import type { Store } from '../ports/store.ts'

/** What wire.ts builds, as far as commands use it. `start` applies the declared tenancies and listens. */
export type House = {
  readonly store: Store
  readonly start: () => Promise<{ readonly url: string }>
  readonly stop: () => Promise<void>
  readonly flows: {
    readonly applyDeclared: ApplyDeclared
    readonly planTenancy: PlanTenancy
    readonly bootstrapAdministrator: BootstrapAdministrator
    readonly recoverAdministrator: RecoverAdministrator
    readonly recoveryLink: RecoveryLink
    readonly audit: AuditFlows
    readonly connections: ConnectionOperations
  }
}

export type Shell = {
  readonly out: (line: string) => void
  readonly err: (line: string) => void
  /** Somebody looks at what is printed, on a terminal with colours. */
  readonly colours?: boolean
  /** Flags of the command line taken in; throws Problem('config-invalid'). */
  readonly config: () => LoadedConfig
  readonly open: (config: Config) => Promise<House>
  /** The command answered, and the answer is no: exit code 1 without a further message. */
  readonly refuse: () => void
  /** Called once, when the process is asked to stop. */
  readonly onStop: (stop: () => Promise<void>) => void
}

/** Opens the gateway without listening, for one piece of work. */
export const inHouse = async <T>(shell: Shell, work: (house: House, config: Config) => Promise<T>): Promise<T> => {
  const { config } = shell.config()
  const house = await shell.open(config)
  try {
    return await work(house, config)
  } finally {
    await house.stop()
  }
}

/** Loaded when it is needed: the store's libraries are half the start-up time of `health`, which runs every few seconds. */
export const migrateStore: typeof migrate = async (place, command) => {
  const { migrate: run } = await import('../adapters/store-sql/migrate-command.ts')
  return run(place, command)
}
