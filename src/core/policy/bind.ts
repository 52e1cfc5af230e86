// What a statement's names mean when it is written: groups of which domain, compartments below which one. Also the attachment rules:
// a statement covers the compartment its policy is attached to or what lies below, and the whole tenancy only from the root.
import type { Bindings } from '../model/policy.ts'
import type { Grant, Name, Principal, Subject, Place as Where } from './ast.ts'
import type { FaultParts } from './fault.ts'
import { compartmentReference, DEFAULT_DOMAIN, groupReference } from './references.ts'
import { descend, isWithin, type Place, type Tree } from './tree.ts'

/** What exists in the tenancy at the moment of writing. Groups and dynamic groups of a domain share one name space. */
export type World = {
  readonly domains: ReadonlySet<string> // lower-case names
  /** `domain/group`, lower case → id */
  readonly groups: ReadonlyMap<string, string>
  readonly groupIds: ReadonlySet<string>
  readonly dynamicGroups: ReadonlyMap<string, string> // likewise
  readonly dynamicGroupIds: ReadonlySet<string>
  readonly tree: Tree
}
export type Report = (at: number, parts: FaultParts) => void

type Kind = 'group' | 'dynamic-group'
const inWords: { readonly [K in Kind]: string } = { group: 'group', 'dynamic-group': 'dynamic group' }
const otherKind: { readonly [K in Kind]: Kind } = { group: 'dynamic-group', 'dynamic-group': 'group' }
export const namesOf = (kind: Kind, world: World): World['groups'] =>
  kind === 'group' ? world.groups : world.dynamicGroups
export const idsOf = (kind: Kind, world: World): World['groupIds'] =>
  kind === 'group' ? world.groupIds : world.dynamicGroupIds

/** The name is there elsewhere: as the other kind of group, or in another domain. */
const nameFix = (kind: Kind, domain: string, name: Name, world: World): string => {
  const key = `${domain}/${name.text.toLowerCase()}`
  const other = otherKind[kind]
  if (namesOf(other, world).has(key)) return `it is a ${inWords[other]}: write \`${other} ${name.text}\``
  const elsewhere = [...world.domains].find((d) => namesOf(kind, world).has(`${d}/${name.text.toLowerCase()}`))
  return elsewhere === undefined ? `create the ${inWords[kind]} first` : `write \`${elsewhere}/${name.text}\``
}

const bindPrincipal = (principal: Principal, kind: Kind, world: World, report: Report): Bindings => {
  const code = `${kind}-unknown`
  if (principal.kind === 'id') {
    if (!idsOf(kind, world).has(principal.id.text))
      report(principal.id.at, { code, message: `there is no ${inWords[kind]} with the id \`${principal.id.text}\`` })
    return {}
  }
  const domain = (principal.domain?.text ?? DEFAULT_DOMAIN).toLowerCase()
  if (principal.domain && !world.domains.has(domain)) {
    report(principal.domain.at, {
      code: 'domain-unknown',
      message: `there is no identity domain \`${principal.domain.text}\``,
      fix: `use one of ${[...world.domains]
        .sort()
        .slice(0, 10)
        .map((d) => `\`${d}\``)
        .join(', ')}`,
    })
    return {}
  }
  const id = namesOf(kind, world).get(`${domain}/${principal.name.text.toLowerCase()}`)
  if (id !== undefined) return { [groupReference(principal, kind)]: id }
  report(principal.name.at, {
    code,
    message: `there is no ${inWords[kind]} \`${principal.name.text}\` in domain \`${domain}\``,
    fix: nameFix(kind, domain, principal.name, world),
  })
  return {}
}

export const bindSubject = (subject: Subject, world: World, report: Report): Bindings => {
  if (subject.kind !== 'group' && subject.kind !== 'dynamic-group') return {}
  return Object.assign({}, ...subject.principals.map((p) => bindPrincipal(p, subject.kind, world, report)))
}

const outside = (at: number, attached: Place): [number, FaultParts] => [
  at,
  {
    code: 'compartment-outside',
    message: `a policy attached to \`${attached.path}\` covers that compartment and what lies below it`,
    fix: 'attach the policy to a compartment above both',
  },
]

const childList = (tree: Tree, place: Place): string =>
  [...place.children.values()]
    .map((n) => `\`${tree.places[n]?.name ?? ''}\``)
    .sort()
    .slice(0, 10)
    .join(', ')

/** What a path means from the attachment: a bare name is the compartment itself or a direct child. `ambiguous`: both. */
export const pathFrom = (tree: Tree, attached: Place, names: readonly string[]): Place | 'ambiguous' | undefined => {
  const below = descend(tree, attached, names)
  const itself = names.length === 1 && attached.name.toLowerCase() === names[0]?.toLowerCase() ? attached : undefined
  return below && itself ? 'ambiguous' : (below ?? itself)
}

/** A bare name is the compartment itself or a direct child; further down a path is needed, counted from the attachment. */
const bindPath = (path: readonly Name[], tree: Tree, attached: Place, report: Report): Bindings => {
  const [first] = path
  if (!first) return {}
  const names = path.map((name) => name.text)
  const found = pathFrom(tree, attached, names)
  if (found === 'ambiguous') {
    report(first.at, {
      code: 'compartment-ambiguous',
      message: `\`${first.text}\` is both the compartment of the policy and a child of it`,
      fix: 'write `in compartment id …`',
    })
    return {}
  }
  if (found) return { [compartmentReference(path)]: found.id }
  const deeper = tree.places.find((p) => isWithin(p, attached) && p.name.toLowerCase() === names.at(-1)?.toLowerCase())
  const from = attached.index === 0 ? '' : `${attached.path}:`
  report(first.at, {
    code: 'compartment-unknown',
    message: `there is no compartment \`${names.join(':')}\` in \`${attached.path}\`, which the policy is attached to`,
    fix: deeper
      ? `write \`in compartment ${deeper.path.slice(from.length)}\``
      : `there are ${childList(tree, attached) || 'none'}`,
  })
  return {}
}

export const bindPlace = (place: Where, tree: Tree, attached: Place, report: Report): Bindings => {
  if (place.kind === 'compartment') return bindPath(place.path, tree, attached, report)
  if (place.kind === 'tenancy') {
    if (attached !== tree.root)
      report(0, {
        code: 'tenancy-from-below',
        message: `\`in tenancy\` holds only in policies attached to the root, this one is attached to \`${attached.path}\``,
        fix: `write \`in compartment ${attached.name}\``,
      })
    return {}
  }
  const found = tree.byId.get(place.id.text)
  if (!found)
    report(place.id.at, {
      code: 'compartment-unknown',
      message: `there is no compartment with the id \`${place.id.text}\``,
    })
  else if (!isWithin(found, attached)) report(...outside(place.id.at, attached))
  return {}
}

export const bind = (grant: Grant, world: World, attached: Place, report: Report): Bindings => ({
  ...bindSubject(grant.subject, world, report),
  ...bindPlace(grant.place, world.tree, attached, report),
})
