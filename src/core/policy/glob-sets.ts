// What two wildcard texts have to do with each other: can one value fit both, does one fit whatever the other fits? `*` alone is special,
// as in glob.ts; everything is folded.
import { fold, matcherOf } from './glob.ts'

const steps = (glob: string): readonly string[] => [...fold(glob).replace(/\*+/g, '*')]

const isExact = (glob: string): boolean => !glob.includes('*')
/** Longer pairs are taken to overlap, of which nothing follows: comparing them step by step would take as long as both multiplied. */
const MAX_STEPS = 4_096

/** Whether some text fits both. */
export const intersects = (a: string, b: string): boolean => {
  if (isExact(a)) return matcherOf(b)(fold(a))
  if (isExact(b)) return matcherOf(a)(fold(b))
  return a.length * b.length > MAX_STEPS || meet(a, b)
}

/** Walks both from the left; a `*` may swallow what the other one says next. */
const meet = (a: string, b: string): boolean => {
  const [left, right] = [steps(a), steps(b)]
  // row[j]: the first i steps of the left and the first j of the right can end at the same point of one text
  let row = right.map((_, j) => right.slice(0, j).every((step) => step === '*'))
  row.push(right.every((step) => step === '*'))
  for (const step of left) {
    const next: boolean[] = [step === '*' && row[0] === true]
    for (const [j, other] of right.entries()) {
      const [above, before, diagonal] = [row[j + 1] === true, next[j] === true, row[j] === true]
      next.push(step === '*' || other === '*' ? above || before : diagonal && step === other)
    }
    row = next
  }
  return row.at(-1) === true
}

/** Whether `wide` fits every text that `narrow` fits: the `*` of the narrow one stands for any run, so only a `*` can take it. */
export const covers = (wide: string, narrow: string): boolean => matcherOf(wide)(fold(narrow))
