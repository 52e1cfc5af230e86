// U6: the help of every command there is: it has an example that names the command, and reads as English.
import type { Command, HelpContext } from 'commander'
import { expect, test } from 'vitest'
import { program } from '../../src/cli/program.ts'

type Leaf = { readonly line: string; readonly help: string }
const printed: string[] = []
const shell = {
  out: (line: string) => void printed.push(line),
  err: () => {},
  refuse: () => {},
  onStop: () => {},
  config: () => expect.fail('help reads no settings'),
  open: () => expect.fail('help opens no store'),
}
const helpOf = (command: Command): string => {
  printed.length = 0
  command.outputHelp({ error: false } as HelpContext)
  return printed.join('\n')
}
const leavesOf = (command: Command, path: readonly string[] = []): readonly Leaf[] => {
  const here = [...path, command.name()]
  return command.commands.length === 0
    ? [{ line: here.join(' '), help: helpOf(command) }]
    : command.commands.flatMap((child) => leavesOf(child, here))
}
// the words with which completion has every command loaded
const leaves = leavesOf(await program(shell as never, '0', ['completion', 'bash'])).filter(
  ({ line }) => !line.startsWith('gwanmun demo-stand-in'),
)

/** Said with a consonant: `a user`, `a URL`, `a one-time code`. */
const CONSONANT = /^(?:u(?:ser|sage|ni|se)|url|utc|one\b|once\b|eu)/i
/** Said with a vowel: `an hour`, `an HTTP request`, `an SP`. */
const VOWEL = /^(?:hour|honest|[FHLMNRSX][A-Z]+\b|x\b|mfa\b)/

const slips = (text: string): readonly string[] => [
  ...[...text.matchAll(/\b[Aa] ([aeiou][\w-]*)/gi)].filter(([, w = '']) => !CONSONANT.test(w)).map(([all]) => all),
  ...[...text.matchAll(/\b[Aa]n ([\w-]+)/g)]
    .filter(([, w = '']) => (!/^[aeiou]/i.test(w) || CONSONANT.test(w)) && !VOWEL.test(w))
    .map(([all]) => all),
]

test('U6 there are commands, each once', () => {
  expect(leaves.length).toBeGreaterThan(150)
  expect(leaves.map((l) => l.line).filter((line, n, all) => all.indexOf(line) !== n)).toEqual([])
})
test('U6 each has an example of itself', () => {
  const examples = (help: string) => [...help.matchAll(/^ +(?:\$ .*?)?(gwanmun .*)$/gm)].map(([, line = '']) => line)
  const without = leaves.filter(({ line, help }) => !examples(help).some((one) => `${one} `.includes(`${line} `)))
  expect(without.map((l) => l.line)).toEqual([])
})
test('U6 articles are right', () => {
  expect(slips('a identity provider, an user, a user, an hour, a URL, an API key, A unicorn')).toEqual([
    'a identity',
    'an user',
  ])
  expect(leaves.flatMap(({ line, help }) => slips(help).map((slip) => `${line}: ${slip}`))).toEqual([])
})
test('U6 one is said of one and many of many', () => {
  const plural = (one: string): string => (/[^aeiou]y$/.test(one) ? one.replace(/y$/, 'ies') : `${one}s`)
  const wrong = leaves.flatMap(({ line, help }) => {
    const noun = line.split(' ')[1] ?? ''
    const files = [...help.matchAll(/-f ([a-z-]+)\.yaml/g)].map(([, file = '']) => file)
    const strange = files.filter((file) => noun.endsWith('s') && plural(file) !== noun)
    const said = /^(?:Delete|Make|Read one|Replace) (?:an? )?[\w -]*?(\w+ies|\w+sses)\b(?! of)/m.exec(help)
    return [...strange.map((file) => `${line}: ${file}`), ...(said ? [`${line}: ${said[0]}`] : [])]
  })
  expect(wrong).toEqual([])
})
