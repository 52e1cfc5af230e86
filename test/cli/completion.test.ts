// I3: completion scripts: bash's is run, those of shells that are not here are looked at as text.
import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { runCommand } from './run-command.ts'

const has = (name: string): boolean => spawnSync(name, ['-c', 'true']).status === 0
const completed = async (...words: readonly string[]): Promise<readonly string[]> => {
  const { out } = await runCommand(['completion', 'bash'])
  const script = `${out}\nCOMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); _gwanmun; printf '%s\\n' "\${COMPREPLY[@]}"`
  const ran = spawnSync('bash', ['-c', script, 'bash', 'gwanmun', ...words], { encoding: 'utf8' })
  expect(ran.stderr).toBe('')
  return ran.stdout.split('\n').filter((line) => line !== '')
}

describe.skipIf(!has('bash'))('I3 bash completes', () => {
  test.each([
    [['gro'], ['groups', 'group-mappings']],
    [
      ['groups', 'p'],
      ['put', 'patch'],
    ],
    [['--debug', 'users', 'reset-p'], ['reset-password']],
    [['users', 'list', '--fi'], ['--filter']],
    [['groups', 'put', 'x', '--if'], ['--if-match']],
    [['policy', 'ex'], ['explain']],
    [['completion', 'nothing-like-it'], []],
    [['demo-st'], []],
  ])('%j', async (words, expected) => {
    expect([...(await completed(...words))].sort()).toEqual([...expected].sort())
  })
})

test.each(['bash', 'zsh', 'fish'])('I3 the script for %s is one the shell can read', async (kind) => {
  const { code, out } = await runCommand(['completion', kind])
  expect([code, out.includes('service-ids'), /\p{Cc}/u.test(out.replaceAll('\n', ''))]).toEqual([0, true, false])
  if (has(kind)) expect(spawnSync(kind, ['-n'], { input: out, encoding: 'utf8' }).stderr).toBe('')
})
test('I3 another shell is used wrongly', async () => {
  expect((await runCommand(['completion', 'csh'])).code).toBe(2)
})
