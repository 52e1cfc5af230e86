// E.2-10 … E.2-22, S1–S7, U10: colleagues join by invitation, ask for a group, and the group's administrator decides, edits and removes: on the
// pages people use, without JavaScript, in the real program, on both stores.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Seen, up, type Visitor, visitor, type Workplace, workplace } from '../program.ts'
import { administrator, type caller, PASSWORD } from './administrator.ts'
import { type Place, places } from './places.ts'

const hidden = (page: Seen, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(page.text)?.[1] ?? ''
/** What the page says of one group that its reader administers. */
const section = (page: Seen, group: string): string =>
  page.text.split('<section ').find((part) => part.includes(`id="g-${group}"`)) ?? ''
const administered = (page: Seen): readonly string[] =>
  [...page.text.matchAll(/<h2 id="g-(\w+)"/g)].map((m) => m[1] ?? '')

describe.each(places)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let at: Workplace
  let place: Place
  let base: string
  let ada: ReturnType<typeof caller>
  const groups = { support: '', billing: '' }
  const people: { [name: string]: { readonly browser: Visitor; readonly id: string } } = {}
  const page = () => `${base}/d/acme/default/account/groups`
  const browserOf = (who: string): Visitor => people[who]?.browser ?? expect.fail(`no ${who}`)
  const look = (who: string): Promise<Seen> => browserOf(who).go(page())
  const act = async (who: string, fields: { readonly [name: string]: string }): Promise<Seen> =>
    browserOf(who).post(page(), { hop: hidden(await look(who), 'hop'), ...fields })
  const asks = (who: string, wish: { readonly [name: string]: string } = {}) =>
    act(who, { do: 'ask', group: groups.support, tenancy: 'acme', reason: 'tickets', until: '', ...wish })
  const waiting = async (): Promise<string> =>
    /name="id" value="([^"]+)"/.exec(section(await look('cem'), groups.support))?.[1] ?? ''
  const mails = (): string => {
    const folder = join(at.folder, 'mail')
    return readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('\n')
  }
  const told = (what: RegExp) => expect.poll(mails, { timeout: 20_000 }).toMatch(what)
  const roleOf = async (who: string): Promise<unknown> =>
    (await ada('GET', `/domains/default/groups/support/members/${who}`)).body.role

  const joins = async (username: string, domainId: unknown): Promise<void> => {
    const email = `${username}@partner.example`
    expect((await ada('POST', '/invitations', { domainId, email })).status).toBe(201)
    const link = new RegExp(`To: ${email}[\\s\\S]*?(http://\\S+token=\\S+)`)
    await told(link)
    const browser = visitor(base)
    const form = await browser.go(link.exec(mails())?.[1] ?? '')
    const wanted = { username, name: username, password: PASSWORD, password_repeat: PASSWORD, do: 'accept' }
    expect((await browser.post(form.url, { token: hidden(form, 'token'), ...wanted })).status).toBe(201)
    const named = await browser.answer(await browser.go(page()), { username })
    expect((await browser.answer(named, { password: PASSWORD })).url).toBe(page())
    people[username] = { browser, id: String((await ada('GET', `/domains/default/users/${username}`)).body.id) }
  }

  beforeAll(async () => {
    place = await open()
    at = workplace()
    const port = await at.port()
    base = `http://localhost:${port}`
    const env = { ...place.env, GWANMUN_BOOTSTRAP_ADMIN_USERNAME: 'ada', GWANMUN_BOOTSTRAP_ADMIN_PASSWORD: PASSWORD }
    const listen = { baseUrl: base, 'listen.port': port, 'listen.host': 'localhost', 'bootstrapAdmin.tenancy': 'acme' }
    const settings = { ...listen, ...place.settings, 'mail.folder': join(at.folder, 'mail') }
    await at.gwanmun(['serve'], settings, { env }).says(up)
    ada = await administrator()(base)
    for (const name of ['support', 'billing'] as const)
      groups[name] = String((await ada('PUT', `/domains/default/groups/${name}`, {})).body.id)
  })
  afterAll(async () => {
    await at?.close()
    await place?.close()
  })

  test('U10: three colleagues join by the links that were mailed to them; one is made administrator of a group', async () => {
    const domain = await ada('GET', '/domains/default')
    for (const name of ['bob', 'cem', 'eve']) await joins(name, domain.body.id)
    expect((await ada('PUT', '/domains/default/groups/support/members/cem', { role: 'admin' })).status).toBe(201)
    expect((await ada('PUT', '/domains/default/groups/billing/members/cem', { role: 'user' })).status).toBe(201)
  })
  test('E.2-10 E.2-11 S1: asked by id and tenancy name; a pair that does not fit says nothing of either half', async () => {
    expect((await look('bob')).text).toContain('id="ask-for-group"')
    const wrong = [await asks('bob', { tenancy: 'other' }), await asks('bob', { group: 'nowhere' })]
    expect(wrong.map((w) => w.status)).toEqual([400, 400])
    expect(new Set(wrong.map((w) => /id="error"[^>]*>([^<]*)/.exec(w.text)?.[1])).size).toBe(1)
    const asked = await asks('bob')
    expect([asked.status, asked.url]).toEqual([200, `${page()}?done=asked`])
    expect((await asks('bob')).status).toBe(400) // one at a time
  })
  test('E.2-12 E.2-13 E.2-14 S2: who waits is seen by the administrators of that group, in exactly their groups', async () => {
    const seen = await look('cem')
    expect(administered(seen)).toEqual([groups.support])
    expect(section(seen, groups.support)).toMatch(/<b>bob<\/b>[\s\S]*tickets/)
    expect([administered(await look('bob')), administered(await look('eve'))]).toEqual([[], []])
    await told(/To: cem@partner\.example\nSubject: bob asks for access to support/)
  })
  test('E.2-19 E.2-21 S7: nobody decides for themselves, nor about a group of somebody else', async () => {
    const id = await waiting()
    for (const who of ['bob', 'eve']) expect((await act(who, { do: 'approve', id, role: 'admin' })).status).toBe(400)
    expect(
      (await act('eve', { do: 'remove-member', group: groups.support, member: people.cem?.id ?? '' })).status,
    ).toBe(400)
    const other = { do: 'edit-role', group: groups.billing, member: people.cem?.id ?? '', role: 'admin' }
    expect((await act('cem', other)).status).toBe(400)
    expect(await roleOf('bob')).toBeUndefined()
  })
  test('E.2-15 E.2-20 S3: approved with the chosen role, once; both sides are told', async () => {
    const id = await waiting()
    const done = await act('cem', { do: 'approve', id, role: 'admin' })
    expect([done.status, done.url]).toEqual([200, `${page()}?done=approved`])
    expect(await roleOf('bob')).toBe('admin')
    expect(administered(await look('bob'))).toEqual([groups.support])
    for (const again of ['approve', 'deny'])
      expect((await act('cem', { do: again, id, role: 'user' })).status).toBe(400)
    expect(await roleOf('bob')).toBe('admin')
    await told(/To: bob@partner\.example\nSubject: You have access to support/)
  })
  test('E.2-17 S5: the role is edited, and the page it opened is closed at once', async () => {
    const edit = { do: 'edit-role', group: groups.support, member: people.bob?.id ?? '', role: 'user' }
    expect((await act('cem', edit)).url).toBe(`${page()}?done=role-changed`)
    expect([await roleOf('bob'), administered(await look('bob'))]).toEqual(['user', []])
  })
  test('E.2-18 S6: removed after a second question; keeping is the other answer', async () => {
    const member = people.bob?.id ?? ''
    const question = await browserOf('cem').go(`${page()}/remove?group=${groups.support}&member=${member}`)
    expect(question.text).toMatch(/id="keep" href="[^"]*\/account\/groups"/)
    expect(await roleOf('bob')).toBe('user') // asked is not removed
    const gone = await browserOf('cem').post(page(), {
      hop: hidden(question, 'hop'),
      group: hidden(question, 'group'),
      member: hidden(question, 'member'),
      do: 'remove-member',
    })
    expect(gone.url).toBe(`${page()}?done=member-removed`)
    expect(await roleOf('bob')).toBeUndefined()
  })
  test('E.2-16 E.2-20 S4: asked again, and denied: seen as denied, without a membership', async () => {
    expect((await asks('bob')).url).toBe(`${page()}?done=asked`)
    expect((await act('cem', { do: 'deny', id: await waiting() })).url).toBe(`${page()}?done=denied`)
    expect((await look('bob')).text).toMatch(/<b>support<\/b> <span class="tag quiet">Denied/i)
    expect(await roleOf('bob')).toBeUndefined()
    await told(/To: bob@partner\.example\nSubject: Your request for support was denied/)
  })
  test('E.2-21 S6: the last administrator of the group stays, and stays administrator', async () => {
    const own = { group: groups.support, member: people.cem?.id ?? '' }
    expect((await act('cem', { do: 'edit-role', role: 'user', ...own })).status).toBe(400)
    expect((await act('cem', { do: 'remove-member', ...own })).status).toBe(400)
    expect(await roleOf('cem')).toBe('admin')
  })
  test('E.2-22: each step is on record, with who, whom, before and after', async () => {
    const events = async (action: string) => {
      const filter = encodeURIComponent(`action eq "${action}" and target.id eq "${people.bob?.id}"`)
      const { items } = (await ada('GET', `/audit-events?filter=${filter}`)).body as { items: { id: string }[] }
      return Promise.all(items.map(async ({ id }) => (await ada('GET', `/audit-events/${id}`)).body))
    }
    const by = { actor: { name: 'cem' }, target: { name: 'bob' } }
    expect(await events('membership.changed')).toMatchObject([
      { ...by, before: { group: 'support', role: 'admin' }, after: { group: 'support', role: 'user' } },
    ])
    expect(await events('membership.added')).toMatchObject([{ ...by, after: { group: 'support', role: 'admin' } }])
    expect(await events('membership.removed')).toMatchObject([{ ...by, before: { group: 'support', role: 'user' } }])
    for (const action of ['access-request.created', 'access-request.approved', 'access-request.denied']) {
      const filter = encodeURIComponent(`action eq "${action}"`)
      const { items } = (await ada('GET', `/audit-events?filter=${filter}`)).body as { items: unknown[] }
      expect([action, items.length > 0]).toEqual([action, true])
    }
  })
})
