// What a running gateway does by itself, and how often. Every node does all of it: whatever only one may do at a time is settled in the store.
import type { AuditFlows } from '../audit/audit-flows.ts'
import type { RefreshMetadata } from './refresh-metadata.ts'
import type { SendOutbox } from './send-outbox.ts'
import type { SweepExpired } from './sweep-expired.ts'
import type { WatchCertificates, Watched } from './watch-certificates.ts'

const OUTBOX_MS = 1_000
const SEAL_MS = 1_000
const SWEEP_MS = 60_000
const METADATA_MS = 300_000
const MISSING_METADATA_MS = 15_000 // a partner's metadata that was not there at the start
const TRIM_MS = 600_000
const CHECKPOINTS_MS = 3_600_000
const CERTIFICATES_MS = 60_000

type Deps = {
  readonly send: SendOutbox
  readonly sweep: SweepExpired
  readonly refresh: RefreshMetadata
  readonly audit: Pick<AuditFlows, 'seal' | 'trim' | 'checkpoints'>
  readonly watch: WatchCertificates
  readonly metrics: {
    readonly delivery: (kind: string, outcome: Awaited<ReturnType<SendOutbox>>[number]['outcome']) => void
    readonly certificates: (watched: readonly Watched[]) => void
  }
  readonly log: {
    readonly info: (about: object, what: string) => void
    readonly error: (about: object, what: string) => void
  }
}
/** `failing`: what is said when it throws. */
export type Chore = { readonly ms: number; readonly failing: string; readonly work: () => Promise<unknown> }

export const chores = ({ send, sweep, refresh, audit, watch, metrics, log }: Deps): readonly Chore[] => [
  {
    ms: OUTBOX_MS,
    failing: 'the outbox stopped',
    work: async () => {
      for (const { kind, outcome } of await send()) metrics.delivery(kind, outcome)
    },
  },
  {
    ms: SEAL_MS,
    failing: 'the audit trail was not sealed',
    work: async () => {
      for (const chain of (await audit.seal()).broken)
        log.error(chain, 'the audit trail was tampered with: run `gwanmun audit verify`')
    },
  },
  { ms: TRIM_MS, failing: 'the audit trail was not trimmed', work: audit.trim },
  {
    // Whoever keeps the log elsewhere keeps with it what shows that the whole database was set back.
    ms: CHECKPOINTS_MS,
    failing: 'no checkpoints of the audit trail were logged',
    work: async () => {
      for (const checkpoint of await audit.checkpoints()) log.info({ checkpoint }, 'audit checkpoint')
    },
  },
  { ms: SWEEP_MS, failing: 'the sweep stopped', work: sweep },
  {
    ms: CERTIFICATES_MS,
    failing: 'certificates were not watched',
    work: async () => metrics.certificates(await watch()),
  },
  { ms: METADATA_MS, failing: 'metadata was not refreshed', work: () => refresh() },
  {
    ms: MISSING_METADATA_MS,
    failing: 'missing metadata was not loaded',
    work: () => refresh({ onlyMissing: true }),
  },
]
