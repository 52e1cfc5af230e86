// The administrative API: the table of routes, mounted, and its own description.
import { Router } from 'express'
import type { Administer } from '../../flows/access/administer.ts'
import type { Flows } from '../../flows/administration.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store } from '../../ports/store.ts'
import { admitter, type CallerDeps } from './caller.ts'
import type { Documents } from './documents.ts'
import { openApiOf } from './openapi.ts'
import { adminRouter } from './router.ts'
import { tableOf } from './table.ts'

const VERSION = '1.0.0'

export type AdminDeps = Omit<CallerDeps, 'behind'> & {
  readonly baseUrl: string
  readonly store: Pick<Store, 'read'>
  readonly secrets: Secrets
  readonly administer: Administer
  readonly flows: Flows
  readonly documents: Documents
}

/** Mounted at `/api/v1`. */
export const adminEdge = (deps: AdminDeps): Router => {
  const { baseUrl, store, secrets, administer, flows } = deps
  const table = tableOf(deps.documents)
  const admit = admitter({
    ...deps,
    behind: ({ personId, sessionId }) =>
      store.read(async (tx) => {
        const person = personId === undefined ? undefined : await tx.people.get(personId)
        const session = sessionId === undefined ? undefined : await tx.sessions.get(sessionId)
        return person && { username: person.username, evidence: session?.evidence ?? [] }
      }),
  })
  const document = JSON.stringify(openApiOf(table, baseUrl, VERSION))
  const router = Router()
  router.get('/openapi.json', (_req, res) => {
    res.setHeader('Cache-Control', 'public, max-age=300')
    res.type('application/json').send(document)
  })
  router.use(adminRouter({ routes: table, admit, edge: { administer, secrets, flows }, baseUrl }))
  return router
}
