// Gives somebody one code for one sign-in, in place of a second factor they lost. Whoever gives it may not give it to themselves, nor to
// somebody who may do more than they; it is shown once, written down when it is given and when it is used, and mailed about both times.
import { isBypassCode } from '../../core/assurance/bypass-code.ts'
import type { Credential } from '../../core/model/credential.ts'
import type { CredentialId } from '../../core/model/ids.ts'
import type { Person } from '../../core/model/person.ts'
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { RecoveryCodes } from '../../ports/factor.ts'
import { Problem } from '../../problem.ts'
import type { Work } from '../access/administer.ts'
import { targetOf } from '../audit-event.ts'
import { notify } from '../notice.ts'
import { noteChange } from './note-change.ts'
import { refuseAbove } from './power.ts'

export type BypassWanted = { readonly hours: number; readonly reason: string }
export type BypassCode = { readonly code: string; readonly expiresAt: EpochMs }
export type IssueBypassCode = (work: Work, person: Person, wanted: BypassWanted) => Promise<BypassCode>

const refuse = (reason: string, detail: string): Problem => new Problem('not-permitted', detail, { reason })

export const bypassCodeIssuer =
  ({ recoveryCodes }: { readonly recoveryCodes: Pick<RecoveryCodes, 'make'> }): IssueBypassCode =>
  async (work, person, { hours, reason }) => {
    const { tx, random, now, who } = work
    const { username } = person
    if (who.subject.id === person.id)
      throw refuse(
        'own-account',
        'nobody gives themselves a code in place of their second factor: ask another administrator',
      )
    await refuseAbove(work, person)
    if (person.status !== 'active' || person.serviceAccount)
      throw refuse('person-disabled', `\`${username}\` cannot sign in: enable the account first`)
    for (const old of (await tx.credentials.ofPerson(person.id)).filter(isBypassCode))
      await tx.credentials.remove(old.id) // one at a time: the last one given counts
    const { codes, hashes } = recoveryCodes.make()
    const [code, hash] = [codes[0], hashes[0]]
    if (code === undefined || hash === undefined) throw new Error('no code was made')
    const expiresAt = secondsLater(now, hours * 3600)
    const credential: Credential = {
      id: random.id() as CredentialId,
      personId: person.id,
      label: `code from ${who.actor.name}`,
      createdAt: now,
      lastUsedAt: undefined,
      version: 0,
      data: { kind: 'recovery-code', hashes: [hash], bypass: { expiresAt } },
    }
    await tx.credentials.add(credential)
    await notify(tx, random, person, 'bypass-code-issued', now)
    await noteChange(work, {
      action: 'bypass-code.issued',
      target: targetOf(person),
      domainId: person.domainId,
      details: { hours, reason, credential: credential.id },
    })
    return { code, expiresAt }
  }
