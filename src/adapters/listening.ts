// Opens and closes the process's ports, with TLS when a certificate is given.
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'

export type Tls = { readonly certFile: string; readonly keyFile: string }

export const serverOf = (handler: RequestListener, tls?: Tls): Server =>
  tls === undefined
    ? createHttpServer(handler)
    : createHttpsServer(
        { cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile), minVersion: 'TLSv1.2' },
        handler,
      )

/** The port that was opened: another than asked for when that was 0. */
export const listen = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })

/** Finishes what is under way; connections that only wait are cut. */
export const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    if (!server.listening) return resolve()
    server.close(() => resolve())
    server.closeIdleConnections()
  })
