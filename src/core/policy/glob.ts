// The wildcard of the language: `*` stands for any run of characters, nothing else is special. Without case; linear in the text.

export type Matches = (folded: string) => boolean

export const fold = (text: string): string => text.toLowerCase()

/** @returns a predicate over text that was folded already */
export const matcherOf = (glob: string): Matches => {
  const parts = fold(glob).split('*')
  const [first = '', ...others] = parts
  const last = others.pop()
  if (last === undefined) return (text) => text === first
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
    const end = text.length - last.length
    let at = first.length
    for (const part of others) {
      const found = text.indexOf(part, at)
      if (found < 0 || found + part.length > end) return false
      at = found + part.length
    }
    return true
  }
}
