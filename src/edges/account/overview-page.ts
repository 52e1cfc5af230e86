// What a person may know of their own account, in words: who they are, which groups they hold and why, what a sign-in asks of them and who
// asks it, and everything that can sign in as them.
import type { Won } from '../../core/assurance/requirement.ts'
import type { GroupSource, Overview, Refused } from '../../flows/account/api.ts'
import type { Key } from '../sign-in/language.ts'
import type { Page, Words } from '../sign-in/render.ts'
import type { Visit } from './visit.ts'

type Because = Won<unknown>['because']
/** Markup from here on is made by `rich` and `safe`: every value in it is escaped. */
const safe = ({ rich }: Words, key: Key): string => rich(key, {})

const sourceText = (words: Words, source: GroupSource): string => {
  const { rich } = words
  switch (source.kind) {
    case 'direct':
      return source.by === '' ? safe(words, 'groups.direct') : rich('groups.direct-by', { by: source.by })
    case 'config':
      return safe(words, 'groups.config')
    case 'scim':
      return rich('groups.scim', { client: source.client })
    case 'mapped':
      return rich('groups.mapped', { idp: source.idp, value: source.value, rule: source.rule })
  }
}

/** Who set a field of the requirement. */
const winnerText = (words: Words, because: Because): string => {
  const { rich } = words
  if (because.by === 'administrator') return rich('needs.by.administrator', { group: because.group })
  if (because.by !== 'rule') return safe(words, `needs.by.${because.by}`)
  const { rule, group, app } = because
  if (group !== undefined && app !== undefined) return rich('needs.by.both', { rule, group, app })
  if (group !== undefined) return rich('needs.by.group', { rule, group })
  return app === undefined ? rich('needs.by.rule', { rule }) : rich('needs.by.app', { rule, app })
}

type Row = { readonly name: string; readonly value: string; readonly by: string }

const needRows = (words: Words, need: Overview['needs'][number]['need']): readonly Row[] => {
  const { say } = words
  const row = (name: Key, won: { readonly because: Because } | undefined, value: string): readonly Row[] =>
    won ? [{ name: say(name), value, by: winnerText(words, won.because) }] : []
  const trusted = need.trustedDevice?.value
  const mayTrust = trusted !== undefined && trusted.days > 0 && trusted.count > 0
  const minutes = Math.max(1, Math.round((need.maxAgeSeconds?.value ?? 0) / 60))
  return [
    ...row('needs.level', need.level, say(`needs.level.${need.level.value}`)),
    ...row('needs.factors', need.factors, need.factors?.value.map((f) => say(`factors.${f}`)).join(', ') ?? ''),
    ...row('needs.max-age', need.maxAgeSeconds, say('needs.minutes', { count: minutes })),
    ...row(
      'needs.trusted',
      need.trustedDevice,
      mayTrust ? say('needs.trusted.value', { count: trusted.count, days: trusted.days }) : say('needs.trusted.no'),
    ),
  ]
}

const groupRows = (words: Words, { groups }: Overview) =>
  groups.map(({ name, description, isAdmin, expiresAt, sources }) => ({
    name,
    description,
    isAdmin,
    until: expiresAt,
    sources: sources.map((source) => sourceText(words, source)),
  }))

export type Notice = { readonly done: string | undefined; readonly refused: Refused | undefined }

const doneWords = [
  'factor-removed',
  'device-removed',
  'session-ended',
  'passkey-added',
  'password-changed',
  'email-verified',
] as const
/** Only what we say ourselves: a notice taken from the address would be somebody else's words on our page. */
const noticeOf = ({ say }: Words, { done, refused }: Notice) => {
  const known = doneWords.find((word) => word === done)
  return { good: known && say(`done.${known}`), fault: refused && { text: say(`refused.${refused}`) } }
}

export const overviewPage = ({ found }: Visit, overview: Overview, hop: string, notice: Notice): Page => ({
  status: notice.refused ? 409 : 200,
  view: 'account',
  title: ({ say }) => say('account.title'),
  domain: found.domain,
  scripts: ['forms.js'],
  leavesTo: 'anywhere', // signing out visits the applications and the company's provider
  repeatable: true,
  data: (words) => ({
    ...overview,
    ...noticeOf(words, notice),
    wide: true,
    hop,
    groups: groupRows(words, overview),
    needs: overview.needs.map(({ app, need }) => ({
      at: app === undefined ? words.say('needs.everywhere') : words.say('needs.at', { app }),
      rows: needRows(words, need),
    })),
    links: {
      passkey: `${found.issuer}/account/passkey`,
      password: `${found.issuer}/account/password`,
      groups: `${found.issuer}/account/groups`,
      email: `${found.issuer}/account/email`,
    },
  }),
})
