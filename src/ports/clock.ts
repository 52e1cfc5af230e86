// The one clock of the program (epoch ms). Tests and simulations pass their own.
import type { EpochMs } from '../core/model/time.ts'

export type Clock = () => EpochMs
