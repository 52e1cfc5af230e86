// Mail, SMS and voice leave through the outbox; a sender delivers one message or says why not.

export type Message = { readonly to: string; readonly subject: string; readonly text: string }
export interface Sender {
  readonly channel: 'mail' | 'sms' | 'voice'
  send(message: Message): Promise<'sent' | { readonly failed: string }>
}
