// Generated from the OpenAPI document by `npm run generate`: what the administrative API takes and answers. Not to be edited.

type Nothing = { readonly [name: string]: never }

export type Tenancy = {
  readonly id: string
  readonly name: string
  readonly displayName: string
  readonly denyEnabled: boolean
  readonly createdAt: string
}

export type CompartmentUsage = {
  readonly compartment: string
  readonly compartmentId: string
  readonly from: string
  readonly to: string
  readonly here: {
    readonly allowed: number
    readonly denied: number
    readonly signIns: number
  }
  readonly withBelow: {
    readonly allowed: number
    readonly denied: number
    readonly signIns: number
  }
}

export type Compartment = {
  readonly id: string
  readonly name: string
  readonly path: string
  readonly parentId?: string
  readonly depth: number
  readonly description: string
  readonly tags: { readonly [name: string]: string }
}

export type CompartmentDocument = {
  readonly description?: string
  readonly tags?: { readonly [name: string]: string }
}

export type Policy = {
  readonly id: string
  readonly name: string
  readonly compartment: string
  readonly compartmentId: string
  readonly description: string
  readonly statements: readonly string[]
  readonly system: boolean
  readonly createdAt?: string
  readonly updatedAt?: string
  readonly warnings?: readonly {
    readonly statement: number
    readonly id: string
    readonly severity: string
    readonly line: number
    readonly column: number
    readonly message: string
    readonly fix?: string
  }[]
  readonly staleBindings?: readonly {
    readonly statement: number
    readonly reference: string
    readonly id: string
    readonly state: "gone" | "renamed"
    readonly nowCalled?: string
    readonly nowMeans?: string
  }[]
}

export type PolicyDocument = {
  readonly description?: string
  readonly statements: readonly string[]
}

export type Group = {
  readonly id: string
  readonly name: string
  readonly domain: string
  readonly description: string
  readonly tags: { readonly [name: string]: string }
  readonly system: boolean
}

export type GroupMembership = {
  readonly id: string
  readonly username: string
  readonly displayName: string
  readonly group: string
  readonly role: "user" | "admin"
  readonly expiresAt?: string
  readonly sources: readonly {
    readonly kind: "direct" | "config" | "scim" | "mapped"
    readonly role: "user" | "admin"
    readonly since: string
    readonly expiresAt?: string
    readonly by?: string
    readonly rule?: string
    readonly value?: string
  }[]
}

export type GroupMembershipDocument = {
  readonly role?: "user" | "admin"
  readonly expiresAt?: string
}

export type DynamicGroup = {
  readonly id: string
  readonly name: string
  readonly domain: string
  readonly description: string
  readonly rule: string
  readonly createdAt: string
  readonly updatedAt: string
}

export type DynamicGroupDocument = {
  readonly description?: string
  readonly rule: string
}

export type ServiceId = {
  readonly id: string
  readonly name: string
  readonly compartment: string
  readonly compartmentId: string
  readonly description: string
  readonly status: "active" | "inactive"
  readonly createdAt: string
  readonly updatedAt: string
}

export type ServiceIdDocument = {
  readonly compartment?: string
  readonly description?: string
  readonly status?: "active" | "inactive"
}

export type ApiKey = {
  readonly id: string
  readonly name: string
  readonly owner: {
    readonly kind: "user" | "service-id"
    readonly id: string
    readonly name: string
  }
  readonly scopes: readonly ("admin" | "pdp" | "scim")[]
  readonly prefix: string
  readonly createdAt: string
  readonly expiresAt?: string
  readonly lastUsedAt?: string
  readonly revokedAt?: string
}

export type Service = {
  readonly id: string
  readonly name: string
  readonly types: { readonly [name: string]: {
    readonly noun: string
    readonly permissions: {
      readonly inspect?: readonly string[]
      readonly read?: readonly string[]
      readonly use?: readonly string[]
      readonly manage?: readonly string[]
    }
    readonly variables: readonly string[]
    readonly operations: { readonly [name: string]: {
      readonly needs: readonly string[]
      readonly kind: "list" | "create" | "other"
    } }
  } }
  readonly families: { readonly [name: string]: readonly string[] }
  readonly aliases: { readonly [name: string]: string }
  readonly createdAt: string
  readonly updatedAt: string
}

export type ServiceDocument = {
  readonly types: { readonly [name: string]: {
    readonly noun: string
    readonly permissions: {
      readonly inspect?: readonly string[]
      readonly read?: readonly string[]
      readonly use?: readonly string[]
      readonly manage?: readonly string[]
    }
    readonly variables?: readonly string[]
    readonly operations?: { readonly [name: string]: {
      readonly needs: readonly string[]
      readonly kind?: "list" | "create" | "other"
    } }
  } }
  readonly families?: { readonly [name: string]: readonly string[] }
  readonly aliases?: { readonly [name: string]: string }
}

export type Resource = {
  readonly id: string
  readonly type: string
  readonly name: string
  readonly compartment: string
  readonly compartmentId: string
  readonly tags: { readonly [name: string]: string }
  readonly facts: { readonly [name: string]: string | number | boolean | readonly string[] }
  readonly createdAt: string
  readonly updatedAt: string
}

export type ResourceDocument = {
  readonly compartment?: string
  readonly tags?: { readonly [name: string]: string }
  readonly facts?: { readonly [name: string]: string | number | boolean | readonly string[] }
}

export type User = {
  readonly id: string
  readonly username: string
  readonly domain: string
  readonly displayName: string
  readonly givenName?: string
  readonly familyName?: string
  readonly email?: string
  readonly locale?: string
  readonly attributes: { readonly [name: string]: readonly string[] }
  readonly serviceAccount: boolean
  readonly emailVerified: boolean
  readonly status: "active" | "disabled" | "locked"
  readonly createdAt: string
  readonly updatedAt: string
  readonly groups?: readonly {
    readonly id: string
    readonly name: string
    readonly because: string
  }[]
}

export type UserDocument = {
  readonly displayName?: string
  readonly givenName?: string
  readonly familyName?: string
  readonly email?: string
  readonly locale?: string
  readonly attributes?: { readonly [name: string]: readonly string[] }
  readonly serviceAccount?: boolean
}

export type Session = {
  readonly id: string
  readonly evidence: readonly string[]
  readonly identityProvider?: string
  readonly startedAt: string
  readonly lastSeenAt: string
  readonly expiresAt: string
  readonly applications: readonly string[]
}

export type Credential = {
  readonly id: string
  readonly kind: "password" | "totp" | "passkey" | "recovery-code"
  readonly label: string
  readonly createdAt: string
  readonly lastUsedAt?: string
  readonly mustChange?: boolean
}

export type TrustedDevice = {
  readonly id: string
  readonly label: string
  readonly createdAt: string
  readonly lastUsedAt: string
  readonly expiresAt: string
}

export type IdentityProviderTest = {
  readonly id: string
  readonly status: "waiting" | "passed" | "failed"
  readonly startedBy: string
  readonly startedAt: string
  readonly expiresAt: string
  readonly url?: string
  readonly report?: {
    readonly at: string
    readonly outcome: "passed" | "failed"
    readonly reason: string | null
    readonly detail: string | null
    readonly checks: readonly {
      readonly name: string
      readonly ok: boolean
      readonly warning?: boolean
      readonly expected?: string
      readonly received?: string
    }[]
    readonly said: {
      readonly subject: string
      readonly attributes: { readonly [name: string]: readonly string[] }
    } | null
    readonly account: {
      readonly kind: "new" | "existing"
      readonly username: string
    } | null
    readonly groups: {
      readonly grants: readonly {
        readonly group: string
        readonly rule: string
        readonly value: string
      }[]
      readonly unmatched: readonly string[]
    } | null
    readonly level: {
      readonly level: number
      readonly because: string
    } | null
  }
}

export type Domain = {
  readonly id: string
  readonly name: string
  readonly issuer: string
  readonly displayName?: string
  readonly compartment?: string
  readonly active?: boolean
  readonly locale?: "en" | "ko"
  readonly session?: {
    readonly idleSeconds?: number
    readonly absoluteSeconds?: number
  }
  readonly accessTokenSeconds?: number
  readonly refreshTokenSeconds?: number
  readonly branding?: {
    readonly accent?: string
    readonly logoUrl?: string
    readonly notice?: string
  }
  readonly localSignIn?: boolean
  readonly passwordReset?: boolean
  readonly onboarding?: {
    readonly confirm?: boolean
    readonly contactEmail?: boolean
    readonly profile?: boolean
    readonly terms?: {
      readonly version: string
      readonly text: {
        readonly en: string
        readonly ko: string
      }
      readonly url?: string
    }
  }
  readonly selfRegistration?: {
    readonly groups: readonly string[]
    readonly emailDomains?: readonly string[]
  }
}

export type DomainDocument = {
  readonly displayName?: string
  readonly compartment?: string
  readonly active?: boolean
  readonly locale?: "en" | "ko"
  readonly session?: {
    readonly idleSeconds?: number
    readonly absoluteSeconds?: number
  }
  readonly accessTokenSeconds?: number
  readonly refreshTokenSeconds?: number
  readonly branding?: {
    readonly accent?: string
    readonly logoUrl?: string
    readonly notice?: string
  }
  readonly localSignIn?: boolean
  readonly passwordReset?: boolean
  readonly onboarding?: {
    readonly confirm?: boolean
    readonly contactEmail?: boolean
    readonly profile?: boolean
    readonly terms?: {
      readonly version: string
      readonly text: {
        readonly en: string
        readonly ko: string
      }
      readonly url?: string
    }
  }
  readonly selfRegistration?: {
    readonly groups: readonly string[]
    readonly emailDomains?: readonly string[]
  }
}

export type SignOnPolicy = {
  readonly id: string
  readonly name: string
  readonly domain: string
  readonly groups?: readonly string[]
  readonly apps?: readonly string[]
  readonly deny?: boolean
  readonly level?: 1 | 2 | 3 | "password" | "mfa" | "phishing-resistant"
  readonly approval?: string
  readonly factors?: readonly ("totp" | "passkey" | "recovery-code")[]
  readonly maxAgeSeconds?: number
  readonly trustedDevice?: {
    readonly days: number
    readonly count: number
  }
}

export type SignOnPolicyDocument = {
  readonly groups?: readonly string[]
  readonly apps?: readonly string[]
  readonly deny?: boolean
  readonly level?: 1 | 2 | 3 | "password" | "mfa" | "phishing-resistant"
  readonly approval?: string
  readonly factors?: readonly ("totp" | "passkey" | "recovery-code")[]
  readonly maxAgeSeconds?: number
  readonly trustedDevice?: {
    readonly days: number
    readonly count: number
  }
}

export type PasswordPolicy = {
  readonly id: string
  readonly name: string
  readonly domain: string
  readonly priority?: number
  readonly groups?: readonly string[]
  readonly minLength?: number
  readonly requireClasses?: number
  readonly history?: number
  readonly maxAgeDays?: number | null
  readonly minAgeSeconds?: number
  readonly warnDays?: number
  readonly freeTries?: number
  readonly maxWaitSeconds?: number
}

export type PasswordPolicyDocument = {
  readonly priority?: number
  readonly groups?: readonly string[]
  readonly minLength?: number
  readonly requireClasses?: number
  readonly history?: number
  readonly maxAgeDays?: number | null
  readonly minAgeSeconds?: number
  readonly warnDays?: number
  readonly freeTries?: number
  readonly maxWaitSeconds?: number
}

export type SigningKey = {
  readonly id: string
  readonly use: "oidc" | "saml" | "cookie"
  readonly alg: string
  readonly status: "next" | "active" | "retired"
  readonly createdAt: string
  readonly publicKey?: { readonly [name: string]: unknown }
  readonly certificate?: string
}

