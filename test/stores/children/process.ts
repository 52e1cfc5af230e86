// A second process on the same store, driven line by line.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export type Child = {
  readonly process: ChildProcess
  readonly lines: AsyncIterator<string>
  /** Resolves when it is gone, however it went. */
  readonly ended: Promise<unknown>
}

export const startChild = (script: string, ...args: readonly string[]): Child => {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  return {
    process: child,
    lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
    ended: once(child, 'exit'),
  }
}

export const nextLine = async ({ lines }: Child): Promise<string> => {
  const line = await lines.next()
  if (line.done) throw new Error('the child ended without a further line')
  return line.value
}
