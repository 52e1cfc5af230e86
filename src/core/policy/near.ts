// Words that were probably meant. To suggest, never to decide.

/** Insertions, deletions, changes and swaps of neighbours between two words, counted up to `most` + 1. */
export const editsBetween = (a: string, b: string, most: number): number => {
  if (Math.abs(a.length - b.length) > most) return most + 1
  let before: readonly number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, n) => n)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const changed = (row[j - 1] ?? 0) + (same ? 0 : 1)
      const shifted = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1)
      next.push(Math.min(changed, shifted, swapped ? (before[j - 2] ?? 0) + 1 : shifted))
    }
    if (Math.min(...next) > most) return most + 1
    before = row
    row = next
  }
  return row[b.length] ?? most + 1
}

/** The nearest of the words, if one is at most `most` edits away. */
export const nearest = (word: string, among: Iterable<string>, most: number): string | undefined => {
  let best: string | undefined
  let distance = most + 1
  for (const candidate of among) {
    const edits = editsBetween(word, candidate, distance - 1)
    if (edits < distance) [best, distance] = [candidate, edits]
  }
  return best
}
