// `gwanmun saml check`: judges one SAML message offline, with the clock of its moment, by the very code that judges it online. Prints a
// verdict with every check; the identity only when accepted, and only from signed bytes.
import { readFileSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import type { Check } from '../adapters/saml-verify/judge.ts'
import type { RootName } from '../adapters/saml-verify/offline.ts'
import type {
  MessageExpectations,
  ResponseExpectations,
  SamlMessage,
  Trusted,
  VerifiedResponse,
} from '../ports/saml-verifier.ts'
import type { Refusal } from '../ports/upstream.ts'
import { Problem } from '../problem.ts'

export type SamlCheckOptions = {
  /** XML, the base64 of a POST field, or the raw query of a redirect. */
  readonly message: Uint8Array
  readonly idpMetadata: string | undefined
  readonly certificates: readonly string[]
  readonly idpEntityId: string | undefined
  readonly spEntityId: string | undefined
  readonly acsUrl: string | undefined
  readonly requestId: string | undefined
  readonly now: number
  readonly decryptionKeys: readonly string[]
  readonly skewSeconds: number
  readonly allowUnsolicited: boolean
  readonly requireSignedAssertion: boolean
  /** Requests for a sign-in only; whoever ends sessions must sign. */
  readonly allowUnsignedRequest: boolean
}
export type Verdict = {
  readonly verdict: 'accepted' | 'refused'
  readonly reason: string | null
  readonly detail: string | null
  readonly expected: string | null
  readonly received: string | null
  readonly checks: readonly Check[]
  readonly identity: VerifiedResponse | SamlMessage | null
}

const verdictOf = (answer: VerifiedResponse | SamlMessage | Refusal, checks: readonly Check[]): Verdict => {
  if (!('refused' in answer))
    return { verdict: 'accepted', reason: null, detail: null, expected: null, received: null, checks, identity: answer }
  const { refused: reason, detail, expected = null, received = null } = answer
  return { verdict: 'refused', reason, detail, expected, received, checks, identity: null }
}

const needed = (value: string | undefined, flag: string): string => {
  if (value === undefined) throw new Problem('request-malformed', `this message is judged against \`${flag}\`: give it`)
  return value
}

// Loaded when a message is there: the schemas' engine is a good part of a second, and every other command does without.
const verifier = () => import('../adapters/saml-verify/offline.ts')
const metadataReader = () => import('../adapters/saml-verify/metadata.ts')

type ReadMetadata = Awaited<ReturnType<typeof metadataReader>>['parseMetadata']

/** Who is trusted: the metadata's entity and certificates, and what was named on the command line. */
const trustOf = (o: SamlCheckOptions, read: ReadMetadata, roles: readonly ('idp' | 'sp')[]): Trusted | Refusal => {
  if (o.idpMetadata === undefined)
    return { entityId: needed(o.idpEntityId, '--idp-entity-id'), certificates: o.certificates }
  const xml = o.idpMetadata
  const parsed = roles.map((role) => read(xml, role, o.now, o.idpEntityId))
  const found = parsed.find((m) => !('refused' in m)) ?? parsed[0]
  if (!found || 'refused' in found) return found ?? { refused: 'metadata-invalid', detail: 'no metadata' }
  return { entityId: found.entityId, certificates: [...found.signingCertificates, ...o.certificates] }
}

const responseExpectations = (o: SamlCheckOptions, read: ReadMetadata): ResponseExpectations | Refusal => {
  const from = trustOf(o, read, ['idp'])
  if ('refused' in from) return from
  return {
    from,
    ourEntityId: needed(o.spEntityId, '--sp-entity-id'),
    acsUrl: needed(o.acsUrl, '--acs-url'),
    requestId: o.requestId,
    allowUnsolicited: o.allowUnsolicited,
    decryptionKeys: o.decryptionKeys,
    requireSignedAssertion: o.requireSignedAssertion,
    skewSeconds: o.skewSeconds,
  }
}

const messageExpectations = (
  o: SamlCheckOptions,
  read: ReadMetadata,
  root: RootName | undefined,
): MessageExpectations | Refusal => {
  const from = trustOf(o, read, root === 'AuthnRequest' ? ['sp'] : ['idp', 'sp'])
  if ('refused' in from) return from
  const requireSignature = !(o.allowUnsignedRequest && root === 'AuthnRequest')
  return {
    kinds: ['AuthnRequest', 'LogoutRequest', 'LogoutResponse'],
    trusted: async (issuer) => (issuer === from.entityId ? { ...from, requireSignature } : undefined),
    destinations: [needed(o.acsUrl, '--acs-url')],
    skewSeconds: o.skewSeconds,
  }
}

export const samlCheck = async (o: SamlCheckOptions): Promise<Verdict> => {
  const [{ judgeOffline }, { parseMetadata }] = await Promise.all([verifier(), metadataReader()])
  const expectations = {
    response: () => responseExpectations(o, parseMetadata),
    message: (root: RootName | undefined) => messageExpectations(o, parseMetadata, root),
  }
  const { answer, checks } = await judgeOffline(o.message, expectations, o.now)
  const strayed =
    'kind' in answer &&
    answer.kind === 'LogoutResponse' &&
    o.requestId !== undefined &&
    answer.inResponseTo !== o.requestId
  if (!strayed) return verdictOf(answer, checks)
  const received = answer.inResponseTo ?? '(none)'
  const refusal = { refused: 'in-response-to-mismatch', detail: 'the answer belongs to another request', received }
  return verdictOf({ ...refusal, expected: o.requestId ?? '' }, checks)
}

type Flags = {
  readonly xml: string
  readonly idpMetadata?: string
  readonly cert: readonly string[]
  readonly idpEntityId?: string
  readonly spEntityId?: string
  readonly acsUrl?: string
  readonly requestId?: string
  readonly now?: number
  readonly key: readonly string[]
  readonly skewSeconds: number
  readonly allowUnsolicited: boolean
  readonly requireSignedAssertion: boolean
  readonly allowUnsignedRequest: boolean
}

const bytesOf = (file: string): Uint8Array => {
  try {
    return readFileSync(file === '-' ? 0 : file)
  } catch (cause) {
    throw new Problem('request-malformed', `\`${file}\` cannot be read`, { cause })
  }
}
const textOf = (file: string): string => Buffer.from(bytesOf(file)).toString('utf8')
const instantIn = (text: string): number => {
  const at = Date.parse(text)
  if (Number.isNaN(at)) throw new InvalidArgumentError('expected a time such as `2026-01-15T12:00:00Z`')
  return at
}
const secondsIn = (text: string): number => {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('expected whole seconds, for example 60')
  return Number(text)
}
const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]

