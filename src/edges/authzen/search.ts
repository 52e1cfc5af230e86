// AuthZEN Authorization API 1.0 §8: subject, resource and action search of one tenancy, mounted at `/t/:tenancy` beside the evaluations and
// entered by the same door. Who or what is not known makes an empty result, never an error.
import { type Request, Router } from 'express'
import type { FindTenancy } from '../../flows/access/find-tenancy.ts'
import type { Search } from '../../flows/access/search.ts'
import type { Secrets } from '../../ports/secrets.ts'
import { type AuthenticateCaller, admit, callerOf, echo, json, onlyPost, plainErrors } from './door.ts'
import { actionSearch, type Pager, pageReply, pagerFor, resourceSearch, subjectSearch } from './search-wire.ts'
import { read } from './wire-form.ts'

type Deps = {
  readonly search: Search
  readonly secrets: Pick<Secrets, 'seal' | 'open' | 'digest'>
  readonly authenticateCaller: AuthenticateCaller
  readonly findTenancy: FindTenancy
}

export const authzenSearch = (deps: Deps): Router => {
  const { search, secrets } = deps
  const router = Router({ mergeParams: true })
  const steps = [admit(deps), ...json]

  const pager = (req: Request, what: string, body: Parameters<typeof pagerFor>[2]): Pager => {
    const { tenancyId, actor } = callerOf(req)
    return pagerFor(secrets, `${what}:${tenancyId}:${actor.id}`, body)
  }
  const subjects = async (req: Request): Promise<object> => {
    const body = read(subjectSearch, req.body)
    const paging = pager(req, 'subject', body)
    const page = await search.subjects(callerOf(req).tenancyId, body, paging.asked)
    return pageReply(page, paging, (found) => found)
  }
  const resources = async (req: Request): Promise<object> => {
    const body = read(resourceSearch, req.body)
    const paging = pager(req, 'resource', body)
    const page = await search.resources(callerOf(req).tenancyId, body, paging.asked)
    return pageReply(page, paging, (found) => found)
  }
  const actions = async (req: Request): Promise<object> => {
    const body = read(actionSearch, req.body)
    const paging = pager(req, 'action', body)
    const page = await search.actions(callerOf(req).tenancyId, body, paging.asked)
    return pageReply(page, paging, (name) => ({ name }))
  }

  router.use('/access/v1/search', echo)
  for (const [what, answer] of Object.entries({ subject: subjects, resource: resources, action: actions }))
    router
      .route(`/access/v1/search/${what}`)
      .post(...steps, async (req, res) => {
        res.json(await answer(req))
      })
      .all(onlyPost)
  router.use('/access/v1/search', plainErrors)
  return router
}
