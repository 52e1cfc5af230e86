// Mail by SMTP (nodemailer), or into a folder while there is no server: one message, sent or said why not.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Transporter } from 'nodemailer'
import type { Sender } from '../ports/sender.ts'

const TIMEOUT_MS = 20_000

/** A header is one line: whatever comes from people cannot add another. */
const oneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ')

export const smtpSender = ({ url, from }: { readonly url: string; readonly from: string }): Sender => {
  let connected: Promise<Transporter> | undefined
  const connect = async (): Promise<Transporter> => {
    const { createTransport } = await import('nodemailer') // with the first mail: many gateways never send one
    return createTransport({
      url,
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
  }
  return {
    channel: 'mail',
    send: async ({ to, subject, text }) => {
      try {
        connected ??= connect()
        const transport = await connected
        // As an object: a text would be parsed, and a comma in it would be a second recipient.
        await transport.sendMail({ from, to: { name: '', address: oneLine(to) }, subject: oneLine(subject), text })
        return 'sent'
      } catch (cause) {
        return { failed: cause instanceof Error ? cause.message.slice(0, 200) : 'the mail server refused' }
      }
    },
  }
}

/**
 * While there is no mail server: each message is a file in a folder that only the operator reads, and nothing leaves. Not into the log:
 * mails hold codes and links, and logs are read by more eyes and kept longer.
 */
export const folderSender = ({
  folder,
  name,
  print,
}: {
  readonly folder: string
  readonly name: () => string
  readonly print: (line: string) => void
}): Sender => ({
  channel: 'mail',
  send: async ({ to, subject, text }) => {
    const file = join(folder, `${name()}.txt`)
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeFile(file, `To: ${oneLine(to)}\nSubject: ${oneLine(subject)}\n\n${text}`, { mode: 0o600, flag: 'wx' })
    } catch (cause) {
      return { failed: `the mail could not be written (${(cause as NodeJS.ErrnoException).code ?? 'error'})` }
    }
    print(`there is no mail server: a mail to ${oneLine(to)} is in ${file}`)
    return 'sent'
  },
})
