// A file system of a test's own, small enough to fill; needs the right to mount.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** @returns what takes it away again, also while somebody still has a file of it open */
export const smallDisk = (at: string, size: string): (() => void) => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', at], { stdio: 'ignore' })
  return () => execFileSync('umount', ['--lazy', at], { stdio: 'ignore' })
}

export const mayMount: boolean = (() => {
  const at = mkdtempSync(join(tmpdir(), 'gwanmun-mount-'))
  try {
    smallDisk(at, '64k')()
    return true
  } catch {
    return false
  } finally {
    rmdirSync(at)
  }
})()
