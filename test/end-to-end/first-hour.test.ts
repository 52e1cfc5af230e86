// docs/first-hour.md, typed into a terminal block by block as it stands there; what the document leaves to a browser is done in one. Only the
// port is another.
import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { root, visitor, type Workplace, workplace } from '../program.ts'
import { secondFactor } from '../second-factor.ts'
import { company } from './company.ts'
import { blocksIn, terminal } from './terminal.ts'

const GUEST_PASSWORD = 'winter-harbour-lantern'
const markdown = readFileSync(join(root, 'docs/first-hour.md'), 'utf8')
// What the document asks of a newcomer's machine.
const needed = ['bash', 'curl', 'git', 'jq', 'openssl']
const absent = needed.filter((tool) => spawnSync(tool, ['--version']).error !== undefined)
const why = `the walk of docs/first-hour.md needs ${absent.join(', ')}: install with apt-get or your package manager`
if (absent.length > 0 && process.env.TEST_COMPLETE === '1') throw new Error(why)
if (absent.length > 0) console.warn(`skipped: ${why}`)

const proves = secondFactor()
let at: Workplace
let here: string
let base: string
let bash: ReturnType<typeof terminal>
let idp: Awaited<ReturnType<typeof company>>
let blocks: string[]

beforeAll(async () => {
  if (absent.length > 0) return
  at = workplace()
  here = join(at.folder, 'gwanmun-first-hour')
  const [port, management] = [await at.port(), await at.port()]
  base = `http://localhost:${port}`
  blocks = blocksIn(markdown).map((b) => b.replaceAll('localhost:8080', `localhost:${port}`))
  idp = await company(join(at.folder, 'company'))
  bash = terminal(at.folder, root, {
    PATH: process.env.PATH ?? '',
    HOME: at.folder,
    GWANMUN_LISTEN_PORT: String(port),
    GWANMUN_LISTEN_HOST: 'localhost',
    GWANMUN_MANAGEMENT_PORT: String(management),
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@company.example',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@company.example',
  })
})
afterAll(async () => {
  bash?.close()
  await at?.close()
})

let stopped = false
beforeEach(({ skip }) => {
  skip(absent.length > 0, why)
  skip(stopped, 'an earlier step failed')
})
afterEach(({ task }) => {
  stopped ||= task.result?.state === 'fail'
})

const next = () => {
  const block = blocks.shift()
  if (block === undefined) throw new Error('the document has no more blocks')
  return bash.type(block)
}
/** The next block, which must succeed. */
const typed = async (): Promise<string> => {
  const { text, failed } = await next().done
  expect([failed, text]).toEqual([undefined, text])
  return text
}
const hidden = (page: { readonly text: string }): { readonly [name: string]: string } =>
  Object.fromEntries(
    [...page.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)].map((m) => [
      m[1] ?? '',
      m[2] ?? '',
    ]),
  )
const account = '/d/main/default/account'
/** The company's provider answers the browser that was sent to it. */
const cameBack = (browser: ReturnType<typeof visitor>, left: { readonly headers: Headers }, groups: string[]) => {
  const { acs, fields } = idp.answerTo(left.headers.get('location') ?? '', Date.now(), 'carol', groups)
  return browser.post(acs, fields)
}
const signedIn = async (username: string, password: string) => {
  const browser = visitor(base)
  const named = await browser.answer(await browser.go(account), { username })
  expect((await proves(browser, await browser.answer(named, { password }))).url).toBe(`${base}${account}`)
  return browser
}

test('1 it starts, and has no administrator', async () => {
  expect(await typed()).toMatch(/no administrator yet in .?main/)
})

test('2 the first administrator', async () => {
  expect(await typed()).toContain(`\`ada\` administers \`main\`; sign in at ${base}${account}`)
})

test('3 a sign-in by code, and a key', async () => {
  const login = next()
  const link = await login.prints(/or open (\S+)\n/)
  const browser = await signedIn('ada', readFileSync(join(here, 'password'), 'utf8').trim())
  const entered = await browser.go(link)
  const asked = await browser.post(entered.url, {
    ...hidden(entered),
    user_code: /value="(\w{4}-\w{4})"/.exec(entered.text)?.[1] ?? '',
  })
  expect(asked.text).toContain('shown-code')
  expect((await browser.post(asked.url, { ...hidden(asked), confirm: 'yes' })).status).toBe(200)
  expect(await login.done).toMatchObject({
    failed: undefined,
    text: expect.stringContaining('signed in as ada in main/default'),
  })
  expect(await typed()).toMatch(/first hour/)
})

