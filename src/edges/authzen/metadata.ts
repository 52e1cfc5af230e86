// AuthZEN Authorization API 1.0 §9: where the decision point of a tenancy is and what it offers. The well-known part stands between host
// and path (§9.2), so this router is mounted at the root, not at the tenancy.
import { Router } from 'express'
import type { FindTenancy } from '../../flows/access/find-tenancy.ts'
import { Problem } from '../../problem.ts'

type Deps = { readonly baseUrl: string; readonly findTenancy: FindTenancy }

export const authzenMetadata = ({ baseUrl, findTenancy }: Deps): Router =>
  Router().get('/.well-known/authzen-configuration/t/:tenancy', async (req, res) => {
    const tenancy = await findTenancy(String(req.params.tenancy))
    if (!tenancy) throw new Problem('not-found', 'there is no such tenancy')
    const pdp = `${baseUrl.replace(/\/$/, '')}/t/${tenancy.name}`
    res.setHeader('Cache-Control', 'public, max-age=300')
    res.json({
      policy_decision_point: pdp,
      access_evaluation_endpoint: `${pdp}/access/v1/evaluation`,
      access_evaluations_endpoint: `${pdp}/access/v1/evaluations`,
    })
  })
