// Reads the form of a POST binding: small, urlencoded, every field once. A field given twice is refused, for two readers could pick
// different ones (SAML Bindings §3.5.4).
import type { Request } from 'express'

/** Far above any honest message (8 KB), far below what would hurt to parse. */
export const FORM_BYTES = 256 * 1024

export type Form = { readonly [name: string]: string }
export type FormFault = {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly faulty: true
}

const fault = (status: number, code: string, detail: string): FormFault => ({ status, code, detail, faulty: true })
export const isFormFault = (form: Form | FormFault): form is FormFault => form.faulty === true

/** What is too large is read to its end and dropped, so that the sender gets to see the answer. */
const bodyOf = async (req: Request): Promise<string | undefined> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= FORM_BYTES) chunks.push(chunk)
    else chunks.length = 0
  }
  return size > FORM_BYTES ? undefined : Buffer.concat(chunks).toString('utf8')
}

export const readForm = async (req: Request): Promise<Form | FormFault> => {
  const type = req.headers['content-type'] ?? ''
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type))
    return fault(415, 'content-type', `expected \`application/x-www-form-urlencoded\`, got \`${type.slice(0, 80)}\``)
  const body = await bodyOf(req)
  if (body === undefined) return fault(413, 'too-large', `the message is larger than ${FORM_BYTES} bytes`)
  const fields = new URLSearchParams(body)
  const form = new Map<string, string>()
  for (const [name, value] of fields) {
    if (form.has(name))
      return fault(400, 'field-repeated', `the field \`${name.slice(0, 80)}\` is given more than once`)
    form.set(name, value)
  }
  return Object.fromEntries(form)
}
