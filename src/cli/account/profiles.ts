// Who is signed in where, in a file that nobody else may read. Tokens are in it and never on a screen. Two commands at once do not lose each other's
// work: whoever writes holds a lock, because a refresh token that is used twice ends everybody's sign-in.
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { Problem } from '../../problem.ts'

const tokens = z.strictObject({
  access: z.string(),
  refresh: z.string().optional(),
  /** Epoch milliseconds. */
  expiresAt: z.number(),
})
const profile = z.strictObject({
  server: z.string(),
  tenancy: z.string(),
  domain: z.string(),
  username: z.string().optional(),
  tokens: tokens.optional(),
})
const file = z.strictObject({ profiles: z.record(z.string(), profile) })

export type Tokens = z.infer<typeof tokens>
export type Profile = z.infer<typeof profile>
export type Profiles = { readonly [name: string]: Profile }
export type ProfileStore = {
  /** @throws Problem('config-invalid') when others may read the file, or it is none of ours */
  readonly read: () => Profiles
  /** One writer at a time, each on what the one before has left. Undefined: the profile goes. */
  readonly change: (
    name: string,
    change: (before: Profile | undefined) => Promise<Profile | undefined>,
  ) => Promise<void>
}

export const isProfileName = (name: string): boolean => /^[\w.-]{1,64}$/.test(name) && name !== '__proto__'

const TRIES = 200
const PAUSE_MS = 50
/** Whoever held it that long is gone. */
const STALE_MS = 60_000

const codeOf = (thrown: unknown): string | undefined =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : undefined

export const profileStore = (path: string): ProfileStore => {
  const lock = `${path}.lock`

  const read = (): Profiles => {
    let text: string
    try {
      if ((statSync(path).mode & 0o077) !== 0)
        throw new Problem('config-invalid', `\`${path}\` may be read by others: \`chmod 600 ${path}\``)
      text = readFileSync(path, 'utf8')
    } catch (thrown) {
      if (codeOf(thrown) === 'ENOENT') return {}
      throw thrown
    }
    try {
      return file.parse(JSON.parse(text)).profiles
    } catch (cause) {
      throw new Problem('config-invalid', `\`${path}\` holds no profiles: remove it and sign in again`, { cause })
    }
  }
  const write = (profiles: Profiles): void => {
    const fresh = `${path}.${randomBytes(6).toString('hex')}`
    writeFileSync(fresh, `${JSON.stringify({ profiles }, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
    renameSync(fresh, path)
  }
  const taken = (): boolean => {
    try {
      writeFileSync(lock, String(process.pid), { mode: 0o600, flag: 'wx' })
      return true
    } catch (thrown) {
      if (codeOf(thrown) !== 'EEXIST') throw thrown
      const { mtimeMs } = statSync(lock, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() }
      if (Date.now() - mtimeMs > STALE_MS) rmSync(lock, { force: true })
      return false
    }
  }
  return {
    read,
    change: async (name, change) => {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      for (let tried = 0; !taken(); tried++) {
        if (tried >= TRIES) throw new Problem('changed-meanwhile', `\`${lock}\` is held by another command`)
        await sleep(PAUSE_MS)
      }
      try {
        const { [name]: before, ...others } = read()
        const after = await change(before)
        write(after === undefined ? others : { ...others, [name]: after })
        chmodSync(path, 0o600)
      } finally {
        rmSync(lock, { force: true })
      }
    },
  }
}
