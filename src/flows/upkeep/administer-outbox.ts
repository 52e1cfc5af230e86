// What waits to be sent, as administrators see it: who it goes to and how it fares, never what is in it, because mails hold codes and links.
import type { AppId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { OutboxItem, Tx } from '../../ports/store.ts'
import type { Work } from '../access/administer.ts'
import { noteChange } from '../directory/note-change.ts'

const MOST_OF_AN_ERROR = 300

const textIn = (payload: JsonObject, name: string): string | undefined => {
  const value = payload[name]
  return typeof value === 'string' ? value : undefined
}

/** The address of a mail, the application to be told of a logout, the stream of an event. */
export const receiverOf = async (tx: Tx, { kind, payload }: OutboxItem): Promise<string | undefined> => {
  if (kind === 'mail') return textIn(payload, 'to')
  const appId = textIn(payload, 'appId')
  if (appId !== undefined) return (await tx.apps.get(appId as AppId))?.name ?? appId
  return textIn(payload, 'streamId')
}

/** What could be a code or a link: whoever refuses a mail may quote it. */
const secretsIn = ({ payload }: OutboxItem): readonly string[] =>
  [textIn(payload, 'subject'), textIn(payload, 'text')]
    .flatMap((text) => text?.split(/[\s<>"'()]+/) ?? [])
    .filter((word) => word.length >= 4 && /\d/.test(word))

export const errorOf = (item: OutboxItem): string | undefined =>
  item.lastError === undefined
    ? undefined
    : secretsIn(item)
        .reduce((error, secret) => error.replaceAll(secret, '…'), item.lastError)
        .slice(0, MOST_OF_AN_ERROR)

const note = (work: Work, { id, kind, attempts }: OutboxItem, verb: 'retried' | 'dropped'): Promise<void> =>
  noteChange(work, { action: `outbox.${verb}`, target: { type: 'outbox', id, name: kind }, details: { attempts } })

/** With the next turn of any node, and with all its attempts before it again. */
export const hurryItem = async (work: Work, item: OutboxItem): Promise<OutboxItem> => {
  await work.tx.outbox.hurry(item.id, work.now)
  await note(work, item, 'retried')
  return { ...item, dueAt: work.now, attempts: 0 }
}

/** It is never sent; a node that is at it this moment may still finish. */
export const dropItem = async (work: Work, item: OutboxItem): Promise<void> => {
  await work.tx.outbox.done(item.id)
  await note(work, item, 'dropped')
}
