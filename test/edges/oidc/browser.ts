// A browser with the habits that matter here: cookies by path, redirects followed one by one, stopping where the gateway ends.

type Kept = { readonly name: string; readonly value: string; readonly path: string }
export type Stop = {
  readonly status: number
  readonly url: URL
  readonly location: URL | undefined
  readonly text: string
  readonly headers: Headers
}
export type Browser = ReturnType<typeof openBrowser>

const keptOf = (line: string): Kept | undefined => {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
  const path = /;\s*path=([^;]+)/i.exec(line)?.[1] ?? '/'
  return name === '' ? undefined : { name, value, path }
}
const isGone = (line: string): boolean => /max-age=0/i.test(line) || /expires=Thu, 01 Jan 1970/i.test(line)
const covers = (cookiePath: string, path: string): boolean =>
  cookiePath === '/' || path === cookiePath || path.startsWith(cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`)

export const openBrowser = (base: string) => {
  let jar: Kept[] = []
  const keep = (line: string): void => {
    const kept = keptOf(line)
    if (!kept) return
    jar = jar.filter((c) => c.name !== kept.name || c.path !== kept.path)
    if (!isGone(line)) jar.push(kept)
  }
  const step = async (url: URL, init: RequestInit = {}): Promise<Stop> => {
    const cookies = jar.filter((c) => covers(c.path, url.pathname)).map((c) => `${c.name}=${c.value}`)
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { accept: 'text/html', ...(cookies.length > 0 ? { cookie: cookies.join('; ') } : {}), ...init.headers },
    })
    for (const line of response.headers.getSetCookie()) keep(line)
    const location = response.headers.get('location')
    return {
      status: response.status,
      url,
      location: location === null ? undefined : new URL(location, url),
      text: await response.text(),
      headers: response.headers,
    }
  }
  /** Follows redirects inside the gateway; stops at a page, or where it would leave. */
  const go = async (to: string | URL, init?: RequestInit): Promise<Stop> => {
    let stop = await step(new URL(to, base), init)
    for (let hops = 0; hops < 30 && stop.location?.origin === base; hops++) stop = await step(stop.location)
    return stop
  }
  return {
    step: (to: string | URL, init?: RequestInit) => step(new URL(to, base), init),
    go,
    keep,
    cookies: () => jar,
    forget: (pattern: RegExp) => {
      jar = jar.filter((c) => !pattern.test(c.name))
    },
  }
}
