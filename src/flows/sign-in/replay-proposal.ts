// Sign-on rules and mapping rules that were not written yet, beside those that stand: names become ids, and whatever does not is told with
// its place. Nothing is stored.
import { demandsOf } from '../../core/assurance/declared-rule.ts'
import type { DeclaredMapping, DeclaredSignOnRule } from '../../core/model/declared.ts'
import type { Idp, MappingRule } from '../../core/model/idp.ts'
import type { MappingRuleId, SignOnRuleId } from '../../core/model/ids.ts'
import type { SignOnRule } from '../../core/model/sign-on.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem, type ProblemField } from '../../problem.ts'

type Changes<T> = { readonly put: readonly T[]; readonly remove: readonly string[] }
export type SignInProposal = {
  readonly signOnRules: Changes<DeclaredSignOnRule>
  /** By the name of the identity provider. */
  readonly mappings: { readonly [idp: string]: Changes<DeclaredMapping> }
}
export type Rules = {
  readonly signOn: readonly SignOnRule[]
  readonly mappings: ReadonlyMap<Idp['id'], readonly MappingRule[]>
}
export type BothSides = { readonly before: Rules; readonly after: Rules; readonly idps: readonly Idp[] }

type Named<Id> = { readonly id: Id; readonly name: string }
const byName = <Id>(rows: readonly Named<Id>[]): ReadonlyMap<string, Id> =>
  new Map(rows.map(({ id, name }) => [name.toLowerCase(), id]))

const resolver = (faults: ProblemField[]) => {
  const resolve =
    <Id>(what: string, ids: ReadonlyMap<string, Id>) =>
    (names: readonly string[], field: string): readonly Id[] =>
      names.flatMap((name, n) => {
        const id = ids.get(name.toLowerCase())
        if (id === undefined)
          faults.push({ field: `${field}[${n}]`, expected: `${what} that is there, got \`${name}\`` })
        return id === undefined ? [] : [id]
      })
  /** What stands there, without what goes or is replaced, and with what comes. */
  const changed = <T extends { readonly name: string }>(
    rows: readonly T[],
    gone: readonly string[],
    come: readonly T[],
    field: string,
  ): readonly T[] => {
    const known = new Set(rows.map((r) => r.name.toLowerCase()))
    for (const [n, name] of gone.entries())
      if (!known.has(name.toLowerCase()))
        faults.push({ field: `${field}.remove[${n}]`, expected: `a rule that is there, got \`${name}\`` })
    const over = new Set([...gone, ...come.map((c) => c.name)].map((name) => name.toLowerCase()))
    return [...rows.filter((r) => !over.has(r.name.toLowerCase())), ...come]
  }
  return { resolve, changed }
}

/** Problem('config-invalid') with every name that nobody has. */
export const bothSides = async (tx: Tx, domain: Domain, proposal: SignInProposal): Promise<BothSides> => {
  const faults: ProblemField[] = []
  const { resolve, changed } = resolver(faults)
  const groups = resolve('a group', byName(await tx.groups.list(domain.id)))
  const apps = resolve('an application', byName(await tx.apps.list(domain.tenancyId)))
  const standing = await tx.signOnRules.list(domain.id)
  const rules = proposal.signOnRules.put.map((rule, n): SignOnRule => {
    const at = `signOnRules.put[${n}]`
    return {
      id: `proposed:${n + 1}` as SignOnRuleId, // not an id: ids never hold a colon
      domainId: domain.id,
      name: rule.name,
      groups: groups(rule.groups, `${at}.groups`),
      apps: apps(rule.apps, `${at}.apps`),
      demands: demandsOf(rule),
    }
  })
  const idps = await tx.idps.list(domain.id)
  const [before, after] = [new Map<Idp['id'], readonly MappingRule[]>(), new Map<Idp['id'], readonly MappingRule[]>()]
  for (const idp of idps) {
    const held = await tx.mappingRules.list(idp.id)
    const at = `mappings.${idp.name}`
    const wanted = Object.hasOwn(proposal.mappings, idp.name) ? proposal.mappings[idp.name] : undefined
    const come = (wanted?.put ?? []).flatMap(({ name, allOf, groups: names }, n): readonly MappingRule[] => {
      const [match] = allOf
      const id = `proposed:${n + 1}` as MappingRuleId
      return match ? [{ id, idpId: idp.id, name, match, allOf, groups: groups(names, `${at}.put[${n}].groups`) }] : []
    })
    before.set(idp.id, held)
    after.set(idp.id, changed(held, wanted?.remove ?? [], come, at))
  }
  for (const name of Object.keys(proposal.mappings))
    if (!idps.some((idp) => idp.name === name))
      faults.push({ field: `mappings.${name}`, expected: 'an identity provider of this domain' })
  const signOn = changed(standing, proposal.signOnRules.remove, rules, 'signOnRules')
  if (faults.length > 0)
    throw new Problem('config-invalid', faults.map((f) => `\`${f.field}\`: expected ${f.expected}`).join('; '), {
      reason: 'name-unknown',
      fields: faults,
    })
  return { idps, before: { signOn: standing, mappings: before }, after: { signOn, mappings: after } }
}
