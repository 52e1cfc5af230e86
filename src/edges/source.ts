// Who is asking, for audit, throttling and logs; never for authorization. The request id is ours: http.ts overwrites whatever came.
import type { Request } from 'express'
import type { Source } from '../flows/sign-in/api.ts'

export const REQUEST_ID = 'x-request-id'

export const requestIdOf = (req: Pick<Request, 'headers'>): string => {
  const id = req.headers[REQUEST_ID]
  return typeof id === 'string' ? id : ''
}

/** `req.ip` knows about trusted proxies (http.ts); it is undefined when the socket is gone already. */
export const sourceOf = (req: Request): Source => ({
  address: req.ip ?? '',
  userAgent: (req.headers['user-agent'] ?? '').slice(0, 400),
  requestId: requestIdOf(req),
})

/** What the caller sent, as it came: for echoing to whoever looks for their own id, never for our records. */
export const sentRequestId = ({ rawHeaders }: Pick<Request, 'rawHeaders'>): string | undefined => {
  const at = rawHeaders.findIndex((name, n) => n % 2 === 0 && name.toLowerCase() === REQUEST_ID)
  const value = at < 0 ? undefined : rawHeaders[at + 1]
  return value !== undefined && /^[\x21-\x7e]{1,200}$/.test(value) ? value : undefined
}
