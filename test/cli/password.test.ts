// A password for a command: file, environment, or typed without echo.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { passwordOf } from '../../src/cli/password.ts'

const keyboard = (...keys: readonly string[]) => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (_raw: boolean) => stream })
  const said: string[] = []
  const say = (text: string) => {
    said.push(text)
    if (text.endsWith(': ')) stream.write(keys[said.filter((s) => s.endsWith(': ')).length - 1] ?? '')
  }
  return { stream, said, say }
}

test('typed twice, without echo; a slip is taken back', async () => {
  const { stream, said, say } = keyboard('secrt\u007fet\r', 'secret\n')
  expect(await passwordOf({}, stream, say)).toBe('secret')
  expect(said).toEqual(['new password: ', '\n', 'again: ', '\n'])
})
test('two that differ, and Ctrl-C', async () => {
  const differs = keyboard('one\n', 'two\n')
  await expect(passwordOf({}, differs.stream, differs.say)).rejects.toThrow('not the same')
  const stopped = keyboard('se\u0003')
  await expect(passwordOf({}, stopped.stream, stopped.say)).rejects.toThrow('stopped')
})
test('from a file; both or, where nobody can be asked, neither is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gwanmun-password-'))
  writeFileSync(join(folder, 'p'), 'from a file\n')
  expect(await passwordOf({ passwordFile: join(folder, 'p') })).toBe('from a file')
  await expect(passwordOf({ passwordFile: 'a', passwordEnv: 'b' })).rejects.toThrow('either')
  await expect(passwordOf({})).rejects.toThrow('give either --password-file or --password-env')
  rmSync(folder, { recursive: true })
})
