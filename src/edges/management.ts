// The management port: alive, ready, metrics. Unauthenticated, so it has a port of its own, on loopback unless configured otherwise,
// and says nothing about anybody. Ready means: the store answers and its schema is the one this build knows.
import express, { type Express, type Response } from 'express'
import { Problem } from '../problem.ts'
import type { Metrics } from './metrics.ts'

type Deps = {
  readonly ready: () => Promise<void>
  readonly metrics: Pick<Metrics, 'read'>
  /** True once the process was told to stop: load balancers take it out while requests under way finish. */
  readonly stopping: () => boolean
}

const PATIENCE_MS = 3_000

const withinPatience = async (work: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Problem('storage-unavailable', 'the store did not answer in time')),
      PATIENCE_MS,
    )
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

const readiness =
  ({ ready, stopping }: Deps) =>
  async (_: unknown, response: Response): Promise<void> => {
    if (stopping()) {
      response.status(503).json({ status: 'stopping' })
      return
    }
    try {
      await withinPatience(ready())
      response.json({ status: 'ready' })
    } catch (cause) {
      const reason = cause instanceof Problem ? cause.message : 'the store cannot be used'
      response.status(503).json({ status: 'not ready', reason })
    }
  }

export const management = (deps: Deps): Express => {
  const app = express()
  app.disable('x-powered-by')
  app.use((_, response, next) => {
    response.set('cache-control', 'no-store')
    next()
  })
  app.get(['/livez', '/health/live'], (_, response) => {
    response.json({ status: 'alive' })
  })
  app.get(['/readyz', '/health/ready'], readiness(deps))
  app.get('/metrics', async (_, response) => {
    const { type, text } = await deps.metrics.read()
    response.type(type).send(text)
  })
  app.use((_, response) => {
    response.status(404).json({ status: 'not found', paths: ['/livez', '/readyz', '/metrics'] })
  })
  return app
}
