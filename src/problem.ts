// The one error type. Flows and edges throw it; core never throws, it returns. `edges/render-problem.ts` dresses it
// five ways: problem+json (RFC 9457), OAuth (RFC 6749 §5.2), SAML Status, SCIM Error (RFC 7644 §3.12), HTML page.

/** Slug → status and public title. Slugs are API: add, never rename, never reuse. */
export const catalogue = {
  'request-malformed': [400, 'The request could not be understood'],
  'sign-in-required': [401, 'Sign in first'],
  'not-permitted': [403, 'You may not do this'],
  'not-found': [404, 'There is nothing here'],
  'journey-expired': [410, 'This sign-in has expired'],
  'journey-unknown': [400, 'This sign-in is over or belongs to another browser'],
  'changed-meanwhile': [409, 'Someone else changed this first'],
  'name-taken': [409, 'That name is taken'],
  'not-empty': [409, 'It is not empty'],
  'precondition-failed': [412, 'It is not as you last saw it'],
  'media-type-unsupported': [415, 'That kind of content is not understood here'],
  'method-not-allowed': [405, 'That cannot be done with this address'],
  'upstream-refused': [400, 'The answer of the identity provider was refused'],
  'upstream-unreachable': [502, 'The identity provider could not be reached'],
  'saml-request-refused': [400, 'The request of the application was refused'],
  'app-unknown': [400, 'This application is not registered here'],
  'domain-inactive': [403, 'This identity domain is not active'],
  'too-many-requests': [429, 'Too many tries; wait a moment'],
  'too-large': [413, 'The request is too large'],
  'config-invalid': [422, 'The configuration has faults'],
  'storage-unavailable': [503, 'The data store cannot be written right now'],
  internal: [500, 'Something went wrong on our side'],
} as const satisfies Record<string, readonly [status: number, title: string]>
export type Slug = keyof typeof catalogue

/** One thing wrong with what was sent: where, what was expected there, and what to do. Shown to the caller. */
export type ProblemField = { readonly field: string; readonly expected: string; readonly remedy?: string }
type Options = { readonly cause?: unknown; readonly reason?: string; readonly fields?: readonly ProblemField[] }

export class Problem extends Error {
  readonly slug: Slug
  readonly detail: string | undefined // shown to the caller: nothing in it that the caller did not send
  /** Stable reason code beside the slug, e.g. a SAML refusal (`signature-missing`); shown to people. */
  readonly reason: string | undefined
  readonly fields: readonly ProblemField[]
  constructor(slug: Slug, detail?: string, options: Options = {}) {
    super(detail ?? catalogue[slug][1], { cause: options.cause }) // `cause` is for our log and never leaves the process
    this.slug = slug
    this.detail = detail
    this.reason = options.reason
    this.fields = options.fields ?? []
  }
}
