// `gwanmun/sdk`: what applications import. Asking the decision point, guarding routes with it, and administration by program.
export type { AdminClient, AdminOptions, Answer, Input, ItemOf, ListId, OperationId } from './admin.ts'
export { adminClient } from './admin.ts'
export type { CacheOptions } from './answers.ts'
export type {
  Action,
  ActionSearch,
  AuthzenClient,
  AuthzenOptions,
  Decision,
  Entity,
  Metadata,
  Properties,
  Question,
  ResourceSearch,
  Semantic,
  SubjectSearch,
} from './authzen.ts'
export { authzenClient } from './authzen.ts'
export type { FailureKind, FieldFault, GwanmunError } from './failure.ts'
export { isGwanmunError } from './failure.ts'
export type { Middleware, Permission } from './require-permission.ts'
export { requirePermission } from './require-permission.ts'
export type { ClientCredentials, TokenSource } from './token.ts'
export { clientCredentials } from './token.ts'