export const samlCommand = (shell: {
  readonly out: (line: string) => void
  readonly refuse: () => void
  readonly clock: () => number
}): Command =>
  new Command('saml').description('look at SAML messages').addCommand(
    new Command('check')
      .description(
        'judge one SAML message offline and print the verdict as JSON; exit code 0 accepted, 1 refused, 2 wrong usage',
      )
      .requiredOption('--xml <file>', 'the message: XML, base64, or the query of a redirect; - for standard input')
      .option('--idp-metadata <file>', 'metadata of whoever issued it')
      .option('--cert <file>', 'certificate (PEM) of the issuer; repeatable', collect, [])
      .option('--idp-entity-id <id>', 'entity id of the issuer (needed without metadata, or when it holds several)')
      .option('--sp-entity-id <id>', 'our entity id: the audience')
      .option('--acs-url <url>', 'our address: destination and recipient')
      .option('--request-id <id>', 'ID of the request that is answered')
      .option('--now <time>', 'the clock, ISO 8601; without it, now', instantIn)
      .option('--key <file>', 'private key (PEM) for encrypted assertions; repeatable', collect, [])
      .option('--skew-seconds <n>', 'clock difference allowed', secondsIn, 60)
      .option('--allow-unsolicited', 'accept an answer to no request', false)
      .option('--require-signed-assertion', 'a signed response alone is not enough', false)
      .option('--allow-unsigned-request', 'accept an AuthnRequest without signature', false)
      .addHelpText(
        'after',
        '\nExample:\n  $ gwanmun saml check --xml response.xml --idp-metadata corp.xml --sp-entity-id https://sp --acs-url https://sp/acs --request-id _1 --now 2026-01-15T12:00:00Z',
      )
      .action(async ({ xml, idpMetadata, cert, key, now, ...flags }: Flags) => {
        const verdict = await samlCheck({
          idpEntityId: undefined,
          spEntityId: undefined,
          acsUrl: undefined,
          requestId: undefined,
          ...flags,
          message: bytesOf(xml),
          idpMetadata: idpMetadata === undefined ? undefined : textOf(idpMetadata),
          certificates: cert.map(textOf),
          decryptionKeys: key.map(textOf),
          now: now ?? shell.clock(),
        })
        shell.out(JSON.stringify(verdict, null, 2))
        if (verdict.verdict === 'refused') shell.refuse()
      }),
  )
