// The only way out: every outgoing request (discovery, metadata, JWKS, back-channel) goes through one fetch with a time limit, a size
// limit and a guard against private addresses. It has the shape of the platform's fetch so that libraries can be given it.

export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>

/** Thrown by a Fetch when the request never got an answer; `reason` is stable. */
export type FetchFailure = Error & {
  readonly reason: 'timeout' | 'too-large' | 'address-not-allowed' | 'unreachable' | 'redirect'
}
