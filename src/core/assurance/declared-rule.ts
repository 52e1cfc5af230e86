// A sign-on rule as a file declares it, and the demands that it stands for. On paper groups and applications go by their names.
import type { DeclaredSignOnRule } from '../model/declared.ts'
import type { AppId, DomainId, GroupId, SignOnRuleId } from '../model/ids.ts'
import type { SignOnRule } from '../model/sign-on.ts'

/** Demands that were not made are absent, not undefined: that is how they are stored. */
export const demandsOf = ({
  deny,
  level,
  approval,
  factors,
  maxAgeSeconds,
  trustedDevice,
}: DeclaredSignOnRule): SignOnRule['demands'] => ({
  ...(deny ? { deny } : {}),
  ...(level === undefined ? {} : { level }),
  ...(approval === undefined ? {} : { approval }),
  ...(factors === undefined ? {} : { factors }),
  ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
  ...(trustedDevice === undefined ? {} : { trustedDevice }),
})

/** Its own name, and those it names, stand in for ids. */
export const ruleOnPaper = (declared: DeclaredSignOnRule): SignOnRule => ({
  id: declared.name as SignOnRuleId,
  domainId: '' as DomainId,
  name: declared.name,
  groups: declared.groups.map((g) => g.toLowerCase() as GroupId),
  apps: declared.apps.map((a) => a.toLowerCase() as AppId),
  demands: demandsOf(declared),
})
