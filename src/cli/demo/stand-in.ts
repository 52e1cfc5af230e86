// One stand-in in its own process: `gwanmun demo-stand-in <name>`. What it is, is read from the tenancy file of the demonstration.
import { readFileSync } from 'node:fs'
import { Problem } from '../../problem.ts'
import { corporateOidc } from './corporate-oidc.ts'
import { corporateSaml } from './corporate-saml.ts'
import { readDeclared, type StandIn } from './declaration.ts'
import type { Running } from './listen.ts'
import { samlKeyOf } from './saml-key.ts'
import { sampleOidc } from './sample-oidc.ts'
import { sampleSaml } from './sample-saml.ts'

export type StandInOptions = {
  readonly file: string // the tenancy file, ports already moved
  readonly gatewayUrl: string
  readonly stateDir: string
}

const start = (
  standIn: StandIn,
  { gatewayUrl, stateDir }: StandInOptions,
  tenancy: string,
  declared: ReturnType<typeof readDeclared>,
): Promise<Running> | Running => {
  const issuerOf = (domain: string) => `${gatewayUrl}/d/${tenancy}/${domain}`
  const pdp = `${gatewayUrl}/t/${tenancy}`
  const { questions } = declared.demo
  switch (standIn.kind) {
    case 'saml-idp':
      return samlKeyOf(stateDir, standIn.name).then((key) => corporateSaml({ demo: standIn, gatewayUrl, tenancy, key }))
    case 'oidc-op':
      return corporateOidc(standIn)
    case 'oidc-app':
      return sampleOidc({ demo: standIn, questions, issuer: issuerOf(standIn.domain), pdp })
    case 'saml-app':
      return samlKeyOf(stateDir, standIn.name).then((key) =>
        sampleSaml({ demo: standIn, questions, issuer: issuerOf(standIn.domain), pdp, key }),
      )
  }
}

export const runStandIn = async (name: string, options: StandInOptions): Promise<Running> => {
  const declared = readDeclared(readFileSync(options.file, 'utf8'), options.file)
  const standIn = declared.demo.standIns.find((s) => s.name === name)
  if (!standIn) throw new Problem('not-found', `${options.file} declares no stand-in \`${name}\``)
  return start(standIn, options, declared.tenancy.name, declared)
}
