// A decision point that answers what a test tells it to: status, delay or nothing at all, in order. Counts what it was asked.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Asked = { readonly path: string; readonly body: unknown; readonly headers: IncomingMessage['headers'] }
export type Turn =
  | { readonly status?: number; readonly body?: unknown; readonly headers?: { readonly [name: string]: string } }
  | 'hang-up'
  | 'silence'

export const openPoint = async (metadata?: (base: string) => unknown) => {
  const asked: Asked[] = []
  const turns: Turn[] = []
  const answer = (res: ServerResponse, turn: Exclude<Turn, string>): void => {
    const { status = 200, body = { decision: true, context: { id: 'd1' } }, headers = {} } = turn
    res.writeHead(status, { 'content-type': 'application/json', ...headers })
    res.end(typeof body === 'string' ? body : JSON.stringify(body))
  }
  const server = createServer((req, res) => {
    let text = ''
    req.on('data', (chunk) => {
      text += String(chunk)
    })
    req.on('end', () => {
      const base = `http://${req.headers.host}`
      if (req.url?.includes('well-known')) {
        const pdp = `${base}/t/acme`
        const usual = {
          policy_decision_point: pdp,
          access_evaluation_endpoint: `${pdp}/access/v1/evaluation`,
          access_evaluations_endpoint: `${pdp}/access/v1/evaluations`,
          search_subject_endpoint: `${pdp}/access/v1/search/subject`,
        }
        answer(res, { body: metadata?.(base) ?? usual })
        return
      }
      asked.push({ path: req.url ?? '', body: text === '' ? undefined : JSON.parse(text), headers: req.headers })
      const turn = turns.shift() ?? {}
      if (turn === 'hang-up') req.socket.destroy()
      else if (turn !== 'silence') answer(res, turn)
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    base,
    pdp: `${base}/t/acme`,
    asked,
    answers: (...next: readonly Turn[]) => {
      turns.splice(0, turns.length, ...next)
      asked.length = 0
    },
    close: () =>
      new Promise<void>((done) => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  }
}
export type Point = Awaited<ReturnType<typeof openPoint>>
