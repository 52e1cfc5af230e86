// Work that recurs while the process lives. A run that is slower than its interval is not started twice; what it throws is handed on.

type Ticker = {
  readonly every: (ms: number, what: string, work: () => Promise<unknown>) => void
  readonly stop: () => void
}

export const ticker = (report: (what: string, error: unknown) => void): Ticker => {
  const timers: NodeJS.Timeout[] = []
  return {
    every: (ms, what, work) => {
      let running = false
      const tick = () => {
        if (running) return
        running = true
        work()
          .catch((error: unknown) => report(what, error))
          .finally(() => {
            running = false
          })
      }
      timers.push(setInterval(tick, ms).unref())
    },
    stop: () => {
      for (const timer of timers) clearInterval(timer)
    },
  }
}
