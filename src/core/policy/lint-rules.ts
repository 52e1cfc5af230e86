// The list of what may be written but is probably not meant: a stable id, how much it matters, and why. The ids are for tools and for
// people who want to silence one; they are added to, never renamed.

export type LintSeverity = 'warning' | 'notice'
type LintRule = { readonly severity: LintSeverity; readonly explanation: string }

export const lintRules = {
  'always-true-condition': {
    severity: 'warning',
    explanation:
      'the condition is true of every value, so it guards nothing (and it is false only where the value is missing)',
  },
  'any-of-unequal': {
    severity: 'warning',
    explanation: '`any` of several `!=` on one variable is true of every value but one that fits them all',
  },
  'never-true-condition': {
    severity: 'warning',
    explanation: 'no value makes the condition true, so the statement has no effect',
  },
  'any-user-without-where': {
    severity: 'warning',
    explanation: '`any-user` is everybody with an identity in the tenancy, people, programs and services alike',
  },
  'manage-all-in-tenancy': {
    severity: 'warning',
    explanation: 'whoever is named here may do everything, now and with every resource-type to come',
  },
  'deny-all-to-everybody': {
    severity: 'warning',
    explanation:
      'everybody but the Administrators of the Default domain is locked out of everything, whatever is allowed',
  },
  'not-for-list': {
    severity: 'notice',
    explanation:
      'a List names no resource, so a test of `target.…` is false for it (compartments cannot narrow a List either)',
  },
  'not-for-create': {
    severity: 'notice',
    explanation: 'what is being created has no id and no tags yet, so a test of them is false',
  },
  'deny-fact-may-be-missing': {
    severity: 'warning',
    explanation:
      'a Deny does not apply where its variable has no meaning, and does apply where the variable has one and the caller did not say',
  },
  'shadowed-statement': {
    severity: 'warning',
    explanation: 'a Deny removes all of what the Allow grants, so the Allow has no effect',
  },
  'redundant-statement': {
    severity: 'notice',
    explanation: 'another statement says at least as much, so this one could go without changing a decision',
  },
  'unknown-resource-type': {
    severity: 'warning',
    explanation: 'the catalogue has no such resource-type or family, so the statement has no effect until there is one',
  },
  'unknown-permission': {
    severity: 'warning',
    explanation: 'no resource-type of the catalogue has this permission, so naming it has no effect until one does',
  },
  'unknown-variable': {
    severity: 'warning',
    explanation:
      'a test of a variable that no resource-type of the statement has, or that nothing supplies, is false or undecided whatever is asked',
  },
  'template-left': {
    severity: 'warning',
    explanation: 'the name or value is a template that nobody filled in, so it means nothing that exists',
  },
  'stale-binding': {
    severity: 'warning',
    explanation:
      'names are bound to ids when a policy is written, and the statement keeps acting on the id, whoever has the name now',
  },
  'deprecated-variable': {
    severity: 'warning',
    explanation:
      'the variable is a left-over that is supplied by nothing in here: what it guards depends on the caller',
  },
  'bare-value': {
    severity: 'warning',
    explanation: 'a value without quotes reads like a variable; it is taken as text',
  },
  'quoted-variable': {
    severity: 'warning',
    explanation:
      'in quotes the name of a variable is a text like any other; only shipped policies mean the variable by it',
  },
  alias: {
    severity: 'notice',
    explanation: 'the name is a declared alias, kept for old statements; the resource-type has another name',
  },
  'slash-in-quotes': {
    severity: 'warning',
    explanation: 'one pair of quotes makes one name, slash and all; a domain and a group are quoted apart',
  },
  'single-element-group': {
    severity: 'notice',
    explanation: '`any` or `all` of a single test is that test',
  },
  'verb-access': {
    severity: 'warning',
    explanation: '`access` is not a verb; in a Deny it is read as `inspect`, which denies everything',
  },
  'never-matching-rule': {
    severity: 'warning',
    explanation: 'a workload has one id, one type and one compartment, so the dynamic group stays empty',
  },
  'always-matching-rule': {
    severity: 'warning',
    explanation: 'every workload of the tenancy belongs to the dynamic group, those of the future too',
  },
  'unknown-type-word': {
    severity: 'warning',
    explanation: 'no workload is known to be of this type, so nothing may ever match the test',
  },
} as const satisfies { readonly [id: string]: LintRule }

export type LintId = keyof typeof lintRules