test('4 an identity provider by its metadata', async () => {
  writeFileSync(join(here, 'corp-metadata.xml'), idp.metadata)
  const text = await typed()
  expect(text).toContain('passed')
  expect(text).not.toContain('FAILED')
  expect(text).toContain(`${base}/d/main/default/federation/corp/acs`)
})

test('5 the connection is tested, and makes nobody', async () => {
  const testing = next()
  const link = await testing.prints(/open (\S+)\n/)
  const browser = visitor(base)
  const asked = await browser.go(link)
  const left = await browser.post(asked.url, { ...hidden(asked), do: 'go' })
  const report = await cameBack(browser, left, ['CORP-Finance'])
  expect(report.text).toContain('data-outcome="passed"')
  const { text, failed } = await testing.done
  expect(failed).toBeUndefined()
  expect(text).toContain('account: carol (would be made)')
  expect(text).toContain('values that no rule matched: CORP-Finance')
  expect(await typed()).toMatch(/enabled +true/)
})

test('6 what its groups become', async () => {
  const text = await typed()
  expect(text).toContain('CORP-Finance')
  const browser = visitor(base)
  const left = await browser.answer(await browser.go(account), { username: 'carol@company.example' })
  expect((await cameBack(browser, left, ['CORP-Finance'])).url).toBe(`${base}${account}`)
  expect(await typed()).toMatch(/finance +rule finance matched CORP-Finance +corp/)
})

test('7 an application, with its secret', async () => {
  expect(await typed()).toMatch(/clientSecret +\S{20}/)
})

test('8 a policy', async () => {
  expect(await typed()).toContain('Allow group finance to read reports in tenancy')
})

test('9 a denial, explained', async () => {
  const { text, failed } = await next().done
  expect(failed).toBeDefined()
  expect(text).toContain('REPORT_UPDATE')
})

test('10 a colleague is invited and joins', async () => {
  const told = await typed()
  expect(told).toContain('dana@partner.example')
  const browser = visitor(base)
  const page = await browser.go(/http:\/\/localhost\S+token=\S+/.exec(told)?.[0] ?? '')
  const wanted = { username: 'dana', name: 'Dana', password: GUEST_PASSWORD, password_repeat: GUEST_PASSWORD }
  expect((await browser.post(page.url, { ...hidden(page), ...wanted, do: 'accept' })).status).toBe(201)
})

test('11 what she asks for is approved', async () => {
  const group = (await typed()).trim()
  const browser = await signedIn('dana', GUEST_PASSWORD)
  const page = await browser.go(`${account}/groups`)
  const wish = { group, tenancy: 'main', reason: 'the quarter ends', until: '' }
  const asked = await browser.answer(page, { do: 'ask', ...wish })
  expect([asked.status, asked.url]).toEqual([200, `${base}${account}/groups?done=asked`])
  const text = await typed()
  expect(text).toContain('the quarter ends')
  expect(text).toContain('approved')
})

test('12 the tenancy is a file in Git, and that file is the tenancy', async () => {
  const text = await typed()
  expect(text).toContain('tenancies/main.yaml')
  expect(text).not.toMatch(/password|keys|gwanmun\.|mail/)
  await typed()
  expect(blocks).toEqual([])
  const fresh = join(at.folder, 'fresh')
  const declared = join(fresh, 'tenancies')
  cpSync(join(here, 'tenancies'), declared, { recursive: true })
  const settings = {
    baseUrl: base,
    'store.path': join(fresh, 'gwanmun.db'),
    'keys.dir': join(fresh, 'keys'),
    tenanciesDir: declared,
  }
  const done = async (argv: readonly string[]) => {
    const running = at.gwanmun(argv, settings, { env: secretsIn(declared) })
    expect([await running.ended, running.said()]).toEqual([0, expect.any(String)])
  }
  await done(['migrate', 'up'])
  await done(['apply'])
  await done(['export', 'main', '--out', join(fresh, 'again')])
  expect(filesIn(join(fresh, 'again'))).toEqual(filesIn(join(here, 'tenancies')))
})
const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
    .map((file) => ({ file: relative(folder, file), text: readFileSync(file, 'utf8') }))
const secretsIn = (folder: string): { readonly [name: string]: string } =>
  Object.fromEntries(
    [...readFileSync(join(folder, 'main.yaml'), 'utf8').matchAll(/env: (GWANMUN_\w+)/g)].map((m) => [
      m[1] ?? '',
      'a secret that the operator knows',
    ]),
  )
