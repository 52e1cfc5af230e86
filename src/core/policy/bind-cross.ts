// May this half of an agreement between two tenancies be written? Both halves and their aliases stand in policies of the root; what is
// another tenancy's is named by a Define of the same policy, since nobody can look into the other one.
import type { Bindings } from '../model/policy.ts'
import { type Aliases, aliasKey } from './aliases.ts'
import type { Admit, Define, Endorse, FarPlace, Name, Place as Where } from './ast.ts'
import { bindPlace, bindSubject, type Report, type World } from './bind.ts'
import type { Place } from './tree.ts'

type Setting = {
  readonly world: World
  readonly attachedTo: Place
  readonly aliases: Aliases
  readonly report: Report
}

const needAlias = (what: Define['what'], name: Name, { aliases, report }: Setting): void => {
  if (aliases.has(aliasKey(what, name.text))) return
  report(name.at, {
    code: 'alias-unknown',
    message: `this policy defines no ${what} \`${name.text}\``,
    fix: `add \`Define ${what} ${name.text} as <its id>\` to the same policy`,
  })
}

const fromRootOnly = ({ world, attachedTo, report }: Setting): void => {
  if (attachedTo !== world.tree.root)
    report(0, {
      code: 'cross-tenancy-below-root',
      message: `statements about other tenancies belong to policies attached to the root, this one is attached to \`${attachedTo.path}\``,
      fix: 'move it to a policy of the root',
    })
}

const isOwn = (place: FarPlace | Where): boolean =>
  place.kind !== 'any-tenancy' &&
  (place.kind === 'tenancy' ? !('name' in place && place.name) : !('of' in place && place.of))

const bindOwn = (place: Where, setting: Setting): Bindings => {
  const [first] = place.kind === 'compartment' ? place.path : []
  const alias = first && place.kind === 'compartment' && place.path.length === 1
  if (alias && setting.aliases.has(aliasKey('compartment', first.text))) return {}
  return bindPlace(place, setting.world.tree, setting.attachedTo, setting.report)
}

const bindFar = (place: FarPlace, setting: Setting): Bindings => {
  if (place.kind === 'any-tenancy') return {}
  if (place.kind === 'tenancy') {
    if (place.name) needAlias('tenancy', place.name, setting)
    return {}
  }
  if (!place.of) return bindOwn(place, setting)
  needAlias('tenancy', place.of, setting)
  if (place.kind === 'compartment-id') return {}
  const [first, ...deeper] = place.path
  if (first && deeper.length > 0)
    setting.report(first.at, {
      code: 'compartment-far-path',
      message: 'a path into another tenancy means nothing here',
      fix: 'define the compartment by its id, or write `in compartment id … of tenancy …`',
    })
  else if (first) needAlias('compartment', first, setting)
  return {}
}

/** `associate` and `with` go together. */
const bindPartner = ({ action, partner }: Endorse | Admit, setting: Setting): Bindings => {
  const associates = action.kind === 'verb' && action.verb === 'associate'
  const at = action.resourceType?.at ?? 0
  if (associates && !partner)
    setting.report(at, {
      code: 'associate-alone',
      message: '`associate` joins two resources, the second is missing',
      fix: 'add `with <resource-type> in …`',
    })
  if (!associates && partner)
    setting.report(partner.resourceType.at, {
      code: 'with-misplaced',
      message: '`with` goes with `associate` only',
      fix: 'remove it, or write `to associate`',
    })
  return partner ? bindFar(partner.place, setting) : {}
}

const bindEndorse = (endorse: Endorse, setting: Setting): Bindings => {
  const { action, place, partner } = endorse
  const associates = action.kind === 'verb' && action.verb === 'associate'
  if (isOwn(place) && !(associates && partner && !isOwn(partner.place)))
    setting.report(action.resourceType?.at ?? 0, {
      code: 'endorse-at-home',
      message: 'an Endorse speaks of what its subjects may do in another tenancy',
      fix: 'write `in tenancy NAME`, `in compartment NAME of tenancy NAME` or `in any-tenancy`',
    })
  return { ...bindSubject(endorse.subject, setting.world, setting.report), ...bindFar(place, setting) }
}

/** Groups of another tenancy are aliases or ids: their names are not ours to look up. */
const checkForeign = ({ subject, of }: Admit, setting: Setting): void => {
  const { report } = setting
  const named = subject.kind === 'group' || subject.kind === 'dynamic-group'
  if (of?.kind === 'tenancy') needAlias('tenancy', of.name, setting)
  if (!of && !named)
    report(0, {
      code: 'admit-from-nowhere',
      message: `\`admit ${subject.kind}\` must say whose`,
      fix: 'add `of tenancy NAME` or `of any-tenancy`',
    })
  if (of?.kind === 'any-tenancy' && subject.kind !== 'any-user' && subject.kind !== 'any-group')
    report(0, {
      code: 'any-tenancy-misfit',
      message: '`of any-tenancy` goes with `any-user` and `any-group` only',
      fix: 'write `of tenancy NAME`',
    })
  if (subject.kind !== 'group' && subject.kind !== 'dynamic-group') return
  for (const principal of subject.principals)
    if (principal.kind === 'name' && principal.domain)
      report(principal.domain.at, {
        code: 'alias-unknown',
        message: 'domains of another tenancy are not known here',
        fix: `define \`${principal.name.text}\` by its id, and name it without a domain`,
      })
    else if (principal.kind === 'name') needAlias(subject.kind, principal.name, setting)
}

const bindAdmit = (admit: Admit, setting: Setting): Bindings => {
  checkForeign(admit, setting)
  const { action, place, partner } = admit
  if (!isOwn(place) && !(partner && isOwn(partner.place)))
    setting.report(action.resourceType?.at ?? 0, {
      code: 'admit-elsewhere',
      message: 'an Admit speaks of what others may do here: neither of the two resources is in this tenancy',
      fix: 'name a compartment of this tenancy for one of them',
    })
  return bindFar(place, setting)
}

export const bindCross = (statement: Endorse | Admit, setting: Setting): Bindings => {
  fromRootOnly(setting)
  const own = statement.kind === 'endorse' ? bindEndorse(statement, setting) : bindAdmit(statement, setting)
  return { ...own, ...bindPartner(statement, setting) }
}

export const checkDefine = ({ what, name, id }: Define, setting: Setting): void => {
  fromRootOnly(setting)
  const other = setting.aliases.get(aliasKey(what, name.text))
  if (other !== undefined && other !== id.text)
    setting.report(name.at, {
      code: 'alias-twice',
      message: `this policy defines ${what} \`${name.text}\` twice, as \`${other}\` and as \`${id.text}\``,
      fix: 'keep one of them',
    })
}
