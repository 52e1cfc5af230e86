// A mail server for tests.
import { type AddressInfo, createServer } from 'node:net'

/** A mail server of thirty lines (RFC 5321): remembers what it was told. */
export const mailServer = async (refuse: RegExp | undefined = undefined) => {
  const told: string[] = []
  const server = createServer((socket) => {
    let inData = false
    let rest = ''
    socket.on('error', () => undefined)
    socket.write('220 test\r\n')
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString('utf8')).split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        told.push(line)
        if (inData) {
          inData = line !== '.'
          if (!inData) socket.write('250 taken\r\n')
        } else if (refuse?.test(line)) socket.write('550 no such mailbox\r\n')
        else if (line === 'DATA') {
          inData = true
          socket.write('354 go on\r\n')
        } else socket.write(line === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n')
      }
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { told, server, url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
