// Secrets planted wherever they could come from; none may come out.
import { EventEmitter } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import express from 'express'
import { expect, test } from 'vitest'
import { logger, requestLog } from '../../src/edges/log.ts'
import { addressBehind } from '../../src/edges/source.ts'

const logged = (work: (log: ReturnType<typeof logger>) => void): string => {
  let text = ''
  const to = new Writable({
    write: (chunk, _encoding, done) => {
      text += chunk
      done()
    },
  })
  work(logger({ level: 'trace', clock: () => 1_800_000_000_000, to }))
  return text
}
const planted = 'PLANTED-SECRET-4711'

test.for([
  'password',
  'new_password',
  'current_password',
  'otp',
  'recovery_code',
  'recoveryCodes',
  'client_secret',
  'access_token',
  'refresh_token',
  'id_token',
  'code',
  'code_verifier',
  'token',
  'sessionToken',
  'browserToken',
  'deviceToken',
  'SAMLResponse',
  'SAMLRequest',
  'RelayState',
  'cookie',
  'set-cookie',
  'authorization',
  'secretSealed',
  'phc',
  'privateKey',
  'webauthn',
  'hop',
])('I6 `%s` is never written, up to four levels deep', (name) => {
  const secret = { [name]: planted }
  const text = logged((log) => {
    log.info(secret)
    log.warn({ body: secret })
    log.error({ req: { headers: secret } })
    log.error({ a: { b: { c: secret } } })
    log.child({ ctx: secret }).info('x')
  })
  expect(text).not.toContain(planted)
  expect(text.match(/\[redacted\]/g)).toHaveLength(5)
})

test('the code of an error is no secret: operators need ECONNREFUSED', () => {
  const text = logged((log) => log.error({ err: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }) }, 'x'))
  expect(JSON.parse(text).err.code).toBe('ECONNREFUSED')
})

test('time is the one clock’s', () => {
  expect(JSON.parse(logged((log) => log.info('x')))).toMatchObject({
    time: '2027-01-15T08:00:00.000Z',
    level: 'info',
    app: 'gwanmun',
  })
})

test('I6 the line of an answer has six fields and no query, and later lines are redacted as ever', async () => {
  const app = express()
  let log: ReturnType<typeof logger> | undefined
  const text = await new Promise<string>((done, failed) => {
    let written = ''
    const to = new Writable({
      write: (chunk, _encoding, next) => {
        written += chunk
        next()
        if (written.split('\n').length > 2) done(written)
      },
    })
    log = logger({ level: 'info', clock: () => 1_800_000_000_000, to })
    const logged = requestLog(
      log,
      () => 0,
      addressBehind(() => false),
    )
    app.use((req, res) => {
      logged(req, res, false)
      res.once('finish', () => log?.info({ headers: { authorization: planted } }))
      res.end()
    })
    const server = app.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      const headers = { authorization: `Bearer ${planted}`, cookie: `s=${planted}` }
      fetch(`http://127.0.0.1:${port}/path?code=${planted}`, { headers }).then(() => server.close(), failed)
    })
  })
  expect(text).not.toContain(planted)
  const [line = ''] = text.split('\n')
  expect(Object.keys(JSON.parse(line))).toEqual(
    expect.arrayContaining(['requestId', 'method', 'path', 'status', 'ms', 'ip']),
  )
  expect(JSON.parse(line)).toMatchObject({ path: '/path', status: 200 })
  expect(text.match(/\[redacted\]/g)).toHaveLength(1)
})

test.for([
  ['info', [400, 503]],
  ['debug', [200, 400, 503]],
] as const)('what is on record by itself is logged at %s only with status %j', ([level, expected]) => {
  const lines: string[] = []
  const to = new Writable({
    write: (chunk, _encoding, next) => {
      lines.push(String(chunk))
      next()
    },
  })
  const log = logger({ level, clock: () => 1_800_000_000_000, to })
  const logged = requestLog(
    log,
    () => 0,
    addressBehind(() => false),
  )
  for (const statusCode of [200, 400, 503]) {
    const res = Object.assign(new EventEmitter(), { statusCode })
    logged({ method: 'POST', url: '/x', headers: {}, socket: {} } as never, res as never, true)
    res.emit('finish')
  }
  expect(lines.map((line) => JSON.parse(line).status)).toEqual(expected)
})
