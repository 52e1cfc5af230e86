// The passwords everybody tries first, from a list an operator may replace with a longer one.
import { readFileSync } from 'node:fs'
import { Problem } from '../problem.ts'

/** One password a line, `#` begins a comment. Asked in lower case; digits and punctuation hung on at the end are looked through. */
export const commonPasswords = (file: string): ((password: string) => boolean) => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Problem('config-invalid', `the list of common passwords ${file} cannot be read`, { cause })
  }
  const known = new Set(
    text
      .split('\n')
      .map((line) => line.trim().toLowerCase())
      .filter((line) => line !== '' && !line.startsWith('#')),
  )
  return (password) => {
    const lower = password.toLowerCase()
    return known.has(lower) || known.has(lower.replace(/[^\p{L}]+$/u, ''))
  }
}
