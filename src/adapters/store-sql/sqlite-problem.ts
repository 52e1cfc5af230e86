// What went wrong with the file, in words an operator can act on. https://sqlite.org/rescode.html
import { dirname } from 'node:path'
import { Problem } from '../../problem.ts'

type Fault = { readonly errcode?: unknown; readonly code?: unknown; readonly message?: unknown }
const of = (error: unknown): Fault => (typeof error === 'object' && error !== null ? error : {})

/** The primary result code; extended ones carry more in the upper bits. */
const resultCode = (error: unknown): number | undefined => {
  const { errcode } = of(error)
  return typeof errcode === 'number' ? errcode & 0xff : undefined
}

const BUSY = 5
const READONLY = 8
export const isBusy = (error: unknown): boolean => resultCode(error) === BUSY
export const isReadOnly = (error: unknown): boolean => resultCode(error) === READONLY

const reasons: Readonly<Record<number, (path: string) => string>> = {
  3: (path) => `may not be opened: give the user that runs gwanmun access to ${path} and to its directory`,
  [BUSY]: () => 'is locked by another process: wait, or end the process that holds it',
  6: () => 'is locked by another connection: wait, or end the process that holds it',
  7: () => 'needs more memory than there is',
  [READONLY]: (path) =>
    `cannot be written: make ${path}, its directory and its file system writable for the user that runs gwanmun`,
  // Also SHMSIZE: the index beside the log has no room, before SQLite says FULL.
  10: () => 'cannot be read or written: see that the disk is not full and not damaged',
  11: () => 'is damaged: stop gwanmun and restore a backup',
  13: () => 'cannot grow, the disk is full: free some space, gwanmun goes on by itself',
  14: (path) => `cannot be opened: ${dirname(path)} must be a directory that the user that runs gwanmun may write`,
  26: () => 'is not a gwanmun database: point the configuration at another file',
}

/** Of errors of the file system (mkdir, open) before SQLite sees the path. */
const fileReasons: Readonly<Record<string, (path: string) => string>> = {
  EACCES: (path) => `may not be opened: give the user that runs gwanmun access to ${dirname(path)}`,
  EPERM: (path) => `may not be opened: give the user that runs gwanmun access to ${dirname(path)}`,
  EROFS: () => 'is on a read-only file system: mount it writable, or move the store',
  ENOSPC: () => 'cannot be created, the disk is full: free some space',
  ENOTDIR: (path) => `cannot be created: ${dirname(path)} is not a directory, nor can it be made one`,
  EEXIST: (path) => `cannot be created: ${dirname(path)} is not a directory, nor can it be made one`,
  ENOENT: (path) => `cannot be created: the directory ${dirname(path)} does not exist and cannot be made`,
  EISDIR: () => 'is a directory: name a file in it',
}

const missingTable = (error: unknown): boolean => String(of(error).message).startsWith('no such table')

/** The error as a Problem if it is one of the storage; any other error unchanged, since that is a bug of ours. */
export const sqliteProblem = (error: unknown, path: string): unknown => {
  const { code } = of(error)
  const reason = reasons[resultCode(error) ?? -1] ?? (typeof code === 'string' ? fileReasons[code] : undefined)
  if (reason) return new Problem('storage-unavailable', `the store ${path} ${reason(path)}`, { cause: error })
  if (missingTable(error)) {
    const detail = `the store ${path} has no schema: run \`gwanmun migrate up\``
    return new Problem('storage-unavailable', detail, { cause: error })
  }
  return error
}
