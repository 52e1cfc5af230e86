// From a verified AuthnRequest to what it means here: where the answer goes, which level, how fresh, which name. Every choice an
// application may make is one its metadata allows. SAML Core §3.4, Profiles §4.1.4.1, Metadata §2.4.4.
import type { EpochMs } from '../../core/model/time.ts'
import { levelNamed } from '../../core/release/names.ts'
import type { AuthnRequest, Endpoint } from '../../ports/saml-verifier.ts'
import { levelAsked, type RequestedContext } from './authn-class.ts'
import { type Refused, refused } from './refuse.ts'
import type { ServiceProvider } from './service-provider.ts'
import { binding } from './urns.ts'

/** A form that posts to `javascript:` runs in our origin. */
const isWebAddress = (location: string): boolean => /^https?:\/\//i.test(location)

const postEndpoints = (sp: ServiceProvider): readonly Endpoint[] =>
  sp.assertionConsumers
    .filter((e) => e.binding === binding.post && isWebAddress(e.location))
    .sort((a, b) => (a.index ?? 0) - (b.index ?? 0))

/** Metadata §2.2.3: the one marked default, else the first; here among those we can serve. */
export const defaultAcs = (sp: ServiceProvider): string | Refused => {
  const posts = postEndpoints(sp)
  const chosen = posts.find((e) => e.isDefault) ?? posts[0]
  return (
    chosen?.location ??
    refused('acs-missing', 'the metadata of the application has no assertion consumer for HTTP-POST')
  )
}

/**
 * Only what is registered, compared character by character: an assertion sent anywhere else is an assertion given away (I1).
 * The answer is always posted; applications that ask for another binding and have a POST endpoint under that URL get it posted.
 */
export const acsFor = (
  sp: ServiceProvider,
  asked: Pick<AuthnRequest, 'acsUrl' | 'acsIndex' | 'protocolBinding'>,
): string | Refused => {
  const posts = postEndpoints(sp)
  if (asked.acsUrl !== undefined) {
    if (posts.some((e) => e.location === asked.acsUrl)) return asked.acsUrl
    return refused(
      'acs-not-registered',
      'the request names an address for the answer that is not registered for the application',
      {
        expected: posts.map((e) => e.location).join(' '),
        received: asked.acsUrl,
      },
    )
  }
  if (asked.acsIndex !== undefined) {
    const named = posts.find((e) => e.index === asked.acsIndex)
    if (named) return named.location
    return refused(
      'acs-not-registered',
      'the request names an endpoint index that is not registered for the application',
      {
        expected: posts.map((e) => String(e.index)).join(' '),
        received: String(asked.acsIndex),
      },
    )
  }
  if (asked.protocolBinding !== undefined && asked.protocolBinding !== binding.post)
    return refused('binding-unsupported', 'the request wants its answer by a binding other than HTTP-POST', {
      expected: binding.post,
      received: asked.protocolBinding,
    })
  return defaultAcs(sp)
}

/** What an application says by RequestedAuthnContext; declarations and classes we do not know mean nothing here. */
const contextOf = ({ requestedAuthnContext: asked }: AuthnRequest): RequestedContext | undefined =>
  asked && { comparison: asked.comparison, classes: asked.classRefs.filter((name) => levelNamed(name) !== undefined) }

/** `level` is `'impossible'` when no authentication context that was asked for can ever be met. */
export const meaningOf = (asked: AuthnRequest, now: EpochMs) => {
  const context = contextOf(asked)
  return {
    level: levelAsked(context),
    context,
    freshAfter: asked.forceAuthn ? now : undefined,
    silent: asked.isPassive,
    nameIdPolicy: asked.nameIdPolicy,
  }
}
