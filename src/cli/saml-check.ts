// `gwanmun saml check`: judges one SAML message offline, with the clock of its moment, by the very code that judges it online. Prints a
// verdict with every check; the identity only when accepted, and only from signed bytes.
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { parseText } from '../adapters/saml-verify/document.ts'
import { judgeMessage, proveEnveloped } from '../adapters/saml-verify/message.ts'
import { parseMetadata } from '../adapters/saml-verify/metadata.ts'
import { type Check, judgeResponse } from '../adapters/saml-verify/response.ts'
import type { MessageExpectations, SamlMessage, VerifiedResponse } from '../ports/saml-verifier.ts'
import type { Refusal } from '../ports/upstream.ts'
import { Problem } from '../problem.ts'

export type SamlCheckOptions = {
  readonly xml: string
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

const refusedBy = (refusal: Refusal, checks: readonly Check[]): Verdict => ({
  verdict: 'refused',
  reason: refusal.refused,
  detail: refusal.detail,
  expected: refusal.expected ?? null,
  received: refusal.received ?? null,
  checks,
  identity: null,
})
const accepted = (identity: VerifiedResponse | SamlMessage, checks: readonly Check[]): Verdict => ({
  verdict: 'accepted',
  reason: null,
  detail: null,
  expected: null,
  received: null,
  checks,
  identity,
})

/** Who is trusted: the metadata's entity and certificates, or what was named on the command line. */
const trustOf = (
  o: SamlCheckOptions,
  role: 'idp' | 'sp',
): { readonly entityId: string; readonly certificates: readonly string[] } | Refusal => {
  if (o.idpMetadata === undefined) return { entityId: o.idpEntityId ?? '', certificates: o.certificates }
  const parsed = parseMetadata(o.idpMetadata, role, o.now, o.idpEntityId)
  return 'refused' in parsed
    ? parsed
    : { entityId: parsed.entityId, certificates: [...parsed.signingCertificates, ...o.certificates] }
}

const needed = (value: string | undefined, flag: string): string => {
  if (value === undefined) throw new Problem('request-malformed', `a Response is judged against \`${flag}\`: give it`)
  return value
}

const checkResponse = (o: SamlCheckOptions): Verdict => {
  const checks: Check[] = []
  const from = trustOf(o, 'idp')
  if ('refused' in from) return refusedBy(from, checks)
  const expected = {
    from,
    ourEntityId: needed(o.spEntityId, '--sp-entity-id'),
    acsUrl: needed(o.acsUrl, '--acs-url'),
    requestId: o.requestId,
    allowUnsolicited: o.allowUnsolicited,
    decryptionKeys: o.decryptionKeys,
    requireSignedAssertion: o.requireSignedAssertion,
    skewSeconds: o.skewSeconds,
  }
  const answer = judgeResponse(o.xml, expected, o.now, (check) => void checks.push(check))
  return 'refused' in answer ? refusedBy(answer, checks) : accepted(answer, checks)
}

/** Requests and logout messages come from either role; a message must be signed to be accepted here. */
const checkMessage = async (o: SamlCheckOptions, root: string): Promise<Verdict> => {
  const from = trustOf(o, root === 'AuthnRequest' ? 'sp' : 'idp')
  if ('refused' in from) return refusedBy(from, [])
  const expected: MessageExpectations = {
    kinds: ['AuthnRequest', 'LogoutRequest', 'LogoutResponse'],
    trusted: async (issuer) =>
      from.entityId === '' || issuer === from.entityId
        ? { entityId: issuer, certificates: from.certificates, requireSignature: true }
        : undefined,
    destinations: o.acsUrl === undefined ? [] : [o.acsUrl],
    skewSeconds: o.skewSeconds,
  }
  const answer = await judgeMessage(o.xml, undefined, expected, proveEnveloped, o.now)
  if ('refused' in answer) return refusedBy(answer, [])
  if (o.requestId !== undefined && answer.kind === 'LogoutResponse' && answer.inResponseTo !== o.requestId)
    return refusedBy(
      {
        refused: 'in-response-to-mismatch',
        detail: 'the answer belongs to another request',
        expected: o.requestId,
        received: answer.inResponseTo ?? '(none)',
      },
      [],
    )
  return accepted(answer, [])
}

/** Plain XML, or the base64 of a POST field. */
export const samlText = (content: string): string => {
  const text = content.trim()
  return text.startsWith('<') || text.charCodeAt(0) === 0xfeff || text === ''
    ? content
    : Buffer.from(text, 'base64').toString('utf8')
}

export const samlCheck = async (options: SamlCheckOptions): Promise<Verdict> => {
  // Only to choose what to judge it as; whatever does not parse is judged, and refused, as a Response.
  const root = parseText(options.xml)?.documentElement?.localName ?? 'Response'
  return ['AuthnRequest', 'LogoutRequest', 'LogoutResponse'].includes(root)
    ? checkMessage(options, root)
    : checkResponse(options)
}

type Flags = {
  readonly xml: string
  readonly idpMetadata?: string
  readonly cert: readonly string[]
  readonly idpEntityId?: string
  readonly spEntityId?: string
  readonly acsUrl?: string
  readonly requestId?: string
  readonly now?: string
  readonly key: readonly string[]
  readonly skewSeconds: string
  readonly allowUnsolicited: boolean
  readonly requireSignedAssertion: boolean
}

const read = (file: string): string => {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (cause) {
    throw new Problem('request-malformed', `${file} cannot be read`, { cause })
  }
}
const timeOf = (text: string | undefined, clock: () => number): number => {
  const at = text === undefined ? clock() : Date.parse(text)
  if (Number.isNaN(at))
    throw new Problem('request-malformed', `--now: expected a time such as \`2026-01-15T12:00:00Z\`, found \`${text}\``)
  return at
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
        'judge one SAML message offline and print the verdict as JSON; exit code 0 accepted, 1 refused, 2 usage',
      )
      .requiredOption('--xml <file>', 'the message, XML or base64; - for standard input')
      .option('--idp-metadata <file>', 'metadata of whoever issued it')
      .option('--cert <file>', 'certificate (PEM) of the issuer; repeatable', collect, [])
      .option('--idp-entity-id <id>', 'entity id of the issuer (needed without metadata)')
      .option('--sp-entity-id <id>', 'our entity id: the audience')
      .option('--acs-url <url>', 'our assertion consumer service: destination and recipient')
      .option('--request-id <id>', 'ID of the request that is answered')
      .option('--now <time>', 'the clock, ISO 8601; without it, now')
      .option('--key <file>', 'private key (PKCS#8 PEM) for encrypted assertions; repeatable', collect, [])
      .option('--skew-seconds <n>', 'clock difference allowed', '60')
      .option('--allow-unsolicited', 'accept an answer to no request', false)
      .option('--require-signed-assertion', 'a signed response alone is not enough', false)
      .addHelpText(
        'after',
        '\nExample:\n  gwanmun saml check --xml response.xml --idp-metadata corp.xml --sp-entity-id https://sp --acs-url https://sp/acs --request-id _1 --now 2026-01-15T12:00:00Z',
      )
      .action(async (flags: Flags) => {
        const verdict = await samlCheck({
          xml: samlText(read(flags.xml)),
          idpMetadata: flags.idpMetadata === undefined ? undefined : read(flags.idpMetadata),
          certificates: flags.cert.map(read),
          idpEntityId: flags.idpEntityId,
          spEntityId: flags.spEntityId,
          acsUrl: flags.acsUrl,
          requestId: flags.requestId,
          now: timeOf(flags.now, shell.clock),
          decryptionKeys: flags.key.map(read),
          skewSeconds: Number(flags.skewSeconds),
          allowUnsolicited: flags.allowUnsolicited,
          requireSignedAssertion: flags.requireSignedAssertion,
        })
        shell.out(JSON.stringify(verdict, null, 2))
        if (verdict.verdict === 'refused') shell.refuse()
      }),
  )
