// The rows of a test while it lasts: the test itself, the round trip under way, and what came back and waits for its browser. All are found
// by digests of values that only the link, the provider's answer and the browser hold.
import type { IdpId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Tx } from '../../ports/store.ts'
import type { ConnectionTest, Report } from './api.ts'

const TEST_SECONDS = 15 * 60
/** An answer with such a state belongs to a test; everything else never costs a look-up. */
export const STATE_PREFIX = 'test.'

type Digests = Pick<Secrets, 'digest'>
const testKey = (id: string): string => `connection-test:${id}`
export const idOf = ({ digest }: Digests, token: string): string => digest(`connection-test:${token}`)

const jsonOf = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject
const testOf = (id: string, kept: JsonObject | undefined): ConnectionTest | undefined =>
  kept && ({ report: undefined, ...kept, id } as unknown as ConnectionTest)

export const keptTest = async (tx: Tx, id: string, now: EpochMs): Promise<ConnectionTest | undefined> =>
  testOf(id, await tx.once.kept(testKey(id), now))

export const keepTest = (tx: Tx, test: ConnectionTest): Promise<void> =>
  tx.once.keep(testKey(test.id), jsonOf({ ...test, id: undefined }), test.expiresAt)

export const newTest = async (
  tx: Tx,
  { random, secrets }: { readonly random: Pick<Random, 'token'>; readonly secrets: Digests },
  begun: { readonly idpId: IdpId; readonly startedBy: string; readonly now: EpochMs },
): Promise<ConnectionTest & { readonly token: string }> => {
  const { now, ...rest } = begun
  const token = random.token()
  const test: ConnectionTest = {
    ...rest,
    id: idOf(secrets, token),
    startedAt: now,
    expiresAt: secondsLater(now, TEST_SECONDS),
    report: undefined,
  }
  await keepTest(tx, test)
  return { ...test, token }
}

/** Under way: what the connector must remember, and the browser that left. */
export type Trip = { readonly testId: string; readonly browserHash: string; readonly remember: JsonObject }
export type Landed = { readonly testId: string; readonly browserHash: string; readonly report: Report }

type Waiting<T> = {
  readonly keep: (tx: Tx, secrets: Digests, token: string, value: T, until: EpochMs) => Promise<void>
  readonly take: (tx: Tx, secrets: Digests, token: string, now: EpochMs) => Promise<T | undefined>
  readonly look: (tx: Tx, secrets: Digests, token: string, now: EpochMs) => Promise<T | undefined>
}
const waiting = <T>(what: string): Waiting<T> => {
  const key = ({ digest }: Digests, token: string) => `connection-${what}:${digest(token)}`
  return {
    keep: (tx, secrets, token, value, until) => tx.once.keep(key(secrets, token), jsonOf(value), until),
    take: async (tx, secrets, token, now) => (await tx.once.take(key(secrets, token), now)) as T | undefined,
    look: async (tx, secrets, token, now) => (await tx.once.kept(key(secrets, token), now)) as T | undefined,
  }
}
export const trips = waiting<Trip>('trip')
export const landings = waiting<Landed>('landing')
