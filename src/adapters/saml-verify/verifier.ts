// The SAML verifier as the house uses it: the promises of ports/saml-verifier.ts, kept by the files beside this one.
import type { SamlVerifier } from '../../ports/saml-verifier.ts'
import { parseMetadata } from './metadata.ts'
import { verifyPost, verifyRedirect } from './redirect.ts'
import { verifyResponse } from './response.ts'

export const samlVerifier = (): SamlVerifier => ({ parseMetadata, verifyResponse, verifyRedirect, verifyPost })
