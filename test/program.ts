// The real program in a process of its own, for tests of what operators meet: settings as flags, what it says, how it ends. And a browser
// without JavaScript: cookies, redirects, forms.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..')

/** Undefined: left to the file and to the defaults. */
export type Settings = { readonly [name: string]: string | number | undefined }
export type Running = {
  readonly child: ChildProcess
  readonly said: () => string
  /** Until it said something, or is gone. */
  readonly says: (what: RegExp) => Promise<void>
  readonly ended: Promise<number | null>
}
export type StartOptions = {
  readonly env?: { readonly [name: string]: string }
  readonly cwd?: string
  /** Another tree's `src/main.ts`. */
  readonly program?: string
  /** Somebody else, as far as we may. */
  readonly uid?: number
}
export const up = /gwanmun listens on/

export const start = (argv: readonly string[], options: StartOptions = {}): Running => {
  const { env = {}, cwd = root, program = join(root, 'src/main.ts'), uid } = options
  const child = spawn(process.execPath, [program, ...argv], {
    cwd,
    env,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  let text = ''
  const waiting: { readonly what: RegExp; readonly done: () => void }[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      for (const { what, done } of waiting) if (what.test(text)) done()
    })
  const ended = new Promise<number | null>((done) => child.once('close', (code) => done(code)))
  const says = (what: RegExp): Promise<void> =>
    Promise.race([
      new Promise<void>((done) => (what.test(text) ? done() : waiting.push({ what, done }))),
      ended.then((code) => {
        throw new Error(`it ended with ${code} instead:\n${text}`)
      }),
    ])
  return { child, said: () => text, says, ended }
}

export const flagsOf = (settings: Settings): readonly string[] =>
  Object.entries(settings).flatMap(([name, value]) => (value === undefined ? [] : ['--set', `${name}=${value}`]))

/** A folder of its own, processes that end with it, ports that nobody has. */
export const workplace = () => {
  const folder = mkdtempSync(join(tmpdir(), 'gwanmun-program-'))
  mkdirSync(join(folder, 'tenancies'))
  const children: Running[] = []
  const servers: Server[] = []
  const last: (() => void)[] = []
  /** Taken for a moment and given back, or kept. */
  const port = (keep = false): Promise<number> =>
    new Promise((done, failed) => {
      const server = createServer().once('error', failed)
      server.listen(0, '127.0.0.1', () => {
        const address = server.address()
        const found = typeof address === 'object' && address ? address.port : 0
        if (keep) servers.push(server)
        if (keep) done(found)
        else server.close(() => done(found))
      })
    })
  const settings = (more: Settings = {}): Settings => ({
    baseUrl: 'http://localhost:8080',
    'listen.port': 0,
    'management.port': 0,
    'store.path': join(folder, 'data/gwanmun.db'),
    'keys.dir': join(folder, 'keys'),
    tenanciesDir: join(folder, 'tenancies'),
    ...more,
  })
  const gwanmun = (argv: readonly string[], more: Settings = {}, options: StartOptions = {}): Running => {
    const running = start([...argv, ...flagsOf(settings(more))], options)
    children.push(running)
    return running
  }
  const close = async (): Promise<void> => {
    for (const { child } of children) child.kill('SIGKILL')
    for (const server of servers) server.close()
    await Promise.all(children.map((c) => c.ended))
    for (const goes of last) goes()
    rmSync(folder, { recursive: true, force: true })
  }
  /** Done when the processes are gone and before the folder is. */
  const afterwards = (goes: () => void) => void last.unshift(goes)
  return { folder, port, settings, gwanmun, afterwards, close }
}
export type Workplace = ReturnType<typeof workplace>

export type Seen = {
  readonly status: number
  readonly url: string
  readonly text: string
  readonly headers: Headers
  readonly reason: string | undefined
}
const reasonIn = (html: string): string | undefined => /id="reason"[^>]*>([^<]*)</.exec(html)?.[1]?.trim()
const decoded = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

/** Follows redirects while they stay at `base`; what leads away is seen as it is. */
export const visitor = (base: string, send: (url: URL, init: RequestInit) => Promise<Response> = fetch) => {
  const jar = new Map<string, string>()
  const step = async (url: URL, init: RequestInit): Promise<Response> => {
    const response = await send(url, {
      ...init,
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        'accept-language': 'en',
        cookie: [...jar].map(([n, v]) => `${n}=${v}`).join('; '),
        ...init.headers,
      },
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/max-age=0(;|$)/i.test(line)) jar.delete(name)
      else jar.set(name, value)
    }
    return response
  }
  const go = async (to: string, init: RequestInit = {}): Promise<Seen> => {
    let url = new URL(to, base)
    let response = await step(url, init)
    for (let hops = 0; hops < 10; hops++) {
      const next = response.headers.get('location')
      const target = next === null ? undefined : new URL(next, url)
      if (target?.origin !== new URL(base).origin) break
      url = target
      response = await step(url, {})
    }
    const text = await response.text()
    return { status: response.status, url: url.href, text, headers: response.headers, reason: reasonIn(text) }
  }
  const post = (to: string, fields: { readonly [name: string]: string }): Promise<Seen> =>
    go(to, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    })
  return {
    go,
    post,
    cookies: jar,
    /** Answers the form of the page: its hidden `hop`, and what a person types or presses. */
    answer: (page: Seen, fields: { readonly [name: string]: string }): Promise<Seen> =>
      post(page.url, { hop: decoded(/name="hop" value="([^"]*)"/.exec(page.text)?.[1] ?? ''), ...fields }),
  }
}
export type Visitor = ReturnType<typeof visitor>
