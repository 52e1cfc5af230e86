// A free port, said on standard output; gone when told.
import type { AddressInfo } from 'node:net'
import type { Express } from 'express'

export const listening = (app: Express): void => {
  const server = app.listen(0, '127.0.0.1', () => console.log('listens on', (server.address() as AddressInfo).port))
  process.on('SIGTERM', () => process.exit(0))
}
