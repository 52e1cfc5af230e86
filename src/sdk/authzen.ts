// A client of the decision point of a tenancy (AuthZEN Authorization API 1.0). Its promise: without an answer the answer is No, and an answer is
// never made of an error.
import { answers, type CacheOptions, frozen, keyOf } from './answers.ts'
import { failure, type GwanmunError, isGwanmunError } from './failure.ts'
import { type TokenSource, tokenOf } from './token.ts'
import { isObject, refusal, type TransportOptions, transport } from './transport.ts'

export type Properties = { readonly [name: string]: unknown }
export type Entity = { readonly type: string; readonly id: string; readonly properties?: Properties }
export type Action = { readonly name: string; readonly properties?: Properties }
export type Question = {
  readonly subject: Entity
  readonly action: Action
  readonly resource: Entity
  readonly context?: Properties
}
export type Decision = {
  readonly decision: boolean
  /** `id` names the decision record; `acr_values` the sign-in that would turn a No (RFC 9470). */
  readonly context: Properties
  /** Why there was no answer, where a No stands for it. */
  readonly failure?: GwanmunError
}
export type Metadata = {
  readonly policy_decision_point: string
  readonly access_evaluation_endpoint: string
  readonly access_evaluations_endpoint?: string
  readonly search_subject_endpoint?: string
  readonly search_resource_endpoint?: string
  readonly search_action_endpoint?: string
}
type Kind = { readonly type: string; readonly properties?: Properties }
type Searched = Omit<Question, 'subject' | 'action' | 'resource'>
export type SubjectSearch = Searched & Pick<Question, 'action' | 'resource'> & { readonly subject: Kind }
export type ResourceSearch = Searched & Pick<Question, 'subject' | 'action'> & { readonly resource: Kind }
export type ActionSearch = Searched & Pick<Question, 'subject' | 'resource'>

export type AuthzenOptions = TransportOptions & {
  /** `https://id.example.com/t/acme`. */
  readonly pdp: string
  readonly token: TokenSource
  /** Left out: nothing is remembered. */
  readonly cache?: CacheOptions
  /** What `evaluate` does without an answer: say No, with `failure` (the default), or throw. */
  readonly whenUnavailable?: 'deny' | 'throw'
  /** For logs: each time a question stays without an answer. */
  readonly onFailure?: (failure: GwanmunError) => void
  /** For tests. */
  readonly now?: () => number
}
export type Semantic = 'execute_all' | 'deny_on_first_deny' | 'permit_on_first_permit'
export type AuthzenClient = {
  readonly evaluate: (question: Question) => Promise<Decision>
  /** Answers in the order of the questions. Those that the semantic skipped are a No. */
  readonly evaluateAll: (
    questions: readonly Partial<Question>[],
    shared?: Partial<Question> & { readonly semantic?: Semantic },
  ) => Promise<readonly Decision[]>
  readonly subjects: (search: SubjectSearch) => AsyncGenerator<Entity>
  readonly resources: (search: ResourceSearch) => AsyncGenerator<Entity>
  readonly actions: (search: ActionSearch) => AsyncGenerator<Action>
  readonly metadata: () => Promise<Metadata>
  readonly forget: () => void
}

const METADATA_SECONDS = 3_600
const WELL_KNOWN = '/.well-known/authzen-configuration'

const decisionIn = (body: unknown): Decision => {
  if (!isObject(body) || typeof body.decision !== 'boolean')
    throw failure('malformed', 'the decision point gave no decision')
  return frozen({ decision: body.decision, context: isObject(body.context) ? body.context : {} })
}
const asFailure = (thrown: unknown): GwanmunError =>
  isGwanmunError(thrown) ? thrown : failure('malformed', 'the question could not be asked', {}, thrown)
const denied = (why: GwanmunError): Decision => ({ decision: false, context: {}, failure: why })

