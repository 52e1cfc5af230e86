// What a gateway needs of memory is known to nobody but itself. V8 makes room for objects that die young whenever many survive, up to a size
// that follows the machine: on a large one twice 64 MB, most of it while modules are loaded and never needed again. Requests are content
// with less. https://v8.dev/blog/trash-talk
import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const ENOUGH = 64_000_000 // bytes, both halves: with half of it what lives as long as a request is kept too often, and a fifth of the speed goes

// Read by V8 whenever the space would grow; 1 is not to grow.
const growBy = (factor: 1 | 2): void => setFlagsFromString(`--semi-space-growth-factor=${factor}`)
const youngSpace = (): number => getHeapSpaceStatistics().find((s) => s.space_name === 'new_space')?.space_size ?? 0

/** Before much is loaded. */
export const holdMemory = (): void => growBy(1)

/** When everything is loaded: what that left behind is given back, which happens by itself only when memory gets scarce. */
const giveBack = (): void => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (how: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void
  collect({ type: 'major', flavor: 'last-resort' })
}

/** From here on as large as requests need it. V8 makes it small again in a quiet moment: so it is watched for as long as there are some. */
export const releaseMemory = (): void => {
  giveBack()
  let grows = false
  const settle = (): void => {
    const mayGrow = youngSpace() < ENOUGH
    if (mayGrow === grows) return
    grows = mayGrow
    growBy(grows ? 2 : 1)
  }
  settle()
  new PerformanceObserver(settle).observe({ entryTypes: ['gc'] })
}
