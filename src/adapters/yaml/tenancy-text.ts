// A declared tenancy as the text of its file, the same byte for byte whoever writes it and in whatever order the store gave its rows. No secret
// is written: each becomes a reference to an environment variable, and documents become files beside it.
import { stringify } from 'yaml'
import type {
  DeclaredApp,
  DeclaredCompartment,
  DeclaredDomain,
  DeclaredIdp,
  DeclaredMapping,
  DeclaredRoleAssignment,
  DeclaredService,
  DeclaredTenancy,
} from '../../core/model/declared.ts'
import type { GroupMatch } from '../../core/model/idp.ts'
import { canonical } from './canonical.ts'
import { type Naming, namingFor, type Variable } from './export-names.ts'
import { tenancySchema } from './tenancy-schema.ts'

export type TenancyText = {
  readonly text: string
  /** Beside it, by relative path. */
  readonly files: readonly { readonly path: string; readonly text: string }[]
  readonly variables: readonly Variable[]
}

const levels = [0, 'password', 'mfa', 'phishing-resistant'] as const
const pathText = (path: readonly string[]): string | undefined => (path.length === 0 ? undefined : path.join('/'))
const unless = <T>(usual: T, value: T): T | undefined => (value === usual ? undefined : value)

const compartment = ({ compartments, ...rest }: DeclaredCompartment): object => ({
  ...rest,
  compartments: compartments.map(compartment),
})

const match = (m: GroupMatch): object => ({
  [m.kind]: m.value,
  ...('ignoreCase' in m && m.ignoreCase ? { ignoreCase: true } : {}),
})
const mapping = ({ name, allOf, groups }: DeclaredMapping): object => {
  const [only, ...more] = allOf.map(match)
  return more.length === 0 ? { name, ...only, groups } : { name, allOf: [only, ...more], groups }
}

const idp = (names: Naming, domain: string, given: DeclaredIdp): object => {
  const { trust, assurance, displayName, mappings, ...rest } = given
  const called = { domain, name: given.name }
  const { protocol: _, ...settings } = trust
  return {
    ...rest,
    displayName: unless(given.name, displayName),
    ...(trust.protocol === 'saml'
      ? { saml: { ...settings, ...metadata(trust, (xml) => names.metadata('idp', called, xml)) } }
      : {
          oidc: { ...settings, clientSecret: trust.clientSecret === undefined ? undefined : names.idpSecret(called) },
        }),
    mappings: mappings.map(mapping),
    assurance: {
      rules: assurance.rules.map((rule) => ({ ...rule, level: levels[rule.level] })),
      unmatched: unless<unknown>('password', levels[assurance.unmatchedLevel]),
      maxAgeSeconds: assurance.maxAgeSeconds,
    },
  }
}

type Documented = { readonly metadataXml: string | undefined; readonly metadataUrl: string | undefined }
/** What was fetched is fetched again; what came in a file goes into one. */
const metadata = ({ metadataXml, metadataUrl }: Documented, file: (xml: string) => string): object => ({
  metadataXml: undefined,
  ...(metadataUrl === undefined ? { metadataFile: file(metadataXml ?? '') } : { metadataUrl }),
})

const domain = (names: Naming, given: DeclaredDomain): object => ({
  ...given,
  displayName: unless(given.name === 'default' ? 'Default' : given.name, given.displayName),
  compartment: pathText(given.compartment),
  passwordPolicies: given.passwordPolicies.map((p) => ({ ...p, maxAgeDays: p.maxAgeDays ?? null })),
  signOnRules: given.signOnRules.map((r) => ({ ...r, level: r.level === undefined ? undefined : levels[r.level] })),
  idps: given.idps.map((one) => idp(names, given.name, one)),
})

const application = (names: Naming, given: DeclaredApp): object => {
  const { settings, displayName, ...rest } = given
  const { protocol: _, ...own } = settings
  const shown = { ...rest, displayName: unless(given.name, displayName) }
  if (settings.protocol === 'saml')
    return {
      ...shown,
      saml: { ...own, ...metadata(settings, (xml) => names.metadata('app', { name: given.name }, xml)) },
    }
  const clientSecrets = settings.clientSecrets.map((_secret, n) => names.appSecret(given.name, n + 1))
  return { ...shown, oidc: { ...own, clientSecrets } }
}

const service = ({ name, data: { types, families, aliases } }: DeclaredService): object => ({
  name,
  families,
  aliases,
  types: Object.fromEntries(
    Object.entries(types).map(([key, type]) => [
      key,
      {
        ...type,
        operations: Object.fromEntries(
          Object.entries(type.operations).map(([operation, { needs, kind }]) => [
            operation,
            kind === 'other' ? needs : { kind, needs },
          ]),
        ),
      },
    ]),
  ),
})

const holderKeys = { group: 'group', person: 'person', 'service-id': 'serviceId' } as const
const assignment = ({ holder, compartment: place, expiresAt, ...rest }: DeclaredRoleAssignment): object => ({
  ...rest,
  [holderKeys[holder.kind]]: holder.called,
  compartment: pathText(place),
  expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt).toISOString(),
})

const written = (names: Naming, { tenancy, ...t }: DeclaredTenancy): object => ({
  tenancy: {
    ...tenancy,
    denyEnabled: tenancy.denyEnabled || undefined,
  },
  services: t.services.map(service),
  compartments: t.compartments.map(compartment),
  domains: t.domains.map((one) => domain(names, one)),
  applications: t.applications.map((one) => application(names, one)),
  serviceIds: t.serviceIds.map((one) => ({ ...one, compartment: pathText(one.compartment) })),
  roleAssignments: t.roleAssignments.map(assignment),
  policies: t.policies.map((one) => ({ ...one, compartment: pathText(one.compartment) })),
})

const plain = (text: string): string => text.replace(/\p{Cc}/gu, ' ')
const heading = (tenancy: string, variables: readonly Variable[]): string =>
  [
    `Tenancy \`${tenancy}\`, as \`gwanmun export\` found it. \`gwanmun plan\` compares it with the store, \`gwanmun apply\` brings the store to it.`,
    'People, sessions and factors are no part of it. Secrets are in no file: references say where they are.',
    ...(variables.length === 0 ? [] : ['', 'Environment variables that must be set to apply it:']),
    ...variables.map(({ name, what }) => `  ${name}  ${what}`),
  ]
    .map((line) => plain(`# ${line}`).trimEnd())
    .join('\n')

const shape = tenancySchema(() => ({ fault: '' }), '.', false)

/** `document` need not hold any secret: where one is there, a variable is named. */
export const tenancyText = (document: DeclaredTenancy): TenancyText => {
  const names = namingFor(document.tenancy.name)
  const value = canonical(shape, written(names, document))
  const body = stringify(value, { lineWidth: 0, blockQuote: false, aliasDuplicateObjects: false })
  const { files, variables } = names.used()
  return { text: `${heading(document.tenancy.name, variables)}\n\n${body}`, files, variables }
}
