// Which name an application gets for a person. Its own configured one, unless the request asks for another that gives nothing away:
// real applications ask for formats they do not insist on, so only what cannot be had at all is refused. SAML Core §3.4.1.1, §8.3.
import type { SamlApp } from '../../core/model/app.ts'
import type { SessionId } from '../../core/model/ids.ts'
import type { Released } from '../../core/release/attribute-bag.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { NameId } from './messages.ts'
import { nameIdFormat } from './urns.ts'

export type NameIdPolicy = { readonly format: string | undefined; readonly spNameQualifier: string | undefined }
type Mac = Pick<Secrets, 'mac'>
type Choice = SamlApp['nameId']

const indifferent: readonly string[] = [nameIdFormat.unspecified, nameIdFormat.unspecified2, nameIdFormat.encrypted]

const mayHaveEmail = (app: SamlApp): boolean =>
  app.nameId.from === 'email' || app.attributes.some((a) => a.from === 'email')

/** `undefined`: a format we have never heard of, or a name in somebody else's name space. */
const choose = (app: SamlApp, policy: NameIdPolicy | undefined): Choice | undefined => {
  // SPNameQualifier asks for the pseudonym made for an affiliation or another application: correlating people is not ours to allow.
  if (policy?.spNameQualifier !== undefined && policy.spNameQualifier !== app.entityId) return undefined
  const format = policy?.format
  if (format === undefined || indifferent.includes(format) || format === app.nameId.format) return app.nameId
  if (format === nameIdFormat.persistent) return { format, from: 'pairwise' }
  if (format === nameIdFormat.transient) return { format, from: 'transient' }
  if (format === nameIdFormat.emailAddress) return mayHaveEmail(app) ? { format, from: 'email' } : app.nameId
  return undefined
}

const nameFrom = (
  secrets: Mac,
  choice: Choice,
  app: SamlApp,
  bag: Released,
  session: SessionId,
): string | undefined => {
  switch (choice.from) {
    case 'id':
      return bag.sub
    case 'username':
      return bag.username
    case 'email':
      return bag.email
    case 'pairwise': // the same person is someone else at every application, and nobody can tell who from the value
      return secrets.mac('saml-pairwise', JSON.stringify([bag.sub, app.entityId]))
    case 'transient': // another one in every session; the same one in a session, or a sign-out could not name it
      return secrets.mac('saml-transient', JSON.stringify([session, app.entityId]))
  }
}

/** Names that readers would trim or cut become somebody else's name there: white space at the ends, control characters. */
const isSafe = (value: string): boolean => value !== '' && value === value.trim() && !/\p{C}/u.test(value)

export const nameIdFor = (
  secrets: Mac,
  app: SamlApp,
  policy: NameIdPolicy | undefined,
  bag: Released,
  session: SessionId,
  issuer: string,
): NameId | undefined => {
  const choice = choose(app, policy)
  const value = choice && nameFrom(secrets, choice, app, bag, session)
  if (!choice || value === undefined || !isSafe(value)) return undefined
  const qualified = choice.format === nameIdFormat.persistent || choice.format === nameIdFormat.transient
  return {
    value,
    format: choice.format,
    nameQualifier: qualified ? issuer : undefined,
    spNameQualifier: qualified ? app.entityId : undefined,
  }
}
