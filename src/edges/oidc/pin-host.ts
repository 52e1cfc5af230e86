// The provider is told the host and scheme of the issuer, whatever the request says (host header injection, a proxy that forwards what it
// is given). Addresses do not come from here (provider.ts); cookies' `Secure` and proofs of possession do.
import type { IncomingMessage } from 'node:http'

export const pinHost = (req: IncomingMessage, issuer: string): void => {
  const { host, protocol } = new URL(issuer)
  req.headers.host = host
  req.headers['x-forwarded-host'] = host
  req.headers['x-forwarded-proto'] = protocol.slice(0, -1)
  delete req.headers.forwarded
}
