// A private Apache: its own configuration, folder and port, in the foreground, no module but those named. `/private` is a script that
// answers with its environment, which is how authentication modules hand over what they were told.
import { chownSync } from 'node:fs'
import { join } from 'node:path'
import { asRoot, type Stage } from './run.ts'

const modules = '/usr/lib/apache2/modules'

export type Apache = {
  readonly name: string
  readonly port: number
  readonly modules: readonly (readonly [name: string, file: string])[]
  readonly directives: string
  /** PHP is not safe with threads. */
  readonly threads?: boolean
  readonly logs?: readonly string[]
}

const WEB_ACCOUNT = 'www-data'
/** Debian's fixed number of that account (base-passwd). */
const WEB_ACCOUNT_ID = 33
export const forWebServer = (path: string): string => {
  if (asRoot) chownSync(path, WEB_ACCOUNT_ID, WEB_ACCOUNT_ID)
  return path
}
export const webAccount = asRoot ? { user: WEB_ACCOUNT, group: WEB_ACCOUNT } : undefined

// Base64 of NUL-separated pairs: values arrive as the bytes they were, whatever quotes, separators or line breaks are in them.
const ECHO = `#!/bin/sh
printf 'Content-Type: text/plain; charset=us-ascii\\r\\nCache-Control: no-store\\r\\n\\r\\n'
exec env -0 | base64 -w0
`
const always = [
  'authn_core',
  'authz_core',
  'authz_user',
  'authz_host',
  'alias',
  'env',
  'setenvif',
  'dir',
  'mime',
  'cgid',
]

const threaded =
  'StartServers 1\nServerLimit 2\nThreadsPerChild 25\nMinSpareThreads 5\nMaxSpareThreads 50\nMaxRequestWorkers 50'
const forking = 'StartServers 3\nMinSpareServers 2\nMaxSpareServers 8\nMaxRequestWorkers 16'

export const startApache = async (stage: Stage, apache: Apache): Promise<{ readonly url: string }> => {
  const { name, port, directives, threads = true } = apache
  const at = (file: string): string => join(stage.dir, name, file)
  const url = `http://127.0.0.1:${port}`
  stage.write(`${name}/www/ok.html`, 'ok')
  const echo = stage.write(`${name}/cgi/echo`, ECHO, 0o755)
  const mpm = threads ? 'event' : 'prefork'
  const configuration = stage.write(
    `${name}/httpd.conf`,
    [
      `ServerRoot ${at('')}`,
      `DefaultRuntimeDir ${at('')}`,
      `PidFile ${at('apache.pid')}`,
      `ErrorLog ${at('error.log')}`,
      `ServerName 127.0.0.1:${port}`,
      `Listen 127.0.0.1:${port}`,
      `DocumentRoot ${at('www')}`,
      `LoadModule mpm_${mpm}_module ${modules}/mod_mpm_${mpm}.so`,
      ...always.map((m) => `LoadModule ${m}_module ${modules}/mod_${m}.so`),
      ...apache.modules.map(([module, file]) => `LoadModule ${module} ${modules}/${file}`),
      ...(webAccount ? [`User ${webAccount.user}`, `Group ${webAccount.group}`] : []),
      threads ? threaded : forking,
      `ScriptSock ${at('cgid.sock')}`,
      'TypesConfig /etc/mime.types',
      'LogLevel warn',
      '<Directory />\n  Require all denied\n</Directory>',
      ...['www', 'cgi'].map((d) => `<Directory ${at(d)}>\n  Require all granted\n</Directory>`),
      `ScriptAlias /private ${echo}`,
      directives,
      '',
    ].join('\n'),
  )
  await stage.start({
    name: `${name}-apache`,
    command: '/usr/sbin/apache2',
    args: ['-f', configuration, '-DFOREGROUND'],
    readyUrl: `${url}/ok.html`,
    logs: [at('error.log'), ...(apache.logs ?? [])],
  })
  return { url }
}

/** What the page of `/private` says. */
export const echoed = (text: string): ReadonlyMap<string, string> => {
  const pairs = Buffer.from(text.trim(), 'base64').toString('utf8').split('\0').filter(Boolean)
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
}
