// Apache mod_auth_mellon (lasso), a SAML service provider in front of `/private`. https://github.com/latchset/mod_auth_mellon
import type { Page } from 'playwright-core'
import { idpMetadata, type Site, samlApplication } from '../gateway.ts'
import type { Known } from '../people.ts'
import { echoed, forWebServer, startApache } from './apache.ts'
import { newKeyPair } from './key-pair.ts'
import type { Stage } from './run.ts'
import { spMetadata } from './sp-metadata.ts'

const NAME = 'mellon'

export const newMellon = async (stage: Stage) => {
  const port = stage.port()
  const base = `http://127.0.0.1:${port}`
  const entityId = `${base}/mellon/metadata`
  const key = await newKeyPair('mellon')
  const metadata = spMetadata(
    {
      entityId,
      acs: `${base}/mellon/postResponse`,
      slo: [{ binding: 'HTTP-Redirect', location: `${base}/mellon/logout` }],
    },
    key,
  )
  const metadataFile = stage.write(`${NAME}/sp.xml`, metadata)
  const loggedOut = `${base}/ok.html`
  return {
    privateUrl: `${base}/private`,
    loggedOut,
    signOutUrl: `${base}/mellon/logout?ReturnTo=${encodeURIComponent(loggedOut)}`,
    application: samlApplication(NAME, { entityId, metadataFile }),
    start: async (site: Site) =>
      startApache(stage, {
        name: NAME,
        port,
        modules: [['auth_mellon_module', 'mod_auth_mellon.so']],
        directives: `
# its cookie test is always marked SameSite=None, which browsers drop without Secure
SetEnvIf Request_URI . MELLON_DISABLE_SAMESITE=1
MellonLockFile ${stage.dir}/${NAME}/lock
MellonPostDirectory ${forWebServer(stage.folder(`${NAME}/post`))}
<Location />
  MellonEndpointPath /mellon
  MellonSPMetadataFile ${metadataFile}
  MellonSPPrivateKeyFile ${stage.write(`${NAME}/sp.key`, key.keyPem)}
  MellonSPCertFile ${stage.write(`${NAME}/sp.crt`, key.certificatePem)}
  MellonIdPMetadataFile ${stage.write(`${NAME}/idp.xml`, await idpMetadata(site))}
  MellonSecureCookie Off
  MellonVariable mellon${port}
  MellonMergeEnvVars Off
  MellonRedirectDomains [self]
</Location>
<Location /private>
  AuthType Mellon
  MellonEnable auth
  Require valid-user
</Location>`,
      }),
  }
}

/** Values are handed over as the XML that they stood in. */
const unescaped = (text: string | undefined): string | undefined =>
  text
    ?.replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&amp;/g, '&')

export const seenByMellon = async (page: Page) => {
  const seen = echoed(await page.locator('body').innerText())
  const one = (name: string) => unescaped(seen.get(`MELLON_${name}`))
  const person: Known = {
    username: one('uid'),
    email: one('mail'),
    name: one('displayName'),
    groups: [...seen.keys()]
      .filter((name) => /^MELLON_groups_\d+$/.test(name))
      .map((n) => unescaped(seen.get(n)) ?? ''),
  }
  return { person, acr: one('acr'), nameId: one('NAME_ID'), seen }
}