export type IdentityProvider = {
  readonly id: string
  readonly name: string
  readonly domain: string
  readonly displayName?: string
  readonly enabled?: boolean
  readonly showInChooser?: boolean
  readonly emailDomains?: readonly string[]
  readonly routes?: {
    readonly applications?: readonly string[]
    readonly networks?: readonly string[]
  }
  readonly saml?: {
    readonly metadataFile?: string
    readonly metadataXml?: string
    readonly metadataUrl?: string
    readonly signRequests?: boolean
    readonly wantAssertionsSigned?: boolean
    readonly nameIdFormat?: string
    readonly allowUnsolicited?: boolean
    readonly clockSkewSeconds?: number
    readonly forceAuthnForLevel?: boolean
    readonly requestedAuthnContext?: readonly string[]
  }
  readonly oidc?: {
    readonly issuer: string
    readonly clientId: string
    readonly clientSecret?: unknown
    readonly clientAuth?: "client_secret_basic" | "client_secret_post" | "none"
    readonly scopes?: readonly string[]
    readonly idTokenAlg?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519"
    readonly clockSkewSeconds?: number
    readonly acrValues?: readonly string[]
    readonly userinfo?: boolean
  }
  readonly attributes?: {
    readonly username?: string
    readonly email?: string
    readonly displayName?: string
    readonly givenName?: string
    readonly familyName?: string
    readonly locale?: string
    readonly other?: { readonly [name: string]: string }
  }
  readonly groupsFrom?: readonly string[]
  readonly groupMode?: "authoritative" | "additive" | "initial-only"
  readonly assurance?: {
    readonly rules?: readonly {
      readonly acr?: string
      readonly amr?: readonly string[]
      readonly level: 0 | 1 | 2 | 3 | "password" | "mfa" | "phishing-resistant"
    }[]
    readonly unmatched?: 0 | 1 | 2 | 3 | "password" | "mfa" | "phishing-resistant"
    readonly maxAgeSeconds?: number
  }
  readonly jit?: {
    readonly create?: boolean
    readonly update?: boolean
  }
  readonly linkByEmail?: boolean
}

export type IdentityProviderDocument = {
  readonly displayName?: string
  readonly enabled?: boolean
  readonly showInChooser?: boolean
  readonly emailDomains?: readonly string[]
  readonly routes?: {
    readonly applications?: readonly string[]
    readonly networks?: readonly string[]
  }
  readonly saml?: {
    readonly metadataFile?: string
    readonly metadataXml?: string
    readonly metadataUrl?: string
    readonly signRequests?: boolean
    readonly wantAssertionsSigned?: boolean
    readonly nameIdFormat?: string
    readonly allowUnsolicited?: boolean
    readonly clockSkewSeconds?: number
    readonly forceAuthnForLevel?: boolean
    readonly requestedAuthnContext?: readonly string[]
  }
  readonly oidc?: {
    readonly issuer: string
    readonly clientId: string
    readonly clientSecret?: unknown
    readonly clientAuth?: "client_secret_basic" | "client_secret_post" | "none"
    readonly scopes?: readonly string[]
    readonly idTokenAlg?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519"
    readonly clockSkewSeconds?: number
    readonly acrValues?: readonly string[]
    readonly userinfo?: boolean
  }
  readonly attributes?: {
    readonly username?: string
    readonly email?: string
    readonly displayName?: string
    readonly givenName?: string
    readonly familyName?: string
    readonly locale?: string
    readonly other?: { readonly [name: string]: string }
  }
  readonly groupsFrom?: readonly string[]
  readonly groupMode?: "authoritative" | "additive" | "initial-only"
  readonly assurance?: {
    readonly rules?: readonly {
      readonly acr?: string
      readonly amr?: readonly string[]
      readonly level: 0 | 1 | 2 | 3 | "password" | "mfa" | "phishing-resistant"
    }[]
    readonly unmatched?: 0 | 1 | 2 | 3 | "password" | "mfa" | "phishing-resistant"
    readonly maxAgeSeconds?: number
  }
  readonly jit?: {
    readonly create?: boolean
    readonly update?: boolean
  }
  readonly linkByEmail?: boolean
}

export type GroupMapping = {
  readonly id: string
  readonly name: string
  readonly identityProvider: string
  readonly exact?: string
  readonly glob?: string
  readonly dn?: string
  readonly regex?: string
  readonly ignoreCase?: boolean
  readonly allOf?: readonly {
    readonly exact?: string
    readonly glob?: string
    readonly dn?: string
    readonly regex?: string
    readonly ignoreCase?: boolean
  }[]
  readonly groups?: readonly string[]
}

export type GroupMappingDocument = {
  readonly exact?: string
  readonly glob?: string
  readonly dn?: string
  readonly regex?: string
  readonly ignoreCase?: boolean
  readonly allOf?: readonly {
    readonly exact?: string
    readonly glob?: string
    readonly dn?: string
    readonly regex?: string
    readonly ignoreCase?: boolean
  }[]
  readonly groups: readonly string[]
}

export type Application = {
  readonly id: string
  readonly name: string
  readonly displayName?: string
  readonly enabled?: boolean
  readonly domains?: readonly string[]
  readonly homeUrl?: string
  readonly groupsClaim?: {
    readonly include?: readonly string[]
    readonly shape?: "names" | "objects"
  }
  readonly oidc?: {
    readonly clientId: string
    readonly clientSecrets?: readonly unknown[]
    readonly tokenEndpointAuth?: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | "none"
    readonly redirectUris?: readonly string[]
    readonly postLogoutRedirectUris?: readonly string[]
    readonly backchannelLogoutUri?: string
    readonly grants?: readonly ("authorization_code" | "refresh_token" | "client_credentials" | "urn:ietf:params:oauth:grant-type:device_code")[]
    readonly scopes?: readonly string[]
    readonly idTokenAlg?: "ES256" | "RS256"
    readonly requirePkce?: boolean
    readonly requirePar?: boolean
    readonly jwks?: { readonly [name: string]: unknown }
    readonly initiateLoginUri?: string
  }
  readonly saml?: {
    readonly entityId: string
    readonly metadataFile?: string
    readonly metadataXml?: string
    readonly metadataUrl?: string
    readonly nameId?: {
      readonly format?: string
      readonly from?: "id" | "username" | "email" | "pairwise" | "transient"
    }
    readonly attributes?: readonly {
      readonly name: string
      readonly from: string
      readonly nameFormat?: string
      readonly friendlyName?: string
    }[]
    readonly sign?: {
      readonly response?: boolean
      readonly assertion?: boolean
    }
    readonly encryptAssertion?: boolean
    readonly requireSignedRequests?: boolean
    readonly allowIdpInitiated?: boolean
  }
  readonly secrets?: number
  readonly clientSecret?: string
}

export type ApplicationDocument = {
  readonly displayName?: string
  readonly enabled?: boolean
  readonly domains?: readonly string[]
  readonly homeUrl?: string
  readonly groupsClaim?: {
    readonly include?: readonly string[]
    readonly shape?: "names" | "objects"
  }
  readonly oidc?: {
    readonly clientId: string
    readonly clientSecrets?: readonly unknown[]
    readonly tokenEndpointAuth?: "client_secret_basic" | "client_secret_post" | "private_key_jwt" | "none"
    readonly redirectUris?: readonly string[]
    readonly postLogoutRedirectUris?: readonly string[]
    readonly backchannelLogoutUri?: string
    readonly grants?: readonly ("authorization_code" | "refresh_token" | "client_credentials" | "urn:ietf:params:oauth:grant-type:device_code")[]
    readonly scopes?: readonly string[]
    readonly idTokenAlg?: "ES256" | "RS256"
    readonly requirePkce?: boolean
    readonly requirePar?: boolean
    readonly jwks?: { readonly [name: string]: unknown }
    readonly initiateLoginUri?: string
  }
  readonly saml?: {
    readonly entityId: string
    readonly metadataFile?: string
    readonly metadataXml?: string
    readonly metadataUrl?: string
    readonly nameId?: {
      readonly format?: string
      readonly from?: "id" | "username" | "email" | "pairwise" | "transient"
    }
    readonly attributes?: readonly {
      readonly name: string
      readonly from: string
      readonly nameFormat?: string
      readonly friendlyName?: string
    }[]
    readonly sign?: {
      readonly response?: boolean
      readonly assertion?: boolean
    }
    readonly encryptAssertion?: boolean
    readonly requireSignedRequests?: boolean
    readonly allowIdpInitiated?: boolean
  }
}

export type AuditEvent = {
  readonly id: string
  readonly at: string
  readonly action: string
  readonly outcome: "success" | "failure"
  readonly reason?: string
  readonly actor: {
    readonly kind: string
    readonly id: string
    readonly name: string
  }
  readonly target?: {
    readonly type: string
    readonly id: string
    readonly name: string
  }
  readonly domain?: string
  readonly requestId?: string
  readonly decisionId?: string
  readonly before?: unknown
  readonly after?: unknown
  readonly details?: unknown
}

export type Role = {
  readonly name: string
  readonly kind: string
  readonly title: {
    readonly en: string
    readonly ko: string
  }
  readonly description: {
    readonly en: string
    readonly ko: string
  }
  readonly permits: readonly string[]
  readonly includes: readonly string[]
  readonly requires: readonly string[]
  readonly attributes: readonly string[]
  readonly invitable: boolean
  readonly aboveDeny: boolean
}

export type OwnRoles = {
  readonly items: readonly {
    readonly role: string
    readonly title: {
      readonly en: string
      readonly ko: string
    }
    readonly description: {
      readonly en: string
      readonly ko: string
    }
    readonly permits: readonly string[]
    readonly assignment?: string
    readonly through: {
      readonly kind: "person" | "group" | "service-id"
      readonly name: string
    }
    readonly compartment: string
    readonly service?: string
    readonly resource: {
      readonly type?: string
      readonly id?: string
      readonly attributes: { readonly [name: string]: string }
    }
    readonly expiresAt?: string
  }[]
}

export type RoleAssignment = {
  readonly id: string
  readonly name: string
  readonly holder: {
    readonly kind: "person" | "group" | "service-id"
    readonly id: string
    readonly name: string
  }
  readonly roles: readonly string[]
  readonly service?: string
  readonly compartment: string
  readonly resource: {
    readonly type?: string
    readonly id?: string
    readonly attributes: { readonly [name: string]: string }
  }
  readonly expiresAt?: string
  readonly createdBy: string
  readonly createdAt: string
  readonly updatedAt: string
}

export type RoleAssignmentDocument = {
  readonly holder: {
    readonly kind: "person" | "group" | "service-id"
    readonly name: string
  }
  readonly roles: readonly string[]
  readonly service?: string
  readonly compartment?: string
  readonly resource?: {
    readonly type?: string
    readonly id?: string
    readonly attributes?: { readonly [name: string]: string }
  }
  readonly expiresAt?: string
}

export type Invitation = {
  readonly id: string
  readonly email: string
  readonly domain: string
  readonly status: "pending" | "accepted" | "revoked" | "expired"
  readonly groups: readonly string[]
  readonly roles: readonly {
    readonly roles: readonly string[]
    readonly service?: string
    readonly compartmentId: string
  }[]
  readonly invitedBy: string
  readonly createdAt: string
  readonly sentAt: string
  readonly expiresAt: string
  readonly decidedAt?: string
  readonly personId?: string
}

export type AccessRequest = {
  readonly id: string
  readonly group: string
  readonly groupId: string
  readonly person: string
  readonly personId: string
  readonly reason: string
  readonly until?: string
  readonly status: "pending" | "approved" | "denied" | "withdrawn"
  readonly role?: "user" | "admin"
  readonly decidedBy?: string
  readonly decidedAt?: string
  readonly createdAt: string
}

export type OutboxMessage = {
  readonly id: string
  readonly kind: string
  readonly status: "waiting" | "failing"
  readonly receiver?: string
  readonly attempts: number
  readonly dueAt: string
  readonly lastError?: string
}

