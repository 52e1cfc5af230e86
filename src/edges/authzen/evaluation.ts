// AuthZEN Authorization API 1.0: access evaluation (§6) and evaluations (§7) of one tenancy, mounted at `/t/:tenancy`. Wire form in, wire
// form out; no rule lives here. "No" is an answer and has status 200; 4xx are for requests that are none (§10.1.3).
import { type Request, Router } from 'express'
import type { Authorize, Caller, Question } from '../../flows/access/api.ts'
import { admit, callerOf, type DoorDeps, echo, json, onlyPost, plainErrors } from './door.ts'
import { batch, itemOf, malformedReply, type Reply, read, readQuestion, replyOf, type Semantic } from './wire-form.ts'

export type PointDeps = DoorDeps & { readonly authorize: Authorize }

const stops: { readonly [S in Semantic]: (decision: boolean) => boolean } = {
  execute_all: () => false,
  deny_on_first_deny: (decision) => !decision,
  permit_on_first_permit: (decision) => decision,
}

const inTurn = async (
  count: number,
  one: (n: number) => Promise<Reply>,
  stop: (decision: boolean) => boolean,
): Promise<readonly Reply[]> => {
  const replies: Reply[] = []
  for (let n = 0; n < count; n++) {
    const reply = await one(n)
    replies.push(reply)
    if (stop(reply.decision)) break
  }
  return replies
}

type Decide = (asked: Question) => Promise<Reply>

const evaluation = async (decide: Decide, body: unknown): Promise<object> => decide(readQuestion(body))

const evaluations = async (decide: Decide, body: unknown): Promise<object> => {
  const all = read(batch, body)
  const items = all.evaluations ?? []
  if (items.length === 0) return evaluation(decide, body) // §7.1: then it is a single evaluation
  const one = async (n: number): Promise<Reply> => {
    const item = itemOf(all, items[n] ?? {})
    return 'malformed' in item ? malformedReply(item.malformed) : decide(item)
  }
  const semantic = all.options?.evaluations_semantic ?? 'execute_all'
  return {
    evaluations:
      semantic === 'execute_all'
        ? await Promise.all(items.map((_, n) => one(n)))
        : await inTurn(items.length, one, stops[semantic]),
  }
}

/** What is answered to a body, by the last part of the address. */
export const pointsOf = ({ authorize }: Pick<PointDeps, 'authorize'>) => {
  const deciding =
    (caller: Caller): Decide =>
    async (asked) =>
      replyOf(await authorize(caller, asked), asked)
  return {
    evaluation: (caller: Caller, body: unknown) => evaluation(deciding(caller), body),
    evaluations: (caller: Caller, body: unknown) => evaluations(deciding(caller), body),
  } as const
}
export type PointName = keyof ReturnType<typeof pointsOf>

export const authzen = (deps: PointDeps): Router => {
  const router = Router({ mergeParams: true })
  const points = pointsOf(deps)
  const steps = [admit(deps), ...json]
  router.use('/access/v1', echo)
  for (const name of Object.keys(points) as PointName[])
    router
      .route(`/access/v1/${name}`)
      .post(...steps, async (req: Request, res) => {
        res.json(await points[name](callerOf(req), req.body))
      })
      .all(onlyPost)
  router.use('/access/v1', plainErrors)
  return router
}
