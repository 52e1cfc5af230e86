// When those who can share have all come: whoever is answered at one moment asks again at the same moment. Knows the event loop, nothing of
// databases, and no clock: nobody waits for somebody who may not come.

/** Steps in a row before the event loop looks at its sockets again. */
const MOST_IN_A_ROW = 8

export type Turn = {
  /** Runs it when everybody has come who was ready at the same moment. */
  readonly whenAllHaveCome: (run: () => void) => void
  /** Says that many are answered now, together. */
  readonly answering: () => void
  /** Says that a snapshot is open, and, by what it returns, that it is no more or will be for long. */
  readonly looking: () => () => void
  /** Settles when no snapshot is open that will be over in a moment. */
  readonly looked: () => Promise<void>
}

/** https://nodejs.org/en/learn/asynchronous-work/event-loop-timers-and-nexttick */
export const turns = (): Turn => {
  let together = false
  let inARow = 0
  let open = 0
  let whenClosed: (() => void)[] = []
  const closed = (): void => {
    open -= 1
    if (open > 0) return
    const all = whenClosed
    whenClosed = []
    for (const go of all) go()
  }
  return {
    looking: () => {
      open += 1
      let over = false
      return () => {
        if (!over) closed()
        over = true
      }
    },
    looked: async () => {
      if (open > 0) await new Promise<void>((go) => whenClosed.push(go))
    },
    whenAllHaveCome: (run) => {
      if (together && inARow < MOST_IN_A_ROW) {
        inARow += 1
        process.nextTick(run) // when no promise is left to settle
        return
      }
      inARow = 0
      setImmediate(run) // when every socket that was ready was looked at
    },
    answering: () => {
      together = true
      // from a promise, so that it comes after those that are settled already, and after what their owners do then
      queueMicrotask(() =>
        process.nextTick(() => {
          together = false
        }),
      )
    },
  }
}
