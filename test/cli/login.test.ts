// F10, I3: the command line of a person, with the real gateway: signed in by a code that is typed in a browser, working as themselves, renewed, signed
// out; and an application that asks the decision point with the SDK. No token is ever printed, and nobody else can read the file they are in.
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { authzenClient, clientCredentials } from '../../src/sdk/sdk.ts'
import { type Running, start, up, type Visitor, visitor, type Workplace, workplace } from '../program.ts'
import { secondFactor } from '../second-factor.ts'

const PASSWORD = 'winter-harbour-lantern'
const proves = secondFactor()
let at: Workplace
let base: string
let home: string
beforeAll(async () => {
  at = workplace()
  home = join(at.folder, 'home')
  mkdirSync(home)
  const port = await at.port()
  base = `http://localhost:${port}`
  writeFileSync(
    join(at.folder, 'tenancies/acme.yaml'),
    `tenancy: { name: acme }
domains: [{ name: default }]
applications:
  - name: asker
    displayName: Asker
    domains: [default]
    oidc:
      clientId: asker
      clientSecrets: [{ env: GWANMUN_SECRET_ASKER }]
      grants: [client_credentials]
      scopes: [pdp]
`,
  )
  const env = {
    GWANMUN_BOOTSTRAP_ADMIN_USERNAME: 'ada',
    GWANMUN_BOOTSTRAP_ADMIN_PASSWORD: PASSWORD,
    GWANMUN_SECRET_ASKER: 'a-secret-of-the-asker',
  }
  const settings = { baseUrl: base, 'listen.port': port, 'listen.host': 'localhost', 'bootstrapAdmin.tenancy': 'acme' }
  await at.gwanmun(['serve'], settings, { env }).says(up)
})
afterAll(() => at?.close())

const kept = (): string => join(home, '.config/gwanmun/profiles.json')
const profiles = () => JSON.parse(readFileSync(kept(), 'utf8')).profiles
/** As somebody at a terminal: their home, nothing of the gateway's settings. */
const gwanmun = (...line: readonly string[]): Running => start(line, { env: { HOME: home }, cwd: home })
const done = async (running: Running) => ({ code: await running.ended, said: running.said() })

