// A coarse guard against floods: so many requests of a kind in a minute from one source, per process and in memory. Accounts are protected
// elsewhere, by rows (flows/sign-in/tries.ts); this one only keeps expensive work (XML signatures, password hashes) affordable.
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import ipaddr from 'ipaddr.js'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { Problem } from '../problem.ts'

export type Limit = { readonly perMinute: number; readonly method: 'GET' | 'POST'; readonly path: RegExp }

/** Whoever has one IPv6 address has 2⁶⁴ of them: the network counts as the source. */
export const sourceKey = (address: string): string => {
  if (!ipaddr.isValid(address)) return 'unknown'
  const ip = ipaddr.process(address)
  return ip.kind() === 'ipv6' ? ip.toByteArray().slice(0, 8).join('.') : ip.toString()
}

export const rateLimit = (limits: readonly Limit[]): RequestHandler => {
  const kinds = limits.map((limit) => ({
    ...limit,
    limiter: new RateLimiterMemory({ points: limit.perMinute, duration: 60 }),
  }))
  return async (req: Request, res: Response, next: NextFunction) => {
    const kind = kinds.find(({ method, path }) => method === req.method && path.test(req.path))
    try {
      await kind?.limiter.consume(sourceKey(req.ip ?? ''))
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused
      const seconds = Math.max(1, Math.ceil(refused.msBeforeNext / 1000))
      res.setHeader('Retry-After', String(seconds))
      throw new Problem('too-many-requests', `too many requests from your address: wait ${seconds} seconds`)
    }
    next()
  }
}
