// F10, U7, F12: somebody whom only their company knows signs a command line in by its code, through the company's SAML, and works with what the
// policies of the tenancy give to the group that the company's group became.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { start, up, visitor, type Workplace, workplace } from '../program.ts'
import { company, SSO } from './company.ts'

const tenancy = `
tenancy: { name: acme }
domains:
  - name: default
    groups: [{ name: operators }]
    idps:
      - name: company
        emailDomains: [company.example]
        saml: { metadataFile: company.xml }
        attributes: { username: uid }
        groupsFrom: [groups]
        mappings: [{ name: ops, exact: ops, groups: [operators] }]
policies:
  - { name: operations, statements: [Allow group operators to inspect groups in tenancy] }
`
let at: Workplace
let idp: Awaited<ReturnType<typeof company>>
let base: string
let home: string
beforeAll(async () => {
  at = workplace()
  home = join(at.folder, 'home')
  mkdirSync(home)
  const port = await at.port()
  base = `http://localhost:${port}`
  idp = await company(at.folder)
  writeFileSync(join(at.folder, 'tenancies/company.xml'), idp.metadata)
  writeFileSync(join(at.folder, 'tenancies/acme.yaml'), tenancy)
  await at.gwanmun(['serve'], { baseUrl: base, 'listen.port': port, 'listen.host': 'localhost' }).says(up)
})
afterAll(() => at?.close())

const gwanmun = (...line: readonly string[]) => start(line, { env: { HOME: home }, cwd: home })
const hidden = (html: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''

test('F10 U7 F12 carol of the company lets her command line in, and may do what her group may', async () => {
  const login = gwanmun('login', '--server', base, '--tenancy', 'acme')
  await login.says(/type the code/)
  const [, url = '', code = ''] = /open (\S+) in a browser and type the code (\S+)/.exec(login.said()) ?? []
  const browser = visitor(base)
  const page = await browser.go(url)
  const asked = await browser.post(url, { xsrf: hidden(page.text, 'xsrf'), user_code: code })
  const fields = { xsrf: hidden(asked.text, 'xsrf'), user_code: hidden(asked.text, 'user_code') }
  const identify = await browser.post(url, { ...fields, confirm: 'yes' })
  const away = await browser.answer(identify, { do: 'identify', username: 'carol@company.example' })
  const location = away.headers.get('location') ?? (await browser.go(away.url)).headers.get('location') ?? ''
  expect(location).toContain(SSO)
  const { acs, fields: answer } = idp.answerTo(location, Date.now(), 'carol', ['ops'])
  expect((await browser.post(acs, answer)).text).toContain('The device is signed in')
  expect([await login.ended, login.said()]).toEqual([0, expect.stringContaining('signed in as carol')])

  const may = gwanmun('groups', 'list', '-o', 'json')
  expect(await may.ended).toBe(0)
  expect(JSON.parse(may.said()).map((g: { name: string }) => g.name)).toContain('operators')
  const mayNot = gwanmun('groups', 'put', 'own', '--data', '{}')
  expect([await mayNot.ended, mayNot.said()]).toEqual([1, expect.stringContaining('gwanmun: ')])
  const kept = JSON.parse(readFileSync(join(home, '.config/gwanmun/profiles.json'), 'utf8'))
  expect(kept.profiles.default).toMatchObject({ username: 'carol', tenancy: 'acme' })
})
