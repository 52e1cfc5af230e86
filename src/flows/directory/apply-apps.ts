// Declared applications and the sign-on rules that may name them. A client secret is kept as its digest only.
import { demandsOf } from '../../core/assurance/declared-rule.ts'
import type { App, OidcApp, SamlApp } from '../../core/model/app.ts'
import type { DeclaredApp, DeclaredSignOnRule } from '../../core/model/declared.ts'
import type { Group } from '../../core/model/group.ts'
import type { AppId, SignOnRuleId } from '../../core/model/ids.ts'
import { isReservedClient } from '../../core/model/own-apps.ts'
import type { SignOnRule } from '../../core/model/sign-on.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import type { Within } from './apply-domain.ts'
import { type Directory, directoryOf, fault, type Path, type Run, resolveAll, settle } from './reconcile.ts'

/** A document that names no secret, of a client that proves itself by one, leaves what there is: secrets cannot be read back. */
const keptHashes = ({ tokenEndpointAuth }: Pick<OidcApp, 'tokenEndpointAuth'>, before: App | undefined) =>
  tokenEndpointAuth.startsWith('client_secret') && before?.settings.protocol === 'oidc'
    ? before.settings.secretHashes
    : []

const settingsOf = (run: Run, declared: DeclaredApp['settings'], before: App | undefined): OidcApp | SamlApp => {
  if (declared.protocol === 'oidc') {
    const { clientSecrets, ...rest } = declared
    const secretHashes = clientSecrets.map((secret) => run.secrets.digest(secret))
    return { ...rest, secretHashes: secretHashes.length > 0 ? secretHashes : keptHashes(rest, before) }
  }
  const known =
    before?.settings.protocol === 'saml' && before.settings.metadataUrl === declared.metadataUrl
      ? before.settings
      : undefined
  return declared.metadataUrl === undefined ? declared : { ...declared, metadataXml: known?.metadataXml ?? '' }
}

/** Every application of the tenancy afterwards, declared or not. */
export const applyApps = async (run: Run, declared: readonly DeclaredApp[]): Promise<Directory<App>> => {
  const domains: Directory<Domain> = directoryOf(await run.tx.domains.list(run.tenancyId))
  for (const [index, app] of declared.entries()) {
    const path: Path = ['applications', index]
    const { domains: named, settings, ...plain } = app
    if ([app.name, settings.protocol === 'oidc' ? settings.clientId : ''].some(isReservedClient)) {
      fault(run, path, `\`${app.name}\`: names and client ids that begin with \`gwanmun-\` are the gateway's own`)
      continue
    }
    const before = await run.tx.apps.byName(run.tenancyId, app.name)
    const after: App = {
      ...plain,
      id: before?.id ?? (run.random.id() as AppId),
      tenancyId: run.tenancyId,
      domainIds: resolveAll(run, domains, named, [...path, 'domains'], 'domain').map((d) => d.id),
      settings: settingsOf(run, settings, before),
    }
    await settle(run, { noun: 'app', name: app.name, path }, run.tx.apps.put, before, after)
  }
  return directoryOf(await run.tx.apps.list(run.tenancyId))
}

/** Administrators prove two factors; where one is enough, somebody said so. */
const checkApproval = (
  run: Run,
  at: Path,
  { approval, level, apps }: DeclaredSignOnRule,
  named: readonly Group[],
): void => {
  const spares = level === 1 && named.some((g) => g.system)
  if (approval !== undefined && !(spares && apps.length > 0))
    fault(
      run,
      [...at, 'approval'],
      '`approval` is for a rule that asks `Administrators` for a password alone at the applications in `apps`',
    )
  if (approval === undefined && spares)
    fault(
      run,
      [...at, 'level'],
      '`Administrators` prove a second factor: name the applications where a password is enough in `apps`, and say in `approval` who agreed to it and why',
    )
}

export const applySignOnRules = async (
  run: Run,
  { domain, declared, groups, path }: Within<'signOnRules'>,
  apps: Directory<App>,
): Promise<void> => {
  for (const [index, rule] of declared.signOnRules.entries()) {
    const at: Path = [...path, 'signOnRules', index]
    const before = await run.tx.signOnRules.byName(domain.id, rule.name)
    const named = resolveAll(run, groups, rule.groups, [...at, 'groups'], 'group', ` in domain \`${domain.name}\``)
    checkApproval(run, at, rule, named)
    const after: SignOnRule = {
      id: before?.id ?? (run.random.id() as SignOnRuleId),
      domainId: domain.id,
      name: rule.name,
      groups: named.map((g) => g.id),
      apps: resolveAll(run, apps, rule.apps, [...at, 'apps'], 'application').map((a) => a.id),
      demands: demandsOf(rule),
    }
    const subject = {
      noun: 'sign-on-rule' as const,
      name: `${domain.name}/${rule.name}`,
      domainId: domain.id,
      path: at,
    }
    await settle(run, subject, run.tx.signOnRules.put, before, after)
  }
}
