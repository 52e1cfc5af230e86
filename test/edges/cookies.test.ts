// The cookies of a browser: named per domain, never planted by a sibling, never living longer than what they stand for.
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { cookieOf, loginCookies } from '../../src/edges/cookies.ts'

const now = 1_800_000_000_000
const token = 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE'
const response = () => new ServerResponse(new IncomingMessage(new Socket()))
const sent = (res: ServerResponse) => [res.getHeader('set-cookie') ?? []].flat().map(String)
const asking = (cookie: string) => ({ headers: { cookie } })
const nameOf = (line = '') => line.split('=')[0] ?? ''

describe('T2 cookies of a domain', () => {
  const cookies = loginCookies({ secure: true, clock: () => now })

  test('what is set is read again, under a __Host- name, http only, lax, on the whole host', () => {
    const res = response()
    cookies.setSession(res, { id: 'one' }, token, now + 3_600_000)
    const [line = ''] = sent(res)
    expect(line).toMatch(/^__Host-gwanmun_s_[0-9a-f]{12}=/)
    for (const part of ['Max-Age=3600', 'Path=/', 'HttpOnly', 'SameSite=Lax', 'Secure'])
      expect(line.split('; ')).toContain(part)
    expect(line).not.toMatch(/domain=/i)
    expect(cookies.session(asking(`a=b; ${line.split(';')[0]}`), { id: 'one' })).toBe(token)
  })

  test('another domain on the same host does not see it', () => {
    const res = response()
    cookies.setSession(res, { id: 'one' }, token, now + 1000)
    expect(cookies.session(asking(sent(res)[0]?.split(';')[0] ?? ''), { id: 'two' })).toBeUndefined()
  })

  test('session, browser and device are three cookies', () => {
    const res = response()
    cookies.setSession(res, { id: 'one' }, token, now + 1000)
    cookies.setBrowser(res, { id: 'one' }, token, now + 1000)
    cookies.setDevice(res, { id: 'one' }, token, now + 30 * 86_400_000)
    expect(new Set(sent(res).map(nameOf)).size).toBe(3)
    expect(sent(res)[2]).toContain('Max-Age=2592000')
  })

  test('a name that comes twice has no value: nobody is signed in by a tossed cookie', () => {
    const res = response()
    cookies.setSession(res, { id: 'one' }, token, now + 1000)
    const pair = sent(res)[0]?.split(';')[0] ?? ''
    expect(cookies.session(asking(`${pair}; ${pair}`), { id: 'one' })).toBeUndefined()
    expect(cookieOf(asking('x=1; y=2; x=3'), 'x')).toBeUndefined()
  })

  test.for([
    ['markup', '<script>'],
    ['empty', ''],
    ['far too long', 'a'.repeat(500)],
  ])('a value that was never ours is none: %s', ([, value]) => {
    const res = response()
    cookies.setSession(res, { id: 'one' }, token, now + 1000)
    expect(cookies.session(asking(`${nameOf(sent(res)[0])}=${value}`), { id: 'one' })).toBeUndefined()
  })

  test('clearing ends it now, with the same name and path', () => {
    const res = response()
    cookies.setSession(res, { id: 'one' }, token, now + 1000)
    cookies.clearSession(res, { id: 'one' })
    const [set, cleared] = sent(res)
    expect(nameOf(cleared)).toBe(nameOf(set))
    expect(cleared).toContain('Max-Age=0')
  })

  test('without https there is no prefix and no Secure, or browsers would drop it', () => {
    const res = response()
    loginCookies({ secure: false, clock: () => now }).setBrowser(res, { id: 'one' }, token, now + 1000)
    expect(sent(res)[0]).toMatch(/^gwanmun_b_[0-9a-f]{12}=/)
    expect(sent(res)[0]).not.toContain('Secure')
  })
})