export const authzenClient = (options: AuthzenOptions): AuthzenClient => {
  const { token, cache, whenUnavailable = 'deny', onFailure, now = () => performance.now() } = options
  const pdp = new URL(options.pdp.replace(/\/$/, ''))
  const send = transport(options)
  const remembered = answers<unknown>(cache ?? { seconds: 0 }, now)
  let known: { readonly metadata: Promise<Metadata>; readonly until: number } | undefined

  const discover = async (): Promise<Metadata> => {
    // the well-known part stands between host and path (§9.2)
    const url = `${pdp.origin}${WELL_KNOWN}${pdp.pathname}`
    const answer = await send({ method: 'GET', url, headers: { accept: 'application/json' }, safe: true })
    if (answer.status !== 200) throw refusal(answer)
    const found = isObject(answer.body) ? answer.body : {}
    // §9.2.3: metadata that speaks of another decision point must not be used, nor may it send our token elsewhere
    const places = Object.entries(found).filter(([name]) => name.endsWith('_endpoint'))
    const strange = places.some(([, place]) => URL.parse(String(place))?.origin !== pdp.origin)
    if (found.policy_decision_point !== pdp.href || strange || typeof found.access_evaluation_endpoint !== 'string')
      throw failure('malformed', `\`${url}\` is not the metadata of \`${pdp.href}\``)
    return found as unknown as Metadata
  }
  const metadata = (): Promise<Metadata> => {
    if (known && now() < known.until) return known.metadata
    const fresh = discover()
    known = { metadata: fresh, until: now() + METADATA_SECONDS * 1000 }
    fresh.catch(() => {
      known = undefined
    })
    return fresh
  }
  const ask = async (endpoint: keyof Metadata, body: object): Promise<unknown> => {
    const url = (await metadata())[endpoint]
    if (url === undefined) throw failure('malformed', `the decision point has no \`${endpoint}\``)
    const answer = await send({
      method: 'POST',
      url,
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        authorization: `Bearer ${await tokenOf(token)}`,
      },
      body: JSON.stringify(body),
      safe: true, // a question changes nothing
    })
    if (answer.status !== 200) throw refusal(answer)
    return answer.body
  }
  const asked = async <T>(endpoint: keyof Metadata, body: object, read: (body: unknown) => T): Promise<T> => {
    const key = keyOf(endpoint, body)
    const found = remembered.get(key)
    if (found !== undefined) return found as T
    const at = now()
    const answer = read(await ask(endpoint, body))
    remembered.keep(key, answer, at)
    return answer
  }
  const orDenied = async <T>(question: () => Promise<T>, no: (why: GwanmunError) => T): Promise<T> => {
    try {
      return await question()
    } catch (thrown) {
      const why = asFailure(thrown)
      onFailure?.(why)
      if (whenUnavailable === 'throw') throw why
      return no(why)
    }
  }
  async function* pages<T>(endpoint: keyof Metadata, search: object): AsyncGenerator<T> {
    let next = ''
    do {
      const body = await ask(endpoint, { ...search, page: { token: next } })
      if (!isObject(body) || !Array.isArray(body.results)) throw failure('malformed', 'the search gave no results')
      yield* body.results as T[]
      const page = isObject(body.page) ? body.page : {}
      next = typeof page.next_token === 'string' ? page.next_token : ''
    } while (next !== '')
  }
  return {
    metadata,
    forget: remembered.clear,
    evaluate: (question) => orDenied(() => asked('access_evaluation_endpoint', question, decisionIn), denied),
    evaluateAll: (questions, { semantic = 'execute_all', ...shared } = {}) =>
      orDenied(
        () =>
          asked(
            'access_evaluations_endpoint',
            { ...shared, evaluations: questions, options: { evaluations_semantic: semantic } },
            (body) => {
              const given = isObject(body) && Array.isArray(body.evaluations) ? body.evaluations : undefined
              if (
                !given ||
                given.length > questions.length ||
                (semantic === 'execute_all' && given.length < questions.length)
              )
                throw failure('malformed', 'the decision point did not answer every question')
              return frozen(
                questions.map((_, n) => (n < given.length ? decisionIn(given[n]) : { decision: false, context: {} })),
              )
            },
          ),
        (why) => questions.map(() => denied(why)),
      ),
    subjects: (search) => pages('search_subject_endpoint', search),
    resources: (search) => pages('search_resource_endpoint', search),
    actions: (search) => pages('search_action_endpoint', search),
  }
}
