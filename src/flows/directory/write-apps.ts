// Applications as administrators register, change and delete them. The gateway's own are not among what can be changed: whoever could change
// where they redirect to would be handed the tokens of administrators.
import type { App } from '../../core/model/app.ts'
import type { DeclaredApp } from '../../core/model/declared.ts'
import { adminClients, isReservedClient } from '../../core/model/own-apps.ts'
import { Problem } from '../../problem.ts'
import type { Work } from '../access/administer.ts'
import { applyApps } from './apply-apps.ts'
import { applyOne } from './apply-one.ts'
import { record } from './reconcile.ts'

const isOwn = ({ settings }: App): boolean =>
  settings.protocol === 'oidc' && adminClients.some((own) => own === settings.clientId)

export const refuseOwn = (app: App | undefined): void => {
  if (app && isOwn(app))
    throw new Problem('not-permitted', `\`${app.name}\` is the gateway's own application: it cannot be changed`, {
      reason: 'own-application',
    })
}
const refuseReserved = ({ settings, name }: DeclaredApp): void => {
  const ids = [name, settings.protocol === 'oidc' ? settings.clientId : '']
  if (ids.some(isReservedClient))
    throw new Problem(
      'config-invalid',
      'names and client ids that begin with `gwanmun-` are reserved for the gateway',
      {
        reason: 'reserved',
      },
    )
}

const SECRET_NEEDED = /^client_secret_/
const usesSecret = ({ settings }: App): boolean =>
  settings.protocol === 'oidc' && SECRET_NEEDED.test(settings.tokenEndpointAuth)
const hashesOf = ({ settings }: App): readonly string[] => (settings.protocol === 'oidc' ? settings.secretHashes : [])

/** `secret`: made here, because the document named none; shown once. */
export type WrittenApp = { readonly app: App; readonly secret: string | undefined }

const rename = (work: Work, app: App): Promise<void> =>
  applyOne(work, (run) =>
    record(run, { noun: 'app', name: app.name, id: app.id }, 'update', {
      before: { secrets: hashesOf(app).length },
      after: { secrets: hashesOf(app).length },
    }),
  )

/** The document was checked to declare what its protocol needs; a secret that it leaves out is made, or stays. */
export const putApp = async (work: Work, before: App | undefined, declared: DeclaredApp): Promise<WrittenApp> => {
  refuseOwn(before)
  refuseReserved(declared)
  const apps = await applyOne(work, (run) => applyApps(run, [declared]))
  const app = apps.get(declared.name.toLowerCase())
  if (!app) throw new Error('an application without faults was not applied')
  if (!usesSecret(app) || hashesOf(app).length > 0) return { app, secret: undefined }
  return addSecret(work, app, [])
}

const addSecret = async ({ tx, random, secrets }: Work, app: App, kept: readonly string[]): Promise<WrittenApp> => {
  if (app.settings.protocol !== 'oidc') throw new Error('a secret for an application that has none')
  const secret = random.token()
  const after = { ...app, settings: { ...app.settings, secretHashes: [secrets.digest(secret), ...kept] } }
  await tx.apps.put(after)
  return { app: after, secret }
}

const MOST_SECRETS = 5
/** The new one first; `keep`: how many of the old ones go on being good, so that nobody is locked out while it spreads. */
export const rotateSecret = async (work: Work, app: App, keep: number): Promise<WrittenApp> => {
  refuseOwn(app)
  if (!usesSecret(app))
    throw new Problem('not-permitted', `\`${app.name}\` proves itself without a secret`, { reason: 'no-secret' })
  const rotated = await addSecret(work, app, hashesOf(app).slice(0, Math.min(keep, MOST_SECRETS - 1)))
  await rename(work, rotated.app)
  return rotated
}

export const removeApp = async (work: Work, app: App): Promise<void> => {
  refuseOwn(app)
  await work.tx.apps.remove(app.id)
  const subject = { noun: 'app' as const, name: app.name, id: app.id }
  await applyOne(work, (run) => record(run, subject, 'remove', { before: app, after: undefined }))
}
