// The simplest load balancer there is: every request to the next node, whatever came before. If a sign-in survives this, no step of it
// lives in one node's memory.
import { createServer, request } from 'node:http'
import type { Running } from './listen.ts'

export const roundRobin = (port: number, nodes: readonly number[]): Promise<Running> => {
  let turn = 0
  const server = createServer((req, res) => {
    const node = nodes[turn++ % nodes.length] ?? 0
    const onward = request(
      { host: 'localhost', port: node, method: req.method, path: req.url, headers: req.headers },
      (answer) => {
        res.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(res)
      },
    )
    onward.on('error', () => {
      if (!res.headersSent) res.writeHead(502)
      res.end()
    })
    req.pipe(onward)
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, 'localhost', () => {
      const close = () => {
        server.close()
        server.closeAllConnections()
      }
      resolve({ url: `http://localhost:${port}`, close })
    })
  })
}
