// What Prometheus may know: the process, sign-ins and decisions. Few labels, all from fixed sets: a label that a request could choose
// would fill the memory of whoever scrapes.
import { Counter, collectDefaultMetrics, Registry } from 'prom-client'

export type Metrics = {
  signIn(outcome: 'success' | 'failure'): void
  decision(allow: boolean): void
  /** `delivered` by outcome, e.g. of the outbox. */
  delivery(kind: string, outcome: 'sent' | 'retry' | 'given-up'): void
  read(): Promise<{ readonly type: string; readonly text: string }>
}

export const metrics = (): Metrics => {
  const register = new Registry()
  collectDefaultMetrics({ register, prefix: 'gwanmun_' })
  const registers = [register]
  const signIns = new Counter({
    name: 'gwanmun_sign_ins_total',
    help: 'Sign-ins finished or refused',
    labelNames: ['outcome'],
    registers,
  })
  const decisions = new Counter({
    name: 'gwanmun_decisions_total',
    help: 'Policy decisions',
    labelNames: ['effect'],
    registers,
  })
  const deliveries = new Counter({
    name: 'gwanmun_deliveries_total',
    help: 'Outbox items by kind',
    labelNames: ['kind', 'outcome'],
    registers,
  })
  for (const outcome of ['success', 'failure']) signIns.inc({ outcome }, 0) // a series that is not there cannot be told from zero
  for (const effect of ['allow', 'deny']) decisions.inc({ effect }, 0)
  return {
    signIn: (outcome) => signIns.inc({ outcome }),
    decision: (allow) => decisions.inc({ effect: allow ? 'allow' : 'deny' }),
    delivery: (kind, outcome) => deliveries.inc({ kind, outcome }),
    read: async () => ({ type: register.contentType, text: await register.metrics() }),
  }
}
