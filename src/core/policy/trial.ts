// Policy tests: a table of who may do what, held against a tenancy on paper with a clock that stands still. A question that cannot be
// asked (an unknown type, a group nobody has) fails whatever was expected: a misspelt test must not pass for a No.
import type { JsonObject } from '../model/json.ts'
import type { EpochMs } from '../model/time.ts'
import { type Explanation, explain, type Judgement } from './explain.ts'
import { askOf, type Unanswerable } from './question.ts'
import { type Cast, type NoPrincipal, principalOn, type Stage, type TrialSubject } from './stage.ts'

export type TrialResource = {
  readonly type: string
  readonly id: string | undefined
  readonly compartment: string | undefined
  readonly properties: JsonObject
  /** All of them; undefined: nobody says which tags it has. */
  readonly tags: JsonObject | undefined
}
export type Expectation = {
  readonly who: readonly string[]
  readonly on: readonly string[]
  readonly may: readonly string[]
  readonly mayNot: readonly string[]
  readonly context: JsonObject
  readonly now: EpochMs | undefined
  /** `policy#2`: the statement that has to be among those that decide. */
  readonly because: string | undefined
}
export type Trial = {
  readonly now: EpochMs
  readonly cast: Cast
  readonly resources: { readonly [name: string]: TrialResource }
  readonly expect: readonly Expectation[]
}
export type Decider = { readonly ref: string; readonly statement: string }
export type Result = {
  readonly row: number // from 1
  readonly who: string
  readonly action: string
  readonly on: string
  readonly expected: boolean
  readonly passed: boolean
  readonly reason:
    | Explanation['reason']
    | Unanswerable
    | NoPrincipal
    | 'person-unknown'
    | 'resource-unknown'
    | 'other-statement'
  /** What decided; where nothing granted it, what came nearest. */
  readonly decided: readonly Decider[]
}
export type Question = {
  readonly name: string
  readonly subject: TrialSubject
  readonly action: string
  readonly resource: TrialResource
  readonly context: JsonObject
  readonly now: EpochMs
}

/** One question to a tenancy on paper. */
export const explainOnPaper = (stage: Stage, question: Question): Explanation | Unanswerable | NoPrincipal => {
  const { name, subject, action, resource, context, now } = question
  const principal = principalOn(stage, name, subject)
  if (typeof principal === 'string') return principal
  const { compartment, properties, tags, type, id } = resource
  const asked = {
    action,
    resourceType: type,
    resourceId: id ?? '',
    resource: {
      ...properties,
      ...(tags === undefined ? {} : { tags }),
      ...(compartment === undefined ? {} : { compartment }),
    },
    context,
  }
  const ask = askOf(stage.sketch.snapshot, principal, asked, now)
  return typeof ask === 'string' ? ask : explain(stage.sketch.snapshot, ask)
}

const nearness: readonly Judgement['result'][] = ['condition', 'matched', 'verb', 'resource-type']

/** Statements that settled it; of a No that nobody pronounced, those that came nearest to a Yes. */
export const decidersOf = ({ reason, because, denied, judgements }: Explanation): readonly Decider[] => {
  const settled = reason === 'granted' ? because : denied
  if (reason !== 'not-granted') return settled.map(({ ref, text }) => ({ ref, statement: text }))
  const near = judgements.filter((j) => j.effect === 'allow' && nearness.includes(j.result))
  const best = Math.min(...near.map((j) => nearness.indexOf(j.result)))
  return near.filter((j) => nearness.indexOf(j.result) === best).map(({ ref, statement }) => ({ ref, statement }))
}

const judge = (stage: Stage, trial: Trial, row: number, expectation: Expectation): readonly Result[] => {
  const actions = [
    ...expectation.may.map((action) => ({ action, expected: true })),
    ...expectation.mayNot.map((action) => ({ action, expected: false })),
  ]
  return expectation.who.flatMap((who) =>
    expectation.on.flatMap((on) =>
      actions.map(({ action, expected }): Result => {
        const base = { row, who, action, on, expected }
        const failed = (reason: Result['reason']): Result => ({ ...base, passed: false, reason, decided: [] })
        const { subjects } = trial.cast
        const subject = Object.hasOwn(subjects, who) ? subjects[who] : undefined
        const resource = Object.hasOwn(trial.resources, on) ? trial.resources[on] : undefined
        if (!subject) return failed('person-unknown')
        if (!resource) return failed('resource-unknown')
        const { context, because } = expectation
        const now = expectation.now ?? trial.now
        const told = explainOnPaper(stage, {
          name: who,
          subject,
          action,
          resource: { ...resource, id: resource.id ?? on },
          context,
          now,
        })
        if (typeof told === 'string') return failed(told)
        const decided = decidersOf(told)
        if (told.allow !== expected) return { ...base, passed: false, reason: told.reason, decided }
        // nobody decides what nothing grants: there, an expected statement is missing
        const settled = told.reason !== 'not-granted'
        const other =
          because !== undefined && !(settled && decided.some((d) => d.ref.toLowerCase() === because.toLowerCase()))
        return { ...base, passed: !other, reason: other ? 'other-statement' : told.reason, decided }
      }),
    ),
  )
}

export const runTrial = (stage: Stage, trial: Trial): readonly Result[] =>
  trial.expect.flatMap((expectation, n) => judge(stage, trial, n + 1, expectation))
