// A recovered administrator is never a quiet thing: it stands in the audit log, and every administrator is told, at whatever address there
// is: an unproven one is better than nobody noticing. The mail says nothing that opens anything.
import type { Actor } from '../../core/model/audit.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Person } from '../../core/model/person.ts'
import type { Tenancy } from '../../core/model/tenancy.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Random } from '../../ports/random.ts'
import type { Tx } from '../../ports/store.ts'
import { eventOf, targetOf } from '../audit-event.ts'
import { post, tongueOf } from '../notice.ts'
import { administrators } from './administrators.ts'

type Announced = {
  readonly tenancy: Tenancy
  readonly person: Person
  readonly actor: Actor
  readonly reason: string | undefined
  readonly details: JsonObject
  readonly now: EpochMs
}

const letter = {
  en: ({ tenancy, person, reason, now }: Announced) => ({
    subject: `Administrator recovered in ${tenancy.displayName}`,
    text: `On the server, the way in of the administrator ${person.username} of ${tenancy.displayName} was opened anew (${new Date(now).toISOString()}).\n\n${reason === undefined ? 'No administrator could sign in before.' : `Reason: ${reason}`}\n\nIf nobody of you asked for this, look at the audit log and at the server at once.\n`,
  }),
  ko: ({ tenancy, person, reason, now }: Announced) => ({
    subject: `${tenancy.displayName} 관리자 복구`,
    text: `서버에서 ${tenancy.displayName}의 관리자 ${person.username} 계정이 복구되었습니다(${new Date(now).toISOString()}).\n\n${reason === undefined ? '그 전에는 로그인할 수 있는 관리자가 없었습니다.' : `사유: ${reason}`}\n\n아무도 요청하지 않았다면 즉시 감사 로그와 서버를 확인하십시오.\n`,
  }),
}

/** @returns how many were mailed */
export const announceRecovery = async (tx: Tx, random: Random, announced: Announced): Promise<number> => {
  const { tenancy, person, actor, reason, details, now } = announced
  const mailed = new Set<string>()
  for (const one of await administrators(tx, tenancy.id, now)) {
    const to = one.contact?.email ?? one.email
    if (to === undefined || mailed.has(to.toLowerCase())) continue
    mailed.add(to.toLowerCase())
    await post(tx, random, { tenancyId: tenancy.id, to, ...letter[tongueOf(one)](announced) }, now)
  }
  await tx.audit.add(
    eventOf(random, now, {
      tenancyId: tenancy.id,
      domainId: person.domainId,
      action: 'administrator.recovered',
      actor,
      target: targetOf(person),
      details: { reason: reason ?? null, mailed: mailed.size, ...details },
    }),
  )
  return mailed.size
}
