// The usual request of an application to the decision point, answered without what pages need: one small JSON body in UTF-8. Whatever is
// unusual about a request goes the ordinary way (evaluation.ts), which comes to the same answer.
import type { IncomingMessage } from 'node:http'
import type { Caller } from '../../flows/access/api.ts'
import { Problem } from '../../problem.ts'
import type { Told } from '../http.ts'
import { REQUEST_ID, requestIdOf, sentRequestId } from '../source.ts'
import { admission, refusalOf } from './door.ts'
import { type PointDeps, type PointName, pointsOf } from './evaluation.ts'

const ADDRESS = /^\/t\/([\w.~-]{1,100})\/access\/v1\/(evaluations?)$/
const TYPE = /^application\/json(; ?charset=utf-8)?$/i
const MARK = '\ufeff' // of byte order, which RFC 8259 §8.1 lets a parser ignore
const MOST_BYTES = 65_536 // what is read before anybody knows who asks

const isUsual = ({ headers }: IncomingMessage): boolean => {
  const length = Number(headers['content-length'])
  return (
    length > 0 &&
    length <= MOST_BYTES &&
    headers['content-encoding'] === undefined &&
    headers['transfer-encoding'] === undefined &&
    TYPE.test(headers['content-type'] ?? '')
  )
}

/** Settles when all of it is here; whoever is refused before that is not waited for. */
const textOf = (req: IncomingMessage): Promise<string> => {
  const text = new Promise<string>((done, failed) => {
    let first: Buffer | undefined
    let more: Buffer[] | undefined
    req.on('data', (chunk: Buffer) => {
      if (!first) first = chunk
      else {
        more ??= [first]
        more.push(chunk)
      }
    })
    req.on('end', () => done((more ? Buffer.concat(more) : (first ?? Buffer.alloc(0))).toString('utf8')))
    req.on('error', failed)
  })
  text.catch(() => undefined)
  return text
}

const parsed = (text: string): unknown => {
  try {
    const body: unknown = JSON.parse(text.startsWith(MARK) ? text.slice(1) : text)
    if (typeof body === 'object' && body !== null) return body
  } catch {
    // said below
  }
  throw new Problem('request-malformed', 'malformed JSON')
}

const told = (req: IncomingMessage, status: number, more: readonly string[], body: unknown): Told => ({
  status,
  headers: [
    REQUEST_ID,
    sentRequestId(req) ?? requestIdOf(req),
    'Cache-Control',
    'no-store',
    'Content-Type',
    'application/json; charset=utf-8',
    ...more,
  ],
  body: JSON.stringify(body),
})

/** Undefined: the request is not a usual one. */
export const quickAuthzen = (deps: PointDeps) => {
  const points = pointsOf(deps)
  const admitted = admission(deps)

  const answer = async (req: IncomingMessage, tenancyName: string, point: PointName): Promise<Told> => {
    try {
      const text = textOf(req)
      const caller: Caller = await admitted(req, tenancyName)
      return told(req, 200, [], await points[point](caller, parsed(await text)))
    } catch (error) {
      const refusal = refusalOf(req, error)
      if (!refusal) throw error
      const { status, challenge, message } = refusal
      return told(req, status, challenge === undefined ? [] : ['WWW-Authenticate', challenge], message)
    }
  }
  return (req: IncomingMessage): Promise<Told> | undefined => {
    if (req.method !== 'POST') return undefined
    const [, tenancyName, point] = ADDRESS.exec(req.url ?? '') ?? []
    return tenancyName === undefined || !isUsual(req) ? undefined : answer(req, tenancyName, point as PointName)
  }
}
