// Who is asking, for audit, throttling and logs; never for authorization. The request id is ours: http.ts overwrites whatever came.
import type { IncomingMessage } from 'node:http'
import type { Request } from 'express'
import type { Source } from '../flows/sign-in/api.ts'

export const REQUEST_ID = 'x-request-id'

export const requestIdOf = (req: Pick<IncomingMessage, 'headers'>): string => {
  const id = req.headers[REQUEST_ID]
  return typeof id === 'string' ? id : ''
}

/** `req.ip` knows about trusted proxies (http.ts); it is undefined when the socket is gone already. */
export const sourceOf = (req: Request): Source => ({
  address: req.ip ?? '',
  userAgent: (req.headers['user-agent'] ?? '').slice(0, 400),
  requestId: requestIdOf(req),
})

export type AddressOf = (req: Pick<IncomingMessage, 'headers' | 'socket'>) => string | undefined

/** What `req.ip` is, for whoever comes before Express: the nearest of those who passed it on that is not one of our proxies. */
export const addressBehind =
  (isTrusted: (address: string, hop: number) => boolean): AddressOf =>
  ({ headers, socket }) => {
    const nearest = socket.remoteAddress
    const passedOn = headers['x-forwarded-for']
    if (typeof passedOn !== 'string' || nearest === undefined) return nearest
    const before = passedOn.split(',').map((hop) => hop.trim())
    const hops = [nearest, ...before.filter((hop) => hop !== '').reverse()]
    return hops.find((address, n) => n === hops.length - 1 || !isTrusted(address, n))
  }

/** What the caller sent, as it came: for echoing to whoever looks for their own id, never for our records. */
export const sentRequestId = ({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): string | undefined => {
  for (let n = 0; n < rawHeaders.length; n += 2) {
    const name = rawHeaders[n]
    if (name?.length !== REQUEST_ID.length || name.toLowerCase() !== REQUEST_ID) continue
    const value = rawHeaders[n + 1]
    return value !== undefined && /^[\x21-\x7e]{1,200}$/.test(value) ? value : undefined
  }
  return undefined
}
