// What a domain demands of a sign-in: sign-on rules and password policies, as the documents of a tenancy file.
import { z } from 'zod'
import type { DeclaredPasswordPolicy, DeclaredSignOnRule } from '../../../core/model/declared.ts'
import type { PasswordPolicyId, SignOnRuleId } from '../../../core/model/ids.ts'
import type { PasswordPolicy, SignOnRule } from '../../../core/model/sign-on.ts'
import type { Domain } from '../../../core/model/tenancy.ts'
import { namesFrom, passwordPolicyDocument, signOnRuleDocument } from '../../../flows/directory/documents.ts'
import {
  putPasswordPolicy,
  putSignOnRule,
  removePasswordPolicy,
  removeSignOnRule,
} from '../../../flows/directory/write-sign-on.ts'
import type { Tx } from '../../../ports/store.ts'
import { byName } from '../by-name.ts'
import { type Documents, documentShape, named } from '../documents.ts'
import { inDomain, targetIn } from '../in-domain.ts'
import type { Noun } from '../noun.ts'
import { nounRoutes } from '../noun-write.ts'
import type { Route } from '../route.ts'

const groupsOf = async (tx: Tx, { groups }: Pick<SignOnRule, 'groups'>) => namesFrom(await tx.groups.some(groups))
const there = <T>(row: T | undefined): T => {
  if (row === undefined) throw new Error('what was written without faults is not there')
  return row
}

const ruleBody = { groups: ['Administrators'], apps: [], deny: false, level: 'mfa', factors: ['passkey', 'totp'] }
const signOnRule = (documents: Documents): Noun<SignOnRule, Domain, DeclaredSignOnRule> => {
  const document = documentShape(documents.signOnRule)
  return {
    tag: 'sign-on rules',
    one: 'sign-on rule',
    path: '/domains/{domain}/sign-on-rules',
    itemPath: '/domains/{domain}/sign-on-rules/{rule}',
    resourceType: 'sign-on-policies',
    operations: {
      list: 'ListSignOnPolicies',
      get: 'GetSignOnPolicy',
      create: 'CreateSignOnPolicy',
      update: 'UpdateSignOnPolicy',
      delete: 'DeleteSignOnPolicy',
    },
    scope: inDomain,
    find: async (tx, domain, called) => {
      const found =
        (await tx.signOnRules.byName(domain.id, called)) ?? (await tx.signOnRules.get(called as SignOnRuleId))
      return found?.domainId === domain.id ? found : undefined
    },
    rows: (tx, domain) => tx.signOnRules.list(domain.id),
    paged: byName({
      source: (tx) => tx.signOnRules,
      keyOf: (domain) => domain.id,
      within: (row, domain) => row.domainId === domain.id,
    }),
    idOf: (row) => row.id,
    nameOf: (row) => row.name,
    target: (_tx, row, domain) => targetIn(domain, row),
    view: z.strictObject({ id: z.string(), name: z.string(), domain: z.string(), ...document.view }),
    summary: ['id', 'name', 'domain'],
    show: async (tx, row, domain) => ({
      id: row.id,
      name: row.name,
      domain: domain.name,
      ...signOnRuleDocument(row, await groupsOf(tx, row), namesFrom(await tx.apps.some(row.apps))),
    }),
    fixedName: true,
    body: document.body,
    members: document.members,
    write: async (work, { scope, name, body }) => {
      await putSignOnRule(work, scope, named(body, name))
      return there(await work.tx.signOnRules.byName(scope.id, name))
    },
    remove: (work, row, domain) => removeSignOnRule(work, domain, row),
    example: {
      body: ruleBody,
      view: { id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD', name: 'admins', domain: 'default', ...ruleBody },
    },
  }
}

const policyBody = { priority: 10, groups: ['Administrators'], minLength: 16, history: 10, maxAgeDays: 90 }
const passwordPolicy = (documents: Documents): Noun<PasswordPolicy, Domain, DeclaredPasswordPolicy> => {
  const document = documentShape(documents.passwordPolicy)
  return {
    tag: 'password policies',
    one: 'password policy',
    path: '/domains/{domain}/password-policies',
    itemPath: '/domains/{domain}/password-policies/{policy}',
    resourceType: 'password-policies',
    operations: {
      list: 'ListPasswordPolicies',
      get: 'GetPasswordPolicy',
      create: 'CreatePasswordPolicy',
      update: 'UpdatePasswordPolicy',
      delete: 'DeletePasswordPolicy',
    },
    scope: inDomain,
    find: async (tx, domain, called) => {
      const found =
        (await tx.passwordPolicies.byName(domain.id, called)) ??
        (await tx.passwordPolicies.get(called as PasswordPolicyId))
      return found?.domainId === domain.id ? found : undefined
    },
    rows: (tx, domain) => tx.passwordPolicies.list(domain.id),
    paged: byName({
      source: (tx) => tx.passwordPolicies,
      keyOf: (domain) => domain.id,
      within: (row, domain) => row.domainId === domain.id,
    }),
    idOf: (row) => row.id,
    nameOf: (row) => row.name,
    target: (_tx, row, domain) => targetIn(domain, row),
    view: z.strictObject({ id: z.string(), name: z.string(), domain: z.string(), ...document.view }),
    summary: ['id', 'name', 'domain', 'priority'],
    show: async (tx, row, domain) => ({
      id: row.id,
      name: row.name,
      domain: domain.name,
      ...passwordPolicyDocument(row, await groupsOf(tx, row)),
    }),
    fixedName: true,
    body: document.body,
    members: document.members,
    write: async (work, { scope, name, body }) => {
      await putPasswordPolicy(work, scope, named(body, name))
      return there(await work.tx.passwordPolicies.byName(scope.id, name))
    },
    remove: (work, row, domain) => removePasswordPolicy(work, domain, row),
    example: {
      body: policyBody,
      view: { id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD', name: 'admins', domain: 'default', ...policyBody },
    },
  }
}

export const signOnRoutes = (documents: Documents): readonly Route[] => [
  ...nounRoutes(signOnRule(documents)),
  ...nounRoutes(passwordPolicy(documents)),
]
