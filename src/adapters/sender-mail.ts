// Mail by SMTP (nodemailer), or into a log while there is no server: one message, sent or said why not.
import { createTransport } from 'nodemailer'
import type { Sender } from '../ports/sender.ts'

const TIMEOUT_MS = 20_000

/** A header is one line: whatever comes from people cannot add another. */
const oneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ')

export const smtpSender = ({ url, from }: { readonly url: string; readonly from: string }): Sender => {
  const transport = createTransport({
    url,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    channel: 'mail',
    send: async ({ to, subject, text }) => {
      try {
        // As an object: a text would be parsed, and a comma in it would be a second recipient.
        await transport.sendMail({ from, to: { name: '', address: oneLine(to) }, subject: oneLine(subject), text })
        return 'sent'
      } catch (cause) {
        return { failed: cause instanceof Error ? cause.message.slice(0, 200) : 'the mail server refused' }
      }
    },
  }
}

/** For development: the text is printed where the operator looks, nothing leaves. */
export const logSender = (print: (line: string) => void): Sender => ({
  channel: 'mail',
  send: async ({ to, subject, text }) => {
    print(`mail to ${oneLine(to)}: ${oneLine(subject)}\n${text}`)
    return 'sent'
  },
})
