// `gwanmun serve` as a process: it comes up, says so, stops when told; and what stops it says one thing and exits 1.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Running, up, type Workplace, workplace } from '../program.ts'

let at: Workplace
let folder: string
beforeEach(() => {
  at = workplace()
  folder = at.folder
})
afterEach(() => at.close())
const gwanmun: Workplace['gwanmun'] = (...given) => at.gwanmun(...given)
const port: Workplace['port'] = (keep) => at.port(keep)

describe('serve', () => {
  test('comes up with a set-up link once, is ready, and stops when told', async () => {
    const managed = await port()
    const gateway = gwanmun(['serve'], { 'management.port': managed })
    await gateway.says(up)
    await gateway.says(/set-up\?token=/)
    expect(gateway.said().match(/\/d\/main\/default\/set-up\?token=/g)).toHaveLength(1)
    expect((await fetch(`http://127.0.0.1:${managed}/readyz`)).status).toBe(200)
    const health = gwanmun(['health'], { 'management.port': managed })
    expect(await health.ended).toBe(0)
    gateway.child.kill('SIGTERM')
    expect(await gateway.ended).toBe(0)
    const after = gwanmun(['health'], { 'management.port': managed })
    expect(await after.ended).toBe(1)
  })
  test('I4: what was recorded is sealed when it stops, and verifies', async () => {
    writeFileSync(join(folder, 'tenancies/acme.yaml'), 'tenancy: { name: acme }\n')
    const gateway = gwanmun(['serve'])
    await gateway.says(up)
    gateway.child.kill('SIGTERM')
    expect(await gateway.ended).toBe(0)
    const verify = gwanmun(['audit', 'verify'])
    expect([await verify.ended, verify.said()]).toEqual([
      0,
      expect.stringMatching(/acme +event +\d+ +[1-9]\d* +0 .*intact/),
    ])
  })
  test('applies what is declared', async () => {
    writeFileSync(join(folder, 'tenancies/acme.yaml'), 'tenancy: { name: acme }\n')
    const gateway = gwanmun(['serve'])
    await gateway.says(up)
    // The log and the message on the error output come through two pipes, in any order.
    await gateway.says(/\/d\/acme\/default\/set-up\?token=/)
    const plan = gwanmun(['plan', '--detailed-exit-code'])
    expect([await plan.ended, plan.said()]).toEqual([0, 'nothing to change\n'])
  })
})

describe('one message, exit 1, no stack trace', () => {
  const refused = async (gateway: Running): Promise<string> => {
    expect([await gateway.ended, gateway.said()]).toEqual([1, expect.stringMatching(/(^|\n)gwanmun: /)])
    expect(gateway.said()).not.toMatch(/\n\s+at |on our side/)
    return gateway.said()
  }
  test('a port in use', async () => {
    const taken = await port(true)
    expect(await refused(gwanmun(['serve'], { 'listen.port': taken }))).toContain(`127.0.0.1:${taken} is in use`)
  })
  test('the management port in use', async () => {
    const taken = await port(true)
    expect(await refused(gwanmun(['serve'], { 'management.port': taken }))).toContain(`127.0.0.1:${taken} is in use`)
  })
  test('an address of another machine', async () => {
    expect(await refused(gwanmun(['serve'], { 'listen.host': '192.0.2.1' }))).toContain('192.0.2.1')
  })
  test('a tenancy file with faults', async () => {
    writeFileSync(join(folder, 'tenancies/acme.yaml'), 'tenancy: { name: acme }\nfoo: 1\ndomains: [{ name: X }]\n')
    const said = await refused(gwanmun(['serve']))
    expect(said).toContain('acme.yaml:2:1: unknown key `foo`')
    expect(said).toContain('acme.yaml:3:19')
  })
  test('a data folder that cannot be made', async () => {
    expect(await refused(gwanmun(['serve'], { 'store.path': '/proc/nowhere/gwanmun.db' }))).toContain('/proc/nowhere')
  })
  test.each([
    ['not there', undefined],
    ['none', 'no certificate'],
  ])('a certificate that is %s', async (_, content) => {
    const file = join(folder, 'tls.pem')
    if (content !== undefined) writeFileSync(file, content)
    const said = await refused(gwanmun(['serve'], { 'tls.certFile': file, 'tls.keyFile': file }))
    expect(said).toContain(content === undefined ? file : 'tls.certFile')
  })
  test('a schema of a newer release', async () => {
    const migrated = gwanmun(['migrate', 'up'])
    expect(await migrated.ended).toBe(0)
    const db = new DatabaseSync(join(folder, 'data/gwanmun.db'))
    db.exec("insert into schema_migration (name, timestamp) values ('9999-later', '2030-01-01')")
    db.close()
    expect(await refused(gwanmun(['serve']))).toContain('9999-later')
  })
  test('a schema that was never made, when serve may not make it', async () => {
    expect(await refused(gwanmun(['serve', '--no-migrate']))).toContain('gwanmun migrate up')
  })
})
