// HTTP/1.1 over one kept socket, as little of it as a load generator needs: its own cost must not hide the server's. And a browser over
// such a socket: cookies, redirects, forms. RFC 9112 §6 for where a body ends.
import { connect as connectSocket } from 'node:net'

export type Answer = { readonly status: number; readonly head: string; readonly body: string }
export type Wire = { readonly send: (request: string) => Promise<Answer>; readonly close: () => void }

export type Asked = {
  readonly method?: 'GET' | 'POST'
  readonly path: string
  readonly host: string
  readonly headers?: { readonly [name: string]: string }
  readonly body?: string
}
export const requestOf = ({ method, path, host, headers = {}, body }: Asked): string => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const length = body === undefined ? '' : `content-length: ${Buffer.byteLength(body)}\r\n`
  return `${method ?? (body === undefined ? 'GET' : 'POST')} ${path} HTTP/1.1\r\nhost: ${host}\r\n${lines.join('')}${length}\r\n${body ?? ''}`
}
export const form = (fields: { readonly [name: string]: string }): string => new URLSearchParams(fields).toString()
export const formType = { 'content-type': 'application/x-www-form-urlencoded' } as const

export const headersOf = ({ head }: Answer, name: string): readonly string[] =>
  head
    .split('\r\n')
    .filter((line) => line.slice(0, name.length + 1).toLowerCase() === `${name}:`)
    .map((line) => line.slice(name.length + 1).trim())

/** The whole answer at the front of `bytes`, and how long it is; undefined while some of it is still on its way. */
const answerIn = (bytes: Buffer): { readonly answer: Answer; readonly length: number } | undefined => {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const head = bytes.toString('latin1', 0, headEnd)
  const status = Number(head.slice(9, 12))
  const from = headEnd + 4
  const size = /\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (size === undefined && /\ntransfer-encoding:/i.test(head)) throw new Error('a chunked answer: not read here')
  const length = from + Number(size ?? 0)
  return bytes.length < length
    ? undefined
    : { answer: { status, head, body: bytes.toString('utf8', from, length) }, length }
}

export const connect = (port: number): Promise<Wire> =>
  new Promise((connected, refused) => {
    const socket = connectSocket({ host: '127.0.0.1', port, noDelay: true })
    let bytes: Buffer = Buffer.alloc(0)
    let waiting: { readonly done: (answer: Answer) => void; readonly failed: (cause: Error) => void } | undefined
    const fail = (cause: Error): void => {
      waiting?.failed(cause)
      waiting = undefined
    }
    socket.once('error', (cause) => {
      refused(cause)
      fail(cause)
    })
    socket.once('close', () => fail(new Error('the server closed the connection')))
    socket.on('data', (chunk: Buffer) => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk])
      try {
        const found = answerIn(bytes)
        if (!found) return
        bytes = bytes.subarray(found.length)
        const { done } = waiting ?? {}
        waiting = undefined
        done?.(found.answer)
      } catch (cause) {
        fail(cause as Error)
      }
    })
    socket.once('connect', () =>
      connected({
        send: (request) =>
          new Promise((done, failed) => {
            waiting = { done, failed }
            socket.write(request)
          }),
        close: () => socket.destroy(),
      }),
    )
  })

export const expectStatus = (answer: Answer, status: number, what: string): Answer => {
  if (answer.status !== status)
    throw new Error(
      `${what}: expected ${status}, got ${answer.status}\n${answer.head}\n\n${answer.body.slice(0, 2000)}`,
    )
  return answer
}

export type Page = { readonly url: URL; readonly answer: Answer }
/** `source`: the address it says it comes from, so that a thousand people behind one benchmark are not taken for a flood. */
export const browser = (wire: Wire, base: string, source: string) => {
  const jar = new Map<string, string>()
  const { host, origin } = new URL(base)
  const visit = async (url: URL, body?: string): Promise<Answer> => {
    const answer = await wire.send(
      requestOf({
        path: `${url.pathname}${url.search}`,
        host,
        headers: {
          accept: 'text/html',
          'accept-language': 'en',
          'x-forwarded-for': source,
          ...(jar.size === 0 ? {} : { cookie: [...jar].map(([n, v]) => `${n}=${v}`).join('; ') }),
          ...(body === undefined ? {} : { origin, ...formType }),
        },
        ...(body === undefined ? {} : { body }),
      }),
    )
    for (const line of headersOf(answer, 'set-cookie')) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '' || /max-age=0(;|$)/i.test(line)) jar.delete(name)
      else jar.set(name, value)
    }
    return answer
  }
  /** Follows redirects while they stay here; what leads away is where it ends. */
  const follow = async (to: string, fields?: { readonly [name: string]: string }): Promise<Page> => {
    let url = new URL(to, base)
    let answer = await visit(url, fields && form(fields))
    for (let hops = 0; hops < 12; hops++) {
      const [next] = headersOf(answer, 'location')
      if (next === undefined) break
      url = new URL(next, url)
      if (url.origin !== origin) break
      answer = await visit(url)
    }
    return { url, answer }
  }
  return { follow }
}
export type Browser = ReturnType<typeof browser>
