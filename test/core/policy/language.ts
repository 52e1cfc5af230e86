// What tests of the language share: trees without places, and the real statements when they are at hand.
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** Offsets are for messages: two trees are the same without them. */
export const treeOf = (node: unknown): unknown =>
  JSON.parse(JSON.stringify(node, (key, value: unknown) => (key === 'at' ? undefined : value)) ?? 'null')

const shared = process.env.GWANMUN_SHARED ?? resolve(import.meta.dirname, '../../../../shared')

export const realLines = (file: string): readonly string[] | undefined => {
  const path = resolve(shared, 'data', file)
  return existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line.trim() !== '')
    : undefined
}
