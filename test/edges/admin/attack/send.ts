// One request exactly as it is written: no address is tidied up on the way, as `fetch` would.
import { Agent, type OutgoingHttpHeaders, request } from 'node:http'

export type Sent = {
  readonly method: string
  /** Behind the host, already encoded. */
  readonly path: string
  readonly headers: OutgoingHttpHeaders
  readonly body: string | Buffer | undefined
}
export type Got = {
  readonly status: number
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined }
  readonly text: string
}

/** Nothing hangs: far more than anything takes, however busy the machine is. */
const MOST_MS = 180_000

export const send = (url: string, { method, path, headers, body }: Sent): Promise<Got> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    // a connection for each: one that the other side let go meanwhile would look like an answer that never came
    const agent = new Agent({ keepAlive: true })
    const asking = request({ hostname, port, method, path, headers, agent }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        clearTimeout(waiting)
        agent.destroy()
        const text = Buffer.concat(parts).toString('utf8')
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
      })
    })
    const waiting = setTimeout(() => asking.destroy(new Error(`no answer within ${MOST_MS} ms`)), MOST_MS)
    asking.on('error', (error) => {
      clearTimeout(waiting)
      agent.destroy()
      reject(error)
    })
    asking.on('close', () => reject(new Error('the connection was closed without an answer')))
    asking.end(body)
  })
