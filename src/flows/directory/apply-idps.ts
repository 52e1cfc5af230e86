// Identity providers of a declared domain and their group mappings. A secret is sealed again only when it changed, and metadata that
// was fetched from a URL stays until the URL changes.
import type { App } from '../../core/model/app.ts'
import type { DeclaredIdp } from '../../core/model/declared.ts'
import { sourceOf } from '../../core/model/group.ts'
import type { Idp, MappingRule, OidcTrust, SamlTrust } from '../../core/model/idp.ts'
import type { GroupId, IdpId, MappingRuleId, PersonId } from '../../core/model/ids.ts'
import { eventOf } from '../audit-event.ts'
import type { Within } from './apply-domain.ts'
import { type Directory, type Path, type Run, resolveAll, settle } from './reconcile.ts'

/** One that does not open (the key-encryption key was lost) is sealed anew: the file has the secret. */
const isSealed = (run: Run, sealed: string, context: string, secret: string): boolean => {
  try {
    return run.secrets.same(run.secrets.open(sealed, context), secret)
  } catch {
    return false
  }
}
const sealedSecret = (
  run: Run,
  id: IdpId,
  { secret, usesSecret }: { readonly secret: string | undefined; readonly usesSecret: boolean },
  before: Idp | undefined,
): string | undefined => {
  const sealed = before?.trust.protocol === 'oidc' ? before.trust.clientSecretSealed : undefined
  if (secret === undefined) return usesSecret ? sealed : undefined // secrets cannot be read back, so a document may leave one out
  const context = `idp:${id}`
  return sealed !== undefined && isSealed(run, sealed, context, secret) ? sealed : run.secrets.seal(secret, context)
}

const trustOf = (run: Run, id: IdpId, trust: DeclaredIdp['trust'], before: Idp | undefined): SamlTrust | OidcTrust => {
  if (trust.protocol === 'oidc') {
    const { clientSecret, ...rest } = trust
    return {
      ...rest,
      clientSecretSealed: sealedSecret(
        run,
        id,
        { secret: clientSecret, usesSecret: rest.clientAuth !== 'none' },
        before,
      ),
    }
  }
  const known =
    before?.trust.protocol === 'saml' && before.trust.metadataUrl === trust.metadataUrl ? before.trust : undefined
  return trust.metadataUrl === undefined ? trust : { ...trust, metadataXml: known?.metadataXml }
}

/**
 * What a rule granted and no longer may grant ends now, not at the person's next sign-in: the rule is what made it true. Other modes
 * keep: there a mapping gives, and only people take away.
 */
export const revokeGranted = async (
  run: Run,
  idp: Idp,
  rule: MappingRule,
  groups: readonly GroupId[],
): Promise<void> => {
  if (idp.groupMode !== 'authoritative') return
  const revoked: { readonly person: PersonId; readonly group: GroupId }[] = []
  for (const groupId of groups)
    for (const { personId, provenance } of await run.tx.memberships.ofGroup(groupId))
      if (provenance.kind === 'mapped' && provenance.ruleId === rule.id) {
        await run.tx.memberships.remove(personId, groupId, sourceOf(provenance))
        revoked.push({ person: personId, group: groupId })
      }
  if (revoked.length === 0) return
  await run.tx.audit.add(
    eventOf(run.random, run.now, {
      tenancyId: run.tenancyId,
      domainId: idp.domainId,
      action: 'memberships.revoked',
      actor: run.actor,
      target: { type: 'mapping-rule', id: rule.id, name: `${idp.name}/${rule.name}` },
      details: { revoked },
    }),
  )
}

export const applyMappings = async (
  run: Run,
  idp: Idp,
  declared: Pick<DeclaredIdp, 'mappings'>,
  domain: Within<never>,
  path: Path,
): Promise<void> => {
  for (const [index, mapping] of declared.mappings.entries()) {
    const at: Path = [...path, 'mappings', index]
    const before = await run.tx.mappingRules.byName(idp.id, mapping.name)
    const groups = resolveAll(
      run,
      domain.groups,
      mapping.groups,
      [...at, 'groups'],
      'group',
      ` in domain \`${domain.domain.name}\``,
    )
    const [match] = mapping.allOf
    if (!match) continue // the file's schema asks for one
    const after: MappingRule = {
      id: before?.id ?? (run.random.id() as MappingRuleId),
      idpId: idp.id,
      name: mapping.name,
      match,
      allOf: mapping.allOf.length > 1 ? mapping.allOf : [],
      groups: groups.map((g) => g.id),
    }
    const subject = {
      noun: 'mapping-rule' as const,
      name: `${domain.domain.name}/${idp.name}/${mapping.name}`,
      domainId: idp.domainId,
    }
    const changed = await settle(run, { ...subject, path: at }, run.tx.mappingRules.put, before, after)
    if (changed && before)
      await revokeGranted(
        run,
        idp,
        before,
        before.groups.filter((g) => !after.groups.includes(g)),
      )
  }
}

/** None at all is not written down: so are the rows of before there were any. */
const routesOf = (
  run: Run,
  { routes: { applications, networks } }: DeclaredIdp,
  apps: Directory<App>,
  path: Path,
): Pick<Idp, 'routes'> => {
  if (applications.length === 0 && networks.length === 0) return {}
  const named = resolveAll(run, apps, applications, [...path, 'routes', 'applications'], 'application')
  const inOrder = [...new Set(named)].sort((a, b) => (a.name < b.name ? -1 : 1)) // as they are shown
  return { routes: { applications: inOrder.map(({ id }) => id), networks } }
}

export const applyIdps = async (run: Run, domain: Within<'idps'>, apps: Directory<App>): Promise<void> => {
  for (const [index, declared] of domain.declared.idps.entries()) {
    const path: Path = [...domain.path, 'idps', index]
    const { mappings: _, routes: __, trust, ...plain } = declared
    const before = await run.tx.idps.byName(domain.domain.id, declared.name)
    const id = before?.id ?? (run.random.id() as IdpId)
    const after: Idp = {
      ...plain,
      id,
      tenancyId: run.tenancyId,
      domainId: domain.domain.id,
      ...routesOf(run, declared, apps, path),
      trust: trustOf(run, id, trust, before),
    }
    const subject = {
      noun: 'idp' as const,
      name: `${domain.domain.name}/${declared.name}`,
      domainId: domain.domain.id,
      path,
    }
    await settle(run, subject, run.tx.idps.put, before, after)
    await applyMappings(run, after, declared, domain, path)
  }
}
