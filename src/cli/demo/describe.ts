// What the demonstration prints: who can sign in where, with what, and what will be asked of them. For people a table, for programs JSON
// of the same facts.
import type { Demo } from './run.ts'

export type Described = {
  readonly gateway: string
  readonly issuers: readonly string[]
  readonly pdp: string
  readonly places: readonly { readonly name: string; readonly kind: string; readonly url: string }[]
  readonly people: readonly {
    readonly username: string
    readonly password: string | null
    readonly at: string // `local (domain)` or the provider's name
    readonly groups: readonly string[]
    readonly note: string
  }[]
  readonly questions: readonly string[]
  /** Which group, or which application, brings which factor. */
  readonly rules: readonly {
    readonly domain: string
    readonly name: string
    readonly who: string
    readonly demands: string
  }[]
}

type Rule = Demo['declared']['domains'][number]['signOnRules'][number]

const whoOf = ({ groups, apps }: Rule): string =>
  [
    groups.length > 0 ? `group ${groups.join(', ')}` : 'everyone',
    ...(apps.length > 0 ? [`at application ${apps.join(', ')}`] : []),
  ].join(' ')
const demandsOf = ({ level, factors, trustedDevice }: Rule): string =>
  [
    level === undefined ? undefined : `level ${level}`,
    factors && `by ${factors.join(', ')}`,
    trustedDevice && `device trusted ${trustedDevice.days} days, at most ${trustedDevice.count}`,
  ]
    .filter((text) => text !== undefined)
    .join('; ')

export const describe = ({ declared, gatewayUrl, issuer }: Demo): Described => {
  const { standIns, questions } = declared.demo
  const local = declared.seed.people
    .filter((p) => p.password !== undefined)
    .map((p) => ({
      username: p.username,
      password: p.password?.literal ?? null,
      at: `local (${p.domain})`,
      groups: p.groups,
      note: p.note,
    }))
  const federated = standIns.flatMap((s) =>
    s.kind === 'saml-idp' || s.kind === 'oidc-op'
      ? s.people.map((p) => ({
          username: p.username,
          password: p.password,
          at: s.name,
          groups: p.groups,
          note: p.note,
        }))
      : [],
  )
  return {
    gateway: gatewayUrl,
    issuers: [...new Set(['default', ...declared.seed.people.map((p) => p.domain)])].map(issuer),
    pdp: `${gatewayUrl}/t/${declared.tenancy.name}`,
    places: standIns.map(({ name, kind, url }) => ({ name, kind, url })),
    people: [...local, ...federated],
    questions: questions.map((q) => q.label),
    rules: declared.domains.flatMap(({ name: domain, signOnRules }) =>
      signOnRules.map((rule) => ({ domain, name: rule.name, who: whoOf(rule), demands: demandsOf(rule) })),
    ),
  }
}

const columns = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  return rows
    .map((row) => `  ${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  ')}`)
    .join('\n')
}

export const asText = (d: Described): string => `
Gwanmun is running: ${d.gateway}

Open one of the sample applications and sign in:
${columns(d.places.map((p) => [p.url, p.name, p.kind === 'oidc-app' || p.kind === 'saml-app' ? 'application' : 'corporate sign-in']))}
  ${d.issuers[0]}/account  your own account

${columns([['USER NAME', 'PASSWORD', 'SIGNS IN AT', 'GROUPS', ''], ...d.people.map((p) => [p.username, p.password ?? '', p.at, p.groups.join(', '), p.note])])}

What is asked of whom (all that apply are folded, the strictest wins):
${columns(d.rules.map((r) => [`${r.who}`, r.demands, `rule ${r.name} of ${r.domain}`]))}

Issuers: ${d.issuers.join('  ')}
Decisions (AuthZEN): ${d.pdp}/access/v1/evaluation
Stop with Ctrl-C. \`npm run demo -- --check\` walks through everything and prints PASS or FAIL; \`--fresh\` forgets earlier runs.
`
