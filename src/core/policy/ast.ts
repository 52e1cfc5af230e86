// The tree of a policy statement and of a dynamic-group rule: every production of the language, whether or not it is evaluated yet.
// Names keep the author's spelling; keywords and verbs are normalised. `at` is the offset in the text, for messages only.

export type Name = { readonly text: string; readonly at: number }

/** The ladder: each verb holds everything the ones before it hold. */
export const verbs = ['inspect', 'read', 'use', 'manage'] as const
export type Verb = (typeof verbs)[number]

export type Principal =
  | { readonly kind: 'name'; readonly domain: Name | undefined; readonly name: Name }
  | { readonly kind: 'id'; readonly id: Name }

export type Subject =
  | { readonly kind: 'any-user' | 'any-group' }
  | { readonly kind: 'group' | 'dynamic-group'; readonly principals: readonly Principal[] }
  | { readonly kind: 'service'; readonly names: readonly Name[] }
  | { readonly kind: 'resource'; readonly words: readonly Name[] }

export type Action =
  | { readonly kind: 'verb'; readonly verb: Verb | 'associate'; readonly resourceType: Name }
  | { readonly kind: 'permissions'; readonly permissions: readonly Name[]; readonly resourceType: Name | undefined }

export type Place =
  | { readonly kind: 'tenancy' }
  | { readonly kind: 'compartment'; readonly path: readonly Name[] }
  | { readonly kind: 'compartment-id'; readonly id: Name }

/** Where, seen from another tenancy. */
export type FarPlace =
  | { readonly kind: 'any-tenancy' }
  | { readonly kind: 'tenancy'; readonly name: Name | undefined }
  | { readonly kind: 'compartment'; readonly path: readonly Name[]; readonly of: Name | undefined }
  | { readonly kind: 'compartment-id'; readonly id: Name; readonly of: Name | undefined }

/** The second resource of `associate`. */
export type Partner = { readonly resourceType: Name; readonly place: FarPlace }

export type VariableValue = { readonly kind: 'variable'; readonly text: string; readonly at: number }
export type Value =
  | { readonly kind: 'text'; readonly text: string; readonly at: number } // `*` in it is a wildcard
  | { readonly kind: 'pattern'; readonly text: string; readonly at: number } // without the slashes, unescaped
  | VariableValue
  | { readonly kind: 'bare'; readonly text: string; readonly at: number } // an unquoted word: means the text, and is warned of

export type Test =
  | { readonly kind: 'compare'; readonly variable: Name; readonly operator: '=' | '!='; readonly value: Value }
  | { readonly kind: 'in'; readonly variable: Name; readonly negated: boolean; readonly values: readonly Value[] }
  | { readonly kind: 'before' | 'after'; readonly variable: Name; readonly instant: Name }
  | { readonly kind: 'between'; readonly variable: Name; readonly from: Name; readonly to: Name }
  | { readonly kind: 'absent' | 'present'; readonly variable: Name }
  | {
      readonly kind: 'sets'
      readonly operator: 'intersect' | 'equal'
      readonly variable: Name
      readonly other: (Value & { readonly kind: 'variable' }) | readonly Name[]
    }

export type Condition =
  | { readonly kind: 'group'; readonly quantifier: 'any' | 'all'; readonly of: readonly Condition[] }
  | Test

export type Grant = {
  readonly kind: 'allow' | 'deny'
  readonly subject: Subject
  readonly action: Action
  readonly place: Place
  readonly where: Condition | undefined
}
export type Endorse = {
  readonly kind: 'endorse'
  readonly deny: boolean
  readonly subject: Subject
  readonly action: Action
  readonly place: FarPlace
  readonly partner: Partner | undefined
  readonly where: Condition | undefined
}
export type Admit = {
  readonly kind: 'admit'
  readonly deny: boolean
  readonly subject: Subject
  readonly of: { readonly kind: 'tenancy'; readonly name: Name } | { readonly kind: 'any-tenancy' } | undefined
  readonly action: Action
  /** Here; where it associates, either of the two may be in the other tenancy. */
  readonly place: FarPlace
  readonly partner: Partner | undefined
  readonly where: Condition | undefined
}
export type Define = {
  readonly kind: 'define'
  readonly what: 'tenancy' | 'group' | 'dynamic-group' | 'compartment'
  readonly name: Name
  readonly id: Name
}
export type Statement = Grant | Endorse | Admit | Define

/** A dynamic group's matching rule. */
export type RuleTest =
  | { readonly kind: 'fact'; readonly variable: Name; readonly operator: '=' | '!='; readonly value: Name }
  | {
      readonly kind: 'tag'
      readonly namespace: string
      readonly key: string
      readonly at: number
      /** Undefined: the tag is there, whatever its value. */
      readonly value: { readonly operator: '=' | '!='; readonly text: Name } | undefined
    }
export type Rule =
  | { readonly kind: 'group'; readonly quantifier: 'any' | 'all'; readonly of: readonly Rule[] }
  | RuleTest
