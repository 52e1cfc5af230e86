// What Prometheus may know: the process, sign-ins and decisions. Few labels, all from fixed sets: a label that a request could choose
// would fill the memory of whoever scrapes.
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Authorize } from '../flows/access/api.ts'
import type { Finish, Respond } from '../flows/sign-in/api.ts'

export type Metrics = {
  signIn(outcome: 'success' | 'failure'): void
  decision(allow: boolean): void
  /** Of each identity provider the certificate that ends first; those that are gone are forgotten. */
  certificates(
    watched: readonly {
      readonly tenancy: string
      readonly domain: string
      readonly idp: string
      readonly daysLeft: number
    }[],
  ): void
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
  const certificates = new Gauge({
    name: 'gwanmun_idp_certificate_days_left',
    help: 'Days until the first certificate of an identity provider ends',
    labelNames: ['tenancy', 'domain', 'idp'],
    registers,
  })
  for (const outcome of ['success', 'failure']) signIns.inc({ outcome }, 0) // a series that is not there cannot be told from zero
  const allowed = decisions.labels('allow')
  const denied = decisions.labels('deny')
  for (const series of [allowed, denied]) series.inc(0)
  return {
    signIn: (outcome) => signIns.inc({ outcome }),
    decision: (allow) => (allow ? allowed : denied).inc(),
    delivery: (kind, outcome) => deliveries.inc({ kind, outcome }),
    certificates: (watched) => {
      certificates.reset()
      for (const { daysLeft, ...labels } of watched) certificates.set(labels, daysLeft)
    },
    read: async () => ({ type: register.contentType, text: await register.metrics() }),
  }
}

export const countDecisions =
  (metrics: Pick<Metrics, 'decision'>, authorize: Authorize): Authorize =>
  async (caller, question) => {
    const decision = await authorize(caller, question)
    metrics.decision(decision.allow)
    return decision
  }

/** A failure is a credential that was refused; a step that only asks for the next one is neither. */
export const countSignIns = (
  metrics: Pick<Metrics, 'signIn'>,
  { respond, finish }: { readonly respond: Respond; readonly finish: Finish },
): { readonly respond: Respond; readonly finish: Finish } => ({
  respond: async (ref, hop, answer) => {
    const answered = await respond(ref, hop, answer)
    const refused =
      answered.kind === 'fault' &&
      ['wrong-credentials', 'wrong-code', 'code-used', 'passkey-failed', 'passkey-unknown'].includes(answered.fault)
    if (refused) metrics.signIn('failure')
    return answered
  },
  finish: async (ref) => {
    const finished = await finish(ref)
    if (finished) metrics.signIn('success')
    return finished
  },
})
