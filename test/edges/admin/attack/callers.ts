// Who asks: administrators of here and elsewhere, people and tokens that hold less or nothing, and nobody at all.
import type { PersonId } from '../../../../src/core/model/ids.ts'
import type { Bed } from '../bed.ts'
import type { Got } from './send.ts'

export type Ask = (method: string, path: string, body?: unknown) => Promise<Got>
export type Caller = {
  readonly name: string
  readonly authorization: string | undefined
  /** `partners`: all of that domain. `some`: may read, at most. */
  readonly gets: 'all' | 'partners' | 'some' | 'nothing'
  /** Of what they may read: all of the tenancy, or nothing that is somebody's. */
  readonly sees: 'all' | 'nothing'
  /** Where their credentials are good. */
  readonly tenancy: 'acme' | 'other'
}

/** Somebody of the domain `partners`, so that `default` is not their own: a key of theirs. */
export const member = async (bed: Bed, name: string, statements: readonly string[] = []): Promise<string> => {
  const id = await bed.addPerson(name, {}, 'partners')
  await bed.join(id, await bed.addGroup(`${name}s`, 'partners'))
  if (statements.length > 0) await allow(bed, name, statements)
  return bed.keyOf({ kind: 'person', id })
}
export const allow = (bed: Bed, name: string, statements: readonly string[]) =>
  bed.policy(
    `for ${name}`,
    statements.map((statement) => `Allow group partners/${name}s to ${statement}`),
  )

export const callersOf = async (bed: Bed, farKey: string, ask: Ask): Promise<readonly Caller[]> => {
  const owner = (id: PersonId) => ({ kind: 'person', id }) as const
  const now = bed.clock()
  const [nobody, reader, scoped, delegate] = [
    await member(bed, 'nobody'),
    await member(bed, 'reader', ['read all-resources in tenancy']),
    await member(bed, 'scoped', ["manage all-resources in tenancy where target.domain.name = 'partners'"]),
    await member(bed, 'delegate'),
  ]
  const given = await ask('PUT', '/role-assignments/delegated', {
    holder: { kind: 'person', name: 'partners/delegate' },
    roles: ['identity-domain-administrator'],
    resource: { attributes: { 'target.domain.name': 'partners' } },
  })
  if (given.status !== 201) throw new Error(given.text)
  const disabled = await bed.addPerson('gone', { status: 'disabled' })
  const root = owner(bed.root)
  await bed.join(disabled, bed.administrators)
  const caller = (
    name: string,
    key: string | undefined,
    gets: Caller['gets'] = 'nothing',
    differs: Partial<Caller> = {},
  ): Caller => ({
    name,
    authorization: key === undefined ? undefined : `Bearer ${key}`,
    gets,
    sees: gets === 'nothing' ? 'nothing' : 'all',
    tenancy: 'acme',
    ...differs,
  })
  bed.tokens.set('token-of-root', { clientId: 'gwanmun-cli', personId: bed.root, scopes: ['openid', 'admin'] })
  bed.tokens.set('token-of-an-app', { clientId: 'some-app', personId: bed.root, scopes: ['openid', 'admin'] })
  bed.tokens.set('token-without-scope', { clientId: 'gwanmun-cli', personId: bed.root, scopes: ['openid'] })
  return [
    caller('an administrator', bed.rootKey, 'all'),
    caller('an administrator by token', 'token-of-root', 'all'),
    caller('a reader', reader, 'some'),
    caller('an administrator of another domain by policy', scoped, 'partners'),
    caller('an administrator of another domain by role', delegate, 'partners'),
    caller('a person who holds nothing', nobody, 'some', { sees: 'nothing' }),
    caller('an administrator of another tenancy', farKey, 'all', { tenancy: 'other' }),
    caller('nobody', undefined),
    caller('an unknown key', `gwm_${'A'.repeat(43)}`),
    caller('an expired key', await bed.keyOf(root, { expiresAt: now - 1 })),
    caller('a revoked key', await bed.keyOf(root, { revokedAt: now - 1 })),
    caller('a key without the scope', await bed.keyOf(root, { scopes: ['pdp'] })),
    caller('a key of a disabled person', await bed.keyOf(owner(disabled))),
    caller('a token of another application', 'token-of-an-app'),
    caller('a token without the scope', 'token-without-scope'),
    caller('no bearer', undefined, 'nothing', { authorization: 'Basic cm9vdDpyb290' }),
    caller('two keys', undefined, 'nothing', { authorization: `Bearer ${bed.rootKey}, Bearer ${bed.rootKey}` }),
  ]
}
