// The clock, the dice, the mail and the list of common passwords.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { commonPasswords } from '../../src/adapters/common-passwords.ts'
import { folderSender, smtpSender } from '../../src/adapters/sender-mail.ts'
import { systemClock, systemRandom } from '../../src/adapters/system.ts'
import { mailServer } from '../mail-server.ts'

describe('clock and dice', () => {
  test('the clock is the platform’s', () => {
    const before = Date.now()
    expect(systemClock()).toBeGreaterThanOrEqual(before)
    expect(systemClock()).toBeLessThanOrEqual(Date.now())
  })
  test('ids have the shape of a ULID, sort by creation and do not repeat', () => {
    let now = 1_800_000_000_000
    const random = systemRandom(() => now++)
    const ids = Array.from({ length: 1000 }, () => random.id())
    for (const id of ids) expect(id).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
    expect([...ids].sort()).toEqual(ids)
    const still = systemRandom(() => 0)
    expect(new Set(Array.from({ length: 1000 }, () => still.id())).size).toBe(1000)
    expect(still.id().slice(0, 10)).toBe('0000000000')
    expect(
      systemRandom(() => 1469918176385)
        .id()
        .slice(0, 10),
    ).toBe('01ARYZ6S41') // the example of the ULID specification
  })
  test('a bearer value is 256 bits in base64url', () => {
    const random = systemRandom()
    expect(random.token()).toMatch(/^[\w-]{43}$/)
    expect(random.token()).not.toBe(random.token())
    expect(random.bytes(7)).toHaveLength(7)
  })
})

// ── Mail ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

describe('mail', () => {
  test('goes to one address, whatever that address or the subject contain', async () => {
    const { told, server, url } = await mailServer()
    const sender = smtpSender({ url, from: 'Gwanmun <gwanmun@corp.example>' })
    expect(sender.channel).toBe('mail')
    const message = {
      to: 'kim@corp.example',
      subject: '관문: code\r\nBcc: all@corp.example',
      text: 'line\n.\nBcc: x\n',
    }
    expect(await sender.send(message)).toBe('sent')
    expect(told.filter((l) => l.startsWith('RCPT'))).toEqual(['RCPT TO:<kim@corp.example>'])
    expect(told.filter((l) => /^(bcc|cc):/i.test(l))).toEqual(['Bcc: x']) // in the text, after the blank line
    expect(told.indexOf('Bcc: x')).toBeGreaterThan(told.indexOf(''))
    server.close()
  })
  test('two addresses in one are not two recipients', async () => {
    const { told, server, url } = await mailServer()
    await smtpSender({ url, from: 'g@corp.example' }).send({
      to: 'kim@corp.example, thief@evil.test',
      subject: 's',
      text: 't',
    })
    expect(told.filter((l) => l.startsWith('RCPT')).length).toBeLessThanOrEqual(1)
    expect(told).not.toContain('RCPT TO:<thief@evil.test>')
    server.close()
  })
  test('a refusal and a server that is not there are said, not thrown', async () => {
    const { server, url } = await mailServer(/^RCPT/)
    const message = { to: 'kim@corp.example', subject: 's', text: 't' }
    expect(await smtpSender({ url, from: 'g@corp.example' }).send(message)).toEqual({
      failed: expect.stringContaining('no such mailbox'),
    })
    server.close()
    expect(await smtpSender({ url: 'smtp://127.0.0.1:1', from: 'g@corp.example' }).send(message)).toEqual({
      failed: expect.stringContaining('ECONNREFUSED'),
    })
  })
  test('into a folder while there is no server; its words never in the log', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'gwanmun-mail-')), 'mail')
    const lines: string[] = []
    const sender = folderSender({ folder, name: () => 'one', print: (line) => lines.push(line) })
    const message = { to: 'kim@corp.example', subject: 'code\r\nforged: line', text: '123456' }
    expect(await sender.send(message)).toBe('sent')
    const file = join(folder, 'one.txt')
    expect(readFileSync(file, 'utf8')).toBe('To: kim@corp.example\nSubject: code forged: line\n\n123456')
    expect([statSync(file).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700])
    expect(lines).toEqual([`there is no mail server: a mail to kim@corp.example is in ${file}`])
    expect(await sender.send(message)).toEqual({ failed: 'the mail could not be written (EEXIST)' })
    rmSync(dirname(folder), { recursive: true })
  })
})

describe('P3: common passwords', () => {
  const dir = mkdtempSync(join(tmpdir(), 'gwanmun-common-'))
  afterAll(() => rmSync(dir, { recursive: true, force: true }))
  const shipped = commonPasswords(new URL('../../config/common-passwords.txt', import.meta.url).pathname)

  test.for([
    ['password', true],
    ['PASSWORD', true],
    ['Password2026!', true],
    ['qwerty', true],
    ['123456789', true],
    ['123456', true],
    ['correct horse battery staple', false],
    ['', false],
    ['!!!!', false],
    ['# passwords', false],
    ['constructor', false],
  ] as const)('`%s`: %s', ([password, expected]) => {
    expect(shipped(password)).toBe(expected)
  })
  test('an operator’s own list: one a line, any line ending, comments and blank lines aside', () => {
    const file = join(dir, 'list')
    writeFileSync(file, '# ours\r\n\r\nGwanmun\r\n비밀번호\n')
    const common = commonPasswords(file)
    expect([common('gwanmun'), common('비밀번호123'), common('# ours'), common('')]).toEqual([true, true, false, false])
  })
  test('a list that cannot be read is said at the start', () => {
    expect(() => commonPasswords(join(dir, 'absent'))).toThrow(/absent cannot be read/)
  })
})
