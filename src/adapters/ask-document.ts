// Asks for one document through the guarded way out and says what came, with the other side's clock. RFC 9110 §6.6.1, RFC 9111 §5.1.
import type { Fetch } from '../ports/fetcher.ts'
import type { AskDocument } from '../ports/inspector.ts'

export const askDocument =
  (fetch: Fetch): AskDocument =>
  async (url, accept) => {
    try {
      const response = await fetch(url, { headers: { accept } })
      const said = Date.parse(response.headers.get('date') ?? '')
      const kept = response.headers.has('age')
      const date = kept || Number.isNaN(said) ? undefined : said
      return { status: response.status, text: await response.text(), date }
    } catch (thrown) {
      if (!(thrown instanceof Error)) throw thrown
      return { failed: thrown.message }
    }
  }
