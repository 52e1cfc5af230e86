// The mail that carries the link of an invitation, in the language that was chosen for it. The link is nowhere else.
import type { Invitation } from '../../core/model/access.ts'
import type { Domain, Tenancy } from '../../core/model/tenancy.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Random } from '../../ports/random.ts'
import type { Tx } from '../../ports/store.ts'
import { post } from '../notice.ts'

export type InvitationPlace = { readonly tenancy: Tenancy; readonly domain: Domain }

const words = {
  en: (where: string, link: string, until: string) => ({
    subject: `You are invited to ${where}`,
    text: `Hello,\n\nyou are invited to ${where}. Open this link to make your account or to join with the one you have:\n\n${link}\n\nThe link works once, until ${until}. If you do not expect this, ignore it.\n`,
  }),
  ko: (where: string, link: string, until: string) => ({
    subject: `${where}에 초대되었습니다`,
    text: `안녕하세요,\n\n${where}에 초대되었습니다. 아래 링크를 열어 계정을 만들거나 가지고 있는 계정으로 참여하십시오:\n\n${link}\n\n링크는 ${until}까지 한 번만 쓸 수 있습니다. 모르는 초대라면 무시하십시오.\n`,
  }),
}

export const sendInvitation = (
  tx: Tx,
  random: Pick<Random, 'id'>,
  { tenancy, domain }: InvitationPlace,
  invitation: Invitation,
  { baseUrl, token, now }: { readonly baseUrl: string; readonly token: string; readonly now: EpochMs },
): Promise<void> => {
  const link = `${baseUrl.replace(/\/$/, '')}/d/${tenancy.name}/${domain.name}/invitation?token=${token}`
  const until = `${new Date(invitation.expiresAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const letter = words[invitation.locale](tenancy.displayName, link, until)
  return post(tx, random, { tenancyId: tenancy.id, to: invitation.email, ...letter }, now)
}
