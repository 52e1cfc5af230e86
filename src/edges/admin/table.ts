// Every route of the administrative API, in the order of its document.

import type { Documents } from './documents.ts'
import type { Route } from './route.ts'
import { accessRequestRoutes } from './routes/access-requests.ts'
import { apiKeyRoutes } from './routes/api-keys.ts'
import { applicationRoutes } from './routes/applications.ts'
import { auditRoutes } from './routes/audit.ts'
import { auditEventRoutes } from './routes/audit-events.ts'
import { bypassCodeRoutes } from './routes/bypass-codes.ts'
import { compartmentRoutes } from './routes/compartments.ts'
import { connectionTestRoutes } from './routes/connection-tests.ts'
import { credentialRoutes } from './routes/credentials.ts'
import { decisionRoutes } from './routes/decisions.ts'
import { domainRoutes } from './routes/domains.ts'
import { dynamicGroupRoutes } from './routes/dynamic-groups.ts'
import { exportRoutes } from './routes/export.ts'
import { groupRoutes } from './routes/groups.ts'
import { identityProviderRoutes } from './routes/identity-providers.ts'
import { invitationRoutes } from './routes/invitations.ts'
import { memberRoutes } from './routes/members.ts'
import { outboxRoutes } from './routes/outbox.ts'
import { policyRoutes } from './routes/policies.ts'
import { resourceRoutes } from './routes/resources.ts'
import { reviewRoutes } from './routes/review.ts'
import { roleAssignmentRoutes } from './routes/role-assignments.ts'
import { roleRoutes } from './routes/roles.ts'
import { serviceRoutes } from './routes/service-catalogue.ts'
import { serviceIdRoutes } from './routes/service-ids.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { signInExplainRoutes } from './routes/sign-in-explain.ts'
import { signInReplayRoutes } from './routes/sign-in-replay.ts'
import { signOnRoutes } from './routes/sign-on.ts'
import { signingKeyRoutes } from './routes/signing-keys.ts'
import { simulationRoutes } from './routes/simulations.ts'
import { tenancyRoutes } from './routes/tenancy.ts'
import { trustedDeviceRoutes } from './routes/trusted-devices.ts'
import { usageRoutes } from './routes/usage.ts'
import { userRoutes } from './routes/users.ts'

export const tableOf = (documents: Documents): readonly Route[] => [
  ...tenancyRoutes,
  ...exportRoutes(documents),
  ...usageRoutes,
  ...compartmentRoutes,
  ...policyRoutes,
  // their paths are fixed words where decisions have ids
  ...simulationRoutes,
  ...reviewRoutes,
  ...decisionRoutes,
  ...groupRoutes,
  ...memberRoutes,
  ...dynamicGroupRoutes,
  ...serviceIdRoutes,
  ...apiKeyRoutes,
  ...serviceRoutes,
  ...resourceRoutes,
  ...userRoutes,
  ...sessionRoutes,
  ...credentialRoutes,
  ...trustedDeviceRoutes,
  ...bypassCodeRoutes,
  ...connectionTestRoutes,
  ...domainRoutes(documents),
  ...signOnRoutes(documents),
  ...signInExplainRoutes,
  ...signInReplayRoutes(documents),
  ...signingKeyRoutes,
  ...identityProviderRoutes(documents),
  ...applicationRoutes(documents),
  ...auditRoutes, // before those that take an id where these have words
  ...auditEventRoutes,
  ...roleRoutes,
  ...roleAssignmentRoutes,
  ...invitationRoutes,
  ...accessRequestRoutes,
  ...outboxRoutes,
]
