// What the documents say is there: files and headings that are linked to, commands, settings and variables, and the messages that the
// table of troubles quotes.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { migrations } from '../src/adapters/store-sql/migrations/all.ts'
import { leavesOf } from '../src/adapters/yaml/settings.ts'
import { program } from '../src/cli/program.ts'
import { configSchema } from '../src/config.ts'
import { lintRules } from '../src/core/policy/lint-rules.ts'
import { catalogue, type Slug } from '../src/problem.ts'
import { root } from './program.ts'

const files = [
  'README.md',
  'ARCHITECTURE.md',
  'keys/README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((f) => f.endsWith('.md'))
    .map((f) => `docs/${f}`),
]
const documents = files.map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }))
const sources = (folder: string): string =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.ts'))
    .map((f) => readFileSync(join(root, folder, f), 'utf8'))
    .join('\n')

/** As GitHub makes them: lower case, spaces to hyphens, punctuation gone. */
const anchorsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map((m) =>
    (m[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  )

test.each(documents)('$file: every link leads somewhere', ({ file, text }) => {
  for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^https?:/.test(target)) continue
    const [path = '', anchor] = target.split('#')
    const at = path === '' ? join(root, file) : resolve(root, dirname(file), path)
    expect([target, existsSync(at)]).toEqual([target, true])
    expect(relative(root, at)).not.toMatch(/^\.\./)
    if (anchor !== undefined)
      expect([target, anchorsOf(readFileSync(at, 'utf8'))]).toEqual([target, expect.arrayContaining([anchor])])
  }
})
test.each(documents)('$file: variables and settings are known', ({ text }) => {
  const leaves = leavesOf(configSchema(() => ({ value: '' })))
  const known = new Set([
    ...leaves.flatMap(({ env, kind }) => (kind === 'secret' ? [env, `${env}_FILE`] : [env])),
    ...['GWANMUN_DATABASE_URL', 'GWANMUN_DATABASE_URL_FILE', 'GWANMUN_CONFIG'],
    // of commands that ask a gateway
    ...['API_KEY', 'SERVER', 'TENANCY', 'PROFILE', 'PROFILES'].map((name) => `GWANMUN_${name}`),
  ])
  for (const [name] of text.matchAll(/GWANMUN_[A-Z_]*[A-Z]/g))
    if (!name.startsWith('GWANMUN_SECRET')) expect([name, known.has(name)]).toEqual([name, true])
  for (const [, name] of text.matchAll(/--set ([A-Za-z.]+)=/g)) expect(leaves.map((l) => l.path)).toContain(name)
})
test.each(documents)('$file: commands are commands', async ({ text }) => {
  const shell = { out: () => {}, err: () => {}, refuse: () => {}, onStop: () => {} }
  const unused = () => Promise.reject(new Error('not asked'))
  for (const [whole, words = ''] of text.matchAll(/(?:`|npm run |^)gwanmun (?:-- )?([a-z][a-z -]*)/gm)) {
    const argv = words
      .trim()
      .split(/ +/)
      .filter((w) => !w.startsWith('-'))
    let at = await program(
      {
        ...shell,
        config: () => {
          throw new Error('not asked')
        },
        open: unused,
      },
      '0',
      argv,
    )
    for (const word of argv) {
      const next = at.commands.find((c) => c.name() === word)
      if (!next)
        expect([whole, at.commands.length]).toEqual([whole, 0]) // an argument, or a command that is not there
      else at = next
    }
  }
})
test('docs/policies.md lists what `policy check` finds, each with its severity', () => {
  const rows = readFileSync(join(root, 'docs/policies.md'), 'utf8').matchAll(/^\| `([a-z-]+)` \| (warning|notice) \|/gm)
  expect(Object.fromEntries([...rows].map(([, id, severity]) => [id, severity]))).toEqual(
    Object.fromEntries(Object.entries(lintRules).map(([id, { severity }]) => [id, severity])),
  )
})
test('docs/operate.md quotes messages and reasons that there are', () => {
  const text = readFileSync(join(root, 'docs/operate.md'), 'utf8')
  const ours = sources('src').replace(/\$\{[^}]*\}/g, '…')
  for (const [, message = ''] of text.matchAll(/^\| `([^`]+)` (?:\(log\) )?\|/gm)) {
    if (message.startsWith('/')) continue
    for (const part of message
      .split('…')
      .map((p) => p.replace(/^the store| N .*/g, '').trim())
      .filter((p) => p.length > 3))
      expect([part, ours.includes(part)]).toEqual([part, true])
  }
  for (const [, codes = ''] of text.matchAll(/^\| (\d{3} `[^|]*)\|/gm))
    for (const [, code = ''] of codes.matchAll(/`([a-z-]+)`/g))
      expect([code, ours.includes(`'${code}'`)]).toEqual([code, true])
  for (const [, status, code = ''] of text.matchAll(/(\d{3}) `([a-z-]+)`/g))
    if (Object.hasOwn(catalogue, code)) expect([code, status]).toEqual([code, String(catalogue[code as Slug][0])])
})
test('the newest release of the changelog names the schema that this build makes', () => {
  const [, newest] = /Schema version (\d+)/.exec(readFileSync(join(root, 'CHANGELOG.md'), 'utf8')) ?? []
  expect(newest).toBe(Object.keys(migrations('sqlite')).at(-1)?.split('-')[0])
})
