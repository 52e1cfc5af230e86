// The log of the process: JSON lines on standard output. Names of fields that may hold a secret are redacted wherever they stand, up to
// four levels deep; messages and paths never contain query strings, because codes, tokens and SAML messages travel there.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type DestinationStream, type Logger, pino } from 'pino'
import type { Clock } from '../ports/clock.ts'
import { type AddressOf, requestIdOf } from './source.ts'

const secretNames = [
  'password',
  'new_password',
  'new_password_repeat',
  'current_password',
  'current',
  'repeat',
  'otp',
  'code',
  'codes',
  'recovery_code',
  'recoveryCodes',
  'webauthn',
  'hop',
  'secret',
  'secretSealed',
  'client_secret',
  'clientSecret',
  'clientSecretSealed',
  'client_assertion',
  'assertion',
  'access_token',
  'refresh_token',
  'id_token',
  'id_token_hint',
  'logout_token',
  'subject_token',
  'token',
  'sessionToken',
  'browserToken',
  'deviceToken',
  'tokenHash',
  'code_verifier',
  'SAMLRequest',
  'SAMLResponse',
  'RelayState',
  'state',
  'nonce',
  'cookie',
  'set-cookie',
  'authorization',
  'proxy-authorization',
  'dpop',
  'apiKey',
  'privateKey',
  'encryptionKey',
  'phc',
] as const

const pathOf = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : `["${name}"]`)
const at = (prefix: string, name: string): string => {
  const path = pathOf(name)
  return prefix === '' ? path : path.startsWith('[') ? `${prefix}${path}` : `${prefix}.${path}`
}
const redactedPaths = ['', '*', '*.*', '*.*.*'].flatMap((prefix) => secretNames.map((name) => at(prefix, name)))

/**
 * The `code` of an error (`ECONNREFUSED`, SQLSTATE) is nothing secret and the first thing an operator looks for. It is told from the other
 * kinds of code by its form: theirs are longer than five characters and do not begin with E in capitals.
 */
const censor = (value: unknown, path: readonly string[]): unknown =>
  path.at(-1) === 'code' && typeof value === 'string' && /^(E[A-Z_]{3,40}|[0-9A-Z]{5})$/.test(value)
    ? value
    : '[redacted]'

/**
 * Standard output, one write for all the lines of a turn of the event loop: a system call each would cost as much as making them. A
 * process that ends by itself has written everything; one that is killed may owe what it said in its last turn.
 */
const standardOutput = (): DestinationStream => {
  const out = pino.destination({ dest: 1, sync: true })
  let lines = ''
  const flush = (): void => {
    const owed = lines
    lines = ''
    if (owed !== '') out.write(owed)
  }
  process.on('exit', flush)
  return {
    write: (line) => {
      if (lines === '') setImmediate(flush)
      lines += line
    },
  }
}

/** Many lines are of the same millisecond. */
const timestamps = (clock: Clock): (() => string) => {
  let last = Number.NaN
  let text = ''
  return () => {
    const now = clock()
    if (now !== last) {
      text = `,"time":"${new Date(now).toISOString()}"`
      last = now
    }
    return text
  }
}

type Options = { readonly level: string; readonly clock: Clock; readonly to?: DestinationStream }

export const logger = ({ level, clock, to }: Options): Logger =>
  pino(
    {
      level,
      base: { app: 'gwanmun' },
      timestamp: timestamps(clock),
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redactedPaths, censor },
    },
    to ?? standardOutput(),
  )

/**
 * One line for each answer. The path has no query; the journey or token in it is no secret without its cookie. `often`: what is asked
 * thousands of times in a second and is on record by itself (decisions) is told in detail only, unless something was wrong with it.
 */
export const requestLog = (log: Pick<Logger, 'child'>, clock: Clock, addressOf: AddressOf) => {
  // Six fields of known names, none of them secret: looking two hundred paths up in them costs more than all the rest of a small request.
  const plain = log.child({}, { redact: [] })
  return (req: IncomingMessage, res: ServerResponse, often: boolean): void => {
    const startedAt = clock()
    const { method, url = '' } = req
    const query = url.indexOf('?')
    const path = (query < 0 ? url : url.slice(0, query)).slice(0, 300)
    const ip = addressOf(req)
    res.once('finish', () => {
      const status = res.statusCode
      const level = often && status === 200 ? 'debug' : 'info'
      plain[level]({ requestId: requestIdOf(req), method, path, status, ms: clock() - startedAt, ip }, 'answered')
    })
  }
}
