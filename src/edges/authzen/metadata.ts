// AuthZEN Authorization API 1.0 §9: where the decision point of a tenancy is and what it offers. The well-known part stands between host
// and path (§9.2), so this router is mounted at the root, not at the tenancy; appended to the path it is found as well.
import { Router } from 'express'
import type { FindTenancy } from '../../flows/access/find-tenancy.ts'
import { Problem } from '../../problem.ts'

type Deps = { readonly baseUrl: string; readonly findTenancy: FindTenancy }

const WELL_KNOWN = '/.well-known/authzen-configuration'

/** What a decision tells beyond the standard: its id (`context.id`), and the sign-in that would turn a No (`context.acr_values`, RFC 9470). */
const capabilities = ['urn:gwanmun:authzen:decision-id', 'urn:gwanmun:authzen:step-up']

export const authzenMetadata = ({ baseUrl, findTenancy }: Deps): Router =>
  Router().get([`${WELL_KNOWN}/t/:tenancy`, `/t/:tenancy${WELL_KNOWN}`], async (req, res) => {
    const tenancy = await findTenancy(String(req.params.tenancy))
    if (!tenancy) throw new Problem('not-found', 'there is no such tenancy')
    const pdp = `${baseUrl.replace(/\/$/, '')}/t/${tenancy.name}`
    res.setHeader('Cache-Control', 'public, max-age=300')
    res.json({
      policy_decision_point: pdp,
      access_evaluation_endpoint: `${pdp}/access/v1/evaluation`,
      access_evaluations_endpoint: `${pdp}/access/v1/evaluations`,
      search_subject_endpoint: `${pdp}/access/v1/search/subject`,
      search_resource_endpoint: `${pdp}/access/v1/search/resource`,
      search_action_endpoint: `${pdp}/access/v1/search/action`,
      capabilities,
    })
  })
