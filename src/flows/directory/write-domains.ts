// Identity domains as administrators make, change and delete them. `default` stays, and stays active; another one is deleted when it is inactive
// and nobody is in it any more.
import type { DeclaredDomain } from '../../core/model/declared.ts'
import type { Domain, SessionLife } from '../../core/model/tenancy.ts'
import { Problem } from '../../problem.ts'
import type { Work } from '../access/administer.ts'
import { ensureOwnAppsIn } from '../upkeep/ensure-own-apps.ts'
import { compartmentsOf } from './apply-compartments.ts'
import { applyDomain } from './apply-domain.ts'
import { applyOne } from './apply-one.ts'
import { DEFAULT_DOMAIN } from './create-tenancy.ts'
import { refuseUnheldGroup } from './power.ts'
import { record } from './reconcile.ts'

const refuseDefault = (what: string): never => {
  throw new Problem('not-permitted', `the domain \`${DEFAULT_DOMAIN}\` cannot be ${what}`, { reason: 'default-domain' })
}

/** A new one has no keys until they are made, outside of this transaction. */
export const putDomain = async (
  work: Work,
  declared: DeclaredDomain,
  given: { readonly session: SessionLife; readonly baseUrl: string },
): Promise<Domain> => {
  const { tx, who, random, secrets, now } = work
  if (declared.name === DEFAULT_DOMAIN && !declared.active) refuseDefault('deactivated')
  const before = await tx.domains.byName(who.tenancyId, declared.name)
  const applied = await applyOne(work, async (run) =>
    applyDomain(run, declared, 0, await compartmentsOf(run), given.session),
  )
  if (!applied) throw new Error('a domain without faults was not applied')
  for (const id of applied.domain.selfRegistration?.groups ?? []) {
    const group = before?.selfRegistration?.groups.includes(id) ? undefined : await tx.groups.get(id)
    if (group) refuseUnheldGroup(work, group) // whoever registers would hold it
  }
  await ensureOwnAppsIn(tx, { random, secrets, baseUrl: given.baseUrl }, who.actor, who.tenancyId, now)
  return applied.domain
}

export const removeDomain = async (work: Work, domain: Domain): Promise<void> => {
  const { tx, who } = work
  if (domain.name === DEFAULT_DOMAIN) refuseDefault('deleted')
  if (domain.status === 'active')
    throw new Problem('not-permitted', `\`${domain.name}\` is active: deactivate it first`, { reason: 'domain-active' })
  if ((await tx.people.list(domain.id, { limit: 1 })).length > 0)
    throw new Problem('not-empty', `there are users in \`${domain.name}\`: delete them first`, {
      reason: 'domain-not-empty',
      fields: [{ field: 'users', expected: 'nobody', remedy: 'delete them first' }],
    })
  for (const app of await tx.apps.list(who.tenancyId))
    if (app.domainIds.length === 1 && app.domainIds[0] === domain.id)
      throw new Problem(
        'not-empty',
        `\`${app.name}\` is offered in \`${domain.name}\` only: delete it, or offer it elsewhere`,
        {
          reason: 'domain-not-empty',
          fields: [{ field: 'applications', expected: 'none that is offered here only' }],
        },
      )
  for (const app of await tx.apps.list(who.tenancyId))
    if (app.domainIds.includes(domain.id))
      await tx.apps.put({ ...app, domainIds: app.domainIds.filter((id) => id !== domain.id) })
  await tx.domains.remove(domain.id)
  const subject = { noun: 'domain' as const, name: domain.name, id: domain.id, domainId: domain.id }
  await applyOne(work, (run) => record(run, subject, 'remove', { before: domain, after: undefined }))
}
