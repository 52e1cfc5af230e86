// The groups pages of an account: asking for a group, what became of it, and for those who administer one: who waits, who is in, and what
// to do about them. Removing somebody is asked twice.
import type { AccessRequestId, GroupId, PersonId } from '../../core/model/ids.ts'
import type { AccessView } from '../../flows/account/access.ts'
import { Problem } from '../../problem.ts'
import type { Form } from '../sign-in/answer.ts'
import { queryOf } from '../sign-in/language.ts'
import type { Words } from '../sign-in/render.ts'
import type { AccountDeps } from './deps.ts'
import { formToken, type Visit } from './visit.ts'

type Act = (deps: AccountDeps, visit: Visit, form: Form) => Promise<void>

/** What a flow refuses, by its reason; the rest is not for a page to explain. */
const faults = [
  'group-or-tenancy-unknown',
  'already-a-member',
  'already-asked',
  'already-decided',
  'own-request',
  'last-group-admin',
  'not-a-direct-membership',
  'reason',
  'until',
] as const
type Fault = (typeof faults)[number]
const faultIn = (thrown: unknown): Fault | 'not-found' | undefined => {
  if (!(thrown instanceof Problem)) return undefined
  return faults.find((f) => f === thrown.reason) ?? (thrown.slug === 'not-found' ? 'not-found' : undefined)
}

const doneWords = ['asked', 'withdrawn', 'approved', 'denied', 'role-changed', 'member-removed'] as const
type Said = { readonly fault?: Fault | 'not-found'; readonly values?: Form }

const seen = async (deps: AccountDeps, visit: Visit): Promise<AccessView> => {
  const view = await deps.access.view(visit.ref)
  if (!view) throw new Problem('sign-in-required')
  return view
}

const goodOf = ({ say }: Words, visit: Visit): string | undefined => {
  const asked = queryOf(visit.req).get('done')
  const known = visit.req.method === 'GET' ? doneWords.find((word) => word === asked) : undefined
  return known && say(`access.done.${known}`)
}

export const groupsPage = async (deps: AccountDeps, visit: Visit, { fault, values = {} }: Said = {}): Promise<void> => {
  const view = await seen(deps, visit)
  deps.render(visit.req, visit.res, {
    status: fault ? 400 : 200,
    view: 'account-groups',
    title: ({ say }) => say('access.title'),
    domain: visit.found.domain,
    scripts: ['forms.js'],
    repeatable: true,
    data: (words) => ({
      ...view,
      wide: true,
      hop: formToken(deps, visit),
      back: `${visit.found.issuer}/account`,
      remove: `${visit.found.issuer}/account/groups/remove`,
      good: goodOf(words, visit),
      fault: fault && { text: words.say(`access.fault.${fault}`) },
      values: {
        group: values.group ?? '',
        tenancy: values.tenancy ?? view.tenancy,
        reason: values.reason ?? '',
        until: values.until ?? '',
      },
    }),
  })
}

/** The second question: the address names group and member, and only its own form removes. */
export const removePage = async (deps: AccountDeps, visit: Visit): Promise<void> => {
  const query = queryOf(visit.req)
  const { administered } = await seen(deps, visit)
  const group = administered.find((g) => g.group.id === query.get('group'))
  const member = group?.members.find((m) => m.person.id === query.get('member'))
  if (!group || !member) return groupsPage(deps, visit, { fault: 'not-found' })
  deps.render(visit.req, visit.res, {
    status: 200,
    view: 'account-remove-member',
    title: ({ say }) => say('access.remove.title'),
    domain: visit.found.domain,
    scripts: ['forms.js'],
    repeatable: true,
    keep: ['group', 'member'],
    data: ({ rich }) => ({
      hop: formToken(deps, visit),
      action: `${visit.found.issuer}/account/groups`,
      group: group.group.id,
      member: member.person.id,
      what: rich('access.remove.what', { person: member.person.displayName, group: group.group.name }),
    }),
  })
}

/** `2026-12-31` is good to the end of that day, UTC. */
const untilOf = (text: string): { readonly until?: number } => {
  if (text === '') return {}
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T23:59:59Z`) : Number.NaN
  if (Number.isNaN(day)) throw new Problem('request-malformed', 'expected a day as `2030-12-31`', { reason: 'until' })
  return { until: day }
}
const roleOf = (text: string | undefined): 'user' | 'admin' => {
  if (text === 'user' || text === 'admin') return text
  throw new Problem('request-malformed', 'expected `role` to be `user` or `admin`')
}
const of = <T extends string>(form: Form, field: string): T => (form[field] ?? '') as T

type Done = (typeof doneWords)[number]
const acts: { readonly [button: string]: (deps: AccountDeps, visit: Visit, form: Form) => Promise<Done> } = {
  ask: async ({ access }, { ref }, form) => {
    const asked = { tenancy: of(form, 'tenancy'), groupId: of(form, 'group'), reason: of(form, 'reason') }
    await access.ask(ref, { ...asked, ...untilOf(of(form, 'until')) })
    return 'asked'
  },
  withdraw: async ({ access }, { ref }, form) => {
    await access.withdraw(ref, of<AccessRequestId>(form, 'id'))
    return 'withdrawn'
  },
  approve: async ({ access }, { ref }, form) => {
    await access.decide(ref, of<AccessRequestId>(form, 'id'), { approve: true, role: roleOf(form.role) })
    return 'approved'
  },
  deny: async ({ access }, { ref }, form) => {
    await access.decide(ref, of<AccessRequestId>(form, 'id'), { approve: false })
    return 'denied'
  },
  'edit-role': async ({ access }, { ref }, form) => {
    await access.editRole(ref, of<GroupId>(form, 'group'), of<PersonId>(form, 'member'), roleOf(form.role))
    return 'role-changed'
  },
  'remove-member': async ({ access }, { ref }, form) => {
    await access.removeMember(ref, of<GroupId>(form, 'group'), of<PersonId>(form, 'member'))
    return 'member-removed'
  },
}

export const actOnGroups: Act = async (deps, visit, form) => {
  const button = form.do ?? ''
  const act = Object.hasOwn(acts, button) ? acts[button] : undefined
  if (!act) throw new Problem('request-malformed', `expected \`do\` to be one of ${Object.keys(acts).join(', ')}`)
  try {
    const done = await act(deps, visit, form)
    visit.res.redirect(303, `${visit.found.issuer}/account/groups?done=${done}`)
  } catch (thrown) {
    const fault = faultIn(thrown)
    if (fault === undefined) throw thrown
    await groupsPage(deps, visit, { fault, values: form })
  }
}
