// A terminal: one bash that gets a document's blocks one after the other and keeps what they set, as whoever reads the document does.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type Typed = {
  /** Until it printed something: the first group of the pattern. */
  readonly prints: (what: RegExp) => Promise<string>
  /** What it printed, without colours, and the command that failed, if one did. */
  readonly done: Promise<{ readonly text: string; readonly failed: string | undefined }>
}

/** The blocks of a document that are meant to be typed. */
export const blocksIn = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/^```sh\n(.*?)^```$/gms)].map((m) => m[1] ?? '')

export const terminal = (folder: string, cwd: string, env: { readonly [name: string]: string }) => {
  const shell = spawn('bash', ['--noprofile', '--norc'], { cwd, env, detached: true })
  let text = ''
  const hear = new Set<() => void>()
  const ended = new Promise<never>((_, failed) =>
    shell.once('close', (code) => failed(new Error(`the terminal ended with ${code}:\n${text}`))),
  )
  ended.catch(() => undefined)
  for (const stream of [shell.stdout, shell.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      for (const heard of hear) heard()
    })
  const until = (what: RegExp): Promise<RegExpExecArray> =>
    Promise.race([
      ended,
      new Promise<RegExpExecArray>((done) => {
        const look = () => {
          const found = what.exec(text)
          if (!found) return
          hear.delete(look)
          done(found)
        }
        hear.add(look)
        look()
      }),
    ])
  shell.stdin.write(`set -o pipefail -o errtrace; trap 'echo "<failed: $BASH_COMMAND>"' ERR\n`)
  const type = (block: string): Typed => {
    text = ''
    const file = join(folder, 'typed.sh')
    writeFileSync(file, block)
    shell.stdin.write(`. '${file}' < /dev/null; echo; echo '<done>'\n`)
    const done = until(/^<done>$/m).then(() => {
      const [said = ''] = text.split(/^<done>$/m)
      return { text: said, failed: /^<failed: (.*)>$/m.exec(said)?.[1] }
    })
    return { prints: async (what) => (await until(what))[1] ?? '', done }
  }
  const close = (): void => {
    // whatever it left running in the background is of its process group
    if (shell.pid !== undefined) process.kill(-shell.pid, 'SIGKILL')
  }
  return { type, close }
}
