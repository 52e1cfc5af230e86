// What went wrong with PostgreSQL: worth another try, a lost connection, or words an operator can act on.
// https://www.postgresql.org/docs/15/errcodes-appendix.html
import { Problem } from '../../problem.ts'

type Fault = { readonly code?: unknown; readonly message?: unknown; readonly errors?: unknown }
const of = (error: unknown): Fault => (typeof error === 'object' && error !== null ? error : {})

/** Of a refused dual-stack connection Node keeps the codes inside an AggregateError. */
export const codeOf = (error: unknown): string => {
  const { code, errors } = of(error)
  if (typeof code === 'string') return code
  return Array.isArray(errors) && errors.length > 0 ? codeOf(errors[0]) : ''
}
const says = (error: unknown, start: string): boolean => String(of(error).message).startsWith(start)

/** Serialisation failure and deadlock: the transaction was undone and may simply be run again (§13.5 of the manual). */
export const isConflict = (error: unknown): boolean => ['40001', '40P01'].includes(codeOf(error))
/** Two transactions inserted the same key at once; run again, the second finds the first one's row. */
export const isDuplicate = (error: unknown): boolean => codeOf(error) === '23505'
export const isReadOnly = (error: unknown): boolean => codeOf(error) === '25006'

const lostCodes = ['57P01', '57P02', '57P03', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']
/** The server went away under an open connection: a restart or a fail-over. A new connection may find its successor. */
export const isLost = (error: unknown): boolean =>
  lostCodes.includes(codeOf(error)) ||
  codeOf(error).startsWith('08') ||
  [
    'Connection terminated',
    'Client has encountered a connection error',
    'Client was closed',
    'Query read timeout',
  ].some((start) => says(error, start))

/** The connection was known to be dead, so the statement never left this process. */
export const isUnsent = (error: unknown): boolean => String(of(error).message).endsWith('is not queryable')

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections: start it, or correct the address',
  ENOTFOUND: 'has a host name that does not resolve: correct the address',
  EAI_AGAIN: 'has a host name that does not resolve at the moment: check the name service',
  EHOSTUNREACH: 'cannot be reached: check the network between this node and the database',
  ENETUNREACH: 'cannot be reached: check the network between this node and the database',
  ENOENT: 'has no socket there: start it, or correct the address',
  EACCES: 'has a socket that the user that runs gwanmun may not use',
  '28P01': 'refuses the password: correct the one in the configuration',
  '28000': 'refuses the user: correct the configuration, or pg_hba.conf',
  '3D000': 'has no such database: create it, or correct the address',
  '3F000': 'has no such schema: create it, or correct search_path',
  '42501': 'denies a privilege: make the user of gwanmun the owner of its schema',
  '42P01': 'has no schema of gwanmun: run `gwanmun migrate up`',
  '25006': 'is read-only, perhaps a standby: point the address at the primary',
  '0A000': 'is a standby: point the address at the primary',
  '53100': 'has no disk space left: free some, gwanmun goes on by itself',
  '53200': 'has no memory left',
  '53300': 'has no connection left: raise max_connections, or lower the pool size of the nodes',
  '58030': 'cannot read or write its disk',
  '57014': 'cancelled the statement',
  '55P03': 'could not get a lock in time: try again',
}

const isTimeout = (error: unknown): boolean => says(error, 'timeout exceeded when trying to connect')

const reasonOf = (error: unknown, stage: 'begin' | 'work' | 'commit'): string | undefined => {
  if (isConflict(error)) return 'is too busy with the same rows: try again'
  if (isLost(error)) {
    return stage === 'commit' && !isUnsent(error)
      ? 'went away while a change was being stored: look whether it is there before trying again'
      : 'went away: it is restarting, failing over, or the network is down'
  }
  if (isTimeout(error)) return 'gave no connection in time: it is overloaded, or the pool size is too small'
  return reasons[codeOf(error)]
}

/** Host, port and database of an address: never its user, password or parameters. */
export const placeOf = (url: string): string => {
  try {
    const { hostname, port, pathname, searchParams } = new URL(url)
    const host = searchParams.get('host') ?? (decodeURIComponent(hostname) || 'localhost')
    return `postgresql://${host}:${searchParams.get('port') ?? (port || '5432')}${pathname}`
  } catch {
    return 'postgresql (its address is not a URL)'
  }
}

/** The error as a Problem if it is one of the storage; any other error unchanged, since that is a bug of ours. */
export const postgresProblem = (error: unknown, place: string, stage: 'begin' | 'work' | 'commit'): unknown => {
  const reason = reasonOf(error, stage)
  return reason ? new Problem('storage-unavailable', `the store ${place} ${reason}`, { cause: error }) : error
}
