// What a start and `gwanmun apply` do with the declared tenancies: apply each, make missing keys, seed people, see to a first
// administrator. Each step is idempotent, so a start that died half-way is finished by the next.
import type { Actor } from '../../core/model/audit.ts'
import type { Declared } from '../../core/model/declared.ts'
import type { Tenancy } from '../../core/model/tenancy.ts'
import type { EpochMs } from '../../core/model/time.ts'
import { Problem } from '../../problem.ts'
import { checkSecrets } from '../upkeep/check-secrets.ts'
import { ensureKeys } from '../upkeep/ensure-keys.ts'
import { ensureOwnApps } from '../upkeep/ensure-own-apps.ts'
import { type ApplyDeps, applyTenancy } from './apply.ts'
import { createTenancyIn } from './create-tenancy.ts'
import {
  bootstrapAdministrator,
  type FirstAdministratorDeps,
  type NewAdministrator,
  type NotMade,
  setUpLink,
} from './first-administrator.ts'
import type { Change } from './reconcile.ts'
import { seedPeople } from './seed-people.ts'

export type BringUpDeps = ApplyDeps &
  FirstAdministratorDeps &
  Parameters<typeof ensureKeys>[0] & {
    /** A demonstration's passwords are public: false wherever strangers could reach this gateway. */
    readonly demoAllowed: boolean
  }
/** The administrator that the operator's configuration names, and the tenancy for it (also made when there is none at all). */
export type FirstAdministrator = {
  readonly tenancy: string
  readonly person: NewAdministrator | undefined
}
export type BroughtUp = {
  readonly tenancies: readonly {
    readonly name: string
    readonly changes: readonly Change[]
    readonly seeded: readonly string[]
  }[]
  /** Printed once, never logged elsewhere: whoever holds one becomes administrator. */
  readonly setUpLinks: readonly { readonly tenancy: string; readonly url: string; readonly expiresAt: EpochMs }[]
  readonly warnings: readonly string[]
}
export type ApplyDeclared = (
  actor: Actor,
  declared: readonly Declared[],
) => Promise<Pick<BroughtUp, 'tenancies' | 'warnings'>>
export type BringUp = (actor: Actor, declared: readonly Declared[], first: FirstAdministrator) => Promise<BroughtUp>

export const notMadeInWords = (refused: NotMade): string =>
  refused.refused === 'password'
    ? `the password does not fit the password policy: ${refused.faults.map(({ code, ...more }) => [code, ...Object.values(more)].join(' ')).join(', ')}`
    : {
        'administrator-exists': 'there is an administrator already',
        'username-taken': 'somebody else has that user name',
        'username-malformed': 'the user name must not contain spaces or control characters',
        'link-unknown': 'the set-up link is unknown, used or expired',
      }[refused.refused]

const tenanciesOf = (deps: BringUpDeps): Promise<readonly Tenancy[]> =>
  deps.store.read((tx) => tx.tenancies.list(undefined))

/** A gateway without any tenancy would have nowhere to sign in. */
const atLeastOne = async (deps: BringUpDeps, actor: Actor, name: string): Promise<void> => {
  if ((await tenanciesOf(deps)).length > 0) return
  await deps.store.write(async (tx) => {
    if ((await tx.tenancies.list(undefined)).length > 0) return
    const { random, session } = deps
    await createTenancyIn(tx, { random, now: deps.clock(), session, actor }, { name, displayName: name })
  })
}

const bootstrap = async (
  deps: BringUpDeps,
  actor: Actor,
  tenancies: readonly Tenancy[],
  { tenancy: name, person }: FirstAdministrator,
): Promise<void> => {
  if (!person) return
  const tenancy = tenancies.find((t) => t.name === name) ?? (tenancies.length === 1 ? tenancies[0] : undefined)
  if (!tenancy)
    throw new Problem(
      'config-invalid',
      `bootstrapAdmin.tenancy \`${name}\` is none of ${tenancies.map((t) => `\`${t.name}\``).join(', ')}: set GWANMUN_BOOTSTRAP_ADMIN_TENANCY`,
    )
  const made = await bootstrapAdministrator(deps)(actor, tenancy.id, person)
  if ('refused' in made && made.refused !== 'administrator-exists')
    throw new Problem('config-invalid', `bootstrapAdmin \`${person.username}\` cannot be made: ${notMadeInWords(made)}`)
}

/** The tenancies one after the other; the first that is refused stops the rest. */
export const applyDeclared =
  (deps: BringUpDeps): ApplyDeclared =>
  async (actor, declared) => {
    await checkSecrets(deps)() // before anything is sealed beside what another key sealed
    const warnings: string[] = []
    const tenancies: BroughtUp['tenancies'][number][] = []
    for (const one of declared) {
      const { tenancy, demo } = one.document
      if (demo && !deps.demoAllowed) {
        warnings.push(
          `${one.where(['demo'])}: tenancy \`${tenancy.name}\` is a demonstration with public passwords and was not applied, because baseUrl is not on localhost (allowDemo applies it all the same)`,
        )
        continue
      }
      const { tenancyId, changes, waiting } = await applyTenancy(deps)(actor, one)
      await ensureKeys(deps)(actor, tenancyId) // before people: whoever is there may sign in
      const seeded = await seedPeople(deps)(actor, tenancyId, one)
      // roles of people who have only now come to life
      const again = waiting.length > 0 && seeded.length > 0 ? await applyTenancy(deps)(actor, one) : undefined
      warnings.push(...(again?.waiting ?? waiting).map(({ where, message }) => `${where}: ${message}`))
      const all = [...changes, ...(again?.changes ?? [])]
      tenancies.push({ name: tenancy.name, changes: all, seeded: seeded.map((p) => p.username) })
    }
    return { tenancies, warnings }
  }

export const bringUp =
  (deps: BringUpDeps): BringUp =>
  async (actor, declared, first) => {
    const applied = await applyDeclared(deps)(actor, declared)
    await atLeastOne(deps, actor, first.tenancy)
    const tenancies = await tenanciesOf(deps)
    for (const tenancy of tenancies) {
      await ensureKeys(deps)(actor, tenancy.id)
      await ensureOwnApps(deps)(actor, tenancy.id)
    }
    await bootstrap(deps, actor, tenancies, first)
    const links = await Promise.all(
      tenancies.map(async (t) => ({ tenancy: t.name, link: await setUpLink(deps)(t.id) })),
    )
    return { ...applied, setUpLinks: links.flatMap(({ tenancy, link }) => (link ? [{ tenancy, ...link }] : [])) }
  }
