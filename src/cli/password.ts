// A password for a command: from a file, from the environment, or typed where nobody sees it. Never an argument: other users of the machine
// can read the command line.
import type { Readable } from 'node:stream'
import { readSecret } from '../config.ts'
import { Problem } from '../problem.ts'

export type PasswordOptions = { readonly passwordFile?: string; readonly passwordEnv?: string }
type Terminal = Readable & { readonly isTTY?: boolean; setRawMode?: (raw: boolean) => unknown }

const given = ({ passwordFile, passwordEnv }: PasswordOptions): string | undefined => {
  if (passwordFile === undefined && passwordEnv === undefined) return undefined
  if (passwordFile !== undefined && passwordEnv !== undefined)
    throw new Problem('request-malformed', 'give either --password-file or --password-env')
  const got = readSecret(passwordFile === undefined ? { env: passwordEnv ?? '' } : { file: passwordFile })
  if ('fault' in got) throw new Problem('request-malformed', got.fault)
  return got.value
}

/** One line, without echo. */
const typed = (terminal: Terminal, say: (text: string) => void, prompt: string): Promise<string> =>
  new Promise((resolve, reject) => {
    say(prompt)
    let text = ''
    const end = () => {
      terminal.off('data', on)
      terminal.setRawMode?.(false)
      terminal.pause()
      say('\n')
    }
    const on = (chunk: Buffer | string) => {
      const [line = '', ...more] = String(chunk).split(/[\r\n]/)
      for (const character of line)
        text = character === '\u007f' || character === '\b' ? [...text].slice(0, -1).join('') : text + character
      const stopped = line.includes('\u0003')
      if (!stopped && more.length === 0) return
      end()
      if (stopped) reject(new Problem('request-malformed', 'stopped'))
      else resolve(text)
    }
    terminal.setRawMode?.(true)
    terminal.on('data', on)
    terminal.resume()
  })

const prompted = async (terminal: Terminal, say: (text: string) => void): Promise<string> => {
  const password = await typed(terminal, say, 'new password: ')
  if ((await typed(terminal, say, 'again: ')) !== password)
    throw new Problem('request-malformed', 'the two passwords are not the same')
  return password
}

/** @param terminal undefined: nobody can be asked */
export const passwordOf = async (
  options: PasswordOptions,
  terminal?: Terminal,
  say: (text: string) => void = () => {},
): Promise<string> => {
  const found = given(options)
  if (found !== undefined) return found
  if (terminal?.isTTY !== true) throw new Problem('request-malformed', 'give either --password-file or --password-env')
  return prompted(terminal, say)
}