export type Operations = {
  /** Read the tenancy: `GET `. Needs GetTenancy on tenancies. */
  readonly getTenancy: {
    readonly path: Nothing
    readonly query: Nothing
    readonly body: undefined
    readonly answer: Tenancy
  }
  /** Change the display name of the tenancy: `PATCH `. Needs UpdateTenancy on tenancies. */
  readonly patchTenancy: {
    readonly path: Nothing
    readonly query: Nothing
    readonly body: {
      readonly displayName: string
    }
    readonly answer: Tenancy
  }
  /** Let Deny statements be written, for good: `POST /enable-deny`. Needs EnableDeny on tenancies. */
  readonly enableDeny: {
    readonly path: Nothing
    readonly query: Nothing
    readonly body: {
      readonly guard?: boolean
    }
    readonly answer: Tenancy
  }
  /** The tenancy as the file that declares it: `GET /export`. Needs ExportTenancy on tenancies. */
  readonly exportTenancy: {
    readonly path: Nothing
    readonly query: Nothing
    readonly body: undefined
    readonly answer: {
      readonly text: string
      readonly files: readonly {
        readonly path: string
        readonly text: string
      }[]
      readonly variables: readonly {
        readonly name: string
        readonly what: string
      }[]
      readonly left: readonly string[]
    }
  }
  /** How much was decided and signed in to in a compartment: `GET /compartments/{compartment}/usage`. Needs GetCompartmentUsage on compartments. */
  readonly getCompartmentUsage: {
    readonly path: { readonly compartment: string }
    readonly query: { readonly from?: string; readonly to?: string }
    readonly body: undefined
    readonly answer: CompartmentUsage
  }
  /** List compartments: `GET /compartments`. Needs ListCompartments on compartments. */
  readonly listCompartments: {
    readonly path: Nothing
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly {
        readonly id: string
        readonly name: string
        readonly path: string
        readonly parentId?: string
        readonly depth: number
        readonly description: string
      }[]
      readonly next?: string
    }
  }
  /** Read one compartment: `GET /compartments/{compartment}`. Needs GetCompartment on compartments. */
  readonly getCompartment: {
    readonly path: { readonly compartment: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: Compartment
  }
  /** Make a compartment of that name, or replace it: `PUT /compartments/{compartment}`. Needs UpdateCompartment on compartments or CreateCompartment on compartments. */
  readonly putCompartment: {
    readonly path: { readonly compartment: string }
    readonly query: Nothing
    readonly body: CompartmentDocument
    readonly answer: Compartment
  }
  /** Change a part of a compartment, or its name: `PATCH /compartments/{compartment}`. Needs UpdateCompartment on compartments. */
  readonly patchCompartment: {
    readonly path: { readonly compartment: string }
    readonly query: Nothing
    readonly body: {
      readonly description?: unknown
      readonly tags?: unknown
      readonly name?: string
    }
    readonly answer: Compartment
  }
  /** Delete a compartment: `DELETE /compartments/{compartment}`. Needs DeleteCompartment on compartments. */
  readonly deleteCompartment: {
    readonly path: { readonly compartment: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** Move a compartment, with everything below it, into another: `POST /compartments/{compartment}/move`. Needs MoveCompartment on compartments. */
  readonly moveCompartment: {
    readonly path: { readonly compartment: string }
    readonly query: Nothing
    readonly body: {
      readonly to: string
    }
    readonly answer: Compartment
  }
  /** List policies: `GET /policies`. Needs ListPolicies on policies. */
  readonly listPolicies: {
    readonly path: Nothing
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly Policy[]
      readonly next?: string
    }
  }
  /** Read one policy: `GET /compartments/{compartment}/policies/{policy}`. Needs GetPolicy on policies. */
  readonly getPolicy: {
    readonly path: { readonly compartment: string; readonly policy: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: Policy
  }
  /** Make a policy of that name, or replace it: `PUT /compartments/{compartment}/policies/{policy}`. Needs UpdatePolicy on policies or CreatePolicy on policies. */
  readonly putPolicy: {
    readonly path: { readonly compartment: string; readonly policy: string }
    readonly query: Nothing
    readonly body: PolicyDocument
    readonly answer: Policy
  }
  /** Change a part of a policy: `PATCH /compartments/{compartment}/policies/{policy}`. Needs UpdatePolicy on policies. */
  readonly patchPolicy: {
    readonly path: { readonly compartment: string; readonly policy: string }
    readonly query: Nothing
    readonly body: {
      readonly description?: unknown
      readonly statements?: unknown
    }
    readonly answer: Policy
  }
  /** Delete a policy: `DELETE /compartments/{compartment}/policies/{policy}`. Needs DeletePolicy on policies. */
  readonly deletePolicy: {
    readonly path: { readonly compartment: string; readonly policy: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** Explain the answer to a question as it is and as it would be: `POST /decisions/simulate`. Needs ExplainDecision on audit-events or ListPolicies on policies. */
  readonly simulateQuestion: {
    readonly path: Nothing
    readonly query: Nothing
    readonly body: {
      readonly proposal: {
        readonly put?: readonly {
          readonly compartment?: string
          readonly name: string
          readonly statements: readonly string[]
        }[]
        readonly remove?: readonly {
          readonly compartment?: string
          readonly name: string
        }[]
      }
      readonly question: {
        readonly subject: {
          readonly type: string
          readonly id: string
          readonly properties?: { readonly [name: string]: unknown }
        }
        readonly action: {
          readonly name: string
          readonly properties?: { readonly [name: string]: unknown }
        }
        readonly resource: {
          readonly type: string
          readonly id?: string
          readonly properties?: { readonly [name: string]: unknown }
        }
        readonly context?: { readonly [name: string]: unknown }
      }
    }
    readonly answer: {
      readonly warnings: readonly {
        readonly policy: string
        readonly statement: number
        readonly code: string
        readonly message: string
      }[]
      readonly before: {
        readonly revision: number
        readonly allow: boolean
        readonly reason: string
        readonly subject?: { readonly [name: string]: unknown }
        readonly compartmentId?: string
        readonly permissions: readonly {
          readonly permission: string
          readonly outcome: "granted" | "denied" | "not-granted"
        }[]
        readonly decidedBy: readonly string[]
        readonly matched: readonly {
          readonly ref: string
          readonly policy: string
          readonly statement: string
          readonly effect: "allow" | "deny"
        }[]
        readonly undecided: readonly string[]
        readonly exempt: boolean
        readonly deniedBy: readonly {
          readonly ref: string
          readonly policy: string
          readonly statement: string
          readonly permissions: readonly string[]
          readonly lifted?: string
          readonly tests: readonly {
            readonly permission: string
            readonly test: string
            readonly truth: "true" | "false" | "undecided"
            readonly why?: "missing" | "not-supplied" | "different"
            readonly variable: string
          }[]
        }[]
        readonly notGranted: readonly {
          readonly permission: string
          readonly nearest: readonly {
            readonly ref: string
            readonly policy: string
            readonly statement: string
            readonly lacks: readonly {
              readonly element: "subject" | "compartment" | "verb" | "condition"
            }[]
          }[]
        }[]
        readonly needs: {
          readonly signIn?: {
            readonly level: number
            readonly acr: string
            readonly amr: readonly string[]
            readonly factors: readonly string[]
          }
          readonly groups: readonly {
            readonly group: {
              readonly kind: string
              readonly id: string
              readonly name: string
            }
            readonly through: readonly string[]
          }[]
          readonly facts: readonly {
            readonly when?: string
            readonly unless?: string
          }[]
        }
      }
      readonly after: {
        readonly revision: number
        readonly allow: boolean
        readonly reason: string
        readonly subject?: { readonly [name: string]: unknown }
        readonly compartmentId?: string
        readonly permissions: readonly {
          readonly permission: string
          readonly outcome: "granted" | "denied" | "not-granted"
        }[]
        readonly decidedBy: readonly string[]
        readonly matched: readonly {
          readonly ref: string
          readonly policy: string
          readonly statement: string
          readonly effect: "allow" | "deny"
        }[]
        readonly undecided: readonly string[]
        readonly exempt: boolean
        readonly deniedBy: readonly {
          readonly ref: string
          readonly policy: string
          readonly statement: string
          readonly permissions: readonly string[]
          readonly lifted?: string
          readonly tests: readonly {
            readonly permission: string
            readonly test: string
            readonly truth: "true" | "false" | "undecided"
            readonly why?: "missing" | "not-supplied" | "different"
            readonly variable: string
          }[]
        }[]
        readonly notGranted: readonly {
          readonly permission: string
          readonly nearest: readonly {
            readonly ref: string
            readonly policy: string
            readonly statement: string
            readonly lacks: readonly {
              readonly element: "subject" | "compartment" | "verb" | "condition"
            }[]
          }[]
        }[]
        readonly needs: {
          readonly signIn?: {
            readonly level: number
            readonly acr: string
            readonly amr: readonly string[]
            readonly factors: readonly string[]
          }
          readonly groups: readonly {
            readonly group: {
              readonly kind: string
              readonly id: string
              readonly name: string
            }
            readonly through: readonly string[]
          }[]
          readonly facts: readonly {
            readonly when?: string
            readonly unless?: string
          }[]
        }
      }
    }
  }
  /** Ask recent decisions once more of proposed policies: `POST /decisions/replay`. Needs ExplainDecision on audit-events or ListPolicies on policies. */
  readonly replayDecisions: {
    readonly path: Nothing
    readonly query: Nothing
    readonly body: {
      readonly proposal: {
        readonly put?: readonly {
          readonly compartment?: string
          readonly name: string
          readonly statements: readonly string[]
        }[]
        readonly remove?: readonly {
          readonly compartment?: string
          readonly name: string
        }[]
      }
      readonly from?: string
      readonly to?: string
      readonly limit?: number
    }
    readonly answer: {
      readonly warnings: readonly {
        readonly policy: string
        readonly statement: number
        readonly code: string
        readonly message: string
      }[]
      readonly decisions: number
      readonly flips: number
      readonly examples: readonly {
        readonly id: string
        readonly at: string
        readonly question: { readonly [name: string]: unknown }
        readonly was: boolean
        readonly wouldBe: boolean
        readonly through: readonly string[]
      }[]
      readonly drifted: number
      readonly whole: boolean
    }
  }
  /** What proposed policies would allow and refuse that is not so today: `POST /decisions/compare`. Needs ExplainDecision on audit-events or ListPolicies on policies. */
  readonly comparePolicies: {
    readonly path: Nothing
    readonly query: Nothing
    readonly body: {
      readonly proposal: {
        readonly put?: readonly {
          readonly compartment?: string
          readonly name: string
          readonly statements: readonly string[]
        }[]
        readonly remove?: readonly {
          readonly compartment?: string
          readonly name: string
        }[]
      }
    }
    readonly answer: {
      readonly warnings: readonly {
        readonly policy: string
        readonly statement: number
        readonly code: string
        readonly message: string
      }[]
      readonly gained: readonly {
        readonly permissions: readonly string[]
        readonly groups: readonly {
          readonly kind: string
          readonly id: string
          readonly name: string
        }[]
        readonly as?: {
          readonly kind: string
          readonly id: string
          readonly name: string
        }
        readonly witness: {
          readonly action: string
          readonly resourceType: string
          readonly compartmentId: string
          readonly now: string
        }
        readonly through: readonly string[]
        readonly denied: readonly string[]
      }[]
      readonly lost: readonly {
        readonly permissions: readonly string[]
        readonly groups: readonly {
          readonly kind: string
          readonly id: string
          readonly name: string
        }[]
        readonly as?: {
          readonly kind: string
          readonly id: string
          readonly name: string
        }
        readonly witness: {
          readonly action: string
          readonly resourceType: string
          readonly compartmentId: string
          readonly now: string
        }
        readonly through: readonly string[]
        readonly denied: readonly string[]
      }[]
      readonly questions: number
      readonly complete: boolean
      readonly hit: readonly string[]
    }
  }
  /** Who can do this to that resource, through which statement: `POST /decisions/who`. Needs ExplainDecision on audit-events or ListPolicies on policies. */
  readonly whoMay: {
    readonly path: Nothing
    readonly query: Nothing
    readonly body: {
      readonly action: {
        readonly name: string
        readonly properties?: { readonly [name: string]: unknown }
      }
      readonly resource: {
        readonly type: string
        readonly id?: string
        readonly properties?: { readonly [name: string]: unknown }
      }
      readonly context?: { readonly [name: string]: unknown }
    }
    readonly answer: {
      readonly grantees: readonly {
        readonly subject: {
          readonly kind: string
          readonly id: string
          readonly name: string
        }
        readonly answer: {
          readonly kind: "always" | "never" | "conditional"
          readonly cases: readonly {
            readonly when?: string
            readonly unless?: string
          }[]
          readonly through: readonly string[]
        }
      }[]
      readonly except: readonly {
        readonly subject: {
          readonly kind: string
          readonly id: string
          readonly name: string
        }
        readonly through: string
      }[]
    }
  }
  /** In which compartments somebody can do this, and to which resources: `POST /decisions/where`. Needs ExplainDecision on audit-events or ListPolicies on policies. */
  readonly whereMay: {
    readonly path: Nothing
    readonly query: Nothing
    readonly body: {
      readonly subject: {
        readonly type: string
        readonly id: string
        readonly properties?: { readonly [name: string]: unknown }
      }
      readonly action: {
        readonly name: string
        readonly properties?: { readonly [name: string]: unknown }
      }
      readonly resource: {
        readonly type: string
        readonly properties?: { readonly [name: string]: unknown }
      }
      readonly context?: { readonly [name: string]: unknown }
      readonly compartment?: string
      readonly limit?: number
      readonly after?: string
    }
    readonly answer: {
      readonly items: readonly {
        readonly compartment: string
        readonly compartmentId: string
        readonly answer: {
          readonly kind: "always" | "never" | "conditional"
          readonly cases: readonly {
            readonly when?: string
            readonly unless?: string
          }[]
          readonly through: readonly string[]
        }
      }[]
      readonly next?: string
    }
  }
  /** What somebody can do in each compartment, through which statement: `POST /decisions/what`. Needs ExplainDecision on audit-events or ListPolicies on policies. */
  readonly whatMay: {
    readonly path: Nothing
    readonly query: Nothing
    readonly body: {
      readonly subject: {
        readonly type: string
        readonly id: string
        readonly properties?: { readonly [name: string]: unknown }
      }
      readonly types?: readonly string[]
      readonly compartment?: string
      readonly limit?: number
      readonly after?: string
    }
    readonly answer: {
      readonly items: readonly {
        readonly compartment: string
        readonly compartmentId: string
        readonly may: readonly {
          readonly type: string
          readonly permissions: readonly string[]
          readonly answer: {
            readonly kind: "always" | "never" | "conditional"
            readonly cases: readonly {
              readonly when?: string
              readonly unless?: string
            }[]
            readonly through: readonly string[]
          }
        }[]
      }[]
      readonly next?: string
    }
  }
  /** List decisions on record, newest first: `GET /decisions`. Needs ListAuditEvents on audit-events. */
  readonly listDecisions: {
    readonly path: Nothing
    readonly query: { readonly from?: string; readonly to?: string; readonly limit?: number; readonly before?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly {
        readonly id: string
        readonly at: string
        readonly revision: number
        readonly allow: boolean
        readonly reason?: string
        readonly compartmentId?: string
        readonly question: { readonly [name: string]: unknown }
        readonly because: readonly string[]
        readonly denied: readonly string[]
      }[]
      readonly next?: string
    }
  }
  /** Explain the answer to a question, without a record: `POST /decisions/explain`. Needs ExplainDecision on audit-events or ListPolicies on policies. */
  readonly explainQuestion: {
    readonly path: Nothing
    readonly query: Nothing
    readonly body: {
      readonly subject: {
        readonly type: string
        readonly id: string
        readonly properties?: { readonly [name: string]: unknown }
      }
      readonly action: {
        readonly name: string
        readonly properties?: { readonly [name: string]: unknown }
      }
      readonly resource: {
        readonly type: string
        readonly id?: string
        readonly properties?: { readonly [name: string]: unknown }
      }
      readonly context?: { readonly [name: string]: unknown }
    }
    readonly answer: {
      readonly revision: number
      readonly allow: boolean
      readonly reason: string
      readonly subject?: { readonly [name: string]: unknown }
      readonly compartmentId?: string
      readonly permissions: readonly {
        readonly permission: string
        readonly outcome: "granted" | "denied" | "not-granted"
      }[]
      readonly decidedBy: readonly string[]
      readonly matched: readonly {
        readonly ref: string
        readonly policy: string
        readonly statement: string
        readonly effect: "allow" | "deny"
      }[]
      readonly undecided: readonly string[]
      readonly exempt: boolean
      readonly deniedBy: readonly {
        readonly ref: string
        readonly policy: string
        readonly statement: string
        readonly permissions: readonly string[]
        readonly lifted?: string
        readonly tests: readonly {
          readonly permission: string
          readonly test: string
          readonly truth: "true" | "false" | "undecided"
          readonly why?: "missing" | "not-supplied" | "different"
          readonly variable: string
        }[]
      }[]
      readonly notGranted: readonly {
        readonly permission: string
        readonly nearest: readonly {
          readonly ref: string
          readonly policy: string
          readonly statement: string
          readonly lacks: readonly {
            readonly element: "subject" | "compartment" | "verb" | "condition"
          }[]
        }[]
      }[]
      readonly needs: {
        readonly signIn?: {
          readonly level: number
          readonly acr: string
          readonly amr: readonly string[]
          readonly factors: readonly string[]
        }
        readonly groups: readonly {
          readonly group: {
            readonly kind: string
            readonly id: string
            readonly name: string
          }
          readonly through: readonly string[]
        }[]
        readonly facts: readonly {
          readonly when?: string
          readonly unless?: string
        }[]
      }
    }
  }
  /** Explain a decision on record: `GET /decisions/{decision}`. Needs ExplainDecision on audit-events or ListPolicies on policies. */
  readonly explainDecision: {
    readonly path: { readonly decision: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: {
      readonly recorded: {
        readonly id: string
        readonly at: string
        readonly revision: number
        readonly allow: boolean
        readonly reason?: string
        readonly compartmentId?: string
        readonly question: { readonly [name: string]: unknown }
        readonly because: readonly string[]
        readonly denied: readonly string[]
      }
      readonly moved: boolean
      readonly now: {
        readonly revision: number
        readonly allow: boolean
        readonly reason: string
        readonly subject?: { readonly [name: string]: unknown }
        readonly compartmentId?: string
        readonly permissions: readonly {
          readonly permission: string
          readonly outcome: "granted" | "denied" | "not-granted"
        }[]
        readonly decidedBy: readonly string[]
        readonly matched: readonly {
          readonly ref: string
          readonly policy: string
          readonly statement: string
          readonly effect: "allow" | "deny"
        }[]
        readonly undecided: readonly string[]
        readonly exempt: boolean
        readonly deniedBy: readonly {
          readonly ref: string
          readonly policy: string
          readonly statement: string
          readonly permissions: readonly string[]
          readonly lifted?: string
          readonly tests: readonly {
            readonly permission: string
            readonly test: string
            readonly truth: "true" | "false" | "undecided"
            readonly why?: "missing" | "not-supplied" | "different"
            readonly variable: string
          }[]
        }[]
        readonly notGranted: readonly {
          readonly permission: string
          readonly nearest: readonly {
            readonly ref: string
            readonly policy: string
            readonly statement: string
            readonly lacks: readonly {
              readonly element: "subject" | "compartment" | "verb" | "condition"
            }[]
          }[]
        }[]
        readonly needs: {
          readonly signIn?: {
            readonly level: number
            readonly acr: string
            readonly amr: readonly string[]
            readonly factors: readonly string[]
          }
          readonly groups: readonly {
            readonly group: {
              readonly kind: string
              readonly id: string
              readonly name: string
            }
            readonly through: readonly string[]
          }[]
          readonly facts: readonly {
            readonly when?: string
            readonly unless?: string
          }[]
        }
      }
    }
  }
  /** List groups: `GET /domains/{domain}/groups`. Needs ListGroups on groups. */
  readonly listGroups: {
    readonly path: { readonly domain: string }
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly Group[]
      readonly next?: string
    }
  }
  /** Read one group: `GET /domains/{domain}/groups/{group}`. Needs GetGroup on groups. */
  readonly getGroup: {
    readonly path: { readonly domain: string; readonly group: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: Group
  }
  /** Make a group of that name, or replace it: `PUT /domains/{domain}/groups/{group}`. Needs UpdateGroup on groups or CreateGroup on groups. */
  readonly putGroup: {
    readonly path: { readonly domain: string; readonly group: string }
    readonly query: Nothing
    readonly body: CompartmentDocument
    readonly answer: Group
  }
  /** Change a part of a group, or its name: `PATCH /domains/{domain}/groups/{group}`. Needs UpdateGroup on groups. */
  readonly patchGroup: {
    readonly path: { readonly domain: string; readonly group: string }
    readonly query: Nothing
    readonly body: {
      readonly description?: unknown
      readonly tags?: unknown
      readonly name?: string
    }
    readonly answer: Group
  }
  /** Delete a group: `DELETE /domains/{domain}/groups/{group}`. Needs DeleteGroup on groups. */
  readonly deleteGroup: {
    readonly path: { readonly domain: string; readonly group: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** List memberships: `GET /domains/{domain}/groups/{group}/members`. Needs ListGroupMemberships on group-memberships. */
  readonly listGroupMemberships: {
    readonly path: { readonly domain: string; readonly group: string }
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly {
        readonly id: string
        readonly username: string
        readonly displayName: string
        readonly group: string
        readonly role: "user" | "admin"
        readonly expiresAt?: string
      }[]
      readonly next?: string
    }
  }
  /** Read one member: `GET /domains/{domain}/groups/{group}/members/{user}`. Needs GetGroupMembership on group-memberships. */
  readonly getGroupMembership: {
    readonly path: { readonly domain: string; readonly group: string; readonly user: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: GroupMembership
  }
  /** Make a member of that name, or replace it: `PUT /domains/{domain}/groups/{group}/members/{user}`. Needs AddUserToGroup on groups or AddUserToGroup on groups. */
  readonly putGroupMembership: {
    readonly path: { readonly domain: string; readonly group: string; readonly user: string }
    readonly query: Nothing
    readonly body: GroupMembershipDocument
    readonly answer: GroupMembership
  }
  /** Change a part of a member: `PATCH /domains/{domain}/groups/{group}/members/{user}`. Needs AddUserToGroup on groups. */
  readonly patchGroupMembership: {
    readonly path: { readonly domain: string; readonly group: string; readonly user: string }
    readonly query: Nothing
    readonly body: {
      readonly role?: unknown
      readonly expiresAt?: unknown
    }
    readonly answer: GroupMembership
  }
  /** Delete a member: `DELETE /domains/{domain}/groups/{group}/members/{user}`. Needs RemoveUserFromGroup on groups. */
  readonly removeUserFromGroup: {
    readonly path: { readonly domain: string; readonly group: string; readonly user: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** List dynamic groups: `GET /domains/{domain}/dynamic-groups`. Needs ListDynamicGroups on dynamic-groups. */
  readonly listDynamicGroups: {
    readonly path: { readonly domain: string }
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly DynamicGroup[]
      readonly next?: string
    }
  }
  /** Read one dynamic group: `GET /domains/{domain}/dynamic-groups/{dynamicGroup}`. Needs GetDynamicGroup on dynamic-groups. */
  readonly getDynamicGroup: {
    readonly path: { readonly domain: string; readonly dynamicGroup: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: DynamicGroup
  }
  /** Make a dynamic group of that name, or replace it: `PUT /domains/{domain}/dynamic-groups/{dynamicGroup}`. Needs UpdateDynamicGroup on dynamic-groups or CreateDynamicGroup on dynamic-groups. */
  readonly putDynamicGroup: {
    readonly path: { readonly domain: string; readonly dynamicGroup: string }
    readonly query: Nothing
    readonly body: DynamicGroupDocument
    readonly answer: DynamicGroup
  }
  /** Change a part of a dynamic group, or its name: `PATCH /domains/{domain}/dynamic-groups/{dynamicGroup}`. Needs UpdateDynamicGroup on dynamic-groups. */
  readonly patchDynamicGroup: {
    readonly path: { readonly domain: string; readonly dynamicGroup: string }
    readonly query: Nothing
    readonly body: {
      readonly description?: unknown
      readonly rule?: unknown
      readonly name?: string
    }
    readonly answer: DynamicGroup
  }
  /** Delete a dynamic group: `DELETE /domains/{domain}/dynamic-groups/{dynamicGroup}`. Needs DeleteDynamicGroup on dynamic-groups. */
  readonly deleteDynamicGroup: {
    readonly path: { readonly domain: string; readonly dynamicGroup: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** List service IDs: `GET /service-ids`. Needs ListServiceIds on service-ids. */
  readonly listServiceIds: {
    readonly path: Nothing
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly ServiceId[]
      readonly next?: string
    }
  }
  /** Read one service ID: `GET /service-ids/{serviceId}`. Needs GetServiceId on service-ids. */
  readonly getServiceId: {
    readonly path: { readonly serviceId: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: ServiceId
  }
  /** Make a service ID of that name, or replace it: `PUT /service-ids/{serviceId}`. Needs UpdateServiceId on service-ids or CreateServiceId on service-ids. */
  readonly putServiceId: {
    readonly path: { readonly serviceId: string }
    readonly query: Nothing
    readonly body: ServiceIdDocument
    readonly answer: ServiceId
  }
  /** Change a part of a service ID, or its name: `PATCH /service-ids/{serviceId}`. Needs UpdateServiceId on service-ids. */
  readonly patchServiceId: {
    readonly path: { readonly serviceId: string }
    readonly query: Nothing
    readonly body: {
      readonly compartment?: unknown
      readonly description?: unknown
      readonly status?: unknown
      readonly name?: string
    }
    readonly answer: ServiceId
  }
  /** Delete a service ID: `DELETE /service-ids/{serviceId}`. Needs DeleteServiceId on service-ids. */
  readonly deleteServiceId: {
    readonly path: { readonly serviceId: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** List API keys: `GET /api-keys`. Needs ListApiKeys on api-keys. */
  readonly listApiKeys: {
    readonly path: Nothing
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly ApiKey[]
      readonly next?: string
    }
  }
  /** Make an API key; the answer is the only place where the key itself is shown: `POST /api-keys`. Needs CreateApiKey on api-keys. */
  readonly createApiKey: {
    readonly path: Nothing
    readonly query: Nothing
    readonly body: {
      readonly owner: {
        readonly serviceId: string
      } | {
        readonly user: string
        readonly domain?: string
      }
      readonly name: string
      readonly scopes: readonly ("admin" | "pdp" | "scim")[]
      readonly expiresAt?: string
    }
    readonly answer: {
      readonly id: string
      readonly name: string
      readonly owner: {
        readonly kind: "user" | "service-id"
        readonly id: string
        readonly name: string
      }
      readonly scopes: readonly ("admin" | "pdp" | "scim")[]
      readonly prefix: string
      readonly createdAt: string
      readonly expiresAt?: string
      readonly lastUsedAt?: string
      readonly revokedAt?: string
      readonly key: string
    }
  }
  /** Read one API key: `GET /api-keys/{apiKey}`. Needs GetApiKey on api-keys. */
  readonly getApiKey: {
    readonly path: { readonly apiKey: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: ApiKey
  }
  /** Delete an API key: `DELETE /api-keys/{apiKey}`. Needs DeleteApiKey on api-keys. */
  readonly deleteApiKey: {
    readonly path: { readonly apiKey: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** List services: `GET /services`. Needs ListServices on services. */
  readonly listServices: {
    readonly path: Nothing
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly {
        readonly id: string
        readonly name: string
        readonly createdAt: string
        readonly updatedAt: string
      }[]
      readonly next?: string
    }
  }
  /** Read one service: `GET /services/{service}`. Needs GetService on services. */
  readonly getService: {
    readonly path: { readonly service: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: Service
  }
  /** Make a service of that name, or replace it: `PUT /services/{service}`. Needs UpdateService on services or CreateService on services. */
  readonly putService: {
    readonly path: { readonly service: string }
    readonly query: Nothing
    readonly body: ServiceDocument
    readonly answer: Service
  }
  /** Change a part of a service: `PATCH /services/{service}`. Needs UpdateService on services. */
  readonly patchService: {
    readonly path: { readonly service: string }
    readonly query: Nothing
    readonly body: {
      readonly types?: unknown
      readonly families?: unknown
      readonly aliases?: unknown
    }
    readonly answer: Service
  }
  /** Delete a service: `DELETE /services/{service}`. Needs DeleteService on services. */
  readonly deleteService: {
    readonly path: { readonly service: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** List resources: `GET /resources`. Needs ListResources on resources. */
  readonly listResources: {
    readonly path: Nothing
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly {
        readonly id: string
        readonly type: string
        readonly name: string
        readonly compartment: string
        readonly compartmentId: string
        readonly createdAt: string
        readonly updatedAt: string
      }[]
      readonly next?: string
    }
  }
  /** Read one resource: `GET /resources/{type}/{resource}`. Needs GetResource on resources. */
  readonly getResource: {
    readonly path: { readonly type: string; readonly resource: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: Resource
  }
  /** Make a resource of that name, or replace it: `PUT /resources/{type}/{resource}`. Needs UpdateResource on resources or CreateResource on resources. */
  readonly putResource: {
    readonly path: { readonly type: string; readonly resource: string }
    readonly query: Nothing
    readonly body: ResourceDocument
    readonly answer: Resource
  }
  /** Change a part of a resource: `PATCH /resources/{type}/{resource}`. Needs UpdateResource on resources. */
  readonly patchResource: {
    readonly path: { readonly type: string; readonly resource: string }
    readonly query: Nothing
    readonly body: {
      readonly compartment?: unknown
      readonly tags?: unknown
      readonly facts?: unknown
    }
    readonly answer: Resource
  }
  /** Delete a resource: `DELETE /resources/{type}/{resource}`. Needs DeleteResource on resources. */
  readonly deleteResource: {
    readonly path: { readonly type: string; readonly resource: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** Move a resource into another compartment: `POST /resources/{type}/{resource}/move`. Needs MoveResource on resources. */
  readonly moveResource: {
    readonly path: { readonly type: string; readonly resource: string }
    readonly query: Nothing
    readonly body: {
      readonly to: string
    }
    readonly answer: Resource
  }
  /** List users: `GET /domains/{domain}/users`. Needs ListUsers on users. */
  readonly listUsers: {
    readonly path: { readonly domain: string }
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly {
        readonly id: string
        readonly username: string
        readonly domain: string
        readonly displayName: string
        readonly status: "active" | "disabled" | "locked"
      }[]
      readonly next?: string
    }
  }
  /** Read one user: `GET /domains/{domain}/users/{user}`. Needs GetUser on users. */
  readonly getUser: {
    readonly path: { readonly domain: string; readonly user: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: User
  }
  /** Make a user of that name, or replace it: `PUT /domains/{domain}/users/{user}`. Needs UpdateUser on users or CreateUser on users. */
  readonly putUser: {
    readonly path: { readonly domain: string; readonly user: string }
    readonly query: Nothing
    readonly body: UserDocument
    readonly answer: User
  }
  /** Change a part of a user, or its name: `PATCH /domains/{domain}/users/{user}`. Needs UpdateUser on users. */
  readonly patchUser: {
    readonly path: { readonly domain: string; readonly user: string }
    readonly query: Nothing
    readonly body: {
      readonly displayName?: unknown
      readonly givenName?: unknown
      readonly familyName?: unknown
      readonly email?: unknown
      readonly locale?: unknown
      readonly attributes?: unknown
      readonly serviceAccount?: unknown
      readonly name?: string
    }
    readonly answer: User
  }
  /** Delete a user: `DELETE /domains/{domain}/users/{user}`. Needs DeleteUser on users. */
  readonly deleteUser: {
    readonly path: { readonly domain: string; readonly user: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** Stop a user: sessions, tokens and API keys end at once: `POST /domains/{domain}/users/{user}/disable`. Needs UpdateUserState on users. */
  readonly disableUser: {
    readonly path: { readonly domain: string; readonly user: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: User
  }
  /** Lock a user: sessions, tokens and API keys end at once: `POST /domains/{domain}/users/{user}/lock`. Needs UpdateUserState on users. */
  readonly lockUser: {
    readonly path: { readonly domain: string; readonly user: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: User
  }
  /** Let a disabled or locked user in again: `POST /domains/{domain}/users/{user}/enable`. Needs UpdateUserState on users. */
  readonly enableUser: {
    readonly path: { readonly domain: string; readonly user: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: User
  }
  /** Mail a user a link to set a new password, good once and for half an hour: `POST /domains/{domain}/users/{user}/reset-password`. Needs ResetUserPassword on users. */
  readonly resetUserPassword: {
    readonly path: { readonly domain: string; readonly user: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** Remove second factors, recovery codes and trusted devices, and end all sessions: `POST /domains/{domain}/users/{user}/reset-factors`. Needs ResetUserFactors on users. */
  readonly resetUserFactors: {
    readonly path: { readonly domain: string; readonly user: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** List sessions: `GET /domains/{domain}/users/{user}/sessions`. Needs ListSessions on sessions. */
  readonly listSessions: {
    readonly path: { readonly domain: string; readonly user: string }
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly Session[]
      readonly next?: string
    }
  }
  /** End all sessions of a user: `DELETE /domains/{domain}/users/{user}/sessions`. Needs EndUserSessions on users. */
  readonly endUserSessions: {
    readonly path: { readonly domain: string; readonly user: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: {
      readonly ended: number
    }
  }
  /** List trusted devices: `GET /domains/{domain}/users/{user}/trusted-devices`. Needs ListTrustedDevices on credentials. */
  readonly listTrustedDevices: {
    readonly path: { readonly domain: string; readonly user: string }
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly TrustedDevice[]
      readonly next?: string
    }
  }
  /** Trust no device of a user any more, and end the sessions that were begun on one without a second factor: `DELETE /domains/{domain}/users/{user}/trusted-devices`. Needs RevokeUserDevices on users. */
  readonly revokeUserDevices: {
    readonly path: { readonly domain: string; readonly user: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: {
      readonly revoked: number
    }
  }
  /** Read one session: `GET /domains/{domain}/users/{user}/sessions/{session}`. Needs GetSession on sessions. */
  readonly getSession: {
    readonly path: { readonly domain: string; readonly user: string; readonly session: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: Session
  }
  /** Delete a session: `DELETE /domains/{domain}/users/{user}/sessions/{session}`. Needs EndSession on sessions. */
  readonly endSession: {
    readonly path: { readonly domain: string; readonly user: string; readonly session: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** List credentials: `GET /domains/{domain}/users/{user}/credentials`. Needs ListCredentials on credentials. */
  readonly listCredentials: {
    readonly path: { readonly domain: string; readonly user: string }
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly Credential[]
      readonly next?: string
    }
  }
  /** Read one credential: `GET /domains/{domain}/users/{user}/credentials/{credential}`. Needs GetCredential on credentials. */
  readonly getCredential: {
    readonly path: { readonly domain: string; readonly user: string; readonly credential: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: Credential
  }
  /** Delete a credential: `DELETE /domains/{domain}/users/{user}/credentials/{credential}`. Needs DeleteCredential on credentials. */
  readonly deleteCredential: {
    readonly path: { readonly domain: string; readonly user: string; readonly credential: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** Read one trusted device: `GET /domains/{domain}/users/{user}/trusted-devices/{device}`. Needs GetTrustedDevice on credentials. */
  readonly getTrustedDevice: {
    readonly path: { readonly domain: string; readonly user: string; readonly device: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: TrustedDevice
  }
  /** Delete a trusted device: `DELETE /domains/{domain}/users/{user}/trusted-devices/{device}`. Needs RevokeTrustedDevice on credentials. */
  readonly revokeTrustedDevice: {
    readonly path: { readonly domain: string; readonly user: string; readonly device: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** Give a user one code in place of a lost second factor: `POST /domains/{domain}/users/{user}/bypass-code`. Needs IssueUserBypassCode on users. */
  readonly issueUserBypassCode: {
    readonly path: { readonly domain: string; readonly user: string }
    readonly query: Nothing
    readonly body: {
      readonly hours?: number
      readonly reason: string
    }
    readonly answer: {
      readonly code: string
      readonly expiresAt: string
    }
  }
  /** Begin a test of the connection: a link to open in a browser: `POST /domains/{domain}/identity-providers/{idp}/test`. Needs TestIdentityProvider on identity-providers. */
  readonly testIdentityProvider: {
    readonly path: { readonly domain: string; readonly idp: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: IdentityProviderTest
  }
  /** What came of a test of the connection: `GET /domains/{domain}/identity-providers/{idp}/test/{test}`. Needs TestIdentityProvider on identity-providers. */
  readonly getIdentityProviderTest: {
    readonly path: { readonly domain: string; readonly idp: string; readonly test: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: IdentityProviderTest
  }
  /** Check the connection without a browser: documents, algorithms, clocks, certificates, addresses to register: `GET /domains/{domain}/identity-providers/{idp}/check`. Needs GetIdentityProvider on identity-providers. */
  readonly checkIdentityProvider: {
    readonly path: { readonly domain: string; readonly idp: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: {
      readonly passed: boolean
      readonly checks: readonly {
        readonly name: string
        readonly ok: boolean
        readonly warning?: boolean
        readonly expected?: string
        readonly received?: string
      }[]
      readonly certificates: readonly {
        readonly use: "signing" | "encryption"
        readonly subject: string
        readonly fingerprint: string
        readonly key: string
        readonly notBefore: string
        readonly notAfter: string
        readonly daysLeft: number
      }[]
      readonly register: readonly {
        readonly what: string
        readonly value: string
      }[]
    }
  }
  /** List domains: `GET /domains`. Needs ListDomains on domains. */
  readonly listDomains: {
    readonly path: Nothing
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly {
        readonly id: string
        readonly name: string
        readonly issuer: string
        readonly displayName?: string
        readonly compartment?: string
        readonly active?: boolean
      }[]
      readonly next?: string
    }
  }
  /** Read one domain: `GET /domains/{domain}`. Needs GetDomain on domains. */
  readonly getDomain: {
    readonly path: { readonly domain: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: Domain
  }
  /** Make a domain of that name, or replace it: `PUT /domains/{domain}`. Needs UpdateDomain on domains or CreateDomain on domains. */
  readonly putDomain: {
    readonly path: { readonly domain: string }
    readonly query: Nothing
    readonly body: DomainDocument
    readonly answer: Domain
  }
  /** Change a part of a domain: `PATCH /domains/{domain}`. Needs UpdateDomain on domains. */
  readonly patchDomain: {
    readonly path: { readonly domain: string }
    readonly query: Nothing
    readonly body: {
      readonly displayName?: unknown
      readonly compartment?: unknown
      readonly active?: unknown
      readonly locale?: unknown
      readonly session?: unknown
      readonly accessTokenSeconds?: unknown
      readonly refreshTokenSeconds?: unknown
      readonly branding?: unknown
      readonly localSignIn?: unknown
      readonly passwordReset?: unknown
      readonly onboarding?: unknown
      readonly selfRegistration?: unknown
    }
    readonly answer: Domain
  }
  /** Delete a domain: `DELETE /domains/{domain}`. Needs DeleteDomain on domains. */
  readonly deleteDomain: {
    readonly path: { readonly domain: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** List sign-on rules: `GET /domains/{domain}/sign-on-rules`. Needs ListSignOnPolicies on sign-on-policies. */
  readonly listSignOnPolicies: {
    readonly path: { readonly domain: string }
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly {
        readonly id: string
        readonly name: string
        readonly domain: string
      }[]
      readonly next?: string
    }
  }
  /** Read one sign-on rule: `GET /domains/{domain}/sign-on-rules/{rule}`. Needs GetSignOnPolicy on sign-on-policies. */
  readonly getSignOnPolicy: {
    readonly path: { readonly domain: string; readonly rule: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: SignOnPolicy
  }
  /** Make a sign-on rule of that name, or replace it: `PUT /domains/{domain}/sign-on-rules/{rule}`. Needs UpdateSignOnPolicy on sign-on-policies or CreateSignOnPolicy on sign-on-policies. */
  readonly putSignOnPolicy: {
    readonly path: { readonly domain: string; readonly rule: string }
    readonly query: Nothing
    readonly body: SignOnPolicyDocument
    readonly answer: SignOnPolicy
  }
  /** Change a part of a sign-on rule: `PATCH /domains/{domain}/sign-on-rules/{rule}`. Needs UpdateSignOnPolicy on sign-on-policies. */
  readonly patchSignOnPolicy: {
    readonly path: { readonly domain: string; readonly rule: string }
    readonly query: Nothing
    readonly body: {
      readonly groups?: unknown
      readonly apps?: unknown
      readonly deny?: unknown
      readonly level?: unknown
      readonly approval?: unknown
      readonly factors?: unknown
      readonly maxAgeSeconds?: unknown
      readonly trustedDevice?: unknown
    }
    readonly answer: SignOnPolicy
  }
  /** Delete a sign-on rule: `DELETE /domains/{domain}/sign-on-rules/{rule}`. Needs DeleteSignOnPolicy on sign-on-policies. */
  readonly deleteSignOnPolicy: {
    readonly path: { readonly domain: string; readonly rule: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** List password policies: `GET /domains/{domain}/password-policies`. Needs ListPasswordPolicies on password-policies. */
  readonly listPasswordPolicies: {
    readonly path: { readonly domain: string }
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly {
        readonly id: string
        readonly name: string
        readonly domain: string
        readonly priority?: number
      }[]
      readonly next?: string
    }
  }
  /** Read one password policy: `GET /domains/{domain}/password-policies/{policy}`. Needs GetPasswordPolicy on password-policies. */
  readonly getPasswordPolicy: {
    readonly path: { readonly domain: string; readonly policy: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: PasswordPolicy
  }
  /** Make a password policy of that name, or replace it: `PUT /domains/{domain}/password-policies/{policy}`. Needs UpdatePasswordPolicy on password-policies or CreatePasswordPolicy on password-policies. */
  readonly putPasswordPolicy: {
    readonly path: { readonly domain: string; readonly policy: string }
    readonly query: Nothing
    readonly body: PasswordPolicyDocument
    readonly answer: PasswordPolicy
  }
  /** Change a part of a password policy: `PATCH /domains/{domain}/password-policies/{policy}`. Needs UpdatePasswordPolicy on password-policies. */
  readonly patchPasswordPolicy: {
    readonly path: { readonly domain: string; readonly policy: string }
    readonly query: Nothing
    readonly body: {
      readonly priority?: unknown
      readonly groups?: unknown
      readonly minLength?: unknown
      readonly requireClasses?: unknown
      readonly history?: unknown
      readonly maxAgeDays?: unknown
      readonly minAgeSeconds?: unknown
      readonly warnDays?: unknown
      readonly freeTries?: unknown
      readonly maxWaitSeconds?: unknown
    }
    readonly answer: PasswordPolicy
  }
  /** Delete a password policy: `DELETE /domains/{domain}/password-policies/{policy}`. Needs DeletePasswordPolicy on password-policies. */
  readonly deletePasswordPolicy: {
    readonly path: { readonly domain: string; readonly policy: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** What a sign-in would ask of somebody, step by step, and the rule and group behind each demand: `POST /domains/{domain}/sign-ins/explain`. Needs GetUser on users or GetCredential on credentials or GetSignOnPolicy on sign-on-policies or GetPasswordPolicy on password-policies or GetIdentityProvider on identity-providers or GetApplication on applications or GetGroup on groups. */
  readonly explainSignIn: {
    readonly path: { readonly domain: string }
    readonly query: Nothing
    readonly body: {
      readonly user: string
      readonly app?: string
      readonly groups?: readonly string[]
      readonly level?: 0 | 1 | 2 | 3
      readonly idp?: string
      readonly upstreamLevel?: 0 | 1 | 2 | 3
      readonly address?: string
      readonly trustedDeviceDays?: number
    }
    readonly answer: {
      readonly person: {
        readonly id: string
        readonly username: string
        readonly status: string
      }
      readonly groups: readonly string[]
      readonly need: {
        readonly denied?: {
          readonly value: true
          readonly because: {
            readonly by: "rule" | "request" | "administrator" | "default"
            readonly rule?: string
            readonly group?: string
            readonly app?: string
          }
        }
        readonly level: {
          readonly value: number
          readonly because: {
            readonly by: "rule" | "request" | "administrator" | "default"
            readonly rule?: string
            readonly group?: string
            readonly app?: string
          }
        }
        readonly factors?: {
          readonly value: readonly string[]
          readonly because: {
            readonly by: "rule" | "request" | "administrator" | "default"
            readonly rule?: string
            readonly group?: string
            readonly app?: string
          }
        }
        readonly maxAgeSeconds?: {
          readonly value: number
          readonly because: {
            readonly by: "rule" | "request" | "administrator" | "default"
            readonly rule?: string
            readonly group?: string
            readonly app?: string
          }
        }
        readonly trustedDevice?: {
          readonly value: {
            readonly days: number
            readonly count: number
          }
          readonly because: {
            readonly by: "rule" | "request" | "administrator" | "default"
            readonly rule?: string
            readonly group?: string
            readonly app?: string
          }
        }
        readonly applied: readonly string[]
      }
      readonly enrolled: readonly string[]
      readonly route: {
        readonly kind: "local" | "idp"
        readonly name?: string
        readonly level?: number
        readonly ground?: "hint" | "e-mail domain" | "application" | "network" | "only" | "linked"
        readonly choice?: readonly string[]
      }
      readonly passwordPolicy: {
        readonly name: string
        readonly group?: string
        readonly expiresAt?: string
      }
      readonly steps: readonly {
        readonly do: string
      }[]
    }
  }
  /** Play recent sign-ins through under proposed sign-on and mapping rules: `POST /domains/{domain}/sign-ins/replay`. Needs GetAuditEvent on audit-events or GetSignOnPolicy on sign-on-policies or GetGroupMapping on group-mappings. */
  readonly replaySignIns: {
    readonly path: { readonly domain: string }
    readonly query: Nothing
    readonly body: {
      readonly signOnRules?: {
        readonly put?: readonly {
          readonly name: string
          readonly groups?: readonly string[]
          readonly apps?: readonly string[]
          readonly deny?: boolean
          readonly level?: 1 | 2 | 3 | "password" | "mfa" | "phishing-resistant"
          readonly approval?: string
          readonly factors?: readonly ("totp" | "passkey" | "recovery-code")[]
          readonly maxAgeSeconds?: number
          readonly trustedDevice?: {
            readonly days: number
            readonly count: number
          }
        }[]
        readonly remove?: readonly string[]
      }
      readonly mappings?: { readonly [name: string]: {
        readonly put?: readonly {
          readonly name: string
          readonly exact?: string
          readonly glob?: string
          readonly dn?: string
          readonly regex?: string
          readonly ignoreCase?: boolean
          readonly allOf?: readonly {
            readonly exact?: string
            readonly glob?: string
            readonly dn?: string
            readonly regex?: string
            readonly ignoreCase?: boolean
          }[]
          readonly groups: readonly string[]
        }[]
        readonly remove?: readonly string[]
      } }
      readonly from?: string
      readonly to?: string
      readonly limit?: number
    }
    readonly answer: {
      readonly signIns: number
      readonly people: number
      readonly newlySecondFactor: number
      readonly noSecondFactor: number
      readonly newlyRefused: number
      readonly newlyAdmitted: number
      readonly lost: readonly {
        readonly group: string
        readonly signIns: number
        readonly people: number
      }[]
      readonly gained: readonly {
        readonly group: string
        readonly signIns: number
        readonly people: number
      }[]
      readonly examples: readonly {
        readonly id: string
        readonly at: string
        readonly username: string
        readonly app: string | null
        readonly change: "newly-refused" | "newly-admitted" | "newly-second-factor" | "no-second-factor" | null
        readonly before: readonly {
          readonly do: string
        }[]
        readonly after: readonly {
          readonly do: string
        }[]
        readonly lost: readonly string[]
        readonly gained: readonly string[]
      }[]
      readonly groupsUnknown: number
      readonly gone: number
      readonly whole: boolean
    }
  }
  /** Sign with the announced key, or with a new one, from now on: `POST /domains/{domain}/signing-keys/rotate`. Needs RotateSigningKeys on signing-keys. */
  readonly rotateSigningKeys: {
    readonly path: { readonly domain: string }
    readonly query: Nothing
    readonly body: {
      readonly use: "oidc" | "saml" | "cookie"
      readonly alg: "ES256" | "RS256" | "HS256"
      readonly unannounced?: boolean
    }
    readonly answer: SigningKey
  }
  /** List signing keys: `GET /domains/{domain}/signing-keys`. Needs ListSigningKeys on signing-keys. */
  readonly listSigningKeys: {
    readonly path: { readonly domain: string }
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly {
        readonly id: string
        readonly use: "oidc" | "saml" | "cookie"
        readonly alg: string
        readonly status: "next" | "active" | "retired"
        readonly createdAt: string
      }[]
      readonly next?: string
    }
  }
  /** Announce the next signing key: published from now on, used when it is rotated: `POST /domains/{domain}/signing-keys`. Needs CreateSigningKey on signing-keys. */
  readonly createSigningKey: {
    readonly path: { readonly domain: string }
    readonly query: Nothing
    readonly body: {
      readonly use: "oidc" | "saml" | "cookie"
      readonly alg: "ES256" | "RS256" | "HS256"
    }
    readonly answer: SigningKey
  }
  /** Read one signing key: `GET /domains/{domain}/signing-keys/{key}`. Needs GetSigningKey on signing-keys. */
  readonly getSigningKey: {
    readonly path: { readonly domain: string; readonly key: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: SigningKey
  }
  /** Delete a signing key: `DELETE /domains/{domain}/signing-keys/{key}`. Needs DeleteSigningKey on signing-keys. */
  readonly deleteSigningKey: {
    readonly path: { readonly domain: string; readonly key: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** Take the announcement of a signing key back: `POST /domains/{domain}/signing-keys/{key}/retire`. Needs RetireSigningKey on signing-keys. */
  readonly retireSigningKey: {
    readonly path: { readonly domain: string; readonly key: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: SigningKey
  }
  /** List identity providers: `GET /domains/{domain}/identity-providers`. Needs ListIdentityProviders on identity-providers. */
  readonly listIdentityProviders: {
    readonly path: { readonly domain: string }
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly {
        readonly id: string
        readonly name: string
        readonly domain: string
        readonly displayName?: string
        readonly enabled?: boolean
      }[]
      readonly next?: string
    }
  }
  /** Read one identity provider: `GET /domains/{domain}/identity-providers/{idp}`. Needs GetIdentityProvider on identity-providers. */
  readonly getIdentityProvider: {
    readonly path: { readonly domain: string; readonly idp: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: IdentityProvider
  }
  /** Make an identity provider of that name, or replace it: `PUT /domains/{domain}/identity-providers/{idp}`. Needs UpdateIdentityProvider on identity-providers or CreateIdentityProvider on identity-providers. */
  readonly putIdentityProvider: {
    readonly path: { readonly domain: string; readonly idp: string }
    readonly query: Nothing
    readonly body: IdentityProviderDocument
    readonly answer: IdentityProvider
  }
  /** Change a part of an identity provider: `PATCH /domains/{domain}/identity-providers/{idp}`. Needs UpdateIdentityProvider on identity-providers. */
  readonly patchIdentityProvider: {
    readonly path: { readonly domain: string; readonly idp: string }
    readonly query: Nothing
    readonly body: {
      readonly displayName?: unknown
      readonly enabled?: unknown
      readonly showInChooser?: unknown
      readonly emailDomains?: unknown
      readonly routes?: unknown
      readonly saml?: unknown
      readonly oidc?: unknown
      readonly attributes?: unknown
      readonly groupsFrom?: unknown
      readonly groupMode?: unknown
      readonly assurance?: unknown
      readonly jit?: unknown
      readonly linkByEmail?: unknown
    }
    readonly answer: IdentityProvider
  }
  /** Delete an identity provider: `DELETE /domains/{domain}/identity-providers/{idp}`. Needs DeleteIdentityProvider on identity-providers. */
  readonly deleteIdentityProvider: {
    readonly path: { readonly domain: string; readonly idp: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** List group mappings: `GET /domains/{domain}/identity-providers/{idp}/group-mappings`. Needs ListGroupMappings on group-mappings. */
  readonly listGroupMappings: {
    readonly path: { readonly domain: string; readonly idp: string }
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly GroupMapping[]
      readonly next?: string
    }
  }
  /** Read one group mapping: `GET /domains/{domain}/identity-providers/{idp}/group-mappings/{mapping}`. Needs GetGroupMapping on group-mappings. */
  readonly getGroupMapping: {
    readonly path: { readonly domain: string; readonly idp: string; readonly mapping: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: GroupMapping
  }
  /** Make a group mapping of that name, or replace it: `PUT /domains/{domain}/identity-providers/{idp}/group-mappings/{mapping}`. Needs UpdateGroupMapping on group-mappings or CreateGroupMapping on group-mappings. */
  readonly putGroupMapping: {
    readonly path: { readonly domain: string; readonly idp: string; readonly mapping: string }
    readonly query: Nothing
    readonly body: GroupMappingDocument
    readonly answer: GroupMapping
  }
  /** Change a part of a group mapping: `PATCH /domains/{domain}/identity-providers/{idp}/group-mappings/{mapping}`. Needs UpdateGroupMapping on group-mappings. */
  readonly patchGroupMapping: {
    readonly path: { readonly domain: string; readonly idp: string; readonly mapping: string }
    readonly query: Nothing
    readonly body: {
      readonly exact?: unknown
      readonly glob?: unknown
      readonly dn?: unknown
      readonly regex?: unknown
      readonly ignoreCase?: unknown
      readonly allOf?: unknown
      readonly groups?: unknown
    }
    readonly answer: GroupMapping
  }
  /** Delete a group mapping: `DELETE /domains/{domain}/identity-providers/{idp}/group-mappings/{mapping}`. Needs DeleteGroupMapping on group-mappings. */
  readonly deleteGroupMapping: {
    readonly path: { readonly domain: string; readonly idp: string; readonly mapping: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** List applications: `GET /applications`. Needs ListApplications on applications. */
  readonly listApplications: {
    readonly path: Nothing
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly {
        readonly id: string
        readonly name: string
        readonly displayName?: string
        readonly enabled?: boolean
        readonly domains?: readonly string[]
      }[]
      readonly next?: string
    }
  }
  /** Read one application: `GET /applications/{application}`. Needs GetApplication on applications. */
  readonly getApplication: {
    readonly path: { readonly application: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: Application
  }
  /** Make an application of that name, or replace it: `PUT /applications/{application}`. Needs UpdateApplication on applications or CreateApplication on applications. */
  readonly putApplication: {
    readonly path: { readonly application: string }
    readonly query: Nothing
    readonly body: ApplicationDocument
    readonly answer: Application
  }
  /** Change a part of an application: `PATCH /applications/{application}`. Needs UpdateApplication on applications. */
  readonly patchApplication: {
    readonly path: { readonly application: string }
    readonly query: Nothing
    readonly body: {
      readonly displayName?: unknown
      readonly enabled?: unknown
      readonly domains?: unknown
      readonly homeUrl?: unknown
      readonly groupsClaim?: unknown
      readonly oidc?: unknown
      readonly saml?: unknown
    }
    readonly answer: Application
  }
  /** Delete an application: `DELETE /applications/{application}`. Needs DeleteApplication on applications. */
  readonly deleteApplication: {
    readonly path: { readonly application: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** Make a new client secret, shown once; of the old ones `keep` stay good: `POST /applications/{application}/rotate-secret`. Needs RotateApplicationSecret on applications. */
  readonly rotateApplicationSecret: {
    readonly path: { readonly application: string }
    readonly query: Nothing
    readonly body: {
      readonly keep?: number
    }
    readonly answer: {
      readonly clientSecret: string
      readonly secrets: number
    }
  }
  /** Export audit events, oldest first: `GET /audit-events/export`. Needs GetAuditEvent on audit-events. */
  readonly exportAuditEvents: {
    readonly path: Nothing
    readonly query: { readonly action?: string; readonly actor?: string; readonly target?: string; readonly outcome?: "success" | "failure"; readonly requestId?: string; readonly domain?: string; readonly from?: string; readonly to?: string; readonly format?: "jsonl" | "csv" }
    readonly body: undefined
    readonly answer: undefined
  }
  /** Export what vouches for the audit trail: `GET /audit-trail/seals`. Needs GetAuditEvent on audit-events. */
  readonly exportAuditSeals: {
    readonly path: Nothing
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** Compare what is stored with what was sealed: `POST /audit-trail/verify`. Needs GetAuditEvent on audit-events. */
  readonly verifyAuditTrail: {
    readonly path: Nothing
    readonly query: Nothing
    readonly body: undefined
    readonly answer: {
      readonly intact: boolean
      readonly trails: readonly {
        readonly trail: "event" | "decision"
        readonly seals: number
        readonly rows: number
        readonly unsealed: number
        readonly keptSince?: string
        readonly sealedThrough?: string
        readonly checkpoint?: {
          readonly body: string
          readonly kid: string
          readonly signature: string
        }
        readonly findings: readonly {
          readonly kind: string
          readonly seal?: number
          readonly seq?: number
          readonly id?: string
          readonly detail: string
        }[]
      }[]
    }
  }
  /** List audit: `GET /audit-events`. Needs ListAuditEvents on audit-events. */
  readonly listAuditEvents: {
    readonly path: Nothing
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly {
        readonly id: string
        readonly at: string
        readonly action: string
        readonly outcome: "success" | "failure"
        readonly reason?: string
        readonly actor: {
          readonly kind: string
          readonly id: string
          readonly name: string
        }
        readonly target?: {
          readonly type: string
          readonly id: string
          readonly name: string
        }
        readonly domain?: string
        readonly requestId?: string
        readonly decisionId?: string
      }[]
      readonly next?: string
    }
  }
  /** Read one audit event: `GET /audit-events/{event}`. Needs GetAuditEvent on audit-events. */
  readonly getAuditEvent: {
    readonly path: { readonly event: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: AuditEvent
  }
  /** List the roles that may be given: `GET /roles`. Needs ListRoles on roles. */
  readonly listRoles: {
    readonly path: Nothing
    readonly query: { readonly service?: string; readonly compartment?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly Role[]
    }
  }
  /** Read one role: `GET /roles/{role}`. Needs ListRoles on roles. */
  readonly getRole: {
    readonly path: { readonly role: string }
    readonly query: { readonly service?: string; readonly compartment?: string }
    readonly body: undefined
    readonly answer: Role
  }
  /** Read the roles that were given to whoever asks: `GET /me/roles`. Needs GetRoleAssignment on role-assignments. */
  readonly getOwnRoles: {
    readonly path: Nothing
    readonly query: Nothing
    readonly body: undefined
    readonly answer: OwnRoles
  }
  /** List role-assignments: `GET /role-assignments`. Needs ListRoleAssignments on role-assignments. */
  readonly listRoleAssignments: {
    readonly path: Nothing
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly RoleAssignment[]
      readonly next?: string
    }
  }
  /** Read one role assignment: `GET /role-assignments/{assignment}`. Needs GetRoleAssignment on role-assignments. */
  readonly getRoleAssignment: {
    readonly path: { readonly assignment: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: RoleAssignment
  }
  /** Give roles, or change what was given under that name: `PUT /role-assignments/{assignment}`. Needs UpdateRoleAssignment on role-assignments or CreateRoleAssignment on role-assignments. */
  readonly putRoleAssignment: {
    readonly path: { readonly assignment: string }
    readonly query: Nothing
    readonly body: RoleAssignmentDocument
    readonly answer: RoleAssignment
  }
  /** Change a part of what was given: `PATCH /role-assignments/{assignment}`. Needs UpdateRoleAssignment on role-assignments. */
  readonly patchRoleAssignment: {
    readonly path: { readonly assignment: string }
    readonly query: Nothing
    readonly body: {
      readonly holder?: unknown
      readonly roles?: unknown
      readonly service?: unknown
      readonly compartment?: unknown
      readonly resource?: unknown
      readonly expiresAt?: unknown
    }
    readonly answer: RoleAssignment
  }
  /** Take the roles away: `DELETE /role-assignments/{assignment}`. Needs DeleteRoleAssignment on role-assignments. */
  readonly deleteRoleAssignment: {
    readonly path: { readonly assignment: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** List invitations: `GET /invitations`. Needs ListInvitations on invitations. */
  readonly listInvitations: {
    readonly path: Nothing
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly Invitation[]
      readonly next?: string
    }
  }
  /** Invite somebody by e-mail, with groups and roles chosen: `POST /invitations`. Needs CreateInvitation on invitations. */
  readonly createInvitation: {
    readonly path: Nothing
    readonly query: Nothing
    readonly body: {
      readonly domainId: string
      readonly email: string
      readonly locale?: "en" | "ko"
      readonly groups?: readonly string[]
      readonly roles?: readonly {
        readonly roles: readonly string[]
        readonly service?: string
        readonly compartmentId: string
        readonly resource?: {
          readonly type?: string
          readonly id?: string
          readonly attributes?: { readonly [name: string]: string }
        }
      }[]
      readonly validDays?: number
    }
    readonly answer: Invitation
  }
  /** Read one invitation: `GET /invitations/{invitation}`. Needs GetInvitation on invitations. */
  readonly getInvitation: {
    readonly path: { readonly invitation: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: Invitation
  }
  /** Send the mail again: `POST /invitations/{invitation}/resend`. Needs ResendInvitation on invitations. */
  readonly resendInvitation: {
    readonly path: { readonly invitation: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: Invitation
  }
  /** Take the invitation back: `POST /invitations/{invitation}/revoke`. Needs RevokeInvitation on invitations. */
  readonly revokeInvitation: {
    readonly path: { readonly invitation: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: Invitation
  }
  /** List access requests: `GET /access-requests`. Needs ListAccessRequests on access-requests. */
  readonly listAccessRequests: {
    readonly path: Nothing
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly AccessRequest[]
      readonly next?: string
    }
  }
  /** Read one access request: `GET /access-requests/{accessRequest}`. Needs GetAccessRequest on access-requests. */
  readonly getAccessRequest: {
    readonly path: { readonly accessRequest: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: AccessRequest
  }
  /** Approve a request: the person is in the group at once: `POST /access-requests/{accessRequest}/approve`. Needs DecideAccessRequest on access-requests. */
  readonly approveAccessRequest: {
    readonly path: { readonly accessRequest: string }
    readonly query: Nothing
    readonly body: {
      readonly role?: "user" | "admin"
      readonly until?: string
    }
    readonly answer: AccessRequest
  }
  /** Deny a request: `POST /access-requests/{accessRequest}/deny`. Needs DecideAccessRequest on access-requests. */
  readonly denyAccessRequest: {
    readonly path: { readonly accessRequest: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: AccessRequest
  }
  /** List outbox messages: `GET /outbox`. Needs ListOutboxMessages on outbox-messages. */
  readonly listOutboxMessages: {
    readonly path: Nothing
    readonly query: { readonly limit?: number; readonly cursor?: string; readonly filter?: string; readonly sort?: string }
    readonly body: undefined
    readonly answer: {
      readonly items: readonly OutboxMessage[]
      readonly next?: string
    }
  }
  /** Read one outbox message: `GET /outbox/{message}`. Needs GetOutboxMessage on outbox-messages. */
  readonly getOutboxMessage: {
    readonly path: { readonly message: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: OutboxMessage
  }
  /** Delete an outbox message: `DELETE /outbox/{message}`. Needs DropOutboxMessage on outbox-messages. */
  readonly dropOutboxMessage: {
    readonly path: { readonly message: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: undefined
  }
  /** Try a message again now: `POST /outbox/{message}/retry`. Needs RetryOutboxMessage on outbox-messages. */
  readonly retryOutboxMessage: {
    readonly path: { readonly message: string }
    readonly query: Nothing
    readonly body: undefined
    readonly answer: OutboxMessage
  }
}

/** Method and path below `/api/v1/tenancies/{tenancy}`. */
export const operations = {
  getTenancy: ['GET', ''],
  patchTenancy: ['PATCH', ''],
  enableDeny: ['POST', '/enable-deny'],
  exportTenancy: ['GET', '/export'],
  getCompartmentUsage: ['GET', '/compartments/{compartment}/usage'],
  listCompartments: ['GET', '/compartments'],
  getCompartment: ['GET', '/compartments/{compartment}'],
  putCompartment: ['PUT', '/compartments/{compartment}'],
  patchCompartment: ['PATCH', '/compartments/{compartment}'],
  deleteCompartment: ['DELETE', '/compartments/{compartment}'],
  moveCompartment: ['POST', '/compartments/{compartment}/move'],
  listPolicies: ['GET', '/policies'],
  getPolicy: ['GET', '/compartments/{compartment}/policies/{policy}'],
  putPolicy: ['PUT', '/compartments/{compartment}/policies/{policy}'],
  patchPolicy: ['PATCH', '/compartments/{compartment}/policies/{policy}'],
  deletePolicy: ['DELETE', '/compartments/{compartment}/policies/{policy}'],
  simulateQuestion: ['POST', '/decisions/simulate'],
  replayDecisions: ['POST', '/decisions/replay'],
  comparePolicies: ['POST', '/decisions/compare'],
  whoMay: ['POST', '/decisions/who'],
  whereMay: ['POST', '/decisions/where'],
  whatMay: ['POST', '/decisions/what'],
  listDecisions: ['GET', '/decisions'],
  explainQuestion: ['POST', '/decisions/explain'],
  explainDecision: ['GET', '/decisions/{decision}'],
  listGroups: ['GET', '/domains/{domain}/groups'],
  getGroup: ['GET', '/domains/{domain}/groups/{group}'],
  putGroup: ['PUT', '/domains/{domain}/groups/{group}'],
  patchGroup: ['PATCH', '/domains/{domain}/groups/{group}'],
  deleteGroup: ['DELETE', '/domains/{domain}/groups/{group}'],
  listGroupMemberships: ['GET', '/domains/{domain}/groups/{group}/members'],
  getGroupMembership: ['GET', '/domains/{domain}/groups/{group}/members/{user}'],
  putGroupMembership: ['PUT', '/domains/{domain}/groups/{group}/members/{user}'],
  patchGroupMembership: ['PATCH', '/domains/{domain}/groups/{group}/members/{user}'],
  removeUserFromGroup: ['DELETE', '/domains/{domain}/groups/{group}/members/{user}'],
  listDynamicGroups: ['GET', '/domains/{domain}/dynamic-groups'],
  getDynamicGroup: ['GET', '/domains/{domain}/dynamic-groups/{dynamicGroup}'],
  putDynamicGroup: ['PUT', '/domains/{domain}/dynamic-groups/{dynamicGroup}'],
  patchDynamicGroup: ['PATCH', '/domains/{domain}/dynamic-groups/{dynamicGroup}'],
  deleteDynamicGroup: ['DELETE', '/domains/{domain}/dynamic-groups/{dynamicGroup}'],
  listServiceIds: ['GET', '/service-ids'],
  getServiceId: ['GET', '/service-ids/{serviceId}'],
  putServiceId: ['PUT', '/service-ids/{serviceId}'],
  patchServiceId: ['PATCH', '/service-ids/{serviceId}'],
  deleteServiceId: ['DELETE', '/service-ids/{serviceId}'],
  listApiKeys: ['GET', '/api-keys'],
  createApiKey: ['POST', '/api-keys'],
  getApiKey: ['GET', '/api-keys/{apiKey}'],
  deleteApiKey: ['DELETE', '/api-keys/{apiKey}'],
  listServices: ['GET', '/services'],
  getService: ['GET', '/services/{service}'],
  putService: ['PUT', '/services/{service}'],
  patchService: ['PATCH', '/services/{service}'],
  deleteService: ['DELETE', '/services/{service}'],
  listResources: ['GET', '/resources'],
  getResource: ['GET', '/resources/{type}/{resource}'],
  putResource: ['PUT', '/resources/{type}/{resource}'],
  patchResource: ['PATCH', '/resources/{type}/{resource}'],
  deleteResource: ['DELETE', '/resources/{type}/{resource}'],
  moveResource: ['POST', '/resources/{type}/{resource}/move'],
  listUsers: ['GET', '/domains/{domain}/users'],
  getUser: ['GET', '/domains/{domain}/users/{user}'],
  putUser: ['PUT', '/domains/{domain}/users/{user}'],
  patchUser: ['PATCH', '/domains/{domain}/users/{user}'],
  deleteUser: ['DELETE', '/domains/{domain}/users/{user}'],
  disableUser: ['POST', '/domains/{domain}/users/{user}/disable'],
  lockUser: ['POST', '/domains/{domain}/users/{user}/lock'],
  enableUser: ['POST', '/domains/{domain}/users/{user}/enable'],
  resetUserPassword: ['POST', '/domains/{domain}/users/{user}/reset-password'],
  resetUserFactors: ['POST', '/domains/{domain}/users/{user}/reset-factors'],
  listSessions: ['GET', '/domains/{domain}/users/{user}/sessions'],
  endUserSessions: ['DELETE', '/domains/{domain}/users/{user}/sessions'],
  listTrustedDevices: ['GET', '/domains/{domain}/users/{user}/trusted-devices'],
  revokeUserDevices: ['DELETE', '/domains/{domain}/users/{user}/trusted-devices'],
  getSession: ['GET', '/domains/{domain}/users/{user}/sessions/{session}'],
  endSession: ['DELETE', '/domains/{domain}/users/{user}/sessions/{session}'],
  listCredentials: ['GET', '/domains/{domain}/users/{user}/credentials'],
  getCredential: ['GET', '/domains/{domain}/users/{user}/credentials/{credential}'],
  deleteCredential: ['DELETE', '/domains/{domain}/users/{user}/credentials/{credential}'],
  getTrustedDevice: ['GET', '/domains/{domain}/users/{user}/trusted-devices/{device}'],
  revokeTrustedDevice: ['DELETE', '/domains/{domain}/users/{user}/trusted-devices/{device}'],
  issueUserBypassCode: ['POST', '/domains/{domain}/users/{user}/bypass-code'],
  testIdentityProvider: ['POST', '/domains/{domain}/identity-providers/{idp}/test'],
  getIdentityProviderTest: ['GET', '/domains/{domain}/identity-providers/{idp}/test/{test}'],
  checkIdentityProvider: ['GET', '/domains/{domain}/identity-providers/{idp}/check'],
  listDomains: ['GET', '/domains'],
  getDomain: ['GET', '/domains/{domain}'],
  putDomain: ['PUT', '/domains/{domain}'],
  patchDomain: ['PATCH', '/domains/{domain}'],
  deleteDomain: ['DELETE', '/domains/{domain}'],
  listSignOnPolicies: ['GET', '/domains/{domain}/sign-on-rules'],
  getSignOnPolicy: ['GET', '/domains/{domain}/sign-on-rules/{rule}'],
  putSignOnPolicy: ['PUT', '/domains/{domain}/sign-on-rules/{rule}'],
  patchSignOnPolicy: ['PATCH', '/domains/{domain}/sign-on-rules/{rule}'],
  deleteSignOnPolicy: ['DELETE', '/domains/{domain}/sign-on-rules/{rule}'],
  listPasswordPolicies: ['GET', '/domains/{domain}/password-policies'],
  getPasswordPolicy: ['GET', '/domains/{domain}/password-policies/{policy}'],
  putPasswordPolicy: ['PUT', '/domains/{domain}/password-policies/{policy}'],
  patchPasswordPolicy: ['PATCH', '/domains/{domain}/password-policies/{policy}'],
  deletePasswordPolicy: ['DELETE', '/domains/{domain}/password-policies/{policy}'],
  explainSignIn: ['POST', '/domains/{domain}/sign-ins/explain'],
  replaySignIns: ['POST', '/domains/{domain}/sign-ins/replay'],
  rotateSigningKeys: ['POST', '/domains/{domain}/signing-keys/rotate'],
  listSigningKeys: ['GET', '/domains/{domain}/signing-keys'],
  createSigningKey: ['POST', '/domains/{domain}/signing-keys'],
  getSigningKey: ['GET', '/domains/{domain}/signing-keys/{key}'],
  deleteSigningKey: ['DELETE', '/domains/{domain}/signing-keys/{key}'],
  retireSigningKey: ['POST', '/domains/{domain}/signing-keys/{key}/retire'],
  listIdentityProviders: ['GET', '/domains/{domain}/identity-providers'],
  getIdentityProvider: ['GET', '/domains/{domain}/identity-providers/{idp}'],
  putIdentityProvider: ['PUT', '/domains/{domain}/identity-providers/{idp}'],
  patchIdentityProvider: ['PATCH', '/domains/{domain}/identity-providers/{idp}'],
  deleteIdentityProvider: ['DELETE', '/domains/{domain}/identity-providers/{idp}'],
  listGroupMappings: ['GET', '/domains/{domain}/identity-providers/{idp}/group-mappings'],
  getGroupMapping: ['GET', '/domains/{domain}/identity-providers/{idp}/group-mappings/{mapping}'],
  putGroupMapping: ['PUT', '/domains/{domain}/identity-providers/{idp}/group-mappings/{mapping}'],
  patchGroupMapping: ['PATCH', '/domains/{domain}/identity-providers/{idp}/group-mappings/{mapping}'],
  deleteGroupMapping: ['DELETE', '/domains/{domain}/identity-providers/{idp}/group-mappings/{mapping}'],
  listApplications: ['GET', '/applications'],
  getApplication: ['GET', '/applications/{application}'],
  putApplication: ['PUT', '/applications/{application}'],
  patchApplication: ['PATCH', '/applications/{application}'],
  deleteApplication: ['DELETE', '/applications/{application}'],
  rotateApplicationSecret: ['POST', '/applications/{application}/rotate-secret'],
  exportAuditEvents: ['GET', '/audit-events/export'],
  exportAuditSeals: ['GET', '/audit-trail/seals'],
  verifyAuditTrail: ['POST', '/audit-trail/verify'],
  listAuditEvents: ['GET', '/audit-events'],
  getAuditEvent: ['GET', '/audit-events/{event}'],
  listRoles: ['GET', '/roles'],
  getRole: ['GET', '/roles/{role}'],
  getOwnRoles: ['GET', '/me/roles'],
  listRoleAssignments: ['GET', '/role-assignments'],
  getRoleAssignment: ['GET', '/role-assignments/{assignment}'],
  putRoleAssignment: ['PUT', '/role-assignments/{assignment}'],
  patchRoleAssignment: ['PATCH', '/role-assignments/{assignment}'],
  deleteRoleAssignment: ['DELETE', '/role-assignments/{assignment}'],
  listInvitations: ['GET', '/invitations'],
  createInvitation: ['POST', '/invitations'],
  getInvitation: ['GET', '/invitations/{invitation}'],
  resendInvitation: ['POST', '/invitations/{invitation}/resend'],
  revokeInvitation: ['POST', '/invitations/{invitation}/revoke'],
  listAccessRequests: ['GET', '/access-requests'],
  getAccessRequest: ['GET', '/access-requests/{accessRequest}'],
  approveAccessRequest: ['POST', '/access-requests/{accessRequest}/approve'],
  denyAccessRequest: ['POST', '/access-requests/{accessRequest}/deny'],
  listOutboxMessages: ['GET', '/outbox'],
  getOutboxMessage: ['GET', '/outbox/{message}'],
  dropOutboxMessage: ['DELETE', '/outbox/{message}'],
  retryOutboxMessage: ['POST', '/outbox/{message}/retry'],
} as const satisfies { readonly [id in keyof Operations]: readonly [method: string, path: string] }
