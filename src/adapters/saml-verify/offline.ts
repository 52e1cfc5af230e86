// One message out of a file, judged by the code that judges it online, with every check noted: what `gwanmun saml check` prints.
import type { EpochMs } from '../../core/model/time.ts'
import type {
  MessageExpectations,
  ResponseExpectations,
  SamlMessage,
  VerifiedResponse,
} from '../../ports/saml-verifier.ts'
import type { Refusal } from '../../ports/upstream.ts'
import { parseText } from './document.ts'
import { textOfBytes, textOfPost } from './encoding.ts'
import type { Check } from './judge.ts'
import { judgeMessage, proveEnveloped } from './message.ts'
import { judgeRedirect } from './redirect.ts'
import { judgeResponse } from './response.ts'

export type Judged = {
  readonly answer: VerifiedResponse | SamlMessage | Refusal
  readonly checks: readonly Check[]
}
export type RootName = 'Response' | 'AuthnRequest' | 'LogoutRequest' | 'LogoutResponse'

const roots: readonly RootName[] = ['AuthnRequest', 'LogoutRequest', 'LogoutResponse']
const isQuery = (text: string): boolean => /^SAML(Request|Response)=/.test(text)

/** XML, the base64 of a POST field, or the query of a redirect. */
const textOf = (bytes: Uint8Array): string | Refusal => {
  const text = textOfBytes(bytes)
  if (typeof text !== 'string' || isQuery(text) || /^\s*</.test(text.replace(/^\u{feff}/u, ''))) return text
  return textOfPost(text)
}

/** Only to choose what to judge it as; whatever cannot be told is judged, and refused, as a Response. */
const rootOf = (text: string): RootName => {
  const name = parseText(text)?.documentElement.localName
  return roots.find((r) => r === name) ?? 'Response'
}

export const judgeOffline = async (
  bytes: Uint8Array,
  expectations: {
    readonly response: () => ResponseExpectations | Refusal
    readonly message: (root: RootName | undefined) => MessageExpectations | Refusal
  },
  now: EpochMs,
): Promise<Judged> => {
  const checks: Check[] = []
  const trace = (check: Check) => void checks.push(check)
  const judgeText = (text: string): Judged['answer'] | Promise<Judged['answer']> => {
    const root = isQuery(text) ? undefined : rootOf(text)
    if (root === 'Response') {
      const expected = expectations.response()
      return 'refused' in expected ? expected : judgeResponse(text, expected, now, trace)
    }
    const expected = expectations.message(root)
    if ('refused' in expected) return expected
    return root === undefined
      ? judgeRedirect(text.trim(), expected, now, trace)
      : judgeMessage({ text, field: undefined, relayState: undefined }, expected, proveEnveloped, now, trace)
  }
  const text = textOf(bytes)
  return { answer: typeof text === 'string' ? await judgeText(text) : text, checks }
}
