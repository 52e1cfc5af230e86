// Globs: `*` any run of characters, `?` one. No pattern makes it slower than its length times the value's: the last star is the only one
// ever gone back to.

const characters = (text: string, ignoreCase: boolean): readonly string[] => [
  ...(ignoreCase ? text.toLowerCase() : text),
]

export const globMatches = (pattern: string, text: string, ignoreCase: boolean): boolean => {
  const p = characters(pattern.normalize('NFC'), ignoreCase)
  const t = characters(text.normalize('NFC'), ignoreCase)
  let at = 0
  let inPattern = 0
  let star = -1
  let starAt = 0
  while (at < t.length) {
    if (p[inPattern] === '*') {
      star = inPattern++
      starAt = at
    } else if (inPattern < p.length && (p[inPattern] === '?' || p[inPattern] === t[at])) {
      inPattern++
      at++
    } else if (star >= 0) {
      inPattern = star + 1
      at = ++starAt
    } else return false
  }
  while (p[inPattern] === '*') inPattern++
  return inPattern === p.length
}
