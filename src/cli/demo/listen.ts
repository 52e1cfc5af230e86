// Opens a stand-in's port; a taken port is said in words.
import type { Express } from 'express'
import { Problem } from '../../problem.ts'

export type Running = { readonly url: string; readonly close: () => void }

export const listenAt = (app: Express, url: string): Promise<Running> =>
  new Promise((resolve, reject) => {
    const { port, hostname } = new URL(url)
    const server = app.listen(Number(port), hostname, (error?: Error) => {
      if (error)
        reject(new Problem('internal', `${url} cannot be opened: is another demonstration running? (${error.message})`))
      else resolve({ url, close: () => void server.close() })
    })
  })