const hidden = (page: { readonly text: string }, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(page.text)?.[1] ?? ''

/** Types the code of a device, says that it is meant, and signs in when asked. */
const letIn = async (browser: Visitor, url: string, code: string, button: 'confirm' | 'abort' = 'confirm') => {
  const page = await browser.go(url)
  const asked = await browser.post(url, { xsrf: hidden(page, 'xsrf'), user_code: code })
  const answer = { xsrf: hidden(asked, 'xsrf'), user_code: hidden(asked, 'user_code'), [button]: 'yes' }
  let seen = await browser.post(url, answer)
  if (seen.text.includes('name="username"')) {
    seen = await browser.answer(seen, { username: 'ada' })
    seen = await proves(browser, await browser.answer(seen, { password: PASSWORD }))
  }
  return seen
}
const begun = async (...line: readonly string[]) => {
  const running = gwanmun('login', ...line)
  await running.says(/type the code [B-Z]{4}-[B-Z]{4}/)
  const [, url = '', code = ''] = /open (\S+) in a browser and type the code (\S+)/.exec(running.said()) ?? []
  return { running, url, code }
}

describe('F10 I3 gwanmun login', () => {
  test('somebody signs in with a browser, and works as themselves', async () => {
    const { running, url, code } = await begun('--server', base, '--tenancy', 'acme')
    expect(url).toBe(`${base}/d/acme/default/device`)
    const seen = await letIn(visitor(base), url, code)
    expect(seen.text).toContain('The device is signed in')
    const { code: exit, said } = await done(running)
    expect([exit, said]).toEqual([0, expect.stringContaining(`signed in as ada in acme/default at ${base}`)])

    const { tokens, username } = profiles().default
    expect([username, statSync(kept()).mode & 0o777, statSync(join(home, '.config/gwanmun')).mode & 0o777]).toEqual([
      'ada',
      0o600,
      0o700,
    ])
    for (const token of [tokens.access, tokens.refresh]) expect(said).not.toContain(token)

    const who = await done(gwanmun('whoami', '-o', 'json'))
    expect(JSON.parse(who.said)).toMatchObject({ profile: 'default', username: 'ada', tenancy: 'acme', server: base })
    expect(await done(gwanmun('groups', 'put', 'Finance', '--data', '{"description":"books"}'))).toMatchObject({
      code: 0,
    })
    expect((await done(gwanmun('groups', 'list'))).said).toContain('Finance')
  })

  test('a token that is about to end is renewed, once, by whichever of several commands comes first', async () => {
    const before = profiles()
    const { tokens } = before.default
    before.default.tokens = { ...tokens, expiresAt: 0 }
    writeFileSync(kept(), JSON.stringify({ profiles: before }), { mode: 0o600 })
    const ran = await Promise.all([1, 2, 3].map(() => done(gwanmun('groups', 'list', '-o', 'json'))))
    expect(ran.map((r) => r.code)).toEqual([0, 0, 0])
    expect(profiles().default.tokens.access).not.toBe(tokens.access)
    expect((await done(gwanmun('whoami'))).code).toBe(0)
  })

  test('the token goes to no other server and no other tenancy', async () => {
    for (const elsewhere of [
      ['--server', 'https://evil.example'],
      ['--tenancy', 'other'],
    ]) {
      const { code, said } = await done(gwanmun('groups', 'list', ...elsewhere))
      expect([code, said]).toEqual([2, expect.stringContaining('its token goes nowhere else')])
    }
  })

  test('a file that others may read is not read', async () => {
    chmodSync(kept(), 0o644)
    const { code, said } = await done(gwanmun('whoami'))
    expect([code, said]).toEqual([1, expect.stringContaining('chmod 600')])
    chmodSync(kept(), 0o600)
  })

  test('another profile is denied in the browser, and the first is as it was', async () => {
    const { running, url, code } = await begun('--server', base, '--tenancy', 'acme', '--profile', 'second')
    expect((await letIn(visitor(base), url, code, 'abort')).text).toContain('Denied')
    const { code: exit, said } = await done(running)
    expect([exit, said]).toEqual([1, expect.stringContaining('denied in the browser')])
    expect(Object.keys(profiles())).toEqual(['default'])
  })

  test('whoever signs out is signed out at the gateway, too', async () => {
    const { tokens } = profiles().default
    expect(await done(gwanmun('logout'))).toMatchObject({ code: 0 })
    expect(profiles().default.tokens).toBe(undefined)
    const stolen = await fetch(`${base}/api/v1/tenancies/acme/domains`, {
      headers: { authorization: `Bearer ${tokens.access}` },
    })
    expect(stolen.status).toBe(401)
    const after = await done(gwanmun('groups', 'list'))
    expect([after.code, after.said]).toEqual([1, expect.stringContaining('`gwanmun login`')])
    expect((await done(gwanmun('logout'))).said).toContain('nobody was signed in')
  })

  test.each([
    ['a tenancy that is not there', ['--tenancy', 'nowhere'], 1],
    ['a server that is not there', ['--tenancy', 'acme', '--server', 'http://127.0.0.1:9'], 1],
    ['an open line', ['--tenancy', 'acme', '--server', 'http://id.example.com'], 2],
    ['the server under another name', ['--tenancy', 'acme', '--server', 'http://127.0.0.1'], 1],
    ['no name for a profile', ['--profile', '../x', '--tenancy', 'acme'], 2],
  ])('%s is told in one line', async (_, line, exit) => {
    const { code, said } = await done(gwanmun('login', '--server', base, ...line))
    expect([code, said.trim().split('\n').length]).toEqual([exit, 1])
  })
})

test('I3 an application asks the decision point with the SDK and its own credentials', async () => {
  const issuer = `${base}/d/acme/default`
  const token = clientCredentials({ issuer, clientId: 'asker', clientSecret: 'a-secret-of-the-asker' })
  const pdp = authzenClient({ pdp: `${base}/t/acme`, token })
  const ask = (id: string) =>
    pdp.evaluate({
      subject: { type: 'user', id },
      action: { name: 'read' },
      resource: { type: 'policies', id: 'any' },
    })
  expect(await ask('ada')).toMatchObject({ decision: true })
  expect(await ask('nobody')).toMatchObject({ decision: false, context: { id: expect.any(String) } })
  const { evaluateAll } = pdp
  const subject = { type: 'user', id: 'ada' }
  const both = await evaluateAll([{ action: { name: 'read' } }, { action: { name: 'fly' } }], {
    subject,
    resource: { type: 'policies', id: 'any' },
  })
  expect(both.map((d) => d.decision)).toEqual([true, false])
  const wrong = authzenClient({
    pdp: `${base}/t/acme`,
    token: clientCredentials({ issuer, clientId: 'asker', clientSecret: 'wrong' }),
  })
  expect(
    await wrong.evaluate({ subject, action: { name: 'read' }, resource: { type: 'policies', id: 'x' } }),
  ).toMatchObject({ decision: false, failure: { kind: 'refused', status: 401 } })
})
