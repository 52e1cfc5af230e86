// What can be found out about an identity provider without a browser: whether its documents are there and say what is needed, which
// certificates hang on it, and what its administrator must register of us. Tells, and changes nothing.
import type { Certificate } from '../core/model/certificate.ts'
import type { Idp } from '../core/model/idp.ts'
import type { EpochMs } from '../core/model/time.ts'
import type { Check } from './upstream.ts'

/** `warning`: it works, and should be looked after. */
export type Inspected = Check & { readonly warning?: boolean }
export type Inspection = {
  readonly checks: readonly Inspected[]
  readonly certificates: readonly Certificate[]
  /** What to give to whoever runs the provider: our addresses and names there. */
  readonly register: readonly { readonly what: string; readonly value: string }[]
}
export interface Inspector {
  inspect(idp: Idp, now: EpochMs): Promise<Inspection>
  /** Of what is at hand: asks nobody. */
  certificates(idp: Idp, now: EpochMs): readonly Certificate[]
}

/** @param text base64 DER (metadata, `x5c`) or PEM; undefined where it holds a bare key or nothing readable */
export type ReadCertificate = (text: string, use: Certificate['use']) => Certificate | undefined

/** A document of the provider, as it was answered. */
export type AskDocument = (
  url: string,
  accept: string,
) => Promise<
  | {
      readonly status: number
      readonly text: string
      /** What their clock said; undefined when they do not say, or when something in between kept the answer. */
      readonly date: EpochMs | undefined
    }
  | { readonly failed: string }
>
